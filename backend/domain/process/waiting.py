"""How long each step was waited for, and where: from the moment the table allowed it until it was recorded.

A release waits from the last of acceptance, arrival and closed review on, not from whatever happened to be recorded
before it. An inspection's wait is the time from its order to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.lifecycle import RULES, Jurisdiction, Step
from backend.domain.process.log import Log
from backend.domain.process.model import Activity, Header
from backend.domain.process.replaying import Stage

#: Steps that anyone with the role takes, but that happen at the port.
_AT_PORT = frozenset({Step.Departure, Step.Offloading, Step.PortDetention, Step.PortDetentionLifted})


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds that parcels waited for an activity in a district: three quantiles, and all of them together."""

    activity: Activity
    district: int
    parcels: int
    median: int
    p90: int
    p99: int
    total: int


def waits_of(log: Log) -> tuple[Wait, ...]:
    """One row for each activity and district, that with the most time in all first. Declarations wait for nothing."""
    found: dict[tuple[Activity, int], list[tuple[int, int]]] = {}
    for trace, replayed in zip(log.traces, log.replays, strict=True):
        for event, stage in zip(trace.events, replayed.stages, strict=True):
            if stage.waits_for:
                key = stage.activity, district_of(trace.header, stage)
                found.setdefault(key, []).append((event.at - stage.ready_at, trace.weight))
    rows = [
        Wait(
            activity=activity,
            district=district,
            parcels=sum(weight for _, weight in values),
            median=quantile(values, 50),
            p90=quantile(values, 90),
            p99=quantile(values, 99),
            total=sum(value * weight for value, weight in values),
        )
        for (activity, district), values in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.activity.name, row.district)))


def district_of(header: Header, stage: Stage) -> int:
    """The district in which a step happens: the port for what the table or the goods place there."""
    step = stage.activity.step
    places = {row.where for row in RULES.get(step, ()) if row.profiles >> header.profile & 1}
    if stage.activity.at_port or step in _AT_PORT or places == {Jurisdiction.PortDistrict}:
        return header.port_district
    return header.declaring_district


def quantile(values: Iterable[tuple[int, int]], percent: int) -> int:
    """The nearest-rank quantile of values that each count `weight` times: the smallest with so many percent up to it.

    Raises ValueError where there is nothing, or a percentage outside 1 to 100.
    """
    if not 1 <= percent <= 100:
        raise ValueError(percent)
    ordered = sorted(values)
    rank = -(-sum(weight for _, weight in ordered) * percent // 100)
    seen = 0
    for value, weight in ordered:
        seen += weight
        if seen >= rank:
            return value
    raise ValueError("no values")
