"""What the ledger costs, exactly, as `gas.json` has it; `UPDATE_GAS=1` (make gas) writes that file anew."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.domain.consignments import ConsignmentKind, Entry
from backend.domain.draw import HASH_DELAY, HASHES_KNOWN, LEAST_BLOCKS, commitment_of
from backend.domain.events import Level
from backend.domain.ledger import Record
from backend.domain.lifecycle import Step
from backend.domain.rights import YUAN, RightKind
from tests.contracts.world import PUDONG, SHOES, SUZHOU, YEAR, World, a_hash, customs_of, isolated, mine

SNAPSHOT = Path(__file__).parent / "gas.json"

MANIFESTS = 10
FILE = a_hash("file")
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
#: Consignments that are measured: parcels, and parcels a manifest.
#: When the case is lived: a deadline in working days is looked for day by day, so that its gas depends on the date.
#: A Monday (2030-03-04, 10:00 in Beijing) in a year for which the tests make up a calendar without holidays.
MONDAY = 1_898_820_000
CONSIGNMENTS = ((1, 1), (100, 20), (100, 100), (5_000, 20), (5_000, 100), (5_000, 256))
#: The most gas per parcel and step that the issue allows at 5,000 parcels over manifests of 100.
CONSIGNMENT_LIMIT = 500


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
        found["a_case_of_100_parcels"] = _case(world)
        found["a_listing"] = _listing(world)
        found["a_round"] = _draw(world)
    for parcels, size in CONSIGNMENTS:
        with isolated(cast) as world:
            found[_consignment_name(parcels, size)] = _consignment(world, parcels, size)
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


def test_a_consignment_of_thousands_stays_within_the_limit(figures: dict[str, Any]) -> None:
    assert max(figures[_consignment_name(5_000, 100)].values()) < CONSIGNMENT_LIMIT


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


def _without_zero_bytes(instant: int) -> int:
    """The instant or one within the day after it: a zero byte costs less in calldata, and the date is today's."""
    return instant | 0x01_01_01


def _case(world: World) -> dict[str, int]:
    """Gas of each call in the life of a right and of a case over half a manifest, ex officio, to destruction."""
    found: dict[str, int] = {}

    def act(who: str, function: str, *arguments: Any, after: int = 1) -> None:
        world.act(who, function, *arguments, after=after)
        found[function] = world.gas_used

    def take(step: Step) -> None:
        world.take("customs_pudong", step, manifest, half)
        found[step.name] = world.gas_used

    one_a_chapter = [100 * chapter + 1 for chapter in range(1, 65)]
    ends = _without_zero_bytes(MONDAY + 20 * YEAR)
    application = (RightKind.Patent, FILE, FILE, one_a_chapter, ends, FILE)
    act("rights_holder", "applyForRecordal", *application, after=MONDAY - world.now)
    found["applyForRecordal_64_chapters"] = found["applyForRecordal"]
    act("rights_holder", "applyForRecordal", RightKind.Patent, FILE, FILE, [SHOES], ends, FILE)
    right = len(world.model.rights)
    act("headquarters", "approveApplication", right, FILE)
    act("rights_holder", "grantLicence", right, world.numbers["other_seller"], FILE, ends, FILE)

    manifest, half = world.accepted(100), sum(1 << n for n in range(0, 100, 2))
    take(Step.Detention)
    take(Step.DetentionLifted)
    take(Step.Detention)
    value = 60_000 * YUAN
    act("customs_pudong", "notifyHolder", right, SHOES, manifest, half, value, FILE)
    act("rights_holder", "requestDetention", 1, value, FILE)
    act("customs_pudong", "recordFinding", 1, True, FILE)
    act("declarant", "appealFinding", 1, FILE)
    act("appeal_body", "decideFindingAppeal", 1, True, FILE)
    take(Step.Confiscation)
    for _ in range(3):
        act("customs_pudong", "passOverDisposal", 1, FILE)
    act("customs_pudong", "chooseDisposal", 1, FILE)
    take(Step.Destruction)

    manifest = world.accepted(100)
    take(Step.Detention)
    act("rights_holder", "lodgeComplaint", right, world.numbers["customs_pudong"], SHOES, value, value, FILE)
    act("customs_pudong", "detainGoods", 2, manifest, half, FILE)
    act("outsider", "declareLapsed", 2, after=world.model.cases[2].lapses_at - world.now)
    return found


