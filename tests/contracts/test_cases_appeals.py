"""Complainant, investigator and appeal body are three; the accused is heard by the third."""

from __future__ import annotations

from typing import Any

import pytest
from brownie.exceptions import VirtualMachineError

from backend.domain import errors
from backend.domain.ledger import ZERO_ACCOUNT
from backend.domain.lifecycle import Step
from backend.domain.participants import Role, role_set
from backend.domain.reference.cases import APPEAL_TERM, APPEAL_WINDOW
from backend.domain.rights import CaseState, Outcome
from scripts.brownie_project import load_project
from tests.contracts.test_cases import FILE, SUSPECTED, clock_of, detained, found, is_free, lodge, notify, state_of
from tests.contracts.world import PUDONG, World, a_hash

CUSTOMS_AND_HOLDER = role_set([Role.Customs, Role.RightsHolder])
EVERYTHING = role_set([Role.Customs, Role.RightsHolder, Role.AppealBody, Role.Seller, Role.Declarant])


def appealed(world: World, **changes: Any) -> tuple[int, bytes]:
    case, manifest = found(world, **changes)
    world.act("declarant", "appealFinding", case, FILE)
    return case, manifest


def test_an_appeal_that_succeeds_frees_the_goods(world: World) -> None:
    case, manifest = appealed(world)
    assert state_of(world, case)[0] is CaseState.Appealed
    world.act("appeal_body", "decideFindingAppeal", case, False, FILE)
    assert state_of(world, case) == (CaseState.Closed, Outcome.NotInfringing)
    assert is_free(world, manifest)
    world.assert_same_state()


def test_an_appeal_that_fails_makes_the_finding_final(world: World) -> None:
    case, manifest = appealed(world)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)
    world.act("appeal_body", "decideFindingAppeal", case, True, FILE)
    world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)
    with pytest.raises(errors.CaseStateUnfit):
        world.act("appeal_body", "decideFindingAppeal", case, False, FILE)


def test_an_appeal_comes_within_its_window_and_once(world: World) -> None:
    case, _ = found(world)
    assert clock_of(world, case) == APPEAL_WINDOW == world.cases.appealWindow()
    world.act("declarant", "appealFinding", case, FILE, after=clock_of(world, case, 1))
    with pytest.raises(errors.CaseStateUnfit):
        world.act("declarant", "appealFinding", case, FILE)
    late, _ = found(world)
    with pytest.raises(errors.ClockRunOut):
        world.act("declarant", "appealFinding", late, FILE, after=clock_of(world, late))


def test_an_appeal_that_nobody_decides_frees_the_goods_in_the_end(world: World) -> None:
    case, manifest = appealed(world)
    assert clock_of(world, case) == APPEAL_TERM == world.cases.appealTerm()
    with pytest.raises(errors.ClockRunOut):
        world.act("appeal_body", "decideFindingAppeal", case, True, FILE, after=clock_of(world, case))
    world.act("outsider", "declareLapsed", case)
    assert is_free(world, manifest)


def test_a_finding_that_can_still_be_appealed_does_not_lapse(world: World) -> None:
    case, _ = found(world)
    with pytest.raises(errors.CaseStateUnfit):
        world.act("outsider", "declareLapsed", case, after=clock_of(world, case))
    world.act("outsider", "confirmFinding", case)


def test_who_registered_a_seller_without_a_key_appeals_for_it(world: World) -> None:
    (event,) = world.act("platform", "register", a_hash("shop"), role_set([Role.Seller]), 0, ZERO_ACCOUNT)
    case, _ = found(world, seller_no=event.participant_no)
    with pytest.raises(errors.AppellantUnfit):
        world.act("payment", "appealFinding", case, FILE)
    (appeal,) = world.act("platform", "appealFinding", case, FILE)
    assert appeal.speaker_no == world.numbers["platform"]


def test_a_seller_with_a_key_appeals_itself(world: World) -> None:
    (event,) = world.act("platform", "register", a_hash("shop"), role_set([Role.Seller]), 0, ZERO_ACCOUNT)
    world.act("owner", "addAccount", event.participant_no, world.accounts["spare_0"])
    case, _ = found(world, seller_no=event.participant_no)
    with pytest.raises(errors.AppellantUnfit):
        world.act("platform", "appealFinding", case, FILE)
    world.act("spare_0", "appealFinding", case, FILE)


