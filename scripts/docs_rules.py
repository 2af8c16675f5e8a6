"""The reference of the rules that documents are compared by: `scripts.docs` writes it into `docs/rules.md`."""

from __future__ import annotations

import json
from typing import Any

from backend.domain.lifecycle import Direction
from backend.domain.matching import RULES, Basis, MatchOutcome, Rule, RuleLevel, Tolerance, config_as_json, load_config
from backend.domain.rates import example_rates, rates_as_json

LEVELS: dict[RuleLevel, tuple[str, str]] = {
    RuleLevel.Reject: ("rejected, with every failed rule", "退单，列明所有不符的规则"),
    RuleLevel.Wait: ("waits for what is missing; rejected after the deadline", "等待缺少的内容，超过期限即退单"),
    RuleLevel.Hold: ("accepted, but not released before it heals", "可以入库，消除之前不放行"),
    RuleLevel.Warn: ("stops nothing, feeds the risk score", "不阻止，计入风险分"),
    RuleLevel.Route: ("leaves the ordinary way: taxed in full, or general trade", "转出：全额征税，或按一般贸易"),
}

BASES: dict[Basis, str] = {
    Basis.Stated: "the specification, an announcement or a receipt of customs states it",
    Basis.Practice: "practice articles describe it",
    Basis.Proposed: "this project proposes it",
}

OUTCOMES: dict[MatchOutcome, str] = {
    MatchOutcome.Matched: "nothing stops the declaration",
    MatchOutcome.Mismatch: "a rule of level reject is broken",
    MatchOutcome.Incomplete: "a document is missing, the declaration perhaps, and nothing that is there disagrees",
    MatchOutcome.Routed: "the documents agree, but a limit is broken; `route` says where the parcel goes",
}

#: Every field of a district's settings: its form, its default, what it means.
SETTINGS: dict[str, tuple[str, str]] = {
    "version": ("text of 1 to 60, required", "Its name; every decision made under it bears it."),
    "deadline_hours": ("1 to 2160", "How long a parcel waits for what is missing before it is rejected."),
    "window_hours": ("1 to 2160", "Most hours between the first and the last of order, payment and waybill (M21)."),
    "limits.transaction": ("CNY", "Most that one purchase may be worth (M17)."),
    "limits.year": ("CNY", "Most that a person may buy in a calendar year (M17)."),
    "receipt_modes": ("list of export modes", "Modes that still need a receipt of money, 403 (X03)."),
    "automatic": ("true or false", "Whether the district's automatic account decides by itself."),
    "consumption_formula": ("`composite` or `reduced_base`", "Which consumption tax stands in the base of the VAT."),
    "rules.ID.enabled": ("true or false", "Whether the rule is judged; reports name those that are not."),
    "rules.ID.level": ("`reject` or `warn`", "For rules of these two levels."),
    "rules.ID.absolute": ("CNY or kg", "Tolerance in the fields' own unit, for rules that have one."),
    "rules.ID.share": ("0 to 1", "Tolerance as a share of the expected value; the larger of the two counts."),
}

#: What a district might load: read by the test that loads the page.
EXAMPLE: dict[str, Any] = {
    "version": "2026-11",
    "deadline_hours": 24,
    "window_hours": 24,
    "limits": {"transaction": 5000, "year": 26000},
    "receipt_modes": ["1210"],
    "automatic": True,
    "consumption_formula": "composite",
    "rules": {
        "M05": {"absolute": "0.01", "share": "0"},
        "M07": {"level": "warn"},
        "M21": {"enabled": False},
    },
}


def levels() -> str:
    """Levels, bases and outcomes, with what follows from each."""
    parts = [
        ["| Level | What follows | 后果 |", "|---|---|---|"]
        + [f"| `{level.value}` | {en} | {zh} |" for level, (en, zh) in LEVELS.items()],
        ["| Basis | Source |", "|---|---|", *(f"| `{basis.value}` | {text} |" for basis, text in BASES.items())],
        ["| Outcome | When |", "|---|---|", *(f"| `{outcome.value}` | {text} |" for outcome, text in OUTCOMES.items())],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def rules() -> str:
    """Every row, imports first."""
    titles = {Direction.Import: "### Imports", Direction.Export: "### Exports"}
    parts = []
    for direction, title in titles.items():
        rows = [
            "| Rule | Level | Basis | Compares | Tolerance | Code | 中文 | English |",
            "|---|---|---|---|---|---|---|---|",
            *(_row(rule) for rule in RULES if rule.direction is direction),
        ]
        parts += [title, "\n".join(rows)]
    return "\n\n".join(parts)


def settings() -> str:
    """The fields of a district's settings with their defaults, and an example."""
    usual = config_as_json(load_config('{"version": "1"}'))
    rows = [
        f"| `{name}` | {form} | {_default(usual, name)} | {meaning} |" for name, (form, meaning) in SETTINGS.items()
    ]
    table = "\n".join(["| Field | Form | Default | Meaning |", "|---|---|---|---|", *rows])
    return f"{table}\n\n```json\n{json.dumps(EXAMPLE, indent=2)}\n```"


def rates() -> str:
    """A rate table of two rows, as it is loaded."""
    table = rates_as_json(example_rates())
    chosen = [rate for rate in table["rates"] if rate["hs"] in ("1901101090", "3303000020")]
    return f"```json\n{json.dumps(table | {'rates': chosen}, indent=2, ensure_ascii=False)}\n```"


def _row(rule: Rule) -> str:
    compares = "<br>".join(f"`{each}`" for each in rule.compares)
    return (
        f"| {rule.id} | {rule.level.value} | {rule.basis.value} | {compares} | {_tolerance(rule.tolerance)} "
        f"| {rule.inner_code or ''} | {rule.zh} | {rule.en} |"
    )


def _tolerance(tolerance: Tolerance | None) -> str:
    if tolerance is None:
        return ""
    parts = [f"{tolerance.absolute:f}"] if tolerance.absolute else []
    parts += [f"{tolerance.share * 100:f}".rstrip("0").rstrip(".") + " %"] if tolerance.share else []
    return " or ".join(parts) or "exact"


def _default(usual: dict[str, Any], name: str) -> str:
    value: Any = usual
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None or name == "version" else f"`{json.dumps(value)}`"
