"""What was done twice: reviews, inspections and declarations of the same parcel, each found and named.

Only what the ledger shows counts. Attesting a document again is an amendment, and declaring anew what was rejected
or cancelled is how the law wants it: neither is a repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.lifecycle import DECLARABLE_ANEW, Step
from backend.domain.process.log import Log
from backend.domain.process.model import Trace
from backend.domain.process.replaying import Stage, replay


class RedundancyKind(StrEnum):
    #: At the port, after the origin's district had inspected the parcel and passed it.
    InspectionAtPortAgain = "InspectionAtPortAgain"
    #: In the same district, after that district had passed it.
    InspectionAgain = "InspectionAgain"
    #: Risk reviewed once more, after a review was closed.
    ReviewAgain = "ReviewAgain"
    #: Declared while another manifest still has it.
    DuplicateDeclaration = "DuplicateDeclaration"


@dataclass(frozen=True, slots=True)
class Redundancy:
    """A repeat of parcels of a manifest: the event that began it, when, and how long it took as the ledger has it.

    `seconds` is None while it is not over, and for a declaration, which takes no time of its own. `first` is where
    it had been done: the manifest, and the event's index there.
    """

    kind: RedundancyKind
    manifest: bytes
    parcels: int
    index: int
    at: int
    district: int
    seconds: int | None
    first: tuple[bytes, int]


def redundancies_of(log: Log) -> tuple[Redundancy, ...]:
    """All repeats in a log, in the order in which they began."""
    pairs = zip(log.traces, log.replays, strict=True)
    found = [one for trace, replayed in pairs for one in _within(trace, replayed.stages)]
    found += _declared_twice(log)
    return tuple(sorted(found, key=lambda one: (one.at, one.manifest, one.index, one.kind, one.parcels)))


def _within(trace: Trace, stages: Sequence[Stage]) -> Iterator[Redundancy]:
    """Reviews and inspections that came again within one trace."""
    header = trace.header
    passed: dict[bool, int] = {}
    closed: int | None = None
    for index, stage in enumerate(stages):
        at_port = stage.activity.at_port or stage.activity.step is Step.Reinspection
        match stage.activity.step:
            case Step.InspectionPassed:
                passed[at_port] = index
            case Step.ReviewClosed:
                closed = index
            case Step.InspectionOrdered | Step.Reinspection if at_port in passed or False in passed:
                again = at_port in passed
                kind = RedundancyKind.InspectionAgain if again else RedundancyKind.InspectionAtPortAgain
                first = passed[at_port] if again else passed[False]
                until = _next(stages, index, Step.InspectionPassed)
                district = header.port_district if at_port else header.declaring_district
                yield _repeat(trace, kind, index, until, district, first)
            case Step.ReviewOpened if closed is not None:
                until = _next(stages, index, Step.ReviewClosed)
                yield _repeat(trace, RedundancyKind.ReviewAgain, index, until, header.declaring_district, closed)
            case _:
                pass


def _repeat(trace: Trace, kind: RedundancyKind, index: int, until: int | None, district: int, first: int) -> Redundancy:
    at = trace.events[index].at
    return Redundancy(
        kind=kind,
        manifest=trace.header.manifest,
        parcels=trace.parcels,
        index=index,
        at=at,
        district=district,
        seconds=None if until is None else trace.events[until].at - at,
        first=(trace.header.manifest, first),
    )


def _next(stages: Sequence[Stage], index: int, step: Step) -> int | None:
    return next((at for at in range(index + 1, len(stages)) if stages[at].activity.step is step), None)


def _declared_twice(log: Log) -> Iterator[Redundancy]:
    """Parcels declared while an earlier manifest had them, gathered by the two manifests."""
    within = {trace.header.manifest for trace in log.traces}
    wanted = {place.manifest for places in log.repeats.values() for place in places}
    traces: dict[bytes, list[Trace]] = {}
    for trace in (*log.traces, *log.earlier):
        if trace.header.manifest in wanted:
            traces.setdefault(trace.header.manifest, []).append(trace)
    sets: dict[tuple[bytes, bytes], int] = {}
    for places in log.repeats.values():
        lives = [
            (life, place)
            for place in places
            if (life := _of(traces.get(place.manifest, ()), place.index)) is not None and life.events
        ]
        lives.sort(key=lambda pair: (pair[0].events[0].block, pair[0].events[0].log_index))
        for number, (later, place) in enumerate(lives):
            alive = [earlier for earlier, _ in lives[:number] if not _ended_before(earlier, later)]
            if alive and place.manifest in within:
                key = place.manifest, alive[0].header.manifest
                sets[key] = sets.get(key, 0) | 1 << place.index
    for (manifest, other), parcels in sets.items():
        declared = traces[manifest][0]
        yield Redundancy(
            kind=RedundancyKind.DuplicateDeclaration,
            manifest=manifest,
            parcels=parcels,
            index=0,
            at=declared.events[0].at,
            district=declared.header.declaring_district,
            seconds=None,
            first=(other, 0),
        )


def _of(traces: Iterable[Trace], index: int) -> Trace | None:
    return next((trace for trace in traces if trace.parcels >> index & 1), None)


def _ended_before(earlier: Trace, later: Trace) -> bool:
    """Whether a parcel was free to be declared anew when it was."""
    declared = later.events[0].block, later.events[0].log_index
    known = tuple(event for event in earlier.events if (event.block, event.log_index) < declared)
    state = replay(Trace(earlier.header, earlier.parcels, known)).state
    return state is not None and bool(DECLARABLE_ANEW >> state & 1)
