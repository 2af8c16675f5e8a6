"""The draw on a real chain: from a commitment to inspections that anybody can compute, and every way to steer it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from backend.chain import draw as chain
from backend.domain.draw import (
    HASH_DELAY,
    HASHES_KNOWN,
    REVEAL_WINDOW,
    Rates,
    RoundState,
    Tier,
    commitment_of,
    draw_number,
)
from backend.domain.errors import CommitmentUsed, GuanlianError, RoundStateUnfit, SeedWrong
from backend.domain.lifecycle import State, Step
from backend.services import risk_settings
from backend.services.drawing import Drawer
from backend.services.outbox import account_of
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedParcel, SimulatedSet
from backend.settings import Settings
from backend.store.tables import (
    documents,
    draw_rounds,
    evidence_documents,
    manifests,
    outbox,
    records,
    risk_assessments,
)
from tests.support.clerk import CUSTOMS, Clerk
from tests.support.workshop import installed_chain, workshop

BLOCKS = 40
_versions = count(1)
_seeds = count(9_000)


@pytest.fixture(scope="module")
def chain_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("drawing"), block_time=None) as settings:
        yield settings


@dataclass
class Draw:
    """Customs that draw, on one workshop."""

    clerk: Clerk
    drawer: Drawer = field(init=False)

    def __post_init__(self) -> None:
        self.drawer = Drawer(self.clerk.shop.gateway)

    def switch(self, on: bool = True, **settings: Any) -> None:
        """The risk settings of all districts, under a version of their own."""
        text = {"version": f"draw-{next(_versions)}", "draw": on, "round_blocks": BLOCKS, **settings}
        for district in CUSTOMS:
            caller = self.clerk.customs(district)
            risk_settings.load_risk(self.clerk.shop.gateway, caller, int(district), json.dumps(text).encode())

    def work(self, rounds: int = 6) -> None:
        """Everybody works until nothing is under way; the chain grows by a few blocks only."""
        for _ in range(rounds):
            self.clerk.shop.settle()
            done = self.clerk.examiner.tick() + self.drawer.tick()
            if not done:
                break
        self.clerk.shop.settle()

    def mine(self, blocks: int) -> None:
        self.clerk.shop.mine(blocks)
        self.clerk.shop.indexer.catch_up()

    def declared(self, parcels: int = 6, mode: Any = "import") -> SimulatedSet:
        """Parcels whose documents agree, declared and accepted."""
        made = simulate(parcels, next(_seeds), mode, 0.0, barred=())
        self.clerk.send(*made.messages)
        self.work()
        assert {self.clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
        return made

    def assessment(self, parcel: SimulatedParcel) -> Any:
        query = sa.select(risk_assessments).where(risk_assessments.c.parcel_id == self.clerk.id_of(parcel))
        with self.clerk.shop.gateway.database.read() as connection:
            return connection.execute(query).one()

    def rounds(self, district: int) -> list[Any]:
        query = sa.select(draw_rounds).where(draw_rounds.c.district == district).order_by(draw_rounds.c.id)
        with self.clerk.shop.gateway.database.read() as connection:
            return list(connection.execute(query))

    def round_of(self, parcel: SimulatedParcel) -> Any:
        """The round on the chain that the parcel's declaration is in."""
        with self.clerk.shop.gateway.database.read() as connection:
            block = connection.execute(
                sa.select(manifests.c.block).where(manifests.c.manifest == self.assessment(parcel).manifest)
            ).scalar_one()
        return self.drawer.views.round_covering(int(parcel.customs_code), block)

    def evidence(self, parcel: SimulatedParcel, step: Step) -> dict[str, str]:
        """The evidence of a step as its fields."""
        query = (
            sa.select(documents.c.fields)
            .join(evidence_documents, evidence_documents.c.document_id == documents.c.id)
            .join(records, records.c.evidence == evidence_documents.c.evidence)
            .where(records.c.step == int(step), documents.c.parcel_id == self.clerk.id_of(parcel))
        )
        with self.clerk.shop.gateway.database.read() as connection:
            (found,) = connection.execute(query).scalars()
        return dict(json.loads(found))

    def refusal_of(self, call: bytes) -> GuanlianError:
        """Why the contract refuses a call of anybody's, now."""
        gateway = self.clerk.shop.gateway
        with pytest.raises(GuanlianError) as refused:
            gateway.client.call(gateway.deployment.contracts[chain.CONTRACT], call)
        return refused.value


@pytest.fixture
def draw(chain_: Settings) -> Iterator[Draw]:
    with workshop(chain_) as shop:
        made = Draw(Clerk(shop))
        made.clerk.automate()
        made.switch()
        # Rounds that earlier tests left are over before this one begins.
        made.work()
        yield made
        made.switch(on=False)
        made.mine(2 * BLOCKS + HASH_DELAY + 2)
        made.work(20)


