"""Customs' number of a list: four digits of the district, four of the year, I or E, nine running ones.

Source: specification 202205, field `invtNo` of the receipts and of the tax bill.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backend.domain.errors import NotFound, NumbersExhausted
from backend.domain.lifecycle import Direction
from backend.domain.quota import quota_year
from backend.store import list_numbers as store
from backend.store.database import Connection
from backend.store.sequences import next_numbers

_LETTERS = {Direction.Import: "I", Direction.Export: "E"}
_MOST = 10**9 - 1


class ListToNumber(NamedTuple):
    """A list document that customs takes in: where (four digits), which way, and when (Unix seconds)."""

    document_id: int
    district: str
    direction: Direction
    at: int


def allot(connection: Connection, lists: Sequence[tuple[int, str, Direction, int]]) -> dict[int, str]:
    """The number of each list (as `ListToNumber`), by document; one that has a number keeps it.

    Numbers run on in the order of the lists, by district, direction and calendar year in China. Raises NotFound
    for an unknown document and NumbersExhausted after the 999,999,999th of a year.
    """
    wanted = {one.document_id: one for one in map(ListToNumber._make, lists)}
    numbers = store.numbers_of(connection, list(wanted))
    unnumbered: dict[str, list[int]] = {}
    for one in wanted.values():
        if one.document_id not in numbers:
            raise NotFound(what="document", value=one.document_id)
        if numbers[one.document_id] is None:
            prefix = f"{one.district}{quota_year(one.at)}{_LETTERS[one.direction]}"
            unnumbered.setdefault(prefix, []).append(one.document_id)
    given: dict[int, str] = {}
    for prefix, ids in unnumbered.items():
        numbered = next_numbers(connection, f"list {prefix}", len(ids))
        if numbered[-1] > _MOST:
            raise NumbersExhausted(prefix=prefix)
        given |= {document_id: f"{prefix}{number:09d}" for document_id, number in zip(ids, numbered, strict=True)}
    store.set_numbers(connection, given)
    return {document_id: number for document_id, number in (numbers | given).items() if number is not None}
