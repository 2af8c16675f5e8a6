"""The buttons that a person is offered: never one that must fail, always those that would succeed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from backend.domain.choices import FROM_DOCUMENTS, ParcelPlace, steps_open_to
from backend.domain.lifecycle import RULES, Direction, Flag, State, Step
from backend.domain.participants import Role

SUZHOU, PUDONG, ELSEWHERE = 2303, 2233, 2908
DECLARANT = 7
DOCUMENTS = frozenset({Flag.Order, Flag.Payment, Flag.Waybill})


def place(state: State, *flags: Flag, **more: object) -> ParcelPlace:
    usual = ParcelPlace(state, DOCUMENTS | set(flags), Direction.Export, 9610, SUZHOU, PUDONG, DECLARANT)
    return replace(usual, **more)  # type: ignore[arg-type]


def customs(district: int, parcel: ParcelPlace) -> set[Step]:
    return set(steps_open_to(1, [Role.Customs], district, parcel))


def test_the_declaring_district_accepts_and_the_port_does_not() -> None:
    parcel = place(State.Declared)

    assert Step.Acceptance in customs(SUZHOU, parcel)
    assert Step.Acceptance not in customs(PUDONG, parcel)
    assert customs(ELSEWHERE, parcel) == set()


def test_release_is_not_offered_without_arrival_under_inspection_or_for_a_barred_seller() -> None:
    assert Step.Release in customs(SUZHOU, place(State.Accepted, Flag.Arrived))
    assert Step.Release not in customs(SUZHOU, place(State.Accepted))
    assert Step.Release not in customs(SUZHOU, place(State.Accepted, Flag.Arrived, Flag.Inspection))
    assert Step.Release not in customs(SUZHOU, place(State.Accepted, Flag.Arrived, seller_barred=True))


def test_a_hold_leaves_its_own_district_the_decisions_about_it() -> None:
    held = place(State.Accepted, Flag.HeldDeclaring)

    assert customs(SUZHOU, held) == {Step.DetentionLifted, Step.Confiscation}
    assert Step.Confiscation not in customs(PUDONG, held)


def test_only_the_parcels_own_declarant_asks_for_its_return() -> None:
    closed = place(State.Closed)

    assert steps_open_to(DECLARANT, [Role.Declarant], 0, closed) == (Step.ReturnRequested,)
    assert steps_open_to(DECLARANT + 1, [Role.Declarant], 0, closed) == ()


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_offered_a_step_of_another_role(role: Role) -> None:
    for state, flags in itertools.product(State, [(), (Flag.Arrived,), (Flag.HeldDeclaring,)]):
        for step in steps_open_to(DECLARANT, [role], SUZHOU, place(state, *flags)):
            assert any(rule.role is role for rule in RULES[step])
            assert step not in FROM_DOCUMENTS


def test_a_suspended_participants_empty_roles_are_offered_nothing() -> None:
    for state in State:
        assert steps_open_to(DECLARANT, [], SUZHOU, place(state)) == ()
