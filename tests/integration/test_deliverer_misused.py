"""Receivers that hang, redirect, talk too much or break off: each costs a bounded time, and its own alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from backend.domain.webhooks import MOST_WEBHOOKS
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from tests.support.receivers import Received, Receiver, hooked, in_order, receiver, settle, ticking, webhook_of
from tests.support.standing import Conversation


@pytest.fixture
def deliverer(gateway: Gateway) -> Iterator[Deliverer]:
    made = Deliverer(gateway, seconds=1.0)
    yield made
    made.finish()


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
        ticking(deliverer, lambda: len(there.received) == len(ids), "the other gets its receipts", 15)
        assert deliverer.outcomes["failed"] < 2 * MOST_WEBHOOKS * 20 / 2
        assert not deliverer.is_idle
        assert in_order(there)
