"""Bonded account books (账册): what a warehouse holds under supervision, record by record, and what moves it.

Stock is the sum of movements less what lists took. A list takes its goods when it is accepted (reserved), for good
when it is released, and gives them back when it is rejected or cancelled; the same list takes them once. No movement
may leave less than is reserved: stock less reserved, what is free, is never negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.domain.documents import Document, decimal_of
from backend.domain.lifecycle import State

#: Supervision modes whose lists draw on a book.
BONDED_MODES = frozenset({"1210", "1239"})

#: Quantities have five decimals, as messages do, in the unit of the record.
UNIT = Decimal("0.00001")
MOST = 10**16


class Movement(StrEnum):
    """What changes stock besides lists."""

    StockIn = "StockIn"
    #: Goods of a list that came back and were verified.
    Returned = "Returned"
    TransferredOut = "TransferredOut"
    TransferredIn = "TransferredIn"
    #: A transfer that was refused or withdrawn.
    TransferBack = "TransferBack"
    #: A count found more, or less, than the book has (盘盈, 盘亏).
    Surplus = "Surplus"
    Shortage = "Shortage"


TAKING = frozenset({Movement.TransferredOut, Movement.Shortage})
#: What the keeper of a book records, and what customs do after a count; transfers have their own acts.
KEEPERS = frozenset({Movement.StockIn, Movement.Returned})
COUNTED = frozenset({Movement.Surplus, Movement.Shortage})


class DrawState(StrEnum):
    """How what a list takes stands."""

    Reserved = "Reserved"
    Settled = "Settled"
    GivenBack = "GivenBack"


#: Where a list's draw belongs by its parcel's state; in every other state it stays as it is. Goods that come back are
#: stock again only by a movement of their own, once customs verified them.
DRAW_IN = {
    State.Accepted: DrawState.Reserved,
    State.Released: DrawState.Settled,
    State.Delivered: DrawState.Settled,
    State.Closed: DrawState.Settled,
    State.Returning: DrawState.Settled,
    State.Returned: DrawState.Settled,
    State.ReturnedAbroad: DrawState.Settled,
    State.Rejected: DrawState.GivenBack,
    State.Cancelled: DrawState.GivenBack,
}


class TransferState(StrEnum):
    UnderWay = "UnderWay"
    Accepted = "Accepted"
    Refused = "Refused"
    Withdrawn = "Withdrawn"


#: How a transfer ends, by the last part of the address that ends it.
TRANSFER_ENDS = {
    "acceptance": TransferState.Accepted,
    "refusal": TransferState.Refused,
    "withdrawal": TransferState.Withdrawn,
}


@dataclass(frozen=True, slots=True)
class Stock:
    """One record of a book, in UNIT: what is there, and how much of that accepted lists wait for."""

    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


Units = Mapping[str, int]


def units_of(quantity: Decimal) -> int | None:
    """A quantity in UNIT; None for one that is not above 0, too large, or has more than five decimals."""
    if not quantity > 0 or quantity % UNIT != 0 or quantity / UNIT >= MOST:
        return None
    return int(quantity / UNIT)


def text_of(units: int) -> str:
    """Units as the shortest decimal text: 150000 is `1.5`."""
    return f"{(Decimal(units) * UNIT).normalize():f}"


def book_named(declaration: Document) -> str:
    """The number of the book that a list draws on; empty where it draws on none."""
    if declaration.head.get("tradeMode", "").strip() not in BONDED_MODES:
        return ""
    return declaration.head.get("emsNo", "").strip()


def wanted_by(declaration: Document) -> dict[str, int]:
    """What a list takes of each record, in UNIT, lines of one record together; lines without either are left out."""
    wanted: dict[str, int] = {}
    for line in declaration.lines:
        record = line.get("itemRecordNo", "").strip()
        units = units_of(decimal_of(line.get("qty")) or Decimal(0))
        if record and units is not None:
            wanted[record] = wanted.get(record, 0) + units
    return wanted


def short_of(stock: Mapping[str, Stock], wanted: Units) -> Iterable[str]:
    """The records of which more is wanted than is free."""
    return (record for record, units in wanted.items() if units > stock.get(record, Stock(0, 0)).free)
