"""A participant's credit record: what the ledger says of its last twelve months, and what each thing adds.

The record is a number from 0 (nothing is held against it) to 100. What happens to parcels counts by how many are
declared: five rejections in a hundred weigh as much as five hundred in ten thousand. Findings and listings count
each by itself, however large a trader is. Grades are customs' own decision and no part of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

#: How far back the record reaches: twelve months.
PERIOD = 365 * 86_400
#: What can be held against anybody at most.
HIGHEST_RECORD = Decimal(100)
#: Parcels that stand for a full trader: who declares fewer is not judged by shares of a handful.
FULL_TRADER = 100

_CENT = Decimal("0.01")


class CreditKind(StrEnum):
    Rejected = "rejected"
    InspectionPassed = "inspection_passed"
    #: Detained or confiscated while an inspection was open.
    InspectionFailed = "inspection_failed"
    Detained = "detained"
    Confiscated = "confiscated"
    Returned = "returned"
    InfringementFound = "infringement_found"
    Watched = "listed_watch"
    Inspected = "listed_inspect"
    Barred = "listed_barred"


@dataclass(frozen=True, slots=True)
class KindRow:
    """What one parcel, or one event where `by_share` is false, adds to the record of a full trader."""

    weight: Decimal
    by_share: bool
    zh: str
    en: str


ROWS: Mapping[CreditKind, KindRow] = {
    CreditKind.Rejected: KindRow(Decimal(1), True, "申报被退单", "declarations rejected"),
    CreditKind.InspectionPassed: KindRow(Decimal(-1), True, "查验通过", "inspections passed"),
    CreditKind.InspectionFailed: KindRow(Decimal(8), True, "查验发现问题", "inspections that found something"),
    CreditKind.Detained: KindRow(Decimal(4), True, "货物被扣留", "parcels detained"),
    CreditKind.Confiscated: KindRow(Decimal(12), True, "货物被没收", "parcels confiscated"),
    CreditKind.Returned: KindRow(Decimal("0.5"), True, "退货", "parcels returned"),
    CreditKind.InfringementFound: KindRow(Decimal(25), False, "认定侵权", "finding of infringement"),
    CreditKind.Watched: KindRow(Decimal(10), False, "列入黑名单（关注）", "listed: watch"),
    CreditKind.Inspected: KindRow(Decimal(25), False, "列入黑名单（必查）", "listed: inspect"),
    CreditKind.Barred: KindRow(Decimal(50), False, "列入黑名单（禁止申报）", "listed: barred"),
}


@dataclass(frozen=True, slots=True)
class CreditEvent:
    """One fact of the ledger. `at` in Unix seconds; `reference` is the manifest (0x…) or the listing it stands in."""

    kind: CreditKind
    at: int
    parcels: int
    reference: str


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """An event with what it adds to the record; negative where it speaks for the participant."""

    event: CreditEvent
    points: Decimal


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """`score` is the sum of the entries' points and of `bound`, which keeps it between 0 and 100."""

    #: Parcels declared in the period.
    declared: int
    #: Newest first.
    entries: tuple[CreditEntry, ...]
    bound: Decimal
    score: Decimal

    def count_of(self, kind: CreditKind) -> int:
        """Parcels that this happened to, or events where parcels do not count."""
        return sum(
            entry.event.parcels if ROWS[kind].by_share else 1 for entry in self.entries if entry.event.kind is kind
        )

    def points_of(self, kind: CreditKind) -> Decimal:
        return sum((entry.points for entry in self.entries if entry.event.kind is kind), Decimal(0))


NOTHING_HELD = CreditRecord(0, (), Decimal(0), Decimal(0))


def credit_record(declared: int, events: Iterable[CreditEvent]) -> CreditRecord:
    """The record over parcels declared and events of one period, each event within it."""
    entries = [CreditEntry(event, _points(event, declared)) for event in events]
    entries.sort(key=lambda entry: (-entry.event.at, entry.event.kind, entry.event.reference, entry.event.parcels))
    total = sum((entry.points for entry in entries), Decimal(0))
    score = min(max(total, Decimal(0)), HIGHEST_RECORD)
    return CreditRecord(declared, tuple(entries), score - total, score)


def _points(event: CreditEvent, declared: int) -> Decimal:
    row = ROWS[event.kind]
    if not row.by_share:
        return row.weight
    return (row.weight * event.parcels * FULL_TRADER / max(declared, FULL_TRADER)).quantize(_CENT)
