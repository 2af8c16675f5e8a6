"""Customs' numbers of lists: each once, running on within district, direction and year."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.domain.errors import NotFound, NumbersExhausted
from backend.domain.lifecycle import Direction
from backend.services.list_numbers import ListToNumber, allot
from backend.store.sequences import next_numbers
from backend.store.tables import documents, sequences
from tests.support.kept import NOON, Shelf, import_list, new_database, parcel

#: Half an hour before and after the year turns in China.
OLD_YEAR, NEW_YEAR = 1_798_731_000, 1_798_734_600


def lists(shelf: Shelf, count: int) -> list[int]:
    return [shelf.keep(parcel(number), import_list("10")) for number in range(count)]


def test_a_number_says_where_when_and_which_way(shelf: Shelf) -> None:
    one, two, three, four = lists(shelf, 4)
    given = allot(
        shelf.connection,
        [
            ListToNumber(one, "2233", Direction.Import, NOON),
            ListToNumber(two, "2233", Direction.Import, NOON),
            ListToNumber(three, "2233", Direction.Export, NOON),
            ListToNumber(four, "0203", Direction.Import, NOON),
        ],
    )
    assert given == {
        one: "22332026I000000001",
        two: "22332026I000000002",
        three: "22332026E000000001",
        four: "02032026I000000001",
    }
    assert {row["id"]: row["list_no"] for row in shelf.table(documents)} == given


def test_numbers_begin_anew_with_the_year_in_china(shelf: Shelf) -> None:
    one, two = lists(shelf, 2)
    wanted = [
        ListToNumber(one, "2233", Direction.Import, OLD_YEAR),
        ListToNumber(two, "2233", Direction.Import, NEW_YEAR),
    ]
    assert list(allot(shelf.connection, wanted).values()) == ["22332026I000000001", "22332027I000000001"]


def test_a_list_keeps_its_number_and_uses_up_no_other(shelf: Shelf) -> None:
    one, two = lists(shelf, 2)
    first = ListToNumber(one, "2233", Direction.Import, NOON)
    given = allot(shelf.connection, [first, first])
    assert given == {one: "22332026I000000001"}
    # even if it is said to be another district's by now
    again = allot(
        shelf.connection, [first._replace(district="2303"), ListToNumber(two, "2233", Direction.Import, NOON)]
    )
    assert again == {one: "22332026I000000001", two: "22332026I000000002"}


def test_an_unknown_list_gets_no_number(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        allot(shelf.connection, [ListToNumber(99, "2233", Direction.Import, NOON)])
    assert shelf.table(sequences) == []


def test_nine_digits_are_all_there_are(shelf: Shelf) -> None:
    one, two = lists(shelf, 2)
    next_numbers(shelf.connection, "list 22332026I", 999_999_998)
    assert allot(shelf.connection, [ListToNumber(one, "2233", Direction.Import, NOON)])[one] == "22332026I999999999"
    with pytest.raises(NumbersExhausted, match="22332026I"):
        allot(shelf.connection, [ListToNumber(two, "2233", Direction.Import, NOON)])


def test_a_sequence_counts_from_one_without_a_gap(shelf: Shelf) -> None:
    counts = [3, 0, 1, 500]
    given = [next_numbers(shelf.connection, "a", count) for count in counts]
    assert [number for numbers in given for number in numbers] == list(range(1, 505))
    assert next_numbers(shelf.connection, "b", 1) == range(1, 2)
    with pytest.raises(ValueError, match="-1"):
        next_numbers(shelf.connection, "a", -1)


def test_writers_at_once_never_get_the_same_number(tmp_path: Path) -> None:
    database = new_database(tmp_path)

    def take(count: int) -> list[int]:
        with database.write() as connection:
            return list(next_numbers(connection, "many", count))

    with ThreadPoolExecutor(8) as pool:
        given = [number for numbers in pool.map(take, [1, 2, 3, 4] * 8) for number in numbers]
    with database.read() as connection:
        assert connection.execute(sa.select(sequences.c.value)).scalar_one() == len(given)
    database.close()
    assert sorted(given) == list(range(1, 81))
