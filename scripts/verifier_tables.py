"""Writes the tables that the browser's verifier shares with the Python one: `python -m scripts.verifier_tables`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backend.certificate.wording import SENTENCES, STATES, UNITS
from backend.domain.lifecycle import DUPLICATE_ORIGINS, DUPLICATE_RAISES, RULES, Flag, Rule, State, Step

TABLES = Path(__file__).resolve().parent.parent / "backend" / "web" / "verifier" / "tables.js"


def tables() -> str:
    """The file as it should be."""
    duplicate = {"profiles": 15, "origins": DUPLICATE_ORIGINS, "leads_to": None, "raises": DUPLICATE_RAISES}
    parts = {
        "STATES": _names(State),
        "FLAGS": _names(Flag),
        "STEPS": _names(Step),
        "RULES": {int(step): [_rule(rule) for rule in rules] for step, rules in RULES.items()},
        "DUPLICATE": duplicate | {"clears": 0, "needs": 0, "forbids": 0},
        "SENTENCES": SENTENCES,
        "STATES_IN_CHINESE": STATES,
        "UNITS": UNITS,
    }
    head = "/** Made by `python -m scripts.verifier_tables` from the lifecycle table and the sentences in Python. */\n"
    return head + "".join(f"\nexport const {name} = {_written(value)};\n" for name, value in parts.items())


def _names(members: Any) -> list[str]:
    """Names by number: the numbers have no gaps, or this fails."""
    return [members(number).name for number in range(len(members))]


def _rule(rule: Rule) -> dict[str, int | None]:
    return {
        "profiles": rule.profiles,
        "origins": rule.origins,
        "leads_to": None if rule.leads_to is None else int(rule.leads_to),
        "raises": rule.raises,
        "clears": rule.clears,
        "needs": rule.needs,
        "forbids": rule.forbids,
    }


def _written(value: Any) -> str:
    if isinstance(value, dict):
        rows = (f"  {json.dumps(str(name))}: {json.dumps(each, ensure_ascii=False)},\n" for name, each in value.items())
        return "{\n" + "".join(rows) + "}"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    TABLES.write_text(tables(), encoding="utf-8")
