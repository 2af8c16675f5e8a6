"""The read model of consignments, folded from events, is what the reference model says, after a reorg as well."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from backend.domain.carriage_events import CarriageEvent, ConsignmentOpened
from backend.domain.commitments import keccak
from backend.domain.consignment_standing import ConsignmentAct, ConsignmentFacts, ConsignmentPart, acts_of
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    Opening,
    TakingReason,
    number_commitment,
    pieces,
    tail_of,
)
from backend.domain.errors import GuanlianError
from backend.domain.events import Event
from backend.domain.lifecycle import Direction, Sets, State
from backend.domain.participants import Role, role_set
from backend.domain.reference.consignments import ReferenceConsignments
from backend.domain.reference.manifests import Declaration, Manifest
from backend.services.carriage_rehearsal import anomaly_of_row, consignment_of_row, lane_of_row
from backend.store import consignments as store
from backend.store import readmodel
from backend.store.carriage_folding import contents_without, roll_back_carriage, take_carriage
from backend.store.database import Connection, Database
from backend.store.migrations import migrate
from backend.store.tables import participants

FILE = b"\x07" * 32
HOUR = 3600
CAST = {
    "opener": (Role.Logistics, 0),
    "suzhou": (Role.Customs, 2303),
    "pudong": (Role.Customs, 2233),
    "terminal": (Role.SiteOperator, 0),
    "carrier": (Role.Carriage, 0),
}


def account(name: str) -> str:
    return "0x" + name.encode().hex().ljust(40, "0")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    migrate(url)
    database = Database(url)
    with database.write() as opened:
        for number, (role, district) in enumerate(CAST.values(), 1):
            row = {
                "participant_no": number,
                "legal_identity": bytes([number]) * 32,
                "roles": role_set([role]),
                "district": district,
                "credit_grade": 0,
                "suspended": False,
                "registrar_no": 0,
                "registered_at": 1,
            }
            opened.execute(sa.insert(participants), row)
        yield opened
    database.close()


class World:
    """The reference model with a cast and released manifests; every act is a block."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.model = ReferenceConsignments(account("owner"))
        self.events: list[tuple[int, Event]] = []
        self.now = 1_800_000_000
        for number, (name, (role, district)) in enumerate(CAST.items(), 1):
            self.model.register(
                account("owner"), self.now, bytes([number]) * 32, role_set([role]), district, account(name)
            )
        self.model.carriage_account = account("carrier")
        declaration = Declaration(FILE, 1, 2303, 2233, 9610, Direction.Export, FILE, ())
        self.manifests = [keccak(bytes([n])) for n in range(4)]
        for name in self.manifests:
            sets = Sets.declared(6)
            sets.words[State.Declared], sets.words[State.Released] = 0, sets.every
            self.model.manifests[name] = Manifest(1, declaration, self.now, FILE, FILE, sets)
        self.block = 0

    def do(self, who: str, act: str, *arguments: Any) -> bool:
        """Acts and folds what it says; False where the model refuses."""
        self.now += 60
        try:
            found = getattr(self.model, act)(account(who), self.now, *arguments)
        except GuanlianError:
            return False
        self.block += 1
        self.events += [(self.block, event) for event in found if isinstance(event, get_args(CarriageEvent))]
        self._fold([event for event in found if isinstance(event, get_args(CarriageEvent))], self.block, self.now)
        return True

    def _fold(self, events: list[Any], block: int, at: int) -> None:
        for index, event in enumerate(events):
            place = {"block": block, "log_index": index, "transaction_hash": FILE}
            take_carriage(self.connection, event, place, at)

    def lane(self) -> None:
        handled = 1 << AnomalyKind.SealBroken
        assert self.do("suzhou", "propose_lane", 2303, 2233, 12, 2, 30, handled, FILE)
        assert self.do("pudong", "accept_lane", 1, FILE)

    def opened(self, number: int) -> bytes:
        opening = Opening(
            keccak(bytes([9, number])), ConsignmentKind.Seal, keccak(bytes([8, number])), 2303, 2233, 1, 4
        )
        assert self.do("opener", "open_consignment", opening)
        event = self.events[-1][1]
        assert isinstance(event, ConsignmentOpened)
        return event.consignment


