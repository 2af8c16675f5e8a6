"""Blocks that go away under the gateway: nothing lost, nothing doubled, the read model as if built anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.domain.lifecycle import Step
from backend.services import operations
from backend.services.outcomes import MessageOutcome
from backend.settings import Settings
from backend.store import readmodel
from tests.support.plain_chain import read_plainly
from tests.support.workshop import Workshop, installed_chain, small_set, workshop


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("reorganised"), block_time=None) as settings:
        yield settings


@pytest.fixture
def shop(chain: Settings) -> Iterator[Workshop]:
    with workshop(chain, confirmations=4) as made:
        yield made


def _rebuilt(shop: Workshop) -> dict[str, str]:
    with shop.gateway.database.write() as connection:
        readmodel.clear(connection)
    shop.indexer.catch_up()
    return _digest(shop)


def _digest(shop: Workshop) -> dict[str, str]:
    with shop.gateway.database.read() as connection:
        return readmodel.digest(connection)


def _assert_each_parcel_once(shop: Workshop, parcels: set[bytes]) -> None:
    seen = read_plainly(shop.gateway.settings.rpc_url, shop.gateway.deployment.contracts["ParcelLedger"])
    assert {parcel: len(seen.declared.get(parcel, ())) for parcel in parcels} == dict.fromkeys(parcels, 1)
    for step in (Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested):
        assert {parcel: seen.steps[(parcel, step)] for parcel in parcels} == dict.fromkeys(parcels, 1)
    assert set(seen.anchors.values()) <= {1}


@pytest.mark.parametrize(("depth", "seed"), [(1, 11), (2, 12), (3, 13), (7, 14), (12, 15)])
def test_what_a_reorganisation_took_away_is_sent_again_and_recorded_once(shop: Workshop, depth: int, seed: int) -> None:
    outcomes = shop.receive(small_set(10, seed))
    parcels = {bytes.fromhex(d.parcel_id) for o in outcomes for d in o.documents if d.parcel_id}
    assert len(parcels) == 10
    for _ in range(depth):
        shop.turn()

    shop.reorganise(depth)
    shop.settle()

    _assert_each_parcel_once(shop, parcels)
    assert shop.statuses().keys() == {"confirmed"}
    assert _digest(shop) == _rebuilt(shop)


def test_the_read_model_follows_every_reorganisation_even_to_a_shorter_look_of_the_chain(shop: Workshop) -> None:
    shop.receive(small_set(5, 21))
    shop.settle()
    before = _digest(shop)
    for depth in (1, 5, 2, 9):
        shop.reorganise(depth)
        shop.indexer.catch_up()
        assert _digest(shop) == _rebuilt(shop)
        shop.restart()
        shop.settle()
    # Times of blocks differ after a reorganisation, and with them heads; who declared what does not.
    assert before.keys() == _digest(shop).keys()
    assert before["accounts"] == _digest(shop)["accounts"]


def test_a_range_read_while_the_read_model_was_cleared_is_not_written(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.settle()
    before = _digest(shop)
    shop.receive(small_set(5, 22))
    shop.sender.tick()
    logs = shop.gateway.client.logs
    cleared = 0

    def clearing(*arguments: Any) -> Any:
        nonlocal cleared
        if not cleared:
            with shop.gateway.database.write() as connection:
                readmodel.clear(connection)
        cleared += 1
        return logs(*arguments)

    monkeypatch.setattr(shop.gateway.client, "logs", clearing)
    shop.settle()
    assert cleared > 1
    assert _digest(shop) != before
    assert _digest(shop) == _rebuilt(shop)


def test_nothing_counts_as_confirmed_before_its_block_is_deep_enough(shop: Workshop) -> None:
    outcomes = shop.receive(small_set(5, 31))
    orders = [outcome for outcome in outcomes if outcome.message_type == "311"]
    for _ in range(shop.gateway.settings.confirmations):
        shop.turn()
        assert _statuses_of(shop, orders) <= {"stored", "sent"}
    shop.settle()
    assert _statuses_of(shop, orders) == {"confirmed"}


def _statuses_of(shop: Workshop, outcomes: Sequence[MessageOutcome]) -> set[str]:
    return {operations.view(shop.gateway, outcome.operation_id or "", None).status for outcome in outcomes}


def test_a_transaction_dropped_from_the_pool_is_sent_again_as_it_was(shop: Workshop) -> None:
    outcomes = shop.receive(small_set(5, 41))
    parcels = {bytes.fromhex(d.parcel_id) for o in outcomes for d in o.documents if d.parcel_id}
    shop.sender.tick()
    shop.gateway.client.request("anvil_dropAllTransactions")
    later = shop.gateway.now() + 60
    shop.gateway.now = lambda: later
    shop.settle()
    _assert_each_parcel_once(shop, parcels)


def test_a_gateway_on_a_chain_without_its_contracts_sends_nothing(shop: Workshop, tmp_path: Path) -> None:
    from backend.chain.client import ChainClient
    from backend.chain.node import free_port, start_node, stop_node
    from backend.domain.errors import ContractsMissing

    mnemonic = shop.gateway.settings.mnemonic_path.read_text().strip()
    stranger = start_node(tmp_path, free_port(), mnemonic=mnemonic, block_time=None, accounts=5)
    try:
        shop.receive(small_set(5, 51))
        own, shop.gateway.client = shop.gateway.client, ChainClient(stranger.rpc_url)
        shop.restart()
        with pytest.raises(ContractsMissing):
            shop.sender.tick()
        assert shop.gateway.client.head().number == 0
        shop.gateway.client = own
        shop.restart()
        shop.settle()
    finally:
        stop_node(stranger.pid, tmp_path)
