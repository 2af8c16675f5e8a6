"""Participants: one legal entity one number, accounts that come and go, roles, grades, suspension, ownership."""

from __future__ import annotations

import pytest

from backend.domain import errors
from backend.domain.events import AccountAdded, ParticipantRegistered
from backend.domain.ledger import ZERO_ACCOUNT
from backend.domain.lifecycle import Step
from backend.domain.participants import ALL_ROLES, CreditGrade, Role, role_set
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash

PLATFORM = role_set([Role.Platform])
CUSTOMS = role_set([Role.Customs])
SELLER = role_set([Role.Seller])


def test_numbers_participants_from_one_in_order(world: World) -> None:
    before = world.registry.participantCount()
    for n in (1, 2):
        events = world.act("owner", "register", a_hash("new", n), PLATFORM, 0, world.accounts[f"spare_{n}"])
        assert events == [
            ParticipantRegistered(before + n, a_hash("new", n), PLATFORM, 0, 0),
            AccountAdded(before + n, world.accounts[f"spare_{n}"]),
        ]
    assert world.registry.participantOf(a_hash("new", 2)) == before + 2
    assert world.registry.participantOf(a_hash("nobody")) == 0


def test_keeps_what_was_registered(world: World) -> None:
    (event,) = world.act("owner", "register", a_hash("new"), CUSTOMS, PUDONG, ZERO_ACCOUNT)
    at = world.now
    kept = world.registry.participant(event.participant_no)
    assert tuple(kept) == (CUSTOMS, PUDONG, CreditGrade.Regular, False, at, 0, 0)


def test_counts_the_keys_of_a_participant_and_keeps_its_registrar(world: World) -> None:
    (event,) = world.act("platform", "register", a_hash("shop"), SELLER, 0, ZERO_ACCOUNT)
    no = event.participant_no
    for function, spare, keys in (("addAccount", 0, 1), ("addAccount", 1, 2), ("revokeAccount", 0, 1)):
        world.act("owner", function, no, world.accounts[f"spare_{spare}"])
        assert tuple(world.registry.participant(no))[-2:] == (world.numbers["platform"], keys)


def test_a_seller_without_a_key_is_spoken_for_by_its_registrar_until_it_has_one(world: World) -> None:
    (event,) = world.act("platform", "register", a_hash("shop"), SELLER, 0, ZERO_ACCOUNT)
    no, platform = event.participant_no, world.numbers["platform"]

    def speaks(who: str, subject: int = no) -> tuple[bool, int]:
        found = tuple(world.registry.speaksFor(world.accounts[who], subject))
        assert found == world.model.speaks_for(world.accounts[who], subject)
        return found

    assert speaks("platform") == (True, platform)
    assert speaks("customs_pudong") == (False, world.numbers["customs_pudong"])
    assert isinstance(world.refusal_of_view("speaksFor", world.accounts["owner"], no), errors.AccountUnknown)
    world.act("owner", "addAccount", no, world.accounts["spare_0"])
    assert speaks("spare_0") == (True, no)
    assert speaks("platform") == (False, platform)
    world.act("owner", "revokeAccount", no, world.accounts["spare_0"])
    assert speaks("platform") == (True, platform)
    assert speaks("owner", world.numbers["seller"]) == (True, 0)
    assert isinstance(world.refusal_of_view("speaksFor", world.accounts["platform"], 999), errors.ParticipantUnknown)
    suspended = world.accounts["suspended"]
    assert isinstance(world.refusal_of_view("speaksFor", suspended, no), errors.ParticipantSuspended)


def test_tells_for_whom_an_account_acts(world: World) -> None:
    no, roles, district = world.registry.authorityOf(world.accounts["customs_pudong"])
    assert (no, roles, district) == (world.numbers["customs_pudong"], CUSTOMS, PUDONG)


