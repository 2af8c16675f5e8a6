"""What a recordal may ask for, and what the chain commits to; deadlines as the chain will reckon them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backend.domain.calendar import CHINA, china_day, year_bits
from backend.domain.errors import CalendarMissing, HeadingInvalid, HeadingsInvalid, InvalidInput
from backend.domain.marks import MarkKind
from backend.domain.recordals import Asked, Goods, RecordedMark, commitment_of, goods_fields, marks_fields
from backend.domain.working_days import words_of
from backend.services.mark_index import flags_of
from backend.services.working_years import deadline
from backend.store.database import Connection
from backend.store.tables import governance_events
from tests.support.cast import make_database, opened

GOODS = Goods.checked(["6404"])


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


# ---------------------------------------------------------------------------------------------------
# Marks and goods


def test_goods_stand_in_order_and_each_once() -> None:
    goods = Goods.checked(["6404", "4202", "6404"], [25, 18, 25])
    assert (goods.headings, goods.nice_classes, goods.numbers) == (("4202", "6404"), (18, 25), (4202, 6404))


@pytest.mark.parametrize("heading", ["0100", "9801", "0001", "64040", "64", "６４０４", "6404\n"])
def test_what_is_no_heading_is_refused(heading: str) -> None:
    with pytest.raises(HeadingInvalid):
        Goods.checked([heading])


@pytest.mark.parametrize("count", [0, 65])
def test_a_right_has_some_headings_and_not_too_many(count: int) -> None:
    with pytest.raises(HeadingsInvalid):
        Goods.checked([f"{chapter:02d}{heading:02d}" for chapter in range(1, 14) for heading in range(1, 6)][:count])


@pytest.mark.parametrize("classes", [[0], [46]])
def test_nice_classes_go_from_1_to_45(classes: list[int]) -> None:
    with pytest.raises(InvalidInput):
        Goods.checked(["6404"], classes)


def test_every_wrong_mark_is_named() -> None:
    marks = [RecordedMark("澄野"), RecordedMark("……"), RecordedMark("ok", ("", "fine", "-"))]
    with pytest.raises(InvalidInput) as refused:
        Asked.checked(marks, GOODS)
    named = [fault["field"] for fault in refused.value.details["faults"]]
    assert named == ["marks[1].text", "marks[2].variants[0]", "marks[2].variants[2]"]


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\u202eb", "a\u200bb"])
def test_what_cannot_be_seen_is_no_mark(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Asked.checked([RecordedMark("fine", (text,))], GOODS)
    assert refused.value.details["faults"][0]["field"] == "marks[0].variants[0]"
    assert text not in str(refused.value)


@pytest.mark.parametrize("count", [0, 11])
def test_a_recordal_has_one_to_ten_marks(count: int) -> None:
    with pytest.raises(InvalidInput):
        Asked.checked([RecordedMark(f"mark {number}") for number in range(count)], GOODS)


# ---------------------------------------------------------------------------------------------------
# Commitments


def test_a_mark_comes_back_from_what_is_kept_of_it() -> None:
    mark = RecordedMark("澄野", ("CHENGYE",), MarkKind.WordAndDevice, is_well_known=True)
    assert RecordedMark.of_json(mark.as_json()) == mark


@pytest.mark.parametrize(
    "other",
    [
        [RecordedMark("澄野", ("CHENGYE",), MarkKind.WordAndDevice)],
        [RecordedMark("澄野", ("CHENGYE",), is_well_known=True)],
        [RecordedMark("澄野"), RecordedMark("CHENGYE")],
        [RecordedMark("CHENGYE", ("澄野",))],
    ],
)
def test_other_marks_have_another_commitment(other: list[RecordedMark]) -> None:
    secret = bytes(32)
    mine = commitment_of(secret, marks_fields([RecordedMark("澄野", ("CHENGYE",))]))
    assert commitment_of(secret, marks_fields(other)) != mine
    assert commitment_of(b"\x01" * 32, marks_fields([RecordedMark("澄野", ("CHENGYE",))])) != mine


def test_goods_and_marks_are_committed_as_their_fields_say() -> None:
    assert goods_fields(Goods.checked(["6404", "4202"], [25])) == [
        ("headings.1", "4202"),
        ("headings.2", "6404"),
        ("nice_classes.1", "25"),
    ]
    assert marks_fields([RecordedMark("澄野", ("CHENGYE",))]) == [
        ("marks.1.text", "澄野"),
        ("marks.1.kind", "word"),
        ("marks.1.variants.1", "CHENGYE"),
        ("marks.1.well_known", "false"),
    ]


# ---------------------------------------------------------------------------------------------------
# What headquarters is warned of


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("麓", "one_character"),
        ("Ａ", "one_character"),
        (" X-", "one_character"),
        ("apple", "ordinary_word"),
        ("ＡPPLE", "ordinary_word"),
        ("App le", "ordinary_word"),
    ],
)
def test_a_mark_that_says_little_is_flagged(text: str, flag: str) -> None:
    assert flags_of([RecordedMark(text)]) == [{"mark": text, "flag": flag}]


@pytest.mark.parametrize("text", ["澄野", "Zorbeka", "X1"])
def test_a_mark_that_tells_goods_apart_is_not(text: str) -> None:
    assert flags_of([RecordedMark(text)]) == []


# ---------------------------------------------------------------------------------------------------
# Deadlines by the years that the chain has


def _publish(connection: Connection, block: int, year: int, number: int) -> None:
    first_days, last_days = words_of(number)
    row: dict[str, Any] = {
        "name": "YearPublished",
        "arguments": {"year": year, "first_days": first_days, "last_days": last_days},
        "block": block,
        "log_index": 0,
        "transaction_hash": bytes(32),
        "at": 0,
    }
    connection.execute(sa.insert(governance_events), row)


def test_a_deadline_is_reckoned_by_the_published_years_and_no_year_is_guessed(tmp_path: Path) -> None:
    make_database(tmp_path / "g.db")
    with opened(tmp_path / "g.db") as database, database.write() as connection:
        with pytest.raises(CalendarMissing):
            deadline(connection, at("2026-03-02T09:00"), 30)
        _publish(connection, 1, 2026, year_bits(2026))
        assert china_day(deadline(connection, at("2026-09-01T10:00"), 30) - 1).isoformat() == "2026-10-19"
        with pytest.raises(CalendarMissing) as refused:
            deadline(connection, at("2026-11-26T10:00"), 30)
        assert refused.value.details == {"year": 2027}
        # A correction counts from then on: here the second of September is taken off.
        _publish(connection, 2, 2026, year_bits(2026) & ~(1 << 244))
        assert china_day(deadline(connection, at("2026-09-01T10:00"), 2) - 1).isoformat() == "2026-09-04"