def walked(connection: Connection, seed: int, acts: int) -> tuple[World, bytes]:
    """A random life of one consignment: mostly what comes next, in pieces, with parcels taken out in between."""
    luck = random.Random(seed)
    world = World(connection)
    world.lane()
    name = world.opened(seed % 200)
    kept = world.model.consignments[name]
    for _ in range(acts):
        entries = store.entries_of(connection, name)
        if luck.random() < 0.25 and entries:
            place = luck.randrange(len(entries))
            before, tail = tail_of(name, entries, place)
            parcels = entries[place].parcels & luck.getrandbits(6) or entries[place].parcels
            reason = luck.choice(list(TakingReason))
            who = "opener" if reason is TakingReason.Offloaded else luck.choice(("suzhou", "pudong"))
            world.do(who, "take_out", name, before, tail, parcels, reason, FILE)
            continue
        presented = entries
        if kept.pending != bytes(32):
            heads = [*[head for head, _ in pieces(name, entries, 1)][::-1], kept.head]
            presented = entries[: heads.index(kept.pending)]
        walk = list(pieces(name, presented, luck.choice((1, 2, 9))))
        if not walk and kept.pending != bytes(32):
            # What was left to present was taken out: the step ends with nothing more.
            walk = [(name, [])]
        match kept.stage:
            case ConsignmentStage.Loading if len(entries) < 4 and luck.random() < 0.7:
                entry = Entry(luck.choice(world.manifests), luck.randrange(1, 64))
                world.do("opener", "load", name, [entry])
            case ConsignmentStage.Loading:
                world.do("opener", "apply_for_transit", name, FILE)
            case ConsignmentStage.Applied:
                world.do("suzhou", luck.choice(("approve_transit", "approve_transit", "decline_transit")), name, FILE)
            case ConsignmentStage.Approved if walk:
                world.do("suzhou", "depart", name, *walk[0], FILE)
            case ConsignmentStage.InTransit if walk:
                world.do("pudong", "arrive", name, *walk[0], FILE)
            case ConsignmentStage.Arrived:
                found = max(0, kept.count - luck.choice((0, 0, 1)))
                world.do("pudong", "verify_consignment", name, luck.random() < 0.7, found, FILE)
            case ConsignmentStage.Verified:
                open_ones = [no for no, each in world.model.anomalies.items() if not each.settled_at]
                if open_ones:
                    owner = "pudong" if world.model.anomalies[open_ones[0]].owner_district == 2233 else "suzhou"
                    world.do(owner, "settle_anomaly", open_ones[0], FILE)
                elif walk:
                    world.do("pudong", "write_off", name, *walk[0], FILE)
            case ConsignmentStage.WrittenOff:
                world.do("terminal", "acknowledge_release", name, FILE)
            case _:
                world.do("opener", "cancel_consignment", name, FILE)
    return world, name


def agrees(connection: Connection, world: World, name: bytes) -> None:
    row = store.consignment_row(connection, name)
    anomalies = store.anomalies_of(connection, [name])[name]
    model = world.model.consignments[name]
    opening = replace(model.opening, ref=consignment_of_row(row, anomalies).opening.ref)
    assert consignment_of_row(row, anomalies) == replace(model, opening=opening)
    assert {each.anomaly_id: anomaly_of_row(each) for each in anomalies} == world.model.anomalies
    lane = store.lane_row(connection, 1)
    assert lane_of_row(lane) == world.model.lanes[1]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_folded_is_what_the_model_says(connection: Connection, seed: int) -> None:
    world, name = walked(connection, seed, 30)
    agrees(connection, world, name)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_reorganisation_takes_away_is_gone_and_comes_back_the_same(connection: Connection, seed: int) -> None:
    world, name = walked(connection, seed, 30)
    after = readmodel.digest(connection)
    rows = store.events_of(connection, name)
    half = rows[len(rows) // 2].block
    roll_back_carriage(connection, half)
    assert max(row.block for row in store.events_of(connection, name)) <= half
    # The rest comes again, in the blocks that it had.
    times = {row.block: row.at for row in rows}
    for block in sorted({block for block, _ in world.events if block > half}):
        events = [event for at, event in world.events if at == block]
        world._fold(events, block, times.get(block, world.now))
    assert readmodel.digest(connection) == after
    roll_back_carriage(connection, 0)
    assert store.consignment_row(connection, name) is None
    assert store.lane_row(connection, 1) is None


def test_taking_out_keeps_what_is_half_presented(connection: Connection) -> None:
    name, entries = FILE, [Entry(bytes([n]) * 32, 0b111) for n in range(1, 4)]
    heads = [head for head, _ in pieces(name, entries, 1)][::-1]
    left, pending = contents_without(name, entries, heads[0], 0b111, heads[2])
    assert left == entries[1:]
    assert pending == [head for head, _ in pieces(name, left, 1)][::-1][1]
    with pytest.raises(ValueError, match="no entry follows"):
        contents_without(name, entries, b"\x09" * 32, 1, None)


def test_a_number_is_one_commitment_however_it_is_written() -> None:
    key = b"k" * 32
    assert number_commitment(key, ConsignmentKind.Seal, "sz1") == number_commitment(key, ConsignmentKind.Seal, "SZ1")
    assert number_commitment(key, ConsignmentKind.Seal, "SZ1") != number_commitment(key, ConsignmentKind.Waybill, "SZ1")


def test_each_stage_is_somebodys_to_lead_on() -> None:
    stages = {
        ConsignmentStage.Applied: ("origin", ConsignmentAct.Approve),
        ConsignmentStage.Approved: ("origin", ConsignmentAct.Depart),
        ConsignmentStage.InTransit: ("port", ConsignmentAct.Arrive),
        ConsignmentStage.Arrived: ("port", ConsignmentAct.Verify),
        ConsignmentStage.Verified: ("port", ConsignmentAct.WriteOff),
        ConsignmentStage.WrittenOff: ("terminal", ConsignmentAct.Acknowledge),
    }
    for stage, (who, act) in stages.items():
        facts = ConsignmentFacts(ConsignmentKind.Seal, stage, False, False, False, False, False)
        for part in ("opener", "terminal", "origin", "port"):
            assert (act in acts_of(facts, ConsignmentPart(**{part: True}))) == (part == who)
    assert not acts_of(
        ConsignmentFacts(ConsignmentKind.Seal, ConsignmentStage.Cancelled, True, False, False, False, False),
        ConsignmentPart(True, True, True, True),
    )