def test_the_same_legal_entity_cannot_register_twice_by_another_platform(world: World) -> None:
    world.act("platform", "register", a_hash("shop"), SELLER, 0, ZERO_ACCOUNT)
    with pytest.raises(errors.LegalIdentityTaken) as refused:
        world.act("customs_pudong", "register", a_hash("shop"), SELLER, 0, ZERO_ACCOUNT)
    assert refused.value.details["participant_no"] == len(world.model.participants)


def test_a_platform_stands_in_the_record_of_the_seller_it_registered(world: World) -> None:
    (event,) = world.act("platform", "register", a_hash("shop"), SELLER, 0, ZERO_ACCOUNT)
    assert event.registrar_no == world.numbers["platform"]
    assert world.registry.isActiveSeller(event.participant_no)


@pytest.mark.parametrize("roles", [PLATFORM, SELLER | PLATFORM, 0, ALL_ROLES + 1])
def test_a_platform_registers_nothing_but_sellers(world: World, roles: int) -> None:
    with pytest.raises(errors.RegistrationNotAllowed):
        world.act("platform", "register", a_hash("new"), roles, 0, ZERO_ACCOUNT)


def test_a_platform_gives_a_seller_no_district(world: World) -> None:
    with pytest.raises(errors.RegistrationNotAllowed):
        world.act("platform", "register", a_hash("new"), SELLER, PUDONG, ZERO_ACCOUNT)


@pytest.mark.parametrize(("roles", "district"), [(0, PUDONG), (ALL_ROLES + 1, PUDONG), (1 << 31, 0), (CUSTOMS, 0)])
def test_refuses_role_sets_that_mean_nothing(world: World, roles: int, district: int) -> None:
    with pytest.raises(errors.RolesInvalid):
        world.act("owner", "register", a_hash("new"), roles, district, ZERO_ACCOUNT)
    with pytest.raises(errors.RolesInvalid):
        world.act("owner", "setRoles", world.numbers["platform"], roles, district)


def test_every_role_together_is_a_role_set(world: World) -> None:
    (event,) = world.act("owner", "register", a_hash("new"), ALL_ROLES, PUDONG, ZERO_ACCOUNT)
    assert event.roles == ALL_ROLES


def test_refuses_a_participant_without_legal_identity(world: World) -> None:
    with pytest.raises(errors.LegalIdentityMissing):
        world.act("owner", "register", bytes(32), PLATFORM, 0, ZERO_ACCOUNT)


def test_refuses_an_account_that_acts_for_somebody(world: World) -> None:
    taken = world.accounts["payment"]
    with pytest.raises(errors.AccountTaken):
        world.act("owner", "register", a_hash("new"), PLATFORM, 0, taken)
    with pytest.raises(errors.AccountTaken):
        world.act("platform", "addAccount", world.numbers["platform"], taken)


def test_nobody_acts_by_the_zero_account(world: World) -> None:
    with pytest.raises(errors.AccountUnknown):
        world.act("owner", "addAccount", world.numbers["platform"], ZERO_ACCOUNT)


def test_several_accounts_act_for_one_participant(world: World) -> None:
    world.act("platform", "addAccount", world.numbers["platform"], world.accounts["spare_1"])
    world.act("spare_1", "addAccount", world.numbers["platform"], world.accounts["spare_2"])
    (event,) = world.act("spare_2", "anchor", 1, a_hash("root"), 1)
    assert event.participant_no == world.numbers["platform"]


def test_a_revoked_account_acts_no_more_and_may_act_for_another(world: World) -> None:
    world.act("owner", "revokeAccount", world.numbers["platform"], world.accounts["platform"])
    with pytest.raises(errors.AccountUnknown):
        world.act("platform", "anchor", 1, a_hash("root"), 1)
    world.act("owner", "addAccount", world.numbers["payment"], world.accounts["platform"])
    (event,) = world.act("platform", "anchor", 1, a_hash("root"), 1)
    assert event.participant_no == world.numbers["payment"]


