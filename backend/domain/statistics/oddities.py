"""What does not add up: parcels declared twice, lists whose goods never came, goods that came without a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.lifecycle import DECLARABLE_ANEW, Profile, State, Step
from backend.domain.process import traces_of
from backend.domain.statistics.model import Lived, life_of

_OPEN = frozenset({State.Declared, State.Accepted})


@dataclass(frozen=True, slots=True)
class Oddities:
    """Parcel ids in hexadecimal and waybills, each list complete and in order."""

    duplicates: tuple[str, ...]
    never_arrived: tuple[str, ...]
    never_declared: tuple[str, ...]


def repeated(ledger: Iterable[Lived]) -> tuple[str, ...]:
    """Parcels that are declared in more than one place, rejected and cancelled declarations aside."""
    places: dict[bytes, int] = {}
    for manifest in ledger:
        for trace in traces_of(manifest.header, manifest.records):
            if DECLARABLE_ANEW >> life_of(manifest.header, trace.events).state & 1:
                continue
            for index in range(manifest.header.size):
                if trace.parcels & manifest.counted & 1 << index:
                    parcel = manifest.parcel_ids[index]
                    places[parcel] = places.get(parcel, 0) + 1
    return tuple(sorted(parcel.hex() for parcel, times in places.items() if times > 1))


def never_arrived(ledger: Iterable[Lived], now: int, after: int) -> tuple[str, ...]:
    """Parcels declared at least `after` seconds before `now` that still wait and whose arrival nobody has recorded.

    Bonded imports leave stock that is there already, and are left out.
    """
    found = []
    for manifest in ledger:
        if manifest.header.profile is Profile.ImportBonded or now - manifest.declared_at < after:
            continue
        for trace in traces_of(manifest.header, manifest.records):
            if life_of(manifest.header, trace.events).state not in _OPEN or any(
                event.step is Step.Arrival for event in trace.events
            ):
                continue
            found += [
                manifest.parcel_ids[index].hex()
                for index in range(manifest.header.size)
                if trace.parcels & manifest.counted & 1 << index
            ]
    return tuple(sorted(found))
