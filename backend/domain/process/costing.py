"""What repeats cost: minutes of work and money for each, which whoever asks may set, beside the time that passed.

The defaults are assumptions to begin a discussion with, not figures of any customs office: set your own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.domain.process.redundancies import Redundancy, RedundancyKind


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one repeat of one parcel: minutes of somebody's work, and money in CNY."""

    minutes: int
    cny: Decimal


DEFAULT_COSTS: Mapping[RedundancyKind, Cost] = {
    RedundancyKind.InspectionAtPortAgain: Cost(30, Decimal("60.00")),
    RedundancyKind.InspectionAgain: Cost(30, Decimal("60.00")),
    RedundancyKind.ReviewAgain: Cost(10, Decimal("15.00")),
    RedundancyKind.DuplicateDeclaration: Cost(15, Decimal("10.00")),
}


@dataclass(frozen=True, slots=True)
class CostedKind:
    """All repeats of a kind: how many parcels had one, and what that comes to.

    `elapsed` is measured: the seconds between beginning and end, added up over the parcels whose repeat is over.
    """

    kind: RedundancyKind
    each: Cost
    parcels: int
    elapsed: int

    @property
    def minutes(self) -> int:
        return self.each.minutes * self.parcels

    @property
    def cny(self) -> Decimal:
        return self.each.cny * self.parcels


def costed(found: Iterable[Redundancy], costs: Mapping[RedundancyKind, Cost] = DEFAULT_COSTS) -> tuple[CostedKind, ...]:
    """One row for every kind, those that did not occur included."""
    parcels = dict.fromkeys(RedundancyKind, 0)
    elapsed = dict.fromkeys(RedundancyKind, 0)
    for one in found:
        count = one.parcels.bit_count()
        parcels[one.kind] += count
        elapsed[one.kind] += count * (one.seconds or 0)
    return tuple(CostedKind(kind, costs[kind], parcels[kind], elapsed[kind]) for kind in RedundancyKind)
