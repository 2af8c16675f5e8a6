"""The ledger's records as an event log: one trace for all parcels of a manifest that went the same way.

Parcels that took the same steps in the same records are not told apart, so a manifest of 256 parcels that stayed
together is one trace; whatever counts parcels counts a trace `weight` times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.lifecycle import Direction, Profile, Step


@dataclass(frozen=True, slots=True)
class Recording:
    """One record of a manifest: what was recorded, when, by whom. `block` and `log_index` are its place."""

    step: Step
    at: int
    participant_no: int
    block: int
    log_index: int


@dataclass(frozen=True, slots=True)
class Header:
    """What is the same for all parcels of a manifest. Districts by number, `supervision_mode` as 9610."""

    manifest: bytes
    size: int
    profile: Profile
    direction: Direction
    supervision_mode: int
    declaring_district: int
    port_district: int
    declarant_no: int
    seller_no: int


@dataclass(frozen=True, slots=True)
class Activity:
    """A step as the process knows it: an inspection at the port is another thing than one at the origin."""

    step: Step
    at_port: bool = False

    @property
    def name(self) -> str:
        return f"{self.step.name}AtPort" if self.at_port else self.step.name


@dataclass(frozen=True, slots=True)
class Trace:
    """The life, so far, of the parcels of one manifest that took the same steps: their set, and the steps in order."""

    header: Header
    parcels: int
    events: tuple[Recording, ...]

    @property
    def weight(self) -> int:
        """How many parcels went this way."""
        return self.parcels.bit_count()


@dataclass(frozen=True, slots=True)
class Place:
    """A parcel's place: the manifest that it was declared in, and its index there."""

    manifest: bytes
    index: int


def traces_of(header: Header, records: Iterable[tuple[Recording, int]]) -> tuple[Trace, ...]:
    """The traces of a manifest, by lowest index. `records` in order, each with the set of parcels that it names."""
    groups: list[tuple[int, list[Recording]]] = [((1 << header.size) - 1, [])]
    for recording, word in records:
        parts: list[tuple[int, list[Recording]]] = []
        for parcels, events in groups:
            inside, outside = parcels & word, parcels & ~word
            if inside:
                parts.append((inside, [*events, recording] if outside else events))
                if not outside:
                    events.append(recording)
            if outside:
                parts.append((outside, events))
        groups = parts
    groups.sort(key=lambda group: group[0] & -group[0])
    return tuple(Trace(header, parcels, tuple(events)) for parcels, events in groups)
