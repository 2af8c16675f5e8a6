"""A district's matching settings: what may be set, and every wrong field by its name."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.matching import (
    RULES,
    MatchingConfig,
    RuleLevel,
    RuleSetting,
    Tolerance,
    config_as_json,
    load_config,
)
from backend.domain.quota import Limits
from backend.domain.tax import ConsumptionFormula


def faults_of(value: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        load_config(json.dumps(value))
    return [fault["field"] for fault in refused.value.details["faults"]]


def test_a_version_alone_gives_the_rows_as_they_are() -> None:
    assert load_config('{"version": "7"}') == MatchingConfig("7")


def test_everything_may_be_set() -> None:
    config = load_config(
        json.dumps(
            {
                "version": "2026-11",
                "deadline_hours": 48,
                "window_hours": 72,
                "limits": {"transaction": 6000, "year": "30000.00"},
                "receipt_modes": [],
                "automatic": True,
                "consumption_formula": "reduced_base",
                "rules": {
                    "M05": {"absolute": "1", "share": 0.05},
                    "M06": {"absolute": 1},
                    "M07": {"level": "warn"},
                    "M15": {"level": "reject"},
                    "M21": {"enabled": False},
                },
            }
        )
    )
    assert config.version == "2026-11"
    assert (config.deadline_hours, config.window_hours) == (48, 72)
    assert config.limits == Limits(Decimal(6000), Decimal(30000))
    assert config.receipt_modes == frozenset()
    assert config.automatic is True
    assert config.consumption_formula is ConsumptionFormula.ReducedBase
    assert config.rules == {
        "M05": RuleSetting(tolerance=Tolerance(Decimal(1), Decimal("0.05"))),
        "M06": RuleSetting(tolerance=Tolerance(Decimal(1))),
        "M07": RuleSetting(level=RuleLevel.Warn),
        "M15": RuleSetting(level=RuleLevel.Reject),
        "M21": RuleSetting(enabled=False),
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": ""}, "version"),
        ({"version": 7}, "version"),
        ({"version": "x" * 61}, "version"),
        ({"rules": {"M99": {}}}, "rules.M99"),
        ({"rules": []}, "rules"),
        ({"rules": {"M05": []}}, "rules.M05"),
        ({"rules": {"M05": {"absolute": "-1"}}}, "rules.M05.absolute"),
        ({"rules": {"M05": {"absolute": "1e3"}}}, "rules.M05.absolute"),
        ({"rules": {"M05": {"share": 2}}}, "rules.M05.share"),
        ({"rules": {"M05": {"tolerance": 2}}}, "rules.M05.tolerance"),
        ({"rules": {"M08": {"absolute": "1"}}}, "rules.M08.absolute"),
        ({"rules": {"M08": {"enabled": "no"}}}, "rules.M08.enabled"),
        ({"rules": {"M08": {"level": "wait"}}}, "rules.M08.level"),
        ({"rules": {"M01": {"level": "warn"}}}, "rules.M01.level"),
        ({"rules": {"M17": {"level": "warn"}}}, "rules.M17.level"),
        ({"rules": {"M23": {"level": "warn"}}}, "rules.M23.level"),
        ({"rules": {"X07": {"level": "warn"}}}, "rules.X07.level"),
        ({"rules": {"M07": {"level": "hold"}}}, "rules.M07.level"),
        ({"automatic": "yes"}, "automatic"),
        ({"automatic": 1}, "automatic"),
        ({"consumption_formula": "other"}, "consumption_formula"),
        ({"consumption_formula": True}, "consumption_formula"),
        ({"version": "a\x00b"}, "version"),
        ({"version": "a\nb"}, "version"),
        ({"limits": {"year": "none"}}, "limits.year"),
        ({"limits": {"transaction": 30000}}, "limits.transaction"),
        ({"limits": {"month": 1}}, "limits.month"),
        ({"receipt_modes": ["1111"]}, "receipt_modes"),
        ({"receipt_modes": "1210"}, "receipt_modes"),
        ({"deadline_hours": 0}, "deadline_hours"),
        ({"deadline_hours": 1.5}, "deadline_hours"),
        ({"window_hours": True}, "window_hours"),
        ({"verison": "7"}, "verison"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], field: str) -> None:
    assert faults_of({"version": "7"} | change) == [field]


def test_every_fault_is_named_not_only_the_first() -> None:
    wrong = {"rules": {"M05": {"share": 2}, "M99": {}}, "limits": {"year": -1}, "window_hours": 0}
    fields = {"version", "rules.M05.share", "rules.M99", "limits.year", "window_hours"}
    assert set(faults_of(wrong)) == fields


@pytest.mark.parametrize("text", ["", "7", "[]", '"7"', "{", b"\xff", '{"version": "7", "version": "8"}', "[" * 9999])
def test_what_is_no_object_is_refused_as_such(text: str | bytes) -> None:
    with pytest.raises(InvalidInput):
        load_config(text)


def test_nobody_is_decided_for_before_its_customs_says_so() -> None:
    assert load_config('{"version": "7"}').automatic is False


@pytest.mark.parametrize("name", ["version", "\ud800"])
def test_half_a_character_is_refused_in_words_that_can_be_sent(name: str) -> None:
    for text in (json.dumps({"version": "7", name: "\ud800"}), b'{"version": "7", "x": "\xed\xa0\x80"}'):
        with pytest.raises(InvalidInput) as refused:
            load_config(text)
        json.dumps(refused.value.details, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "value",
    [
        {"version": "7"},
        {
            "version": "v", "automatic": True, "consumption_formula": "reduced_base", "receipt_modes": ["9610", "1210"],
            "limits": {"transaction": "10.50", "year": 1000}, "deadline_hours": 3, "window_hours": 5,
            "rules": {
                "M05": {"absolute": "1", "share": "0.05"}, "M07": {"level": "warn"}, "M21": {"enabled": False},
            },
        },
    ],
)  # fmt: skip
def test_settings_that_are_written_out_are_the_same_settings(value: dict[str, Any]) -> None:
    config = load_config(json.dumps(value))
    assert load_config(json.dumps(config_as_json(config))) == config


def test_every_rule_may_be_switched_off() -> None:
    ids = sorted({rule.id for rule in RULES})
    config = load_config(json.dumps({"version": "off", "rules": {rule: {"enabled": False} for rule in ids}}))
    assert not any(config.of(rule).enabled for rule in ids)
