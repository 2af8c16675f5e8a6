"""A deliverer that dies between any two lines loses nothing; what is played again comes in order and once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from backend.domain.errors import StoreUnavailable
from backend.domain.webhooks import WAITS
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from backend.store import deliveries, webhooks
from tests.support.receivers import Received, Receiver, hooked, in_order, later, receiver, settle, ticking, webhook_of
from tests.support.standing import Conversation, clock_of


@pytest.fixture
def deliverer(gateway: Gateway) -> Iterator[Deliverer]:
    made = Deliverer(gateway, seconds=1.0)
    yield made
    made.finish()


# ---------------------------------------------------------------------------------------------------
# Dying


class Died(BaseException):
    """The process ended here."""


#: Where the process may end: the module, the name called there, before or after it has done its work.
LINES: dict[str, tuple[Any, str, bool]] = {
    "before deliveries are made out": (deliveries, "make_out", False),
    "after they are inserted, before the webhook moves": (deliveries, "move_after", False),
    "after the webhook moves, before the commit": (deliveries, "move_after", True),
    "before a delivery is chosen": (deliveries, "first_due", False),
    "after it was sent, before it is noted": (deliveries, "waiting_delivery", False),
    "before an arrival is noted": (deliveries, "note_delivered", False),
    "after an arrival is noted, before the commit": (deliveries, "note_delivered", True),
    "before a failure is noted": (deliveries, "note_failed", False),
    "after a failure is noted, before the commit": (deliveries, "note_failed", True),
    "after deaths are cleared, before the commit": (webhooks, "clear_deaths", True),
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("time", [1, 2])
def test_a_deliverer_that_dies_there_loses_nothing_and_keeps_the_order(
    gateway: Gateway, talk: Conversation, monkeypatch: pytest.MonkeyPatch, line: str, time: int
) -> None:
    module, name, after = LINES[line]
    real, calls = getattr(module, name), 0

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        # Gateways of other tests may run beside this one: only the one at hand dies.
        if arguments[0].engine is not gateway.database.engine:
            return real(*arguments, **named)
        calls += 1
        if calls != time:
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        raise Died

    monkeypatch.setattr(module, name, dying)
    ids = [new for number in range(4) for new in talk.life(number)]
    failing = set(ids[::3])
    sent: list[int] = []

    def once_failing(one: Received, _: BaseHTTPRequestHandler) -> int:
        sent.append(one.receipt_id)
        if one.receipt_id in failing:
            failing.discard(one.receipt_id)
            return 500
        return 204

    with receiver(once_failing) as there:
        hooked(gateway, there)
        died = 0
        deliverer = Deliverer(gateway)
        for round_ in range(20):
            try:
                settle(deliverer)
            except Died:
                died += 1
                # What the old process had under way ends with it; the receiver has it or not.
                monkeypatch.setattr(module, name, real)
                wait(deliverer._futures())
                deliverer = Deliverer(gateway)
                continue
            if round_ == 0:
                # New ones come while others wait.
                ids += talk.life(9)
            if webhook_of(gateway)["waiting"] == 0:
                break
            clock_of(gateway).now += WAITS[0] * 2
        deliverer.finish()
        assert died == 1, "the line was never reached"
        assert set(there.ids) == set(ids)
        assert in_order(there)
        # Twice at most what was under way at the end, and what failed.
        assert len(there.ids) - len(set(there.ids)) <= 4 + 4 + 1
        assert webhook_of(gateway)["waiting"] == webhook_of(gateway)["dead"] == 0


def test_a_database_that_fails_for_a_moment_costs_nothing(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(gateway, there)
    (new,) = talk.life(1, ("2",))
    real = deliveries.note_delivered
    monkeypatch.setattr(deliveries, "note_delivered", _raising(StoreUnavailable(reason="busy")))
    with pytest.raises(StoreUnavailable):
        settle(deliverer)
    monkeypatch.setattr(deliveries, "note_delivered", real)
    settle(deliverer)
    assert there.ids == [new], "what was answered is noted later, not sent again"
    assert webhook_of(gateway)["waiting"] == 0


def _raising(fault: Exception) -> Callable[..., None]:
    def raises(*_: Any, **__: Any) -> None:
        raise fault

    return raises


# ---------------------------------------------------------------------------------------------------
# Playing again


def test_a_replay_sends_everything_after_a_receipt_in_order_and_waiting_ones_once(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    first, second = talk.life(1), talk.life(2)
    with receiver(lambda one, _: 500 if one.receipt_id == second[1] else 204) as there:
        webhook = hooked(gateway, there)
        settle(deliverer)
        assert webhook_of(gateway)["waiting"] == 2
        there.received.clear()
        there.behaviour = lambda _, __: 204
        managing.replay(gateway, 5, webhook["webhook_id"], first[0])
        later(gateway, deliverer, WAITS[-1])
        assert sorted(there.ids) == [*first[1:], *second]
        assert in_order(there)


def test_a_replay_while_something_is_under_way_neither_loses_nor_confuses(gateway: Gateway, talk: Conversation) -> None:
    ids = talk.life(1)
    let_go = threading.Event()
    deliverer = Deliverer(gateway, seconds=30)
    with receiver(lambda _, __: 204 if let_go.wait(20) else None) as there:
        webhook = hooked(gateway, there)
        ticking(deliverer, lambda: there.received, "the first is under way")
        managing.replay(gateway, 5, webhook["webhook_id"], 0)
        deliverer.tick()
        let_go.set()
        settle(deliverer)
        assert there.ids == [ids[0], *ids]
        assert (webhook_of(gateway)["waiting"], deliverer.outcomes["withdrawn"]) == (0, 1)
        deliverer.finish()


def test_nothing_is_sent_to_a_webhook_that_was_removed(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        webhook = hooked(gateway, there)
        talk.life(1)
        settle(deliverer)
        managing.remove(gateway, 5, webhook["webhook_id"])
        talk.life(2)
        later(gateway, deliverer, WAITS[-1])
        assert len(there.received) == 1
        with gateway.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 0
            assert connection.exec_driver_sql("SELECT secret FROM webhooks").scalar() == b""


def test_what_was_delivered_long_ago_is_forgotten(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    hooked(gateway, there)
    talk.life(1)
    settle(deliverer)
    clock_of(gateway).now += deliveries.KEPT + 1
    talk.life(2, ("2",))
    settle(deliverer)
    assert len(there.received) == 4
    with gateway.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 1
