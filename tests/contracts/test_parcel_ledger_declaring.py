"""Declaring manifests: what the chain takes, what it keeps and what it refuses."""

from __future__ import annotations

import pytest

from backend.domain import commitments, errors
from backend.domain.events import Refusal
from tests.contracts.world import World, a_hash


def test_declares_a_manifest_with_all_its_parcels_declared(world: World) -> None:
    declaration = world.declaration(3)
    (event,) = world.act("declarant", "declare", [declaration])
    assert event.root == commitments.manifest_root(declaration.parcel_ids)
    assert event.parcel_ids == declaration.parcel_ids
    sets = world.ledger.setsOf(event.manifest)
    assert sets[0] == 0b111
    assert not any(sets[1:])
    world.assert_same_state()


def test_refuses_a_barred_seller_in_every_district(world: World) -> None:
    world.barred("seller")
    with pytest.raises(errors.SellerBarred):
        world.act("declarant", "declare", [world.declaration()])
    (event,) = world.act("declarant", "tryDeclare", [world.declaration()])
    assert event.reason is Refusal.SellerBarred
