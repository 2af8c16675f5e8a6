"""What the ledger costs, exactly, as `gas.json` has it; `UPDATE_GAS=1` (make gas) writes that file anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from backend.domain.ledger import Record
from backend.domain.lifecycle import Step
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash, customs_of, isolated

SNAPSHOT = Path(__file__).parent / "gas.json"

MANIFESTS = 10
#: The life of an export through another port: who takes each step.
LIFE = (
    ("platform", Step.OrderAttested),
    ("payment", Step.PaymentAttested),
    ("logistics", Step.WaybillAttested),
    ("site_operator", Step.Arrival),
    (customs_of(SUZHOU), Step.Acceptance),
    (customs_of(SUZHOU), Step.InspectionOrdered),
    (customs_of(SUZHOU), Step.InspectionPassed),
    (customs_of(SUZHOU), Step.Release),
    (customs_of(SUZHOU), Step.TransitDeparture),
    (customs_of(PUDONG), Step.TransitArrival),
    ("logistics", Step.Departure),
    (customs_of(SUZHOU), Step.Closure),
)
#: The most gas per parcel that the issue allows: parcels a manifest, manifests a call.
LIMITS = {
    "100_parcels_10_manifests": {"declaration": 3_500, "record": 550},
    "256_parcels_10_manifests": {"declaration": 2_600, "record": 260},
    "1_parcel_1_manifest": {"record": 75_000},
}


@pytest.fixture(scope="module")
def figures(cast: World) -> dict[str, Any]:
    """Gas per parcel of every step, rounded up, and the size of each contract's code in bytes."""
    found: dict[str, Any] = {}
    with isolated(cast) as world:
        for parcels, manifests in ((100, MANIFESTS), (256, MANIFESTS), (1, 1)):
            name = f"{parcels}_parcel{'s' * (parcels > 1)}_{manifests}_manifest{'s' * (manifests > 1)}"
            found[name] = _life(world, "record", parcels, manifests)
        found["100_parcels_10_manifests_tried"] = _life(world, "tryRecord", 100, MANIFESTS)
        found["100_parcels_10_manifests_half"] = _halves(world, 100, MANIFESTS)
    found["code_bytes"] = {name: len(contract.bytecode) // 2 for name, contract in cast.contracts.items()}
    return found


def test_gas_is_what_the_snapshot_says(figures: dict[str, Any]) -> None:
    if os.environ.get("UPDATE_GAS"):
        SNAPSHOT.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    assert figures == json.loads(SNAPSHOT.read_text("utf-8"))


@pytest.mark.parametrize("shape", LIMITS)
def test_gas_stays_within_the_limits(figures: dict[str, Any], shape: str) -> None:
    allowed = LIMITS[shape]
    declaration, *records = figures[shape].values()
    assert declaration <= allowed.get("declaration", declaration)
    assert max(records) <= allowed["record"]


def test_a_life_of_whole_manifests_writes_no_set(cast: World, world: World) -> None:
    manifest = world.accepted(100)
    header = world.ledger.header(manifest)
    assert header[-1] == 0, "no set is partial, so none has a slot"


def _life(world: World, function: str, parcels: int, manifests: int) -> dict[str, int]:
    """Gas per parcel of the declaration and of each later record, each for all manifests in one call."""
    declare = "declare" if function == "record" else "tryDeclare"
    declarations = [world.declaration(parcels, declaring_district=SUZHOU) for _ in range(manifests)]
    names = [event.manifest for event in world.act("declarant", declare, declarations)]
    found = {Step.Declaration.name: _per_parcel(world, parcels * manifests)}
    for who, step in LIFE:
        every = (1 << parcels) - 1
        world.act(who, function, [Record(name, step, every, a_hash(step, n)) for n, name in enumerate(names)])
        found[step.name] = _per_parcel(world, parcels * manifests)
    return found


def _halves(world: World, parcels: int, manifests: int) -> dict[str, int]:
    """Gas per moved parcel of the same life of every second parcel: each step splits sets, the dearest case."""
    declarations = [world.declaration(parcels, declaring_district=SUZHOU) for _ in range(manifests)]
    names = [event.manifest for event in world.act("declarant", "declare", declarations)]
    moved = sum(1 << n for n in range(0, parcels, 2))
    found = {}
    for who, step in LIFE:
        world.act(who, "tryRecord", [Record(name, step, moved, a_hash(step, n)) for n, name in enumerate(names)])
        found[step.name] = _per_parcel(world, moved.bit_count() * manifests)
    return found


def _per_parcel(world: World, parcels: int) -> int:
    return -(-world.gas_used // parcels)
