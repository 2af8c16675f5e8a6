"""What a simulation stands on: the finished lives of a log, their waits, the work of inspections, and how parcels come.

Finished means departed for an export and released for an import; what comes after is no part of the clearance.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.domain.lifecycle import Direction, Step
from backend.domain.process import Activity, Log, Trace, quantile, replay
from backend.domain.process.waiting import district_of

#: Risk analysis, which a district may do before the goods are there.
RISK_ANALYSIS = frozenset({Activity(Step.ReviewOpened), Activity(Step.InspectionOrdered)})
_MILESTONES = {Direction.Export: Step.Departure, Direction.Import: Step.Release}

#: Values with how often each occurred, and the sum of that; drawn from by a number between 0 and 1.
Pool = tuple[tuple[int, ...], tuple[int, ...], int]
Key = tuple[Activity, int]


@dataclass(frozen=True, slots=True)
class Stop:
    """A step of a route: what it waits for, by index, and which of these only because of how it is done today."""

    key: Key
    waits_for: tuple[int, ...]
    habit: tuple[int, ...] = ()

    @property
    def activity(self) -> Activity:
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Route:
    """The way of finished parcels up to their milestone, which is the last stop; `seconds` as the ledger has it."""

    stops: tuple[Stop, ...]
    parcels: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is drawn from. `gaps` are the seconds between declarations, in order of time."""

    routes: tuple[Route, ...]
    waits: dict[Key, Pool]
    #: By district: the seconds that an inspection occupied a team.
    work: dict[int, Pool]
    gaps: tuple[int, ...]
    teams: int

    @property
    def parcels(self) -> int:
        return sum(route.parcels for route in self.routes)

    @property
    def mean(self) -> float:
        """Of the ledger's own times, in seconds."""
        return sum(route.seconds * route.parcels for route in self.routes) / self.parcels

    @property
    def p90(self) -> int:
        return quantile([(route.seconds, route.parcels) for route in self.routes], 90)


def ground_of(log: Log, teams: int) -> Ground:
    """What a log's finished lives give, with so many inspection teams in each district."""
    routes: list[Route] = []
    waits: dict[Key, list[tuple[int, int]]] = {}
    jobs: dict[int, list[tuple[int, int, bytes, int]]] = {}
    declared: list[int] = []
    for trace in log.traces:
        route = _route(trace)
        if route is None:
            continue
        routes.append(route)
        declared.append(trace.events[0].at)
        for stop, event in zip(route.stops, trace.events, strict=False):
            ready = max((trace.events[at].at for at in (*stop.waits_for, *stop.habit)), default=event.at)
            if stop.activity.step is Step.InspectionPassed:
                jobs.setdefault(stop.key[1], []).append((event.at, ready, trace.header.manifest, trace.weight))
            else:
                waits.setdefault(stop.key, []).append((max(0, event.at - ready), trace.weight))
    declared.sort()
    return Ground(
        routes=tuple(routes),
        waits={key: pool_of(values) for key, values in waits.items()},
        work={district: pool_of(_work(found, teams)) for district, found in jobs.items()},
        gaps=tuple(later - earlier for earlier, later in pairwise(declared)),
        teams=teams,
    )


def pool_of(values: Sequence[tuple[int, int]]) -> Pool:
    """Values that each count `weight` times, ready to be drawn from."""
    ordered, seen, steps = sorted(values), 0, []
    for _, weight in ordered:
        seen += weight
        steps.append(seen)
    return tuple(value for value, _ in ordered), tuple(steps), seen


def _route(trace: Trace) -> Route | None:
    """A trace up to its milestone; None for one that has not come there, or does not fit the table up to there."""
    goal = _MILESTONES[trace.header.direction]
    end = next((at for at, event in enumerate(trace.events) if event.step is goal), None)
    if end is None:
        return None
    found = replay(Trace(trace.header, trace.parcels, trace.events[: end + 1]))
    if found.misfits:
        return None
    stops: list[Stop] = []
    arrival: int | None = None
    for at, stage in enumerate(found.stages):
        waits = stage.waits_for
        habit: tuple[int, ...] = ()
        if stage.activity.step is Step.Arrival:
            arrival = at
        elif arrival is not None and stage.activity == Activity(Step.InspectionPassed):
            # Goods cannot be opened before they are there, whatever the table says.
            waits = tuple(sorted({*waits, arrival}))
        elif arrival is not None and stage.activity in RISK_ANALYSIS and arrival not in waits:
            habit = (arrival,)
        stops.append(Stop((stage.activity, district_of(trace.header, stage)), waits, habit))
    return Route(tuple(stops), trace.weight, trace.events[end].at - trace.events[0].at)


def _work(jobs: list[tuple[int, int, bytes, int]], teams: int) -> list[tuple[int, int]]:
    """How long each inspection kept a team, if so many teams took them in the order in which they were done.

    An inspection that ended at `done` and could begin at `ready` was begun when a team was free.
    """
    free = [0] * teams
    found: list[tuple[int, int]] = []
    for done, ready, _, parcels in sorted(jobs):
        for _ in range(parcels):
            began = max(ready, heapq.heappop(free))
            heapq.heappush(free, max(done, began))
            found.append((max(0, done - began), 1))
    return found
