"""A district's settings as JSON: versioned, and refused with the name of every wrong field.

    {"version": "2026-11", "deadline_hours": 24, "window_hours": 24,
     "limits": {"transaction": 5000, "year": 26000}, "receipt_modes": ["1210"],
     "automatic": false, "consumption_formula": "composite",
     "rules": {"M05": {"absolute": "0.01", "share": "0"}, "M07": {"level": "warn"}, "M21": {"enabled": false}}}

Only `version` is required.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backend.domain.checked_json import CheckedJson
from backend.domain.lifecycle import SUPERVISION_MODES, Direction
from backend.domain.matching.judging import RULES
from backend.domain.matching.model import (
    RECEIPT_MODES,
    MatchingConfig,
    RuleLevel,
    RuleSetting,
    Tolerance,
)
from backend.domain.quota import USUAL_LIMITS, Limits
from backend.domain.tax import ConsumptionFormula

_MOST_MONEY = Decimal(10**9)
_LONGEST_WAIT = 24 * 90

_MODES = frozenset(f"{mode:04d}" for mode in SUPERVISION_MODES[Direction.Export])
_SETTABLE_LEVELS = frozenset({RuleLevel.Reject, RuleLevel.Warn})
_FORMULAS = frozenset(formula.value for formula in ConsumptionFormula)
_IDS = frozenset(rule.id for rule in RULES)


def load_config(text: str | bytes) -> MatchingConfig:
    """The settings in a JSON text. Raises InvalidInput that names every wrong field, `rules.M05.share` say."""
    whole = CheckedJson.of_text(text)
    version = whole.label("version", 60)
    limits = whole.child("limits")
    year = limits.decimal("year", high=_MOST_MONEY, default=USUAL_LIMITS.year)
    transaction = limits.decimal("transaction", high=_MOST_MONEY, default=USUAL_LIMITS.transaction)
    if transaction > year:
        limits.fault("transaction", transaction, f"at most the year's limit, {year}")
    rows = whole.child("rules")
    settings = {rule: _setting(rows.child(rule), rule) for rule in sorted(_IDS) if rows.has(rule)}
    modes = whole.choices("receipt_modes", _MODES, RECEIPT_MODES)
    window = whole.integer("window_hours", 1, _LONGEST_WAIT, MatchingConfig.window_hours)
    deadline = whole.integer("deadline_hours", 1, _LONGEST_WAIT, MatchingConfig.deadline_hours)
    automatic = whole.flag("automatic", MatchingConfig.automatic)
    formula = whole.choice("consumption_formula", _FORMULAS) or MatchingConfig.consumption_formula
    whole.finish()
    limits_set = Limits(transaction, year)
    return MatchingConfig(
        version, settings, limits_set, modes, window, deadline, automatic, ConsumptionFormula(formula)
    )


def config_as_json(config: MatchingConfig) -> dict[str, Any]:
    """The settings with every field spelled out; read again they are the same settings."""
    return {
        "version": config.version,
        "deadline_hours": config.deadline_hours,
        "window_hours": config.window_hours,
        "limits": {"transaction": f"{config.limits.transaction:f}", "year": f"{config.limits.year:f}"},
        "receipt_modes": sorted(config.receipt_modes),
        "automatic": config.automatic,
        "consumption_formula": config.consumption_formula.value,
        "rules": {rule: _setting_as_json(setting) for rule, setting in sorted(config.rules.items())},
    }


def _setting_as_json(setting: RuleSetting) -> dict[str, Any]:
    told: dict[str, Any] = {"enabled": setting.enabled}
    if setting.level is not None:
        told["level"] = setting.level.value
    if setting.tolerance is not None:
        told |= {"absolute": f"{setting.tolerance.absolute:f}", "share": f"{setting.tolerance.share:f}"}
    return told


def _setting(row: CheckedJson, rule_id: str) -> RuleSetting:
    rules = [rule for rule in RULES if rule.id == rule_id]
    enabled = row.flag("enabled", True)
    level = row.choice("level", _SETTABLE_LEVELS)
    if level is not None and not {rule.level for rule in rules} <= _SETTABLE_LEVELS:
        row.fault("level", level, "no level: this rule waits, holds or routes")
    tolerance = None
    if row.has("absolute") or row.has("share"):
        tolerance = Tolerance(
            row.decimal("absolute", high=_MOST_MONEY, default=Decimal(0)), row.decimal("share", default=Decimal(0))
        )
        if all(rule.tolerance is None for rule in rules):
            row.fault("absolute" if row.has("absolute") else "share", "", "no tolerance: this rule is exact")
    return RuleSetting(enabled, tolerance, RuleLevel(level) if level else None)