def test_rights_of_another_registry_are_no_rights_here(world: World, accounts) -> None:
    project = load_project()
    stranger = accounts[5].deploy(project["ParticipantRegistry"], accounts[5].address)
    calendar = accounts[5].deploy(project["WorkingCalendar"], stranger.address)
    rights = accounts[5].deploy(project["RightsRegistry"], calendar.address)
    with pytest.raises(VirtualMachineError, match="RegistriesDiffer"):
        accounts[5].deploy(project["InfringementCases"], world.ledger.address, rights.address)


def test_a_holder_is_not_its_own_investigator(world: World) -> None:
    right, manifest = world.recorded(), world.held()
    world.act("owner", "setRoles", world.numbers["rights_holder"], CUSTOMS_AND_HOLDER, PUDONG)
    with pytest.raises(errors.PartiesNotSeparate):
        notify(world, manifest, right, who="rights_holder")
    with pytest.raises(errors.PartiesNotSeparate):
        lodge(world, right, "rights_holder")


@pytest.mark.parametrize("who", ["rights_holder", "customs_pudong", "declarant"])
def test_a_party_does_not_decide_on_the_appeal(world: World, who: str) -> None:
    case, _ = appealed(world)
    world.act("owner", "setRoles", world.numbers[who], EVERYTHING, PUDONG)
    with pytest.raises(errors.PartiesNotSeparate) as refused:
        world.act(who, "decideFindingAppeal", case, True, FILE)
    complainant, investigator = world.numbers["rights_holder"], world.numbers["customs_pudong"]
    parties = {"complainant_no": complainant, "investigator_no": investigator, "participant_no": world.numbers[who]}
    assert refused.value.details == parties


def test_the_accused_seller_does_not_decide_on_its_appeal(world: World) -> None:
    case, _ = appealed(world)
    seller = world.numbers["seller"]
    world.act("owner", "setRoles", seller, role_set([Role.Seller, Role.AppealBody]), 0)
    world.act("owner", "addAccount", seller, world.accounts["spare_0"])
    with pytest.raises(errors.PartiesNotSeparate):
        world.act("spare_0", "decideFindingAppeal", case, False, FILE)


def test_an_investigator_that_registered_the_seller_does_not_appeal_for_it(world: World) -> None:
    (event,) = world.act("customs_pudong", "register", a_hash("shop"), role_set([Role.Seller]), 0, ZERO_ACCOUNT)
    case, _ = found(world, seller_no=event.participant_no)
    with pytest.raises(errors.PartiesNotSeparate):
        world.act("customs_pudong", "appealFinding", case, FILE)


def test_a_complainant_that_declared_the_goods_does_not_appeal(world: World) -> None:
    right = world.recorded()
    world.act("owner", "setRoles", world.numbers["rights_holder"], role_set([Role.RightsHolder, Role.Declarant]), 0)
    manifest = world.declared(by="rights_holder")
    world.take("customs_pudong", Step.Detention, manifest, SUSPECTED)
    case = notify(world, manifest, right)
    world.act("rights_holder", "requestDetention", case, 30_000 * 100, FILE)
    world.act("customs_pudong", "recordFinding", case, True, FILE)
    with pytest.raises(errors.PartiesNotSeparate):
        world.act("rights_holder", "appealFinding", case, FILE)


def test_an_investigator_that_is_customs_no_more_decides_nothing(world: World) -> None:
    case, _ = detained(world)
    world.act("owner", "setRoles", world.numbers["customs_pudong"], role_set([Role.Platform]), 0)
    with pytest.raises(errors.RoleMissing):
        world.act("customs_pudong", "recordFinding", case, False, FILE)


def test_an_office_that_moved_to_another_district_detains_nothing_there(world: World) -> None:
    right, manifest = world.recorded(), world.held()
    case = lodge(world, right)
    world.act("owner", "setRoles", world.numbers["customs_pudong"], role_set([Role.Customs]), 9999)
    with pytest.raises(errors.ParcelsNotHeld):
        world.act("customs_pudong", "detainGoods", case, manifest, SUSPECTED, FILE)


@pytest.mark.parametrize(
    ("who", "function", "arguments"),
    [
        ("rights_holder", "withdrawCase", ()),
        ("customs_pudong", "recordFinding", (True,)),
        ("customs_pudong", "recordCourtNotice", ()),
        ("customs_pudong", "acceptCounterBond", (10**12,)),
    ],
)
def test_no_decision_without_evidence(world: World, who: str, function: str, arguments: tuple[Any, ...]) -> None:
    case, _ = detained(world)
    with pytest.raises(errors.CommitmentMissing):
        world.act(who, function, case, *arguments, bytes(32))
