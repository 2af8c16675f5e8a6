"""The straight count: parcel by parcel, in whole numbers, as one would count by hand. Slow; others must equal it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend.domain.calendar import china_day
from backend.domain.lifecycle import DUPLICATE_RAISES, Direction, Sets, State, Step, effect_of
from backend.domain.process import Header
from backend.domain.statistics.model import (
    DETAINED,
    INSPECTED,
    ORDERED,
    RETURNED,
    Dimension,
    Figures,
    Life,
    Line,
    ListFacts,
    Lived,
    Times,
)

Key = tuple[str, ...]

_NO_LINE = Line("", "", "", "", None)


def straight_count(ledger: Iterable[Lived], by: Sequence[Dimension]) -> dict[Key, Figures]:
    """The figures of each group, by its values in the order of `by`; without dimensions one group of all."""
    found: dict[Key, Figures] = {}
    seconds: dict[tuple[Key, State], list[int]] = {}
    for manifest in ledger:
        lives = _lives(manifest)
        for index in range(manifest.header.size):
            if manifest.counted >> index & 1:
                _count(found, seconds, manifest, index, lives[index], by)
    for (key, state), stays in seconds.items():
        found[key].times[state.name] = times_of(stays)
    return found


def times_of(stays: list[int]) -> Times:
    stays = sorted(stays)
    ranks = [stays[-(-len(stays) * percent // 100) - 1] for percent in (50, 90, 99)]
    return Times(len(stays), *ranks)


def _count(
    found: dict[Key, Figures],
    seconds: dict[tuple[Key, State], list[int]],
    manifest: Lived,
    index: int,
    life: Life,
    by: Sequence[Dimension],
) -> None:
    known = manifest.lists.get(index)
    lines = known.lines if known else ()
    keys = {key_of(manifest, known, line, by) for line in lines or (_NO_LINE,)}
    for key in keys:
        figures = found.setdefault(key, Figures())
        figures.parcels += 1
        figures.lists_unknown += known is None
        figures.inspections_ordered += life.ordered
        figures.inspected += life.inspected
        figures.detained += life.detained
        figures.returned += life.returned
        figures.states[life.state.name] = figures.states.get(life.state.name, 0) + 1
        if known is None or known.weight is None:
            figures.weight_unknown += 1
        elif len(keys) > 1:
            figures.weight_shared += 1
        else:
            figures.weight += known.weight
        for state, stay in life.stays:
            seconds.setdefault((key, state), []).append(stay)
    for line in lines:
        figures = found[key_of(manifest, known, line, by)]
        figures.lines += 1
        if line.value is None:
            figures.value_unknown += 1
        else:
            figures.values[line.currency] = figures.values.get(line.currency, 0) + line.value


def key_of(manifest: Lived, known: ListFacts | None, line: Line, by: Sequence[Dimension]) -> Key:
    """The group that a line of a parcel falls into."""
    return tuple(_value(each, manifest.header, manifest.declared_at, known, line) for each in by)


def _value(dimension: Dimension, header: Header, declared_at: int, known: ListFacts | None, line: Line) -> str:
    match dimension:
        case Dimension.chapter:
            return line.chapter
        case Dimension.origin:
            return line.origin
        case Dimension.destination:
            return line.destination
        case Dimension.platform:
            return known.platform if known else ""
        case _:
            return value_of_manifest(dimension, header, declared_at)


def value_of_manifest(dimension: Dimension, header: Header, declared_at: int) -> str:
    """What all parcels of a manifest have in common. KeyError for what they may differ in."""
    match dimension:
        case Dimension.day:
            return china_day(declared_at).isoformat()
        case Dimension.month:
            return china_day(declared_at).isoformat()[:7]
        case Dimension.district:
            return f"{header.declaring_district:04d}"
        case Dimension.port:
            return f"{header.port_district:04d}"
        case Dimension.mode:
            return f"{header.supervision_mode:04d}"
        case Dimension.direction:
            return Direction(header.direction).name
        case _:
            raise KeyError(dimension)


def _lives(manifest: Lived) -> list[Life]:
    """Each parcel's life, by the set algebra that the contract keeps its state with."""
    size, sets = manifest.header.size, Sets.declared(manifest.header.size)
    states, since = [State.Declared] * size, [manifest.declared_at] * size
    stays: list[list[tuple[State, int]]] = [[] for _ in range(size)]
    steps: list[set[Step]] = [set() for _ in range(size)]
    for recording, parcels in manifest.records[1:]:
        if recording.step is Step.DuplicateReported:
            sets.raise_flags(DUPLICATE_RAISES, parcels)
        else:
            sets.apply(effect_of(recording.step, manifest.header.profile), parcels)
        for index in range(size):
            if parcels >> index & 1:
                steps[index].add(recording.step)
                now = sets.state_of(index)
                if now is not states[index]:
                    stays[index].append((states[index], recording.at - since[index]))
                    states[index], since[index] = now, recording.at
    return [
        Life(
            states[index],
            tuple(stays[index]),
            ordered=bool(steps[index] & ORDERED),
            inspected=bool(steps[index] & INSPECTED),
            detained=bool(steps[index] & DETAINED),
            returned=bool(steps[index] & RETURNED),
        )
        for index in range(size)
    ]