def _listing(world: World) -> dict[str, int]:
    """Gas of each call in the life of a listing that an appeal body lifts."""
    found: dict[str, int] = {}
    seller, until = world.numbers["seller"], _without_zero_bytes(world.now + YEAR)
    for who, function, arguments in (
        ("market_regulator", "impose", (seller, Level.Barred, FILE, FILE, until)),
        ("owner", "makeStatement", (1, FILE)),
        ("tax_authority", "confirm", (1, FILE)),
        ("owner", "appealListing", (1, FILE)),
        ("appeal_body", "decideListingAppeal", (1, False, FILE)),
    ):
        world.act(who, function, *arguments)
        found[function] = world.gas_used
    return found


def _draw(world: World) -> dict[str, int]:
    """Gas of each call in the life of a round, and of putting a failed one on record."""
    found: dict[str, int] = {}

    def act(who: str, function: str, *arguments: Any) -> None:
        world.act(who, function, *arguments)
        found[function] = world.gas_used

    for number in (1, 2):
        act("customs_pudong", "openRound", commitment_of(a_hash(number)), LEAST_BLOCKS, 500, 2_500, 10_000)
        mine(LEAST_BLOCKS + HASH_DELAY)
        if number == 1:
            act("outsider", "recordBlockHash", PUDONG, number)
            act("customs_pudong", "revealSeed", PUDONG, number, a_hash(number))
    mine(HASHES_KNOWN)
    act("outsider", "declareFailed", PUDONG, 2)
    return found


def _consignment_name(parcels: int, size: int) -> str:
    return f"a_consignment_of_{parcels}_over_{size}"


def _consignment(world: World, parcels: int, size: int) -> dict[str, int]:
    """Gas per parcel of each step of a consignment, whole in one call: a transit, then a master waybill."""
    found: dict[str, int] = {}

    def act(step: Step, who: str, function: str, *arguments: Any) -> None:
        world.act(who, function, *arguments)
        found[step.name] = _per_parcel(world, parcels)

    names = _released(world, [size] * (parcels // size) + [parcels % size] * (parcels % size > 0))
    entries = [Entry(name, world.model.manifests[name].sets.every) for name in names]
    transit = world.opened()
    act(Step.Consigned, "logistics", "load", transit, entries)
    world.act("logistics", "applyForTransit", transit, FILE)
    world.act("customs_suzhou", "approveTransit", transit, FILE)
    act(Step.TransitDeparture, "customs_suzhou", "depart", transit, transit, entries, FILE)
    act(Step.TransitArrival, "customs_pudong", "arrive", transit, transit, entries, FILE)
    world.act("customs_pudong", "verifyConsignment", transit, True, parcels, FILE)
    act(Step.WrittenOff, "customs_pudong", "writeOff", transit, transit, entries, FILE)
    flight = world.opened(ConsignmentKind.Waybill)
    act(Step.Waybilled, "logistics", "load", flight, entries)
    act(Step.Departure, "logistics", "depart", flight, flight, entries, FILE)
    return found


def _released(world: World, sizes: Sequence[int]) -> list[bytes]:
    """Manifests from Suzhou through Pudong, released, as many in a call as fit."""
    names: list[bytes] = []
    for start in range(0, len(sizes), 50):
        declarations = [world.declaration(size, declaring_district=SUZHOU) for size in sizes[start : start + 50]]
        fresh = [event.manifest for event in world.act("declarant", "declare", declarations)]
        for who, step in LIFE:
            if step in (Step.InspectionOrdered, Step.InspectionPassed):
                continue
            every = [(name, world.model.manifests[name].sets.every) for name in fresh]
            world.act(who, "record", [Record(name, step, all_, a_hash(step)) for name, all_ in every])
            if step is Step.Release:
                break
        names += fresh
    return names


def _per_parcel(world: World, parcels: int) -> int:
    return -(-world.gas_used // parcels)
