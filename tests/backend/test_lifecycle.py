"""The lifecycle table is sound in itself, and its set algebra does what it says for each parcel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.lifecycle import (
    FLAG_SETS,
    RULES,
    STEPS_NOT_RECORDED,
    SUPERVISION_MODES,
    Direction,
    Flag,
    Jurisdiction,
    Profile,
    Rule,
    Sets,
    State,
    Step,
    bits,
    divide,
    effect_of,
    indices,
    profile_of,
    rule_for,
)
from backend.domain.participants import Role

ROWS = [(step, row) for step, rules in RULES.items() for row in range(len(rules))]
FINAL = bits(
    State.Rejected,
    State.Cancelled,
    State.Returned,
    State.ReturnedAbroad,
    State.Destroyed,
    State.Disposed,
)
HELD = bits(Flag.HeldDeclaring, Flag.HeldPort)
CASE = bits(Flag.CaseOpen, Flag.Infringing)


def each_row(function):
    return pytest.mark.parametrize(("step", "row"), ROWS, ids=[f"{step.name}-{row}" for step, row in ROWS])(function)


# ---------------------------------------------------------------------------------------------------
# The table


def test_every_step_has_a_row_or_comes_by_a_call_of_its_own() -> None:
    assert set(RULES) | STEPS_NOT_RECORDED == set(Step)
    assert not set(RULES) & STEPS_NOT_RECORDED


@each_row
def test_a_row_starts_somewhere_and_changes_something(step: Step, row: int) -> None:
    rule = RULES[step][row]
    assert rule.origins
    assert rule.profiles
    assert rule.leads_to is not None or rule.raises or rule.clears


@each_row
def test_a_row_contradicts_itself_nowhere(step: Step, row: int) -> None:
    rule = RULES[step][row]
    assert not rule.needs & rule.forbids
    assert not rule.raises & rule.clears
    assert rule.leads_to is None or not rule.origins >> rule.leads_to & 1


@each_row
def test_nothing_leaves_a_final_state(step: Step, row: int) -> None:
    if step is Step.TakenOut:
        return  # it stays there: only its consignment goes on without it
    assert not RULES[step][row].origins & FINAL


@each_row
def test_a_held_parcel_moves_only_by_the_district_that_holds_it(step: Step, row: int) -> None:
    rule = RULES[step][row]
    if rule.leads_to is None or rule.origins == bits(State.Confiscated):
        return
    assert rule.forbids & HELD == HELD or rule.needs & HELD, "blocked by every hold, or made by the holder"
    holder = {Jurisdiction.DeclaringDistrict: Flag.HeldDeclaring, Jurisdiction.PortDistrict: Flag.HeldPort}
    for where, flag in holder.items():
        if rule.needs >> flag & 1:
            assert rule.role is Role.Customs
            assert rule.where is where
            assert (rule.needs | rule.forbids) & HELD == HELD, "the other district's hold blocks"


@each_row
def test_no_row_but_the_cases_own_leads_out_of_a_case(step: Step, row: int) -> None:
    rule = RULES[step][row]
    if rule.role is Role.CaseRegister or step is Step.TakenOut:
        return
    of_the_hold = {Step.Detention, Step.PortDetention}
    assert rule.forbids >> Flag.CaseOpen & 1 or step in of_the_hold | {Step.Destruction}
    lifts = {Step.DetentionLifted, Step.PortDetentionLifted}
    assert rule.forbids >> Flag.Infringing & 1 or step in of_the_hold | lifts | {Step.Confiscation}


@each_row
def test_nothing_is_destroyed_or_disposed_of_but_what_was_confiscated(step: Step, row: int) -> None:
    rule = RULES[step][row]
    if rule.leads_to in (State.Destroyed, State.Disposed):
        assert rule.origins == bits(State.Confiscated)


@pytest.mark.parametrize("step", RULES, ids=lambda step: step.name)
def test_the_rows_of_a_step_are_for_one_role(step: Step) -> None:
    assert len({rule.role for rule in RULES[step]}) == 1
    assert len(RULES[step]) <= 2


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("step", RULES, ids=lambda step: step.name)
def test_a_record_tells_by_itself_what_it_did(step: Step, profile: Profile) -> None:
    rows = [rule for rule in RULES[step] if rule.profiles >> profile & 1]
    effects = {(rule.leads_to, rule.raises, rule.clears) for rule in rows}
    assert len(effects) <= 1
    if rows:
        effect = effect_of(step, profile)
        assert effects == {(effect.leads_to, effect.raises, effect.clears)}
    else:
        with pytest.raises(KeyError):
            effect_of(step, profile)


def test_only_release_asks_whether_the_seller_is_barred() -> None:
    assert {step for step, rules in RULES.items() if any(r.seller_clear for r in rules)} == {Step.Release}
    assert all(rule.seller_clear for rule in RULES[Step.Release])


def test_nothing_is_released_under_a_hold_a_review_or_an_inspection() -> None:
    for rule in RULES[Step.Release]:
        assert rule.forbids == HELD | CASE | bits(Flag.Review, Flag.Inspection)


@pytest.mark.parametrize("profile", Profile)
def test_each_kind_of_manifest_releases_by_exactly_one_row(profile: Profile) -> None:
    rows = [rule for rule in RULES[Step.Release] if rule.profiles >> profile & 1]
    assert len(rows) == 1
    assert bool(rows[0].needs >> Flag.Arrived & 1) == (profile is not Profile.ImportBonded)


@pytest.mark.parametrize("profile", Profile)
def test_every_kind_of_manifest_can_be_brought_to_an_end(profile: Profile) -> None:
    reached = _reachable(profile)
    assert {State.Closed, State.Rejected, State.Cancelled, State.Returned, State.Destroyed, State.Disposed} <= reached
    imports = profile in (Profile.ImportDirect, Profile.ImportBonded)
    assert (State.ReturnedAbroad in reached) == (State.Delivered in reached) == imports
    assert (State.InTransit in reached) == (profile is Profile.ExportByTransit)


def _reachable(profile: Profile) -> set[State]:
    seen = {(State.Declared, 0)}
    waiting = list(seen)
    while waiting:
        state, flags = waiting.pop()
        for step, row in ROWS:
            rule = RULES[step][row]
            fits = rule.profiles >> profile & 1 and rule.origins >> state & 1
            if fits and flags & rule.needs == rule.needs and not flags & rule.forbids:
                after = (state if rule.leads_to is None else rule.leads_to, (flags | rule.raises) & ~rule.clears)
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
    return {state for state, _ in seen}


# ---------------------------------------------------------------------------------------------------
# Kinds of manifest and whose say a step is


@pytest.mark.parametrize(
    ("direction", "mode", "declaring", "port", "profile"),
    [
        (Direction.Import, 9610, 2233, 2233, Profile.ImportDirect),
        (Direction.Import, 9610, 2303, 2233, Profile.ImportDirect),
        (Direction.Import, 1210, 2303, 2303, Profile.ImportBonded),
        (Direction.Import, 1239, 2303, 2233, Profile.ImportBonded),
        (Direction.Export, 9610, 2233, 2233, Profile.ExportAtPort),
        (Direction.Export, 1210, 2303, 2233, Profile.ExportByTransit),
    ],
)
def test_the_kind_follows_from_direction_mode_and_districts(
    direction: Direction, mode: int, declaring: int, port: int, profile: Profile
) -> None:
    assert mode in SUPERVISION_MODES[direction]
    assert profile_of(direction, mode, declaring, port) is profile


def competent(step: Step, profile: Profile, **where: bool) -> tuple[Rule | None, bool]:
    nowhere = {"in_declaring_district": False, "in_port_district": False, "is_own_declarant": False}
    return rule_for(step, profile, **(nowhere | where))


def test_a_step_of_another_kind_of_manifest_does_not_exist() -> None:
    everywhere = {"in_declaring_district": True, "in_port_district": True, "is_own_declarant": True}
    assert competent(Step.TransitDeparture, Profile.ImportDirect, **everywhere) == (None, False)
    assert competent(Step.Declaration, Profile.ImportDirect, **everywhere) == (None, False)


def test_a_step_of_another_district_exists_and_is_not_the_callers() -> None:
    assert competent(Step.Release, Profile.ExportAtPort, in_port_district=True) == (None, True)
    assert competent(Step.ReturnRequested, Profile.ExportAtPort) == (None, True)


def test_each_district_has_its_own_row_of_a_shared_step() -> None:
    first, second = RULES[Step.InspectionPassed]
    profile = Profile.ExportByTransit
    assert competent(Step.InspectionPassed, profile, in_declaring_district=True)[0] is first
    assert competent(Step.InspectionPassed, profile, in_port_district=True)[0] is second


# ---------------------------------------------------------------------------------------------------
# Set algebra against one parcel at a time

COUNT = 12
words = st.integers(0, (1 << COUNT) - 1)


@st.composite
def some_sets(draw) -> Sets:
    """Any sets that a manifest of twelve parcels can have."""
    sets = Sets(COUNT)
    for index in range(COUNT):
        sets.words[draw(st.sampled_from(State))] |= 1 << index
    for flag in Flag:
        sets.words[FLAG_SETS + flag] = draw(words)
    return sets


@given(some_sets(), st.sampled_from(ROWS), st.integers(0, (1 << (COUNT + 3)) - 1))
def test_a_division_asks_each_parcel_the_same_questions_in_order(
    sets: Sets, place: tuple[Step, int], parcels: int
) -> None:
    rule = RULES[place[0]][place[1]]
    parts = divide(sets, rule, parcels)
    found = {"unknown": 0, "wrong_state": 0, "missing": 0, "blocked": 0, "eligible": 0}
    for index in indices(parcels):
        found[_cause(sets, rule, index)] |= 1 << index
    assert found == {name: getattr(parts, name) for name in found}


def _cause(sets: Sets, rule: Rule, index: int) -> str:
    if index >= sets.count:
        return "unknown"
    flags = bits(*sets.flags_of(index))
    if not rule.origins >> sets.state_of(index) & 1:
        return "wrong_state"
    if flags & rule.needs != rule.needs:
        return "missing"
    return "blocked" if flags & rule.forbids else "eligible"


@given(some_sets(), st.sampled_from(ROWS), words)
def test_applying_a_rule_moves_the_eligible_and_nobody_else(sets: Sets, place: tuple[Step, int], parcels: int) -> None:
    rule = RULES[place[0]][place[1]]
    before = [(sets.state_of(n), bits(*sets.flags_of(n))) for n in range(COUNT)]
    eligible = divide(sets, rule, parcels).eligible
    sets.apply(rule, eligible)
    for index, (state, flags) in enumerate(before):
        if eligible >> index & 1:
            state = rule.leads_to if rule.leads_to is not None else state
            flags = (flags | rule.raises) & ~rule.clears
        assert (sets.state_of(index), bits(*sets.flags_of(index))) == (state, flags)
    assert sum(sets.words[:FLAG_SETS]) == sets.every, "each parcel is in exactly one state"


@pytest.mark.parametrize("count", [1, 2, 255, 256])
def test_a_declared_manifest_holds_all_its_parcels(count: int) -> None:
    sets = Sets.declared(count)
    assert sets.every == (1 << count) - 1
    assert sets.in_states(bits(*State)) == sets.every
    assert sets.state_of(count - 1) is State.Declared
    for outside in (-1, count):
        with pytest.raises(IndexError):
            sets.state_of(outside)


@given(st.sets(st.integers(0, 255)))
def test_a_set_lists_its_parcels_in_order(members: set[int]) -> None:
    assert indices(sum(1 << member for member in members)) == tuple(sorted(members))
