"""A read model that is behind the chain: nothing is done by where the chain stood once, and nothing is missed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from backend.domain.lifecycle import State, Step
from backend.services import indexer
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage
from backend.settings import Settings
from backend.store import readmodel
from tests.support.clerk import Clerk
from tests.support.workshop import installed_chain, workshop


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("behind"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        yield Clerk(made)


_seeds = count(37000)


def changed(message: SimulatedMessage) -> SimulatedMessage:
    """The list again, as a change."""
    text = re.sub(r"(<(?:\w+:)?appType>)1(</)", r"\g<1>2\g<2>", message.data.decode())
    text = re.sub(r"(<(?:\w+:)?guid>)[^<]*(</)", lambda m: m[1] + str(uuid.uuid4()).upper() + m[2], text)
    return replace(message, data=text.encode())


def test_a_read_model_that_is_rebuilt_does_nothing_a_second_time(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.automate(automatic=False)
    made = simulate(2, next(_seeds), "import", 0.0, barred=())
    clerk.send(*made.messages, *made.arrivals)
    clerk.shop.settle()
    clerk.take(Step.Rejection, *made.parcels, reason="wrong")
    clerk.send(*(changed(message) for message in made.messages_of("621")))
    clerk.shop.settle()
    clerk.take(Step.Acceptance, *made.parcels)
    before, receipts = clerk.shop.statuses(), clerk.told(made.parcels[0], "622")
    monkeypatch.setattr(indexer, "RANGE", 1)
    with clerk.shop.gateway.database.write() as connection:
        readmodel.clear(connection)
    clerk.shop.indexer.catch_up()
    assert clerk.shop.statuses() == before
    clerk.shop.settle()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    assert clerk.told(made.parcels[0], "622") == receipts


def test_a_gateway_that_was_away_for_long_does_what_it_missed(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.automate()
    monkeypatch.setattr(indexer, "RANGE", 1)
    made = simulate(3, next(_seeds), "import", 0.0, barred=())
    clerk.send(*made.messages, *made.arrivals)
    # The lists reach the chain, many blocks follow, and then it stops half-way through them.
    clerk.shop.sender.tick()
    clerk.shop.mine(6)
    for _ in range(4):
        clerk.shop.indexer.tick()
    clerk.shop.restart()
    clerk.shop.indexer.catch_up()
    clerk.examine(12)
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    reported = {index for message in made.arrivals for index in message.parcels}
    for parcel in made.parcels:
        assert ("Arrived" in clerk.place(parcel)[1]) == (parcel.index in reported)