def test_an_account_is_revoked_only_from_the_participant_it_acts_for(world: World) -> None:
    with pytest.raises(errors.AccountNotOfParticipant):
        world.act("owner", "revokeAccount", world.numbers["payment"], world.accounts["platform"])
    with pytest.raises(errors.AccountNotOfParticipant):
        world.act("owner", "revokeAccount", world.numbers["payment"], world.accounts["outsider"])


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("setRoles", (PLATFORM, 0)),
        ("suspend", ()),
        ("reinstate", ()),
        ("addAccount", ("0x" + "5" * 40,)),
        ("revokeAccount", ("0x" + "5" * 40,)),
    ],
)
@pytest.mark.parametrize("number", [0, 999])
def test_refuses_numbers_that_stand_for_nobody(
    world: World, function: str, arguments: tuple[object, ...], number: int
) -> None:
    with pytest.raises(errors.ParticipantUnknown):
        world.act("owner", function, number, *arguments)


def test_refuses_to_grade_nobody(world: World) -> None:
    with pytest.raises(errors.ParticipantUnknown):
        world.act("customs_pudong", "setCreditGrade", 999, CreditGrade.Certified)


def test_customs_grade_credit(world: World) -> None:
    seller = world.numbers["seller"]
    (event,) = world.act("customs_pudong", "setCreditGrade", seller, CreditGrade.SeriouslyDishonest)
    assert event.authority_no == world.numbers["customs_pudong"]
    assert world.registry.participant(seller)[2] == CreditGrade.SeriouslyDishonest


def test_new_roles_count_from_the_next_call_on(world: World) -> None:
    world.act("owner", "setRoles", world.numbers["platform"], role_set([Role.Declarant]), 0)
    world.declared(by="platform")


def test_a_new_district_counts_from_the_next_call_on(world: World) -> None:
    manifest = world.declared(declaring_district=SUZHOU)
    world.act("owner", "setRoles", world.numbers["customs_jiaxing"], CUSTOMS, SUZHOU)
    assert world.registry.participant(world.numbers["customs_jiaxing"])[:2] == (CUSTOMS, SUZHOU)
    world.take("customs_jiaxing", Step.Rejection, manifest)


def test_a_suspended_participant_is_refused_until_reinstated(world: World) -> None:
    number = world.numbers["declarant"]
    world.act("owner", "suspend", number)
    with pytest.raises(errors.ParticipantSuspended):
        world.act("declarant", "declare", [world.declaration()])
    with pytest.raises(errors.ParticipantSuspended):
        world.act("declarant", "addAccount", number, world.accounts["spare_1"])
    world.act("owner", "reinstate", number)
    world.declared()


def test_a_suspended_seller_is_no_active_seller(world: World) -> None:
    seller = world.numbers["seller"]
    assert world.registry.isActiveSeller(seller)
    world.act("owner", "suspend", seller)
    assert not world.registry.isActiveSeller(seller)
    assert not world.registry.isActiveSeller(world.numbers["platform"])
    assert not world.registry.isActiveSeller(999)


def test_ownership_moves_only_when_the_new_owner_takes_it(world: World) -> None:
    world.act("owner", "transferOwnership", world.accounts["spare_1"])
    world.act("owner", "suspend", world.numbers["seller"])
    with pytest.raises(errors.OwnableUnauthorizedAccount):
        world.act("outsider", "acceptOwnership")
    world.act("spare_1", "acceptOwnership")
    world.act("spare_1", "reinstate", world.numbers["seller"])
    with pytest.raises(errors.OwnableUnauthorizedAccount):
        world.act("owner", "suspend", world.numbers["seller"])


def test_the_owner_cannot_leave_the_registry_without_one(world: World) -> None:
    with pytest.raises(errors.OwnableInvalidOwner):
        world.act("owner", "renounceOwnership")
    assert world.registry.owner() == world.accounts["owner"]
