"""From facts to a score and a tier, and from a stored contribution back to its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.domain.risk.factors import FACTOR_NAMED, FACTORS, Factor
from backend.domain.risk.model import BOUND, HIGHEST, Assessment, Contribution, RiskConfig, RiskFacts

_BOUND_ZH, _BOUND_EN = "评分限于 0 至 100 分", "Scores stay between 0 and 100"


def assess(facts: RiskFacts, config: RiskConfig) -> Assessment:
    """The score of a parcel with every part of it, and its tier: the score's, or a stricter one that is forced."""
    contributions, unknown, switched_off = [], [], []
    for factor in FACTORS:
        setting = config.of(factor.id)
        if not setting.enabled:
            switched_off.append(factor.id)
            continue
        measured = factor.measure(facts)
        if measured is None:
            unknown.append(factor.id)
            continue
        most = factor.most if setting.most is None else setting.most
        points, values = measured
        contributions.append(_contribution(factor, max(-most, min(most, points)), values))
    total = sum(each.points for each in contributions)
    score = max(0, min(HIGHEST, total))
    if score != total:
        contributions.append(Contribution(BOUND, score - total, {}, _BOUND_ZH, _BOUND_EN))
    by_score = config.tier_of(score)
    forced = {each.id: each.forces(facts) for each in FACTORS if config.of(each.id).enabled}
    forced_by = tuple(factor for factor, tier in forced.items() if tier > by_score)
    tier = max((by_score, *forced.values()))
    return Assessment(score, tier, tuple(contributions), forced_by, tuple(unknown), tuple(switched_off), config.version)


def _contribution(factor: Factor, points: int, values: Mapping[str, str]) -> Contribution:
    return Contribution(factor.id, points, values, _said(factor.zh, values), _said(factor.en, values))


def _said(template: str, values: Mapping[str, str]) -> str:
    return template.format_map(values)


def contribution_as_json(contribution: Contribution) -> dict[str, Any]:
    """A contribution as it is stored: its sentences stand in the factor's row."""
    return {"factor": contribution.factor, "points": contribution.points, "values": dict(contribution.values)}


def contribution_from_json(stored: Mapping[str, Any]) -> Contribution:
    """The contribution behind `contribution_as_json`; one of a factor that no longer exists has no sentence."""
    factor, points, values = str(stored["factor"]), int(stored["points"]), dict(stored["values"])
    if factor == BOUND:
        return Contribution(BOUND, points, values, _BOUND_ZH, _BOUND_EN)
    row = FACTOR_NAMED.get(factor)
    return Contribution(factor, points, values, factor, factor) if row is None else _contribution(row, points, values)
