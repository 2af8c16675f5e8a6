"""A change tried before it is made: the process twice with the same random numbers, once as it is and once changed.

Common random numbers: whatever is drawn is drawn once, for both, so that a difference comes from the change alone
(Law, Simulation Modeling and Analysis, §11.2). Inspection teams are the one thing parcels queue for (SimPy).
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

import simpy

from backend.domain.lifecycle import Step
from backend.domain.process import quantile
from backend.process.ground import Ground, Pool, Route
from backend.process.scenarios import Change, Scenario

LEAST_REPLICATIONS, MOST_REPLICATIONS, MOST_PARCELS = 20, 1000, 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """How a simulation is made: the same plan over the same ground gives the same outcome, to the last digit."""

    seed: int = 1
    replications: int = 200
    parcels: int = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over the replications with its 95 % confidence interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change brings, in seconds and inspections a thousand parcels; a difference is changed less present.

    `saved` are inspections that fall away: none is below zero. `affected` is the share of parcels drawn whose steps
    the change touches, in percent.
    """

    scenario: str
    present_mean: Interval
    present_p90: Interval
    changed_mean: Interval
    changed_p90: Interval
    mean: Interval
    p90: Interval
    saved: Interval
    affected: float


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel as it was drawn: when it is declared, its route, and for each stop its wait or its work."""

    at: int
    route: int
    takes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    mean: float
    p90: int
    inspections: int


def simulate_change(ground: Ground, scenario: Scenario, plan: Plan) -> Outcome:
    """Simulates both and compares. Raises ValueError for a ground without routes or fewer than twenty replications."""
    if not ground.routes:
        raise ValueError("no finished parcel")
    if plan.replications < LEAST_REPLICATIONS:
        raise ValueError(plan.replications)
    changes = [scenario.apply(route) for route in ground.routes]
    same = [Change()] * len(changes)
    present, changed, touched = [], [], 0
    for number in range(plan.replications):
        drawn = _draw(ground, random.Random(f"{plan.seed}:{number}"), plan.parcels)  # noqa: S311 - no secret
        present.append(_run(ground, same, drawn))
        changed.append(_run(ground, changes, drawn))
        touched += sum(changes[parcel.route] != same[parcel.route] for parcel in drawn)
    pairs = list(zip(present, changed, strict=True))
    return Outcome(
        scenario=scenario.name,
        present_mean=interval([run.mean for run in present]),
        present_p90=interval([run.p90 for run in present]),
        changed_mean=interval([run.mean for run in changed]),
        changed_p90=interval([run.p90 for run in changed]),
        mean=interval([new.mean - old.mean for old, new in pairs]),
        p90=interval([new.p90 - old.p90 for old, new in pairs]),
        saved=interval([(old.inspections - new.inspections) * 1000 / plan.parcels for old, new in pairs]),
        affected=touched * 100 / (plan.replications * plan.parcels),
    )


def interval(values: Sequence[float]) -> Interval:
    """The mean of independent values with its 95 % confidence interval by Student's t."""
    mean = fmean(values)
    half = t_975(len(values) - 1) * stdev(values) / len(values) ** 0.5
    return Interval(mean, mean - half, mean + half)


def t_975(freedom: int) -> float:
    """The 97.5 % point of Student's t, within 0.001 from ten degrees of freedom on.

    Cornish-Fisher expansion: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    x, n = NormalDist().inv_cdf(0.975), freedom
    return (
        x
        + (x**3 + x) / (4 * n)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * n**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * n**3)
    )


# ---------------------------------------------------------------------------------------------------
# Drawing


def _draw(ground: Ground, chance: random.Random, count: int) -> list[_Parcel]:
    """Parcels one after the other. Parcels of one trace were declared together: so many gaps are none."""
    among = _pool_of_routes(ground)
    others = max(1, ground.parcels - 1)
    at, drawn = 0, []
    for number in range(count):
        gap, which = int(chance.random() * others), _from(among, chance.random())
        if number and gap < len(ground.gaps):
            at += ground.gaps[gap]
        takes = []
        for stop in ground.routes[which].stops:
            share = chance.random()
            pool = ground.work[stop.key[1]] if stop.activity.step is Step.InspectionPassed else ground.waits[stop.key]
            takes.append(_from(pool, share))
        drawn.append(_Parcel(at, which, tuple(takes)))
    return drawn


def _pool_of_routes(ground: Ground) -> Pool:
    seen, steps = 0, []
    for route in ground.routes:
        seen += route.parcels
        steps.append(seen)
    return tuple(range(len(ground.routes))), tuple(steps), seen


def _from(pool: Pool, share: float) -> int:
    values, steps, total = pool
    return values[bisect_right(steps, int(share * total))]


# ---------------------------------------------------------------------------------------------------
# Running


def _run(ground: Ground, changes: Sequence[Change], parcels: Sequence[_Parcel]) -> _Run:
    env = simpy.Environment()
    desks = {district: simpy.Resource(env, ground.teams) for district in ground.work}
    times: list[tuple[int, int]] = []
    inspections = 0

    def over(parcel: _Parcel, at: int) -> None:
        times.append((at - parcel.at, 1))

    for parcel in parcels:
        route, change = ground.routes[parcel.route], changes[parcel.route]
        opened = sum(
            stop.activity.step is Step.InspectionPassed and index not in change.dropped
            for index, stop in enumerate(route.stops)
        )
        inspections += opened
        life = _life(env, desks, route, change, parcel, over)
        if opened:
            env.process(life)
        else:
            # It meets nobody on its way: its times are a sum, and need no clock.
            for _ in life:
                raise AssertionError("a parcel without inspection waits for nothing")
    env.run()
    return _Run(sum(time for time, _ in times) / len(times), quantile(times, 90), inspections)


def _life(
    env: simpy.Environment,
    desks: dict[int, simpy.Resource],
    route: Route,
    change: Change,
    parcel: _Parcel,
    over: Callable[[_Parcel, int], None],
) -> Generator[simpy.Event, None, None]:
    """A parcel from stop to stop. A stop that fell away is over as soon as what it waited for is."""
    done: list[int] = []
    for index, stop in enumerate(route.stops):
        before = stop.waits_for if index in change.freed else (*stop.waits_for, *stop.habit)
        ready = max((done[other] for other in before), default=parcel.at)
        if index in change.dropped:
            done.append(ready)
        elif stop.activity.step is Step.InspectionPassed:
            yield env.timeout(max(0, ready - int(env.now)))
            with desks[stop.key[1]].request() as turn:
                yield turn
                yield env.timeout(parcel.takes[index])
            done.append(int(env.now))
        else:
            done.append(ready + parcel.takes[index])
    over(parcel, done[-1])
