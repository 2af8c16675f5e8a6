"""The lifecycle stands in Solidity and in Python: the two tables are one."""

from __future__ import annotations

import re

import pytest

from backend.chain.interfaces import ENUMS
from backend.domain.lifecycle import (
    DECLARABLE_ANEW,
    DUPLICATE_ORIGINS,
    RULES,
    STEPS_NOT_RECORDED,
    Profile,
    Rule,
    State,
    Step,
)
from scripts.brownie_project import ROOT
from tests.contracts.world import World

ROWS = (0, 1, 2)


@pytest.mark.parametrize("step", Step, ids=lambda step: step.name)
@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_the_same_in_both(cast: World, step: Step, row: int) -> None:
    assert tuple(cast.ledger.ruleOf(step, row)) == _as_solidity(RULES.get(step, ()), row)


def _as_solidity(rules: tuple[Rule, ...], row: int) -> tuple[object, ...]:
    if row >= len(rules):
        return (False, 0, 0, 0, 0, False, 0, 0, 0, 0, 0, False)
    rule = rules[row]
    moves = rule.leads_to is not None
    return (
        True,
        rule.role,
        rule.where,
        rule.profiles,
        rule.origins,
        moves,
        rule.leads_to if moves else 0,
        rule.raises,
        rule.clears,
        rule.needs,
        rule.forbids,
        rule.seller_clear,
    )


def test_every_step_has_a_row_or_comes_by_a_call_of_its_own() -> None:
    assert set(RULES) | STEPS_NOT_RECORDED == set(Step)


@pytest.mark.parametrize("name", sorted(set(ENUMS) - {"Profile"}))
def test_every_enum_has_the_same_members_in_the_same_order(name: str) -> None:
    members = _solidity_enums()[name]
    # `None` is a word that Python keeps for itself.
    assert [member.name for member in ENUMS[name]] == [m.replace("None", "Zero") for m in members]
    assert [member.value for member in ENUMS[name]] == list(range(len(members)))


def test_every_solidity_enum_has_its_python_twin() -> None:
    assert set(_solidity_enums()) == set(ENUMS)


def test_the_kinds_of_manifest_have_the_same_numbers() -> None:
    text = (ROOT / "contracts" / "libraries" / "Lifecycle.sol").read_text("utf-8")
    found = dict(re.findall(r"uint8 internal constant (\w+) = 1 << (\d);", text))
    spelled = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", p.name).upper(): str(p.value) for p in Profile}
    assert found == spelled


@pytest.mark.parametrize(
    ("constant", "states"), [("DETAINABLE", DUPLICATE_ORIGINS), ("DECLARABLE_ANEW", DECLARABLE_ANEW)]
)
def test_the_states_in_which_a_duplicate_counts_are_the_same(constant: str, states: int) -> None:
    text = (ROOT / "contracts" / "libraries" / "Lifecycle.sol").read_text("utf-8")
    (value,) = re.findall(rf"constant {constant} =\s*([^;]*);", text)
    named = set(re.findall(r"State\.(\w+)", value)) or {
        name.title().replace("_", "") for name in re.findall(r"[A-Z_]+", value)
    }
    assert named == {state.name for state in State if states >> state & 1}


def _solidity_enums() -> dict[str, list[str]]:
    found = {}
    for path in (ROOT / "contracts" / "interfaces").glob("*.sol"):
        for name, body in re.findall(r"^enum (\w+) \{([^}]*)\}", path.read_text("utf-8"), flags=re.M):
            found[name] = re.findall(r"\w+", body)
    return found
