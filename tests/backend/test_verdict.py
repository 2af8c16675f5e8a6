"""The one sentence a buyer reads: for every combination of facts, and the right one."""

from __future__ import annotations

import itertools

import pytest

from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.verdict import Caution, Finding, ParcelFacts, Tone, judge, tone_of

FLAG_SETS = [frozenset(flags) for size in range(4) for flags in itertools.combinations(Flag, size)]
ENDS = {
    State.Rejected: Finding.Rejected,
    State.Cancelled: Finding.Cancelled,
    State.Returned: Finding.Returned,
    State.ReturnedAbroad: Finding.ReturnedAbroad,
    State.Confiscated: Finding.Confiscated,
    State.Destroyed: Finding.Destroyed,
    State.Disposed: Finding.Confiscated,
    State.Closed: Finding.Closed,
}
HOLDS = (Flag.HeldDeclaring, Flag.HeldPort, Flag.CaseOpen, Flag.Infringing)


def facts(state: State, *flags: Flag, direction: Direction = Direction.Import, **more: object) -> ParcelFacts:
    return ParcelFacts(state, frozenset(flags), direction, **more)  # type: ignore[arg-type]


def test_every_combination_of_facts_has_a_verdict() -> None:
    for state, flags, direction in itertools.product(State, FLAG_SETS, Direction):
        verdict = judge(ParcelFacts(state, flags, direction))
        assert verdict.tone is tone_of(verdict.finding)


def test_every_finding_is_reached() -> None:
    reached = {
        judge(ParcelFacts(state, flags, direction)).finding
        for state, flags, direction in itertools.product(State, FLAG_SETS, Direction)
    }

    assert reached == set(Finding)


@pytest.mark.parametrize("hold", HOLDS)
@pytest.mark.parametrize("state", [state for state in State if state not in ENDS])
def test_a_held_parcel_is_never_called_clear(state: State, hold: Flag) -> None:
    for flags in FLAG_SETS:
        assert judge(facts(state, hold, *flags)).finding is Finding.Detained


@pytest.mark.parametrize(("state", "finding"), ENDS.items())
def test_an_end_comes_before_whatever_flags_are_left(state: State, finding: Finding) -> None:
    for flags in FLAG_SETS:
        assert judge(facts(state, *flags)).finding is finding


def test_only_what_customs_has_let_go_is_clear() -> None:
    clear = {
        state
        for state, flags, direction in itertools.product(State, FLAG_SETS, Direction)
        if judge(ParcelFacts(state, flags, direction)).tone is Tone.Clear
    }

    assert clear == {State.Released, State.Departed, State.Delivered, State.Closed}


def test_an_open_inspection_or_review_is_told_before_the_state() -> None:
    assert judge(facts(State.Accepted, Flag.Review)).finding is Finding.UnderReview
    assert judge(facts(State.Accepted, Flag.Review, Flag.Inspection)).finding is Finding.UnderInspection
    assert judge(facts(State.AtPort, Flag.Inspection)).finding is Finding.UnderInspection
    assert judge(facts(State.Accepted, Flag.Inspected)).finding is Finding.Accepted


def test_release_reads_differently_for_import_and_export() -> None:
    assert judge(facts(State.Released)).finding is Finding.ReleasedImport
    assert judge(facts(State.Released, direction=Direction.Export)).finding is Finding.ReleasedExport


def test_the_sellers_standing_is_a_caution_and_changes_no_finding() -> None:
    for state, flags in itertools.product(State, FLAG_SETS):
        plain = judge(facts(state, *flags))
        barred = judge(facts(state, *flags, seller_barred=True, seller_suspended=True))
        assert barred.finding is plain.finding
        assert set(barred.cautions) - set(plain.cautions) == {Caution.SellerBarred, Caution.SellerSuspended}


def test_a_pending_return_a_duplicate_and_an_earlier_declaration_are_told() -> None:
    verdict = judge(
        facts(
            State.Released,
            Flag.ReturnPending,
            steps=frozenset({Step.DuplicateReported}),
            earlier_manifests=1,
        )
    )

    assert verdict.cautions == (Caution.DuplicateReported, Caution.ReturnPending, Caution.DeclaredAnew)
