"""Receipts on their way to real receivers that fail, hang, redirect and talk too much."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from backend.domain.errors import StoreUnavailable
from backend.domain.webhooks import MOST_DEATHS, MOST_WEBHOOKS, WAITS
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from backend.services.receipt_feed import read_feed
from backend.services.runner import Runner
from backend.store import deliveries, webhooks
from tests.support.running import until
from tests.support.standing import Conversation, Received, Receiver, clock_of, receiver, standing_gateway


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with standing_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def talk(gateway: Gateway) -> Conversation:
    return Conversation(gateway)


@pytest.fixture
def deliverer(gateway: Gateway) -> Iterator[Deliverer]:
    made = Deliverer(gateway, seconds=1.0)
    yield made
    made.finish()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def hooked(gateway: Gateway, to: Receiver, participant_no: int = 5, since: int | None = 0) -> dict[str, Any]:
    return managing.create(gateway, participant_no, to.url, since)


def webhook_of(gateway: Gateway, participant_no: int = 5) -> dict[str, Any]:
    (found,) = managing.every(gateway, participant_no)
    return found


def settle(deliverer: Deliverer) -> None:
    """Ticks until nothing is due any more at this moment."""
    for _ in range(10_000):
        if deliverer.tick() == 0 and deliverer.is_idle:
            return
    raise AssertionError("deliveries go on and on")


def ticking(deliverer: Deliverer, condition: Callable[[], Any], what: str, seconds: float = 20) -> None:
    """Ticks until the condition holds; posts may still be under way then."""

    def holds() -> Any:
        deliverer.tick()
        return condition()

    until(holds, what, seconds)


def later(gateway: Gateway, deliverer: Deliverer, seconds: int) -> None:
    """Lets so much time pass that a wait of these seconds is over, and sends what is due then."""
    clock_of(gateway).now += seconds + seconds // 5
    settle(deliverer)


def statuses(*given: int) -> Callable[[Received, BaseHTTPRequestHandler], int]:
    """Answers in this order, the last one for ever."""
    waiting = list(given)
    return lambda _, __: waiting.pop(0) if len(waiting) > 1 else waiting[0]


# ---------------------------------------------------------------------------------------------------
# What arrives


def test_receipts_arrive_as_the_feed_has_them_and_signed(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    webhook = hooked(gateway, there)
    ids = talk.life(1)
    talk.life(2, participant_no=6)
    settle(deliverer)
    assert [one.json for one in there.received] == read_feed(gateway, 5, 0, 10).as_json()["items"]
    assert there.ids == ids
    secret = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    assert len(secret) == 32
    for one in there.received:
        assert one.headers["Content-Type"] == "application/json"
        assert Webhook(webhook["secret"]).verify(one.body, one.headers) == one.json
        signed = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
        expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert one.headers["webhook-signature"] == f"v1,{expected}"
    assert len({one.headers["webhook-id"] for one in there.received}) == 3
    assert deliverer.outcomes == {"delivered": 3}


def test_a_webhook_without_since_gets_what_is_still_to_come(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    talk.life(1)
    hooked(gateway, there, since=None)
    new = talk.life(2)
    settle(deliverer)
    assert there.ids == new


def test_every_webhook_of_a_participant_gets_every_receipt_once(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    with receiver() as other:
        hooked(gateway, there)
        hooked(gateway, other)
        ids = [new for number in range(30) for new in talk.life(number)]
        settle(deliverer)
        settle(deliverer)
        assert sorted(there.ids) == sorted(other.ids) == ids
        assert in_order(there)
        assert in_order(other)


def in_order(kept: Receiver) -> bool:
    """Whether the receipts on each parcel arrived in their order; one that is repeated at once counts once."""
    lanes: dict[str, list[int]] = {}
    for one in kept.received:
        lanes.setdefault(one.json["parcel_id"], []).append(one.receipt_id)
    return all(list(dict.fromkeys(lane)) == sorted(set(lane)) for lane in lanes.values())


def test_receipts_on_a_document_without_parcel_keep_their_order(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(statuses(500, 204)) as there:
        hooked(gateway, there)
        document_id = talk.document("607", parcel_id=None)
        first = talk.receipt(document_id, receipt_type="608")
        settle(deliverer)
        second = talk.receipt(document_id, "399", receipt_type="608")
        settle(deliverer)
        assert there.ids == [first]
        later(gateway, deliverer, WAITS[0])
        assert there.ids == [first, first, second]


# ---------------------------------------------------------------------------------------------------
# Receivers that fail


def test_a_parcel_that_fails_keeps_its_order_and_holds_up_no_other(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    (first, *rest), other = talk.life(1), talk.life(2)
    answers = statuses(500, 503, 200)
    with receiver(lambda one, to: answers(one, to) if one.receipt_id == first else 204) as there:
        hooked(gateway, there)
        settle(deliverer)
        assert [new for new in there.ids if new in other] == other
        assert [new for new in there.ids if new not in other] == [first]
        newer = talk.receipt(talk.document(), "899", parcel_id=bytes.fromhex(there.received[0].json["parcel_id"]))
        settle(deliverer)
        later(gateway, deliverer, WAITS[0])
        assert [new for new in there.ids if new not in other] == [first, first]
        later(gateway, deliverer, WAITS[1])
        found = [new for new in there.ids if new not in other and new != newer]
        assert found == [first, first, first, *rest]
        same = {one.headers["webhook-id"] for one in there.received if one.receipt_id == first}
        assert len(same) == 1


def test_it_is_tried_by_the_schedule_and_then_given_up_and_the_lane_goes_on(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    first, second = talk.life(1, ("2", "120"))
    with receiver(lambda one, _: 500 if one.receipt_id == first else 204) as there:
        webhook = hooked(gateway, there)
        settle(deliverer)
        for attempts, seconds in enumerate(WAITS, 1):
            assert there.ids == [first] * attempts
            clock_of(gateway).now += seconds - 1
            settle(deliverer)
            assert len(there.received) == attempts, "not before its time"
            clock_of(gateway).now += 1 + seconds // 5
            settle(deliverer)
        assert there.ids == [first] * (len(WAITS) + 1) + [second]
        assert webhook_of(gateway)["dead"] == 1
        (dead,) = managing.dead(gateway, 5, webhook["webhook_id"], None, 10)["items"]
        assert (dead["receipt_id"], dead["attempts"], dead["answer"]) == (first, len(WAITS) + 1, "HTTP 500")

        there.behaviour = lambda _, __: 204
        managing.retry(gateway, 5, webhook["webhook_id"], dead["delivery_id"])
        settle(deliverer)
        assert there.received[-1].headers["webhook-id"] == dead["delivery_id"]
        assert there.ids[-1] == first
        assert (webhook_of(gateway)["dead"], webhook_of(gateway)["waiting"]) == (0, 0)
        assert deliverer.outcomes == {"failed": len(WAITS), "dead": 1, "delivered": 2}


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_started_again(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(statuses(204, 410)) as there:
        webhook = hooked(gateway, there)
        ids = talk.life(1)
        settle(deliverer)
        talk.life(2)
        later(gateway, deliverer, WAITS[-1])
        assert there.ids == ids[:2]
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["reason"]) == (False, "Gone")
        assert "410" in seen["reason_zh"]
        assert "410" in seen["reason_en"]

        there.behaviour = lambda _, __: 204
        managing.replay(gateway, 5, webhook["webhook_id"], ids[0])
        settle(deliverer)
        assert sorted(there.ids[2:]) == [ids[1], ids[2], *range(ids[2] + 1, ids[2] + 4)]
        assert in_order(there)
        assert webhook_of(gateway)["is_active"]


def test_too_many_dead_in_a_row_switch_a_webhook_off(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        hooked(gateway, there)
        for number in range(MOST_DEATHS - 1):
            talk.life(number, ("2",))
        settle(deliverer)
        for seconds in WAITS:
            later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["dead"]) == (True, MOST_DEATHS - 1)
        talk.life(100, ("2",))
        settle(deliverer)
        for seconds in WAITS:
            later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["reason"], seen["dead"]) == (False, "TooManyDead", MOST_DEATHS)


def test_one_that_arrives_starts_the_count_of_deaths_anew(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        hooked(gateway, there)
        for number in range(MOST_DEATHS):
            if number == MOST_DEATHS // 2:
                there.behaviour = lambda _, __: 204
                talk.life(1000, ("2",))
                settle(deliverer)
                there.behaviour = lambda _, __: 500
            talk.life(number, ("2",))
            if number in (MOST_DEATHS // 2 - 1, MOST_DEATHS - 1):
                settle(deliverer)
                for seconds in WAITS:
                    later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["dead"]) == (True, MOST_DEATHS)


# ---------------------------------------------------------------------------------------------------
# Receivers that misbehave


def last_answer(gateway: Gateway) -> str:
    with gateway.database.read() as connection:
        return str(connection.exec_driver_sql("SELECT answer FROM deliveries ORDER BY id DESC").scalar())


def test_a_redirect_is_not_followed(gateway: Gateway, talk: Conversation, deliverer: Deliverer) -> None:
    def redirect(_: Received, to: BaseHTTPRequestHandler) -> None:
        to.send_response(307)
        to.send_header("Location", elsewhere.url)
        to.send_header("Content-Length", "0")
        to.end_headers()

    with receiver() as elsewhere, receiver(redirect) as there:
        hooked(gateway, there)
        talk.life(1, ("2",))
        settle(deliverer)
        assert (len(there.received), elsewhere.received) == (1, [])
        assert last_answer(gateway) == "HTTP 307: redirects are not followed"
        assert webhook_of(gateway)["waiting"] == 1


def endless_body(_: Received, to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b"x" * 65536)


def endless_head(_: Received, to: BaseHTTPRequestHandler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        to.wfile.write(b"X-Filler: " + b"x" * 8000 + b"\r\n")


def dripping_head(_: Received, to: BaseHTTPRequestHandler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        to.wfile.write(b"x")
        threading.Event().wait(0.05)


def no_http(_: Received, to: BaseHTTPRequestHandler) -> None:
    to.wfile.write(b"\x00\xff 200\r\n\r\n")


def hang_up(_: Received, to: BaseHTTPRequestHandler) -> None:
    to.connection.shutdown(socket.SHUT_RDWR)


def hang(_: Received, __: BaseHTTPRequestHandler) -> None:
    threading.Event().wait(5)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "answer"),
    [
        (endless_body, "delivered", "HTTP 200"),
        (endless_head, "failed", "no answer: RemoteProtocolError"),
        (dripping_head, "failed", "no answer within 1 s"),
        (no_http, "failed", "no answer: RemoteProtocolError"),
        (hang_up, "failed", "no answer: RemoteProtocolError"),
        (hang, "failed", "no answer within 1 s"),
    ],
)
def test_a_receiver_that_misbehaves_costs_a_bounded_time_and_is_noted(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, behaviour: Any, outcome: str, answer: str
) -> None:
    with receiver(behaviour) as there:
        hooked(gateway, there)
        talk.life(1, ("2",))
        settle(deliverer)
        assert deliverer.outcomes == {outcome: 1}
        assert last_answer(gateway) == answer


def test_a_receiver_that_does_not_listen_or_does_not_exist_is_noted(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    for url in (there.url, "http://no-such-host.invalid/x"):
        managing.create(gateway, 5, url, 0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        managing.create(gateway, 5, f"http://127.0.0.1:{closed.getsockname()[1]}/", 0)
        talk.life(1, ("2",))
        settle(deliverer)
    assert len(there.received) == 1
    assert deliverer.outcomes == {"delivered": 1, "failed": 2}


def test_receivers_that_hang_hold_up_nobody_else(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    """More hanging webhooks than there are threads; the one that answers gets everything meanwhile."""
    with receiver(hang) as hanging:
        for participant_no in (6, 7):
            for _ in range(MOST_WEBHOOKS):
                hooked(gateway, hanging, participant_no)
            for number in range(20):
                talk.life(number, ("2",), participant_no)
        ticking(deliverer, lambda: deliverer.outcomes["failed"] >= 2 * MOST_WEBHOOKS, "all have hung once")
        hooked(gateway, there)
        ids = [new for number in range(20) for new in talk.life(number)]
        ticking(deliverer, lambda: len(there.received) == len(ids), "the other gets its receipts", 3)
        assert deliverer.outcomes["failed"] < 2 * MOST_WEBHOOKS * 20 / 2
        assert not deliverer.is_idle
        assert in_order(there)


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


# ---------------------------------------------------------------------------------------------------
# In the gateway's own process


def test_the_runner_delivers_beside_a_chain_that_is_down_and_says_how_it_does(
    gateway: Gateway, talk: Conversation, there: Receiver
) -> None:
    runner = Runner(gateway)
    hooked(gateway, there)
    runner.start()
    try:
        ids = talk.life(1)
        until(lambda: there.ids == ids, "the receipts arrive")
        until(lambda: runner.health()["indexer"]["trouble"] == "ChainUnavailable", "the node is missed")
        assert runner.health()["deliverer"]["trouble"] is None
        assert runner.health()["deliverer"]["rounds"] > 0
    finally:
        runner.stop()
    assert webhook_of(gateway)["waiting"] == 0
