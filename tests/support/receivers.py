"""Real receivers of webhooks that do as the test says, and the deliverer driven step by step."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from tests.support.running import until
from tests.support.standing import clock_of


@dataclass
class Received:
    """One post as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def receipt_id(self) -> int:
        return int(self.json["id"])


#: What a receiver does with a post: gives a status, or answers by itself through the handler and gives None.
Behaviour = Callable[[Received, BaseHTTPRequestHandler], int | None]


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is sent, in order."""

    behaviour: Behaviour = field(default=lambda _, __: 204)
    received: list[Received] = field(default_factory=list)
    url: str = ""

    @property
    def ids(self) -> list[int]:
        return [each.receipt_id for each in self.received]


@contextmanager
def receiver(
    behaviour: Behaviour | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    prepare: Callable[[ThreadingHTTPServer], None] = lambda _: None,
) -> Iterator[Receiver]:
    """A receiver for as long as it is needed; `prepare` is given the server before it begins."""
    kept = Receiver() if behaviour is None else Receiver(behaviour)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one = Received(self.path, dict(self.headers.items()), body)
            with lock:
                kept.received.append(one)
            status = kept.behaviour(one, self)
            if status is not None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Receivers that misbehave lose their connections; that is the test."""

    server = Server((host, port), Handler)
    prepare(server)
    kept.url = f"http://{host}:{server.server_address[1]}/receipts"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


# ---------------------------------------------------------------------------------------------------
# The deliverer


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


def ticking(deliverer: Deliverer, condition: Callable[[], Any], what: str, seconds: float = 120) -> None:
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


def in_order(kept: Receiver) -> bool:
    """Whether the receipts on each parcel arrived in their order, repeats aside."""
    lanes: dict[str, list[int]] = {}
    for one in kept.received:
        lanes.setdefault(one.json["parcel_id"], []).append(one.receipt_id)
    return all(list(dict.fromkeys(lane)) == sorted(set(lane)) for lane in lanes.values())
