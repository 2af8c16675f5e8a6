"""Simulated carriage to the port: lanes, sealed trucks over them, and what goes wrong under way, labelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Generic, TypeVar

Parcel = TypeVar("Parcel")


class Mishap(StrEnum):
    """What may go wrong with a truck. The name is that of the anomaly that the ledger is to have."""

    SealBroken = "SealBroken"
    Short = "Short"
    Over = "Over"
    Overdue = "Overdue"
    Diverted = "Diverted"
    RiskHit = "RiskHit"
    Unacknowledged = "Unacknowledged"


@dataclass(frozen=True, slots=True)
class SimulatedLane:
    """Four-digit districts, and limits in hours; `handled_by_port`: the anomalies that the port settles."""

    origin: str
    port: str
    transit_hours: int
    acknowledge_hours: int
    handled_by_port: tuple[Mishap, ...]


#: Suzhou, Hangzhou and Jiaxing to Pudong airport, as they were opened one after another. The hours are assumptions.
#: Customs' code of Qianjiang, which that lane is named after, is in no table at hand: Hangzhou's stands for it.
LANES: Mapping[str, SimulatedLane] = {
    lane.origin: lane
    for lane in (
        SimulatedLane("2303", "2233", 12, 2, (Mishap.SealBroken, Mishap.Short, Mishap.Over)),
        SimulatedLane("2901", "2233", 18, 2, (Mishap.SealBroken, Mishap.Short)),
        SimulatedLane("2908", "2233", 12, 2, (Mishap.SealBroken,)),
    )
}


@dataclass(frozen=True, slots=True)
class SimulatedTruck(Generic[Parcel]):
    """One seal's load. `lost`: the parcels that a mishap takes out of it, the first ones of the load."""

    lane: SimulatedLane
    seal: str
    load: tuple[Parcel, ...]
    mishap: Mishap | None
    lost: tuple[Parcel, ...] = ()

    @property
    def is_intact(self) -> bool:
        return self.mishap is not Mishap.SealBroken

    @property
    def found(self) -> int:
        """How many parcels the port counts."""
        carried = len(self.load) - (len(self.lost) if self.mishap in (Mishap.Short, Mishap.RiskHit) else 0)
        return carried + (1 if self.mishap is Mishap.Over else 0)


def trucks(
    parcels: Sequence[tuple[str, Parcel]], seed: int, mishaps: float = 0.0, most: int = 400, first: int = 0
) -> Iterator[SimulatedTruck[Parcel]]:
    """Loads of at most `most` parcels of one district (each given with its own), in that order.

    `mishaps` is the share of trucks with one thing wrong, 0 to 1. Seals run on from `first`. The same arguments give
    the same trucks. KeyError for a district without a lane.
    """
    # Not for secrets: the same seed must give the same trucks.
    random = Random(f"{seed}/trucks/{first}")  # noqa: S311
    loads: dict[str, list[Parcel]] = {}
    for district, parcel in parcels:
        loads.setdefault(district, []).append(parcel)
    number = first
    for district, own in loads.items():
        for start in range(0, len(own), most):
            load = tuple(own[start : start + most])
            mishap = random.choice(tuple(Mishap)) if random.random() < mishaps else None
            loses = mishap in (Mishap.Short, Mishap.RiskHit)
            if loses and len(load) < 2:
                # Nothing would be left to travel.
                mishap, loses = None, False
            # A risk hit names parcels of one manifest.
            most_lost = 1 if mishap is Mishap.RiskHit else min(3, len(load) - 1)
            lost = load[: random.randint(1, most_lost)] if loses else ()
            yield SimulatedTruck(LANES[district], f"GL{seed}-{number:06d}", load, mishap, lost)
            number += 1
