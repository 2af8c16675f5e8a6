"""What befalls a consignment besides people: blocks that go away in the middle of a step. And master waybills."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from backend.chain import carriage_calls
from backend.domain.consignment_standing import ConsignmentAct
from backend.domain.consignments import AnomalyKind, ConsignmentKind, ConsignmentStage
from backend.domain.errors import FlagsBlocking
from backend.domain.lifecycle import State, Step
from backend.services import consignments, lanes
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedParcel
from backend.settings import Settings
from backend.store import consignments as store
from backend.store import readmodel
from tests.support.clerk import Clerk
from tests.support.plain_chain import read_plainly
from tests.support.workshop import installed_chain, workshop

OPENER, SUZHOU, PUDONG = "logistics_east", "customs_suzhou", "customs_pudong"
PAPER = {"paper": "on file"}

_seeds = count(91_000)
_numbers = count(1)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("misfortunes"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain, confirmations=4) as made:
        yield Clerk(made)


def released(clerk: Clerk, parcels: int, district: str = "2303") -> list[SimulatedParcel]:
    """So many exports of a district, each in a manifest of its own."""
    found: list[SimulatedParcel] = []
    while len(found) < parcels:
        made = simulate(1, next(_seeds), "export", 0.0, barred=(), districts={district: 1})
        if made.parcels[0].trade_mode == "9610":
            clerk.send(*made.messages)
            clerk.shop.settle()
            found += made.parcels
    clerk.take(Step.Arrival, *found, who="site_operator")
    clerk.take(Step.Acceptance, *found)
    clerk.take(Step.Release, *found)
    assert {clerk.state(parcel) for parcel in found} == {State.Released}
    return found


def lane(clerk: Clerk) -> int:
    """The lane that is in force, made on the first call."""
    gateway, numbers = clerk.shop.gateway, clerk.shop.numbers
    with gateway.database.read() as connection:
        known = [row.lane_id for row in store.find_lanes(connection, below_id=None, limit=10) if row.accepted_at]
    if known:
        return int(known[0])
    lanes.propose(
        gateway,
        numbers[SUZHOU],
        origin_district=2303,
        port_district=2233,
        transit_hours=12,
        acknowledge_hours=2,
        notice_days=30,
        handled_by_port=[AnomalyKind.SealBroken],
        text="as agreed",
    )
    clerk.shop.settle()
    with gateway.database.read() as connection:
        (row,) = store.find_lanes(connection, below_id=None, limit=10)
    lanes.accept(gateway, numbers[PUDONG], row.lane_id, "as agreed")
    clerk.shop.settle()
    return int(row.lane_id)


def loaded(clerk: Clerk, parcels: list[SimulatedParcel], kind: ConsignmentKind, **more: int) -> bytes:
    gateway, opener = clerk.shop.gateway, clerk.shop.numbers[OPENER]
    number = next(_numbers)
    more = {"origin_district": 2303, "port_district": 2233} | more
    _, consignment = consignments.open_consignment(
        gateway, opener, reference=f"misfortune-{number}", kind=kind, number=f"MF{number:06d}", **more
    )
    clerk.shop.settle()
    consignments.load(gateway, opener, consignment, [clerk.id_of(parcel) for parcel in parcels])
    clerk.shop.settle()
    return consignment


def act(clerk: Clerk, who: str, consignment: bytes, what: ConsignmentAct) -> None:
    consignments.take(clerk.shop.gateway, clerk.shop.numbers[who], consignment, what, PAPER)


def stage(clerk: Clerk, consignment: bytes) -> ConsignmentStage:
    with clerk.shop.gateway.database.read() as connection:
        return ConsignmentStage(store.rows_of(connection, [consignment])[consignment].stage)


def digest(clerk: Clerk) -> dict[str, str]:
    with clerk.shop.gateway.database.read() as connection:
        return readmodel.digest(connection)


def is_as_if_read_anew(clerk: Clerk) -> bool:
    before = digest(clerk)
    with clerk.shop.gateway.database.write() as connection:
        readmodel.clear(connection)
    clerk.shop.indexer.catch_up()
    return digest(clerk) == before


def moved(clerk: Clerk, step: Step, parcels: list[SimulatedParcel]) -> list[int]:
    """How often each parcel's step stands on the chain, read without the gateway."""
    seen = read_plainly(clerk.shop.gateway.settings.rpc_url, clerk.shop.gateway.deployment.contracts["ParcelLedger"])
    return [seen.steps[(clerk.id_of(parcel), step)] for parcel in parcels]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_blocks_that_go_away_in_the_middle_of_a_departure_lose_and_double_nothing(
    clerk: Clerk, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriage_calls, "MOST_ENTRIES_IN_CALL", 1)
    parcels = released(clerk, 3)
    terminal = clerk.shop.numbers["site_operator"]
    consignment = loaded(clerk, parcels, ConsignmentKind.Seal, lane_id=lane(clerk), terminal_no=terminal)
    for who, what in ((OPENER, ConsignmentAct.Apply), (SUZHOU, ConsignmentAct.Approve)):
        act(clerk, who, consignment, what)
        clerk.shop.settle()
    act(clerk, SUZHOU, consignment, ConsignmentAct.Depart)
    for _ in range(depth):
        clerk.shop.turn()
    clerk.shop.reorganise(depth)
    clerk.shop.indexer.catch_up()
    # What the chain took back, the read model has taken back, and the step is whole again.
    assert stage(clerk, consignment) is ConsignmentStage.Approved
    assert {clerk.state(parcel) for parcel in parcels} == {State.Released}
    clerk.shop.restart()
    clerk.shop.settle()
    assert clerk.shop.statuses().keys() == {"confirmed"}
    assert stage(clerk, consignment) is ConsignmentStage.InTransit
    assert moved(clerk, Step.TransitDeparture, parcels) == [1, 1, 1]
    assert is_as_if_read_anew(clerk)

    # The port's half goes the same way.
    act(clerk, PUDONG, consignment, ConsignmentAct.Arrive)
    clerk.shop.turn()
    clerk.shop.reorganise(1)
    clerk.shop.settle()
    assert stage(clerk, consignment) is ConsignmentStage.Arrived
    assert moved(clerk, Step.TransitArrival, parcels) == [1, 1, 1]
    assert is_as_if_read_anew(clerk)


