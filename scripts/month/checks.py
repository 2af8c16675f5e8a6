"""The month counted three ways: the gateway's statistics, the chain read anew, and the straight count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from backend.domain.statistics import Dimension
from backend.services import recounting
from backend.services.gateway import Gateway
from backend.services.statistics import Question
from scripts.month.days import Days
from scripts.month.plan import SHARES
from scripts.month.tally import Sums

#: All ten dimensions, in questions of as many as one may have; then those that the straight count knows too.
_QUESTIONS = (
    ("day",),
    ("month", "district", "port", "mode"),
    ("direction", "chapter", "origin", "destination"),
    ("platform",),
)
_STRAIGHT = (("district",), ("district", "port", "mode"), ("destination",), ("platform", "mode"))


def differences(days: Days, gateway: Gateway) -> Iterator[str]:
    """Every figure that is not the same by all ways, in words; nothing for a month in order."""
    yield from _recounted(gateway)
    yield from _counted_straight(days)
    yield from _anomalies(days)
    yield from _summaries(days)


def _recounted(gateway: Gateway) -> Iterator[str]:
    for by in _QUESTIONS:
        found = recounting.recompute(gateway, Question(tuple(Dimension(name) for name in by)))
        for what, first, second in found.differences:
            yield f"{'/'.join(by)}: {what}: {first} by the read model, {second} from the chain"


def _counted_straight(days: Days) -> Iterator[str]:
    for by in _STRAIGHT:
        groups = days.roles["governance"].get("/v1/statistics", by=list(by))["groups"]
        counted = {tuple(each["group"][name] for name in by): _figures(each) for each in groups}
        straight = {key: _plain(sums) for key, sums in days.tally.figures(by).items()}
        for key in sorted(counted.keys() | straight.keys()):
            if counted.get(key) != straight.get(key):
                yield f"{'/'.join(key)}: {counted.get(key)} by the gateway, {straight.get(key)} counted straight"


def _anomalies(days: Days) -> Iterator[str]:
    found = list(days.roles["customs_pudong"].pages("/v1/anomalies", limit=500))
    kinds = Counter(each["kind"] for each in found)
    for kind in sorted(kinds | days.tally.mishaps):
        if kinds[kind] != days.tally.mishaps[kind]:
            yield f"anomaly {kind}: {kinds[kind]} on record, {days.tally.mishaps[kind]} planted"
    for each in found:
        if each["settled_at"] is None:
            yield f"anomaly {each['anomaly_id']} ({each['kind']}) is not settled"


def _summaries(days: Days) -> Iterator[str]:
    """The month closed in each district: what was released is in a summary, or left out with a reason."""
    declarant = days.roles["declarant"]
    for district in SHARES:
        released = {each for each in days.tally.released if days.tally.parcels[each].customs_code == district}
        if not released:
            continue
        closing = declarant.post("/v1/summaries", {"month": days.plan.name, "district": district})
        left_out = {each["parcel_id"] for each in closing["left_out"]}
        listed, values = 0, Decimal(0)
        for made in closing["summaries"]:
            figures = made["figures"]
            listed += figures["count"]
            values += Decimal(figures["value"])
        if listed + len(left_out) != len(released):
            yield f"summaries of {district}: {listed} lists and {len(left_out)} left out of {len(released)} released"
        straight = sum((sums for sums in _values(days, released - left_out)), Decimal(0))
        if values != straight:
            yield f"summaries of {district}: {values} in value, {straight} counted straight"


def _values(days: Days, parcels: set[str]) -> Iterator[Decimal]:
    """In hundredths, as summaries say it."""
    for sums in days.tally.figures((), parcels).values():
        yield sum(sums.values.values(), Decimal(0)) * 100


def _figures(group: dict[str, Any]) -> dict[str, Any]:
    counts = {name: group[name] for name in ("parcels", "inspections_ordered", "inspected", "detained")}
    values = {currency: Decimal(value) for currency, value in group["values"].items()}
    return counts | {"weight": Decimal(group["weight_kg"]), "values": values}


def _plain(sums: Sums) -> dict[str, Any]:
    counts = {name: getattr(sums, name) for name in ("parcels", "inspections_ordered", "inspected", "detained")}
    return counts | {"weight": sums.weight, "values": dict(sums.values)}
