"""Showing that a parcel stands in two places: which place is held, once, and by whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain import commitments, errors
from backend.domain.lifecycle import DUPLICATE_ORIGINS, Flag, State, Step
from tests.contracts.world import World, a_hash


def test_the_later_declaration_is_held(world: World) -> None:
    parcels = world.declaration(4).parcel_ids
    first = world.declared(parcel_ids=parcels)
    later = world.declared(parcel_ids=(world.fresh(), parcels[2]))
    (event,) = world.act(
        "outsider", "reportDuplicate", parcels[2], world.membership(later, 1), world.membership(first, 2)
    )
    assert (event.manifest, event.parcels, event.step) == (later, 0b10, Step.DuplicateReported)
    assert event.participant_no == 0
    assert event.evidence == commitments.keccak(first + (2).to_bytes(32, "big"))
    assert world.ledger.parcelAt(later, 1)[1] == 1 << Flag.HeldDeclaring
    assert world.ledger.parcelAt(later, 0)[1] == world.ledger.parcelAt(first, 2)[1] == 0
    world.assert_same_state()


@pytest.mark.parametrize(
    ("who", "known"), [("rights_holder", True), ("outsider", False), ("revoked", False), ("suspended", False)]
)
def test_anyone_may_report_and_only_who_may_speak_is_named(world: World, who: str, known: bool) -> None:
    parcel, one, other = _twice(world)
    (event,) = world.act(who, "reportDuplicate", parcel, one, other)
    assert event.participant_no == (world.numbers[who] if known else 0)


def test_in_one_block_the_higher_manifest_is_later(world: World) -> None:
    parcel = world.fresh()
    declarations = [world.declaration(parcel_ids=(parcel,)) for _ in range(2)]
    manifests = [event.manifest for event in world.act("declarant", "declare", declarations)]
    one, other = (world.membership(manifest, 0) for manifest in manifests)
    (event,) = world.act("outsider", "reportDuplicate", parcel, one, other)
    assert event.manifest == max(manifests)


def test_in_one_manifest_the_higher_index_is_later(world: World) -> None:
    parcel = world.fresh()
    manifest = world.declared(parcel_ids=(parcel, world.fresh(), parcel))
    first, last = world.membership(manifest, 0), world.membership(manifest, 2)
    (event,) = world.act("outsider", "reportDuplicate", parcel, last, first)
    assert event.parcels == 0b100


def test_a_hold_that_customs_lifted_stays_lifted(world: World) -> None:
    parcel, one, other = _twice(world)
    (event,) = world.act("outsider", "reportDuplicate", parcel, one, other)
    world.take("customs_pudong", Step.DetentionLifted, event.manifest, event.parcels)
    for places in ((one, other), (other, one)):
        with pytest.raises(errors.DuplicateAlreadyReported):
            world.act("outsider", "reportDuplicate", parcel, *places)


def test_a_second_pair_holds_what_is_held_already(world: World) -> None:
    parcel, one, other = _twice(world)
    third = world.membership(world.declared(parcel_ids=(parcel,)), 0)
    for places in ((one, third), (other, third)):
        (event,) = world.act("outsider", "reportDuplicate", parcel, *places)
        assert event.manifest == third.manifest
    world.assert_same_state()


@pytest.mark.parametrize("step", [Step.Rejection, Step.Cancellation])
def test_what_was_rejected_or_cancelled_may_be_declared_anew(world: World, step: Step) -> None:
    parcel = world.fresh()
    first = world.declared(parcel_ids=(world.fresh(), parcel))
    world.take("customs_pudong", step, first, 0b10)
    later = world.declared(parcel_ids=(parcel,))
    places = world.membership(first, 1), world.membership(later, 0)
    with pytest.raises(errors.DuplicateInvalid) as refused:
        world.act("outsider", "reportDuplicate", parcel, *places)
    assert refused.value.details == {"manifest": "0x" + first.hex(), "index": 1}


def test_a_parcel_whose_fate_is_decided_is_not_held(world: World) -> None:
    parcel, one, other = _twice(world)
    world.take("customs_pudong", Step.Rejection, other.manifest)
    assert not DUPLICATE_ORIGINS >> State.Rejected & 1
    with pytest.raises(errors.StepNotAllowed):
        world.act("outsider", "reportDuplicate", parcel, one, other)


def test_one_place_is_no_duplicate_of_itself(world: World) -> None:
    parcel, one, _ = _twice(world)
    with pytest.raises(errors.DuplicateInvalid):
        world.act("outsider", "reportDuplicate", parcel, one, one)


@pytest.mark.parametrize("position", [0, 1])
def test_refuses_proofs_that_do_not_hold(world: World, position: int) -> None:
    parcel, *places = _twice(world)
    right = places[position]
    for wrong, expected in (
        (replace(right, index=right.index ^ 1), errors.ProofInvalid),
        (replace(right, index=200), errors.ProofInvalid),
        (replace(right, proof=(*right.proof, a_hash("more"))), errors.ProofInvalid),
        (replace(right, proof=()), errors.ProofInvalid),
        (replace(right, manifest=a_hash("nowhere")), errors.ManifestUnknown),
    ):
        shown = [wrong if n == position else place for n, place in enumerate(places)]
        with pytest.raises(expected):
            world.act("outsider", "reportDuplicate", parcel, *shown)


def test_no_parcel_id_passes_for_a_branch(world: World) -> None:
    """A declarant cannot hide a parcel by declaring the hash of its leaf as if that were a parcel."""
    hidden = world.fresh()
    disguised = commitments.manifest_leaf(0, hidden)
    hiding = world.declared(parcel_ids=(disguised,))
    open_place = world.membership(world.declared(parcel_ids=(hidden,)), 0)
    forged = replace(world.membership(hiding, 0), proof=((0).to_bytes(32, "big"),))
    with pytest.raises(errors.ProofInvalid):
        world.act("outsider", "reportDuplicate", hidden, forged, open_place)


def _twice(world: World) -> tuple:
    """A parcel with its places in two manifests, the earlier first; neither is its manifest's only parcel."""
    parcel = world.fresh()
    first = world.declared(parcel_ids=(parcel, world.fresh(), world.fresh()))
    later = world.declared(parcel_ids=(world.fresh(), parcel))
    return parcel, world.membership(first, 0), world.membership(later, 1)