def test_what_flies_under_a_master_waybill_leaves_together_or_not_at_all(clerk: Clerk) -> None:
    parcels = released(clerk, 3, "2233")
    consignment = loaded(clerk, parcels, ConsignmentKind.Waybill, origin_district=2233)
    # In one consignment it is in no other.
    number = next(_numbers)
    _, other = consignments.open_consignment(
        clerk.shop.gateway,
        clerk.shop.numbers[OPENER],
        reference=f"misfortune-{number}",
        kind=ConsignmentKind.Waybill,
        number=f"MF{number:06d}",
        origin_district=2233,
        port_district=2233,
    )
    clerk.shop.settle()
    with pytest.raises(FlagsBlocking):
        consignments.load(clerk.shop.gateway, clerk.shop.numbers[OPENER], other, [clerk.id_of(parcels[0])])
    # A detained one holds all of them back.
    clerk.take(Step.Detention, parcels[1], suspicion="a mark on the box")
    with pytest.raises(FlagsBlocking):
        act(clerk, OPENER, consignment, ConsignmentAct.Depart)
    assert {clerk.state(parcel) for parcel in parcels} == {State.Released}
    clerk.take(Step.DetentionLifted, parcels[1], result="licensed goods")
    act(clerk, OPENER, consignment, ConsignmentAct.Depart)
    clerk.shop.settle()
    assert stage(clerk, consignment) is ConsignmentStage.Departed
    assert {clerk.state(parcel) for parcel in parcels} == {State.Departed}
    assert moved(clerk, Step.Departure, parcels) == [1, 1, 1]
    assert is_as_if_read_anew(clerk)
