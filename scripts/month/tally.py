"""The straight count: what a month must have come to, from what was simulated and what was done, asking no ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from backend.services.simulation import Expected, SimulatedParcel, SimulatedTruck

Group = tuple[str, ...]

#: What is turned away or never declared leaves no parcel on the ledger.
UNDECLARED = frozenset({Expected.Refused, Expected.Undeclared})


@dataclass(slots=True)
class Sums:
    """The figures of a group; sums of money by currency, weights in kilograms."""

    parcels: int = 0
    inspections_ordered: int = 0
    inspected: int = 0
    detained: int = 0
    weight: Decimal = Decimal(0)
    values: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, other: Sums) -> None:
        self.parcels += other.parcels
        self.inspections_ordered += other.inspections_ordered
        self.inspected += other.inspected
        self.detained += other.detained
        self.weight += other.weight
        for currency, value in other.values.items():
            self.values[currency] += value


@dataclass(slots=True)
class Tally:
    """Everything that was declared, and what was done to it."""

    parcels: dict[str, SimulatedParcel] = field(default_factory=dict)
    ordered: set[str] = field(default_factory=set)
    inspected: set[str] = field(default_factory=set)
    detained: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    trucks: list[SimulatedTruck[str]] = field(default_factory=list)

    def figures(self, by: tuple[str, ...], parcels: Iterable[str] | None = None) -> dict[Group, Sums]:
        """The figures of each group, by any of `district`, `port`, `mode`, `destination`, `platform`."""
        found: dict[Group, Sums] = defaultdict(Sums)
        for parcel_id in self.parcels if parcels is None else parcels:
            parcel = self.parcels[parcel_id]
            found[tuple(_part(parcel, name) for name in by)].add(self._of(parcel_id, parcel))
        return dict(found)

    @property
    def mishaps(self) -> Counter[str]:
        """How often each kind of anomaly must stand on the ledger."""
        return Counter(truck.mishap.value for truck in self.trucks if truck.mishap)

    def _of(self, parcel_id: str, parcel: SimulatedParcel) -> Sums:
        declaration = parcel.declaration
        if declaration is None:
            raise ValueError(f"nobody declares {parcel.order_no}")
        values: dict[str, Decimal] = defaultdict(Decimal)
        for line in declaration.lines:
            values[line["currency"]] += Decimal(line["totalPrice"])
        return Sums(
            1,
            int(parcel_id in self.ordered),
            int(parcel_id in self.inspected),
            int(parcel_id in self.detained),
            Decimal(declaration.head["grossWeight"]),
            values,
        )


def _part(parcel: SimulatedParcel, name: str) -> str:
    declaration = parcel.declaration
    head = declaration.head if declaration else {}
    return {
        "district": parcel.customs_code,
        "port": parcel.port_code,
        "mode": parcel.trade_mode,
        "destination": head.get("country", ""),
        "platform": head.get("ebpCode", ""),
    }[name]
