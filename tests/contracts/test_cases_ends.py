"""How cases end: court, bond, withdrawal, disposal; and that no other road leads out of one."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain import errors
from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind
from tests.contracts.test_cases import (
    FILE,
    SECURITY,
    SUSPECTED,
    VALUE,
    clock_of,
    detained,
    found,
    infringing,
    is_free,
    lodge,
    notify,
    state_of,
)
from tests.contracts.world import SUZHOU, World

# -- court, bond, withdrawal


@pytest.mark.parametrize("infringes", [True, False])
def test_a_court_takes_the_case_over_and_no_clock_ends_it(world: World, infringes: bool) -> None:
    case, _ = detained(world)
    world.act("customs_pudong", "recordCourtNotice", case, FILE, after=clock_of(world, case, 1))
    for who, function, arguments in (
        ("customs_pudong", "recordFinding", (True, FILE)),
        ("rights_holder", "withdrawCase", (FILE,)),
        ("outsider", "declareLapsed", ()),
    ):
        with pytest.raises(errors.CaseStateUnfit):
            world.act(who, function, case, *arguments, after=100 * 86_400)
    world.act("customs_pudong", "recordRuling", case, infringes, FILE)
    outcome = Outcome.Infringing if infringes else Outcome.NotInfringing
    assert state_of(world, case)[1] is outcome
    world.assert_same_state()


@pytest.mark.parametrize("kind", RightKind)
def test_a_bond_frees_goods_in_patent_cases_only(world: World, kind: RightKind) -> None:
    case, manifest = detained(world, kind)
    if kind in (RightKind.Patent, RightKind.Design):
        with pytest.raises(errors.BondTooSmall):
            world.act("customs_pudong", "acceptCounterBond", case, VALUE - 1, FILE)
        world.act("customs_pudong", "acceptCounterBond", case, VALUE, FILE)
        assert state_of(world, case) == (CaseState.Closed, Outcome.CounterBonded)
        assert is_free(world, manifest)
    else:
        with pytest.raises(errors.CounterBondNotAllowed):
            world.act("customs_pudong", "acceptCounterBond", case, VALUE, FILE)


def test_a_bond_is_taken_in_court_too_and_not_before_detention(world: World) -> None:
    case, _ = detained(world, RightKind.Patent)
    world.act("customs_pudong", "recordCourtNotice", case, FILE)
    world.act("customs_pudong", "acceptCounterBond", case, VALUE, FILE)
    early = notify(world, world.held(), 1)
    with pytest.raises(errors.CaseStateUnfit):
        world.act("customs_pudong", "acceptCounterBond", early, VALUE, FILE)


def test_a_holder_withdraws_before_a_finding_and_not_after(world: World) -> None:
    lodged = lodge(world, world.recorded())
    notified = notify(world, world.held(), 1)
    held, manifest = detained(world)
    for case in (lodged, notified, held):
        world.act("rights_holder", "withdrawCase", case, FILE)
        assert state_of(world, case) == (CaseState.Closed, Outcome.Withdrawn)
        with pytest.raises(errors.CaseStateUnfit):
            world.act("rights_holder", "withdrawCase", case, FILE)
    assert is_free(world, manifest)
    late, _ = found(world)
    with pytest.raises(errors.CaseStateUnfit):
        world.act("rights_holder", "withdrawCase", late, FILE)


# -- what the ledger refuses

#: What would let goods out of a case; who holds the role of each.
ROADS = (
    ("customs_pudong", Step.DetentionLifted),
    ("customs_pudong", Step.Confiscation),
    ("customs_pudong", Step.ReturnAbroad),
    ("customs_pudong", Step.Release),
    ("customs_pudong", Step.Rejection),
    ("customs_pudong", Step.Cancellation),
    ("customs_pudong", Step.ReviewOpened),
    ("customs_pudong", Step.InspectionOrdered),
)


@pytest.mark.parametrize(("who", "step"), ROADS)
def test_no_road_leads_out_of_an_open_case(world: World, who: str, step: Step) -> None:
    imports = {"direction": Direction.Import, "supervision_mode": 9610}
    case, manifest = detained(world, **imports)
    for stage in (None, ("customs_pudong", "recordFinding", True), ("declarant", "appealFinding")):
        if stage is not None:
            actor, function, *more = stage
            world.act(actor, function, case, *more, FILE)
        with pytest.raises(errors.FlagsBlocking) as refused:
            world.take(who, step, manifest, SUSPECTED)
        assert "CaseOpen" in refused.value.details["flags"]


@pytest.mark.parametrize("step", [Step.ReturnAbroad, Step.Release, Step.Rejection, Step.Cancellation])
def test_infringing_goods_leave_by_confiscation_alone_whatever_becomes_of_the_hold(world: World, step: Step) -> None:
    _, manifest = infringing(world, direction=Direction.Import, supervision_mode=9610)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", step, manifest, SUSPECTED)
    world.take("customs_pudong", Step.DetentionLifted, manifest, 0b001)
    if step is not Step.ReturnAbroad:
        with pytest.raises(errors.FlagsBlocking) as refused:
            world.take("customs_pudong", step, manifest, 0b001)
        assert refused.value.details["flags"] == "Infringing"
    world.take("customs_pudong", Step.Detention, manifest, 0b001)
    world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)


def test_a_second_districts_hold_does_not_lock_infringing_goods_up_for_ever(world: World) -> None:
    manifest, right = world.held(declaring_district=SUZHOU), world.recorded()
    world.take("customs_pudong", Step.PortDetention, manifest, SUSPECTED)
    case = notify(world, manifest, right, who="customs_suzhou")
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.PortDetentionLifted, manifest, SUSPECTED)
    world.act("rights_holder", "requestDetention", case, SECURITY, FILE)
    world.act("customs_suzhou", "recordCourtNotice", case, FILE)
    world.act("customs_suzhou", "recordRuling", case, True, FILE)
    world.take("customs_pudong", Step.PortDetentionLifted, manifest, SUSPECTED)
    world.take("customs_suzhou", Step.Confiscation, manifest, SUSPECTED)


def test_nobody_but_the_case_contract_opens_or_closes_a_case_in_the_ledger(world: World) -> None:
    case, manifest = detained(world)
    for who in ("customs_pudong", "rights_holder", "appeal_body", "headquarters"):
        for step in (Step.CaseClosed, Step.InfringementFound, Step.CaseOpened):
            with pytest.raises(errors.RoleMissing):
                world.take(who, step, manifest, SUSPECTED)
    assert state_of(world, case)[0] is CaseState.Detained


def test_without_its_role_the_case_contract_opens_nothing(world: World) -> None:
    manifest, right = world.held(), world.recorded()
    world.act("owner", "suspend", 1)
    with pytest.raises(errors.ParticipantSuspended):
        notify(world, manifest, right)
    assert world.cases.caseCount() == 0


def test_a_case_stands_in_the_history_of_its_parcels(world: World) -> None:
    case, manifest = infringing(world)
    flags = world.ledger.parcelAt(manifest, 0)[1]
    assert flags >> Flag.Infringing & 1
    assert not flags >> Flag.CaseOpen & 1
    assert world.ledger.parcelAt(manifest, 2)[1] >> Flag.Infringing & 1 == 0
    assert state_of(world, case) == (CaseState.Infringing, Outcome.Infringing)


# -- disposal


def confiscated(world: World, **changes: Any) -> tuple[int, bytes]:
    case, manifest = infringing(world, **changes)
    world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)
    return case, manifest


def pass_over(world: World, case: int, times: int) -> list[Disposal]:
    return [world.act("customs_pudong", "passOverDisposal", case, FILE)[0].disposal for _ in range(times)]


def test_the_ways_of_disposal_are_tried_in_their_order(world: World) -> None:
    case, manifest = confiscated(world)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)
    assert pass_over(world, case, 3) == [Disposal.PublicWelfare, Disposal.SaleToHolder, Disposal.Auction]
    with pytest.raises(errors.DisposalLast):
        world.act("customs_pudong", "passOverDisposal", case, FILE)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)
    world.act("customs_pudong", "chooseDisposal", case, FILE)
    world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)


@pytest.mark.parametrize(
    ("kind", "direction", "third"),
    [
        (RightKind.Trademark, Direction.Import, Disposal.Destruction),
        (RightKind.Trademark, Direction.Export, Disposal.Auction),
        (RightKind.Copyright, Direction.Import, Disposal.Auction),
    ],
)
def test_imported_counterfeit_marks_are_not_auctioned(
    world: World, kind: RightKind, direction: Direction, third: Disposal
) -> None:
    case, _ = confiscated(world, kind=kind, direction=direction)
    pass_over(world, case, 2)
    chosen, _ = world.act("customs_pudong", "chooseDisposal", case, FILE)
    assert chosen.disposal is third


@pytest.mark.parametrize("passed", [0, 1, 2])
def test_goods_that_were_given_or_sold_are_not_destroyed(world: World, passed: int) -> None:
    case, manifest = confiscated(world)
    pass_over(world, case, passed)
    _, ordered = world.act("customs_pudong", "chooseDisposal", case, FILE)
    assert ordered.step is Step.DisposalOrdered
    assert world.ledger.parcelAt(manifest, 0) == (State.Disposed, world.ledger.parcelAt(manifest, 1)[1])
    with pytest.raises(errors.StepNotAllowed):
        world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)
    for function in ("chooseDisposal", "passOverDisposal"):
        with pytest.raises(errors.AlreadyDisposed):
            world.act("customs_pudong", function, case, FILE)


def test_nothing_is_disposed_of_before_all_of_it_is_confiscated(world: World) -> None:
    case, manifest = infringing(world)
    world.take("customs_pudong", Step.Confiscation, manifest, 0b001)
    with pytest.raises(errors.StepNotAllowed) as refused:
        world.act("customs_pudong", "chooseDisposal", case, FILE)
    assert refused.value.details["parcel_indices"] == [1]
    assert not world.cases.caseOf(case)[10]


def test_nothing_is_disposed_of_that_does_not_infringe(world: World) -> None:
    case, _ = detained(world)
    for function in ("chooseDisposal", "passOverDisposal"):
        with pytest.raises(errors.CaseStateUnfit):
            world.act("customs_pudong", function, case, FILE)
