"""Declaring manifests: what the chain takes, what it keeps and what it refuses."""

from __future__ import annotations

from typing import Any

import brownie
import pytest
from brownie.exceptions import VirtualMachineError

from backend.domain import commitments, errors
from backend.domain.events import DeclarationRefused, ManifestDeclared, Refusal
from backend.domain.lifecycle import SUPERVISION_MODES, Direction, Step
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash


def test_a_declared_manifest_has_all_its_parcels_declared_and_no_flag(world: World) -> None:
    declaration = world.declaration(3)
    (event,) = world.act("declarant", "declare", [declaration])
    assert event.root == commitments.manifest_root(declaration.parcel_ids)
    assert event.parcel_ids == declaration.parcel_ids
    sets = world.ledger.setsOf(event.manifest)
    assert sets[0] == 0b111
    assert not any(sets[1:])
    world.assert_same_state()


def test_the_id_is_the_declarants_number_and_reference(world: World) -> None:
    declaration = world.declaration()
    number = world.numbers["declarant"]
    (event,) = world.act("declarant", "declare", [declaration])
    assert event.manifest == commitments.manifest_id(number, declaration.ref)
    assert bytes(world.ledger.manifestIdOf(number, declaration.ref)) == event.manifest


def test_two_declarants_may_use_the_same_reference(world: World) -> None:
    ref = world.fresh()
    assert world.declared(ref=ref) != world.declared(ref=ref, by="other_declarant")


def test_the_head_begins_with_the_root(world: World) -> None:
    declaration = world.declaration(5)
    (event,) = world.act("declarant", "declare", [declaration])
    number, evidence = world.numbers["declarant"], declaration.evidence
    head = commitments.next_head(event.root, Step.Declaration, number, 0b11111, evidence, world.now)
    assert head == event.head == bytes(world.ledger.headOf(event.manifest))


def test_the_header_says_what_was_declared(world: World) -> None:
    manifest = world.declared(100, declaring_district=SUZHOU, supervision_mode=9810)
    kept = tuple(world.ledger.header(manifest))
    people = (world.numbers["declarant"], world.numbers["seller"])
    assert kept == (*people, SUZHOU, PUDONG, 9810, Direction.Export, 99, world.now, 1, 0)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 255, 256])
def test_every_size_has_the_root_that_anybody_can_prove_parcels_by(world: World, count: int) -> None:
    manifest = world.declared(count)
    declared = world.model.manifests[manifest]
    assert bytes(world.ledger.rootOf(manifest)) == declared.root
    for index in {0, count // 2, count - 1}:
        parcel = declared.declaration.parcel_ids[index]
        proof = world.membership(manifest, index).proof
        assert commitments.verify_membership(declared.root, index, parcel, proof)
    world.assert_same_state()


@pytest.mark.parametrize("count", [0, 257, 300])
def test_refuses_a_manifest_of_no_parcel_or_too_many(world: World, count: int) -> None:
    with pytest.raises(errors.ManifestSizeInvalid) as refused:
        world.declared(count)
    assert refused.value.details["count"] == count


def test_refuses_the_same_reference_a_second_time(world: World) -> None:
    declaration = world.declaration()
    world.act("declarant", "declare", [declaration])
    with pytest.raises(errors.ManifestTaken):
        world.act("declarant", "declare", [declaration])
    with pytest.raises(errors.ManifestTaken):
        world.act("declarant", "declare", [again := world.declaration(), again])


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("mode", [9610, 1210, 1239, 9710, 9810, 0, 110, 65535])
def test_takes_the_supervision_modes_of_the_direction_only(world: World, direction: Direction, mode: int) -> None:
    changes = {"direction": direction, "supervision_mode": mode}
    if mode in SUPERVISION_MODES[direction]:
        world.declared(**changes)
    else:
        with pytest.raises(errors.SupervisionModeInvalid):
            world.declared(**changes)


FAULTS: dict[str, tuple[dict[str, Any], type[errors.GuanlianError]]] = {
    "no evidence": ({"evidence": bytes(32)}, errors.EvidenceMissing),
    "no declaring district": ({"declaring_district": 0}, errors.DistrictMissing),
    "no port district": ({"port_district": 0}, errors.DistrictMissing),
    "no parcels": ({"parcel_ids": ()}, errors.ManifestSizeInvalid),
    "another direction's mode": ({"supervision_mode": 1239}, errors.SupervisionModeInvalid),
    "an unknown seller": ({"seller_no": 999}, errors.SellerUnknown),
    "nobody as seller": ({"seller_no": 0}, errors.SellerUnknown),
    "somebody who is no seller": ({"seller_no": 1}, errors.SellerUnknown),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_bad_declaration_stops_all_and_says_which(world: World, fault: str, position: int) -> None:
    changes, expected = FAULTS[fault]
    declarations = [world.declaration(**(changes if n == position else {})) for n in range(3)]
    with pytest.raises(expected) as refused:
        world.act("declarant", "declare", declarations)
    assert refused.value.details["index"] == position
    for declaration in declarations:
        manifest = commitments.manifest_id(world.numbers["declarant"], declaration.ref)
        assert bytes(world.ledger.headOf(manifest)) == bytes(32)


@pytest.mark.parametrize("fault", FAULTS)
def test_trying_leaves_only_the_bad_declaration_behind_and_on_record(world: World, fault: str) -> None:
    changes, expected = FAULTS[fault]
    declarations = [world.declaration(**(changes if n == 1 else {})) for n in range(3)]
    first, refused, last = world.act("declarant", "tryDeclare", declarations)
    assert isinstance(first, ManifestDeclared)
    assert isinstance(last, ManifestDeclared)
    assert isinstance(refused, DeclarationRefused)
    assert refused.reason.name == expected.__name__
    world.assert_same_state()


def test_an_attempt_for_a_barred_seller_is_refused_and_on_record(world: World) -> None:
    world.barred("seller")
    for district in (PUDONG, SUZHOU):
        with pytest.raises(errors.SellerBarred):
            world.act("declarant", "declare", [world.declaration(declaring_district=district)])
        (event,) = world.act("other_declarant", "tryDeclare", [world.declaration(declaring_district=district)])
        assert event.reason is Refusal.SellerBarred
        assert event.seller_no == world.numbers["seller"]
    world.declared(seller_no=world.numbers["other_seller"])


def test_a_lifted_listing_lets_the_seller_declare_again(world: World) -> None:
    listing = world.barred("seller")
    world.act("appeal_body", "lift", listing, a_hash("decision"))
    world.declared()


def test_a_suspended_seller_cannot_declare(world: World) -> None:
    world.act("owner", "suspend", world.numbers["seller"])
    with pytest.raises(errors.SellerUnknown):
        world.declared()


def test_declaring_nothing_does_nothing(world: World) -> None:
    assert world.act("declarant", "declare", []) == []


def test_unknown_manifests_have_no_history(world: World) -> None:
    nowhere = a_hash("nowhere")
    assert bytes(world.ledger.rootOf(nowhere)) == bytes(world.ledger.headOf(nowhere)) == bytes(32)
    for view, arguments in (("header", ()), ("setsOf", ()), ("parcelAt", (0,))):
        refusal = world.refusal_of_view(view, nowhere, *arguments)
        assert isinstance(refusal, errors.ManifestUnknown)
        assert refusal.details == {"index": 0, "manifest": "0x" + nowhere.hex()}


def test_no_contract_takes_money(world: World) -> None:
    for contract in world.contracts.values():
        with pytest.raises(VirtualMachineError, match="revert"):
            brownie.accounts[0].transfer(contract, 1, gas_limit=100_000, silent=True)