def test_a_round_goes_from_commitment_to_inspections_that_anybody_can_compute(draw: Draw) -> None:
    draw.switch(rates={"direct": "0.5", "review": "0.5"})
    draw.mine(BLOCKS)
    draw.work()
    made = draw.declared(12)
    assert {draw.assessment(parcel).status for parcel in made.parcels} == {"pending"}
    draw.mine(2 * BLOCKS + HASH_DELAY)
    draw.work(12)
    selected = []
    for parcel in made.parcels:
        kept, entry = draw.assessment(parcel), draw.round_of(parcel)
        assert (kept.status, kept.round) == ("drawn", entry.number)
        number = draw_number(entry.seed, entry.block_hash, kept.manifest, kept.position)
        assert kept.draw_number == number
        assert kept.selected == (number < entry.rates.of(Tier(kept.tier)))
        assert commitment_of(entry.seed) == entry.commitment
        flags = draw.clerk.place(parcel)[1]
        assert ("Inspection" in flags) == (kept.selected or kept.tier == Tier.Inspect)
        if kept.selected:
            selected.append(parcel)
            said = draw.evidence(parcel, Step.InspectionOrdered)
            assert said["draw.commitment"] == "0x" + entry.commitment.hex()
            assert said["draw.block_hash"] == "0x" + entry.block_hash.hex()
            assert (said["draw.round"], said["draw.number"]) == (str(entry.number), str(number))
    assert selected, "one of twelve at a rate of a half, but for one chance in four thousand"
    assert len(selected) < 12


def test_the_seed_leaves_this_gateway_only_once_the_hash_is_fixed(draw: Draw) -> None:
    gateway, found = draw.clerk.shop.gateway, set()
    for _ in range(3 * BLOCKS):
        draw.mine(1)
        draw.drawer.tick()
        with gateway.database.read() as connection:
            queued = connection.execute(sa.select(outbox.c.calldata).where(outbox.c.calldata.is_not(None))).scalars()
            told = b"".join(queued)
        for row in (row for row in draw.rounds(2233) if row.number):
            entry = draw.drawer.views.round(2233, row.number)
            found.add((entry.block_hash != bytes(32), row.seed in told))
        draw.clerk.shop.settle()
    assert found - {(True, False)} == {(False, False), (True, True)}, "never before, and then soon"


