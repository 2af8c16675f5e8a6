"""A gateway that dies between any two lines: whatever had been stored goes on, whatever had not never was."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.domain.lifecycle import Step
from backend.settings import Settings
from backend.store import documents, outbox, readmodel
from tests.support.plain_chain import read_plainly
from tests.support.workshop import Workshop, installed_chain, small_set, workshop


class Died(BaseException):
    """The process ended here."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("dying"), block_time=None) as settings:
        yield settings


@pytest.fixture
def shop(chain: Settings) -> Iterator[Workshop]:
    with workshop(chain, confirmations=2) as made:
        yield made


#: Where the process may end: the module or object, the name called there, before or after it has done its work.
LINES: dict[str, tuple[Callable[[Workshop], Any], str, bool]] = {
    "before anything is stored of a message": (lambda _: documents, "insert_documents", False),
    "after documents are stored, before the outbox is": (lambda _: documents, "insert_documents", True),
    "before the message's receipt is stored": (lambda _: documents, "insert_message", False),
    "before a transaction is signed": (lambda shop: shop.gateway, "signer", False),
    "after signing, before storing": (lambda _: outbox, "insert_transaction", False),
    "after storing a transaction, before binding its rows": (lambda _: outbox, "insert_transaction", True),
    "after binding, before broadcasting": (lambda shop: shop.gateway.client, "send_raw", False),
    "after broadcasting, before noting it": (lambda shop: shop.gateway.client, "send_raw", True),
    "before a broadcast is noted": (lambda _: outbox, "mark_sent", False),
    "before a receipt is asked for": (lambda shop: shop.gateway.client, "receipts", False),
    "after a receipt, before noting it": (lambda shop: shop.gateway.client, "receipts", True),
    "before a mined transaction is noted": (lambda _: outbox, "set_transaction", False),
    "after logs are read, before they are applied": (lambda shop: shop.gateway.client, "logs", True),
    "in the middle of a block's events": (lambda _: readmodel, "insert_manifest", True),
    "before the cursor moves": (lambda _: readmodel, "set_cursor", False),
    "after the cursor moves, before the commit": (lambda _: readmodel, "set_cursor", True),
    "while attestations are queued": (lambda _: documents, "mark_attested", False),
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("time", [1, 2])
def test_a_gateway_that_dies_there_loses_and_doubles_nothing(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, line: str, time: int
) -> None:
    simulated = small_set(6, 100 + 2 * list(LINES).index(line) + time)
    whose, name, after = LINES[line]
    target = whose(shop)
    real, calls = getattr(target, name), 0

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        # Gateways of other tests may run beside this one: only the one at hand dies.
        if threading.current_thread() is not threading.main_thread():
            return real(*arguments, **named)
        calls += 1
        if calls != time:
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        raise Died

    monkeypatch.setattr(target, name, dying)
    died = 0
    waiting = list(simulated.messages)
    for _ in range(60):
        try:
            while waiting:
                # A sender that got no answer sends the same bytes again.
                message = waiting[0]
                shop.receive(type(simulated)(simulated.mode, simulated.seed, simulated.parcels, (message,)))
                waiting.pop(0)
            shop.turn()
        except Died:
            died += 1
            shop.restart()
            continue
        if shop.is_idle():
            break
    assert died == 1, "the line was never reached"
    assert shop.statuses().keys() == {"confirmed"}
    _assert_accounted_for(shop, simulated.parcels)


def _assert_accounted_for(shop: Workshop, parcels: Any) -> None:
    """Every parcel of the set is declared once and attested once by each of its three documents."""
    from backend.domain.commitments import parcel_id

    key = shop.gateway.consortium_key
    ids = {parcel_id(key, parcel.platform_code, parcel.order_no) for parcel in parcels}
    seen = read_plainly(shop.gateway.settings.rpc_url, shop.gateway.deployment.contracts["ParcelLedger"])
    assert {parcel: len(seen.declared.get(parcel, ())) for parcel in ids} == dict.fromkeys(ids, 1)
    for step in (Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested):
        assert {parcel: seen.steps[(parcel, step)] for parcel in ids} == dict.fromkeys(ids, 1)
    with shop.gateway.database.read() as connection:
        signed = connection.exec_driver_sql("SELECT account, count(*), max(nonce) FROM transactions GROUP BY account")
        for account, count, highest in signed:
            assert count == highest + 1 - _first_nonce(connection, account)
            assert shop.gateway.client.transaction_count(account) == highest + 1


def _first_nonce(connection: Any, account: str) -> int:
    """Governance's account had deployed the contracts before the gateway knew it."""
    query = "SELECT min(nonce) FROM transactions WHERE account = ?"
    return int(connection.exec_driver_sql(query, (account,)).scalar())