def test_a_rounds_successor_is_open_before_it_closes(draw: Draw) -> None:
    for _ in range(6):
        draw.mine(BLOCKS // 4)
        draw.work()
    for district in map(int, CUSTOMS):
        count_ = draw.drawer.views.round_count(district)
        newest = [draw.drawer.views.round(district, number) for number in range(max(1, count_ - 1), count_ + 1)]
        assert newest[-1].opens_at == newest[0].closes_at


def test_a_tier_treats_a_parcel_at_once_and_says_why(draw: Draw) -> None:
    draw.switch(tiers={"review": 1, "inspect": 2})
    made = draw.declared(3)
    for parcel in made.parcels:
        kept = draw.assessment(parcel)
        assert kept.score >= 2, "nobody has traded here for long"
        assert (Tier(kept.tier), kept.treatment) == (Tier.Inspect, "inspection")
        assert "Inspection" in draw.clerk.place(parcel)[1]
        said = draw.evidence(parcel, Step.InspectionOrdered)
        assert said["risk.tier"] == "Inspect"
        assert "draw.commitment" in said
        assert draw.evidence(parcel, Step.Acceptance)["risk.score"] == str(kept.score)
        points = sum(part["points"] for part in kept.factors["contributions"])
        assert points == kept.score
        personal = parcel.documents["621"].head
        assert not any(personal[name] in json.dumps(kept.factors) for name in ("buyerName", "buyerIdNumber"))


def test_papers_are_reviewed_between_the_bounds(draw: Draw) -> None:
    draw.switch(tiers={"review": 1, "inspect": 101})
    made = draw.declared(2)
    for parcel in made.parcels:
        assert draw.assessment(parcel).treatment == "review"
        assert {"Review"} == draw.clerk.place(parcel)[1] & {"Review", "Inspection"}


def test_a_district_that_does_not_draw_only_keeps_its_assessments(draw: Draw) -> None:
    draw.switch(on=False, tiers={"review": 1, "inspect": 2})
    made = draw.declared(2)
    for parcel in made.parcels:
        kept = draw.assessment(parcel)
        assert (kept.status, kept.treatment) == ("off", "none")
        assert not draw.clerk.place(parcel)[1] & {"Review", "Inspection"}


def test_what_was_released_before_its_draw_is_noted_and_left_alone(draw: Draw) -> None:
    draw.switch(rates={"direct": 1, "review": 1})
    draw.mine(BLOCKS)
    draw.work()
    (parcel,) = draw.declared(1).parcels
    draw.clerk.take(Step.Arrival, parcel, who="site_operator")
    draw.clerk.take(Step.Release, parcel)
    draw.mine(2 * BLOCKS + HASH_DELAY)
    draw.work(12)
    kept = draw.assessment(parcel)
    assert (kept.status, kept.selected, kept.treatment) == ("drawn", True, "late")
    assert draw.clerk.state(parcel) is State.Released


# -- steering


def open_rounds(draw: Draw) -> list[Any]:
    """The rounds of Pudong that are not over, oldest first, as the chain has them."""
    rows = [row for row in draw.rounds(2233) if row.number and row.status == "running"]
    return [(row, draw.drawer.views.round(2233, row.number)) for row in rows]


def test_another_seed_is_refused_and_so_is_one_that_was_used(draw: Draw) -> None:
    draw.work()
    row, entry = open_rounds(draw)[0]
    assert isinstance(draw.refusal_of(chain.reveal_seed(2233, row.number, row.seed)), RoundStateUnfit)
    blocks = entry.hash_block + 1 - draw.clerk.shop.gateway.client.head().number
    draw.mine(blocks)
    draw.drawer.tick()
    draw.clerk.shop.settle()
    assert draw.drawer.views.round(2233, row.number).block_hash != bytes(32)
    refused = draw.refusal_of(chain.reveal_seed(2233, row.number, bytes(31) + b"1"))
    assert isinstance(refused, SeedWrong)
    gateway, customs = draw.clerk.shop.gateway, draw.clerk.shop.numbers[CUSTOMS["2233"]]
    with gateway.database.read() as connection:
        account = account_of(connection, customs)
    again = chain.open_round(row.commitment, BLOCKS, Rates(1, 1, 1))
    with pytest.raises(CommitmentUsed):
        gateway.client.call(gateway.deployment.contracts[chain.CONTRACT], again, account)


def test_a_declaration_after_the_close_is_in_no_earlier_round(draw: Draw) -> None:
    draw.work()
    _, first = open_rounds(draw)[0]
    draw.mine(max(1, first.closes_at + 1 - draw.clerk.shop.gateway.client.head().number))
    made = draw.declared(3)
    for parcel in made.parcels:
        if parcel.customs_code == "2233":
            entry = draw.round_of(parcel)
            assert entry is None or entry.number > first.number


def test_without_a_block_hash_a_round_is_void_and_its_parcels_are_reviewed(draw: Draw) -> None:
    made = draw.declared(6)
    # The gateway sleeps for as long as the chain knows the hashes.
    draw.mine(2 * BLOCKS + HASH_DELAY + HASHES_KNOWN + 2)
    draw.work(12)
    for parcel in made.parcels:
        kept, entry = draw.assessment(parcel), draw.round_of(parcel)
        now = draw.clerk.shop.gateway.client.head()
        assert entry.state_at(now.number, now.timestamp) is RoundState.Void
        assert entry.failed, "and that is on record"
        assert (kept.status, kept.round, kept.selected) == ("undrawn", entry.number, None)
        assert draw.clerk.place(parcel)[1] & {"Review", "Inspection"}


def test_a_seed_that_is_withheld_shows_and_its_parcels_are_reviewed(draw: Draw) -> None:
    made = draw.declared(4)
    client = draw.clerk.shop.gateway.client
    draw.mine(2 * BLOCKS + HASH_DELAY)
    # Hashes are recorded, and then nobody reveals for a day.
    while not draw.drawer.tick():
        draw.mine(1)
    draw.clerk.shop.settle()
    client.request("evm_increaseTime", hex(REVEAL_WINDOW + 60))
    draw.mine(1)
    draw.work(12)
    for parcel in made.parcels:
        kept, entry = draw.assessment(parcel), draw.round_of(parcel)
        assert entry.block_hash != bytes(32)
        assert not entry.is_revealed
        assert entry.failed
        assert isinstance(draw.refusal_of(chain.reveal_seed(entry.district, entry.number, bytes(32))), RoundStateUnfit)
        assert kept.status == "undrawn"
        assert draw.clerk.place(parcel)[1] & {"Review", "Inspection"}


def test_what_was_declared_while_no_round_was_open_is_reviewed(draw: Draw) -> None:
    # Nobody opens rounds for long enough that those opened before are closed.
    draw.mine(3 * BLOCKS)
    made = simulate(4, next(_seeds), "import", 0.0, barred=())
    draw.clerk.send(*made.messages)
    draw.clerk.examine()
    draw.work(12)
    for parcel in made.parcels:
        assert draw.round_of(parcel) is None
        kept = draw.assessment(parcel)
        assert (kept.status, kept.round) == ("undrawn", None)
        assert draw.clerk.place(parcel)[1] & {"Review", "Inspection"}


def test_a_gateway_that_forgot_everything_in_memory_goes_on(draw: Draw) -> None:
    made = draw.declared(4)
    draw.mine(2 * BLOCKS + HASH_DELAY)
    for _ in range(12):
        draw.clerk.shop.restart()
        draw.drawer = Drawer(draw.clerk.shop.gateway)
        draw.drawer.tick()
        draw.clerk.shop.settle()
    assert {draw.assessment(parcel).status for parcel in made.parcels} == {"drawn"}
