"""The frame around every request: its id, its bounds, its headers, its line in the log, and no bare fault.

Plain ASGI, outermost first: what goes wrong inside is answered by a problem document, whatever it was.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.limits import Limits
from backend.api.metrics import Metrics
from backend.api.problems import problem
from backend.domain.errors import GuanlianError, InternalFault, MessageTooLarge, RequestTimedOut

log = structlog.get_logger("api")

#: A body that takes longer than this to arrive holds a connection for nothing, in seconds.
SLOWEST_BODY = 60.0

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

#: Asked by machines at short intervals; what they learn costs little.
_NOT_LIMITED = frozenset({"/healthz", "/readyz", "/metrics"})

#: For answers that set none of their own: the JSON interface loads nothing and stands in no frame.
_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}


class Envelope:
    """Wraps an application; `largest` is the most bytes of a body, chunked or not."""

    def __init__(self, app: ASGIApp, *, limits: Limits, metrics: Metrics, largest: int) -> None:
        self.app = app
        self.limits = limits
        self.metrics = metrics
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            if scope["path"] not in _NOT_LIMITED:
                self.limits.by_address.take(exchange.address)
            body = await asyncio.wait_for(self._whole_body(scope, receive), SLOWEST_BODY)
            await self.app(scope, _replayed(body, receive), exchange.send)
        except ClientDisconnect:
            exchange.status = 499
        except TimeoutError:
            await exchange.refuse(RequestTimedOut(seconds=int(SLOWEST_BODY)), receive)
        except GuanlianError as error:
            await exchange.refuse(error, receive)
        except Exception:
            log.exception("fault", request_id=exchange.request_id, method=scope["method"], route=exchange.route)
            await exchange.refuse(InternalFault(request_id=exchange.request_id), receive)
        finally:
            self._note(exchange)

    async def _whole_body(self, scope: Scope, receive: Receive) -> list[Message]:
        """The request's body, read to its end before anything acts on it. Raises MessageTooLarge."""
        for name, value in scope["headers"]:
            if name == b"content-length" and (not value.isdigit() or int(value) > self.largest):
                raise MessageTooLarge(what="bytes", most=self.largest)
        size, parts = 0, []
        while True:
            message = await receive()
            parts.append(message)
            if message["type"] != "http.request":
                raise ClientDisconnect()
            size += len(message.get("body", b""))
            if size > self.largest:
                raise MessageTooLarge(what="bytes", most=self.largest)
            if not message.get("more_body", False):
                return parts

    def _note(self, exchange: _Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        method = exchange.scope["method"] if exchange.scope["method"] in _METHODS else "other"
        self.metrics.requests.labels(method, exchange.route, exchange.status).inc()
        self.metrics.seconds.labels(exchange.route).observe(seconds)
        log.info(
            "request",
            request_id=exchange.request_id,
            method=method,
            route=exchange.route,
            status=exchange.status,
            milliseconds=round(seconds * 1000, 1),
            participant_no=exchange.scope.get("state", {}).get("participant_no"),
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Exchange:
    """One request and what has been answered to it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.started = time.perf_counter()
        self.status = 0
        self._send = send
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        self.request_id = given.decode() if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = self.request_id

    @property
    def address(self) -> str:
        client = self.scope.get("client")
        return client[0] if client else "unknown"

    @property
    def route(self) -> str:
        """The route's pattern: an address itself may name a parcel or hold whatever somebody typed."""
        return str(getattr(self.scope.get("route"), "path", "unknown"))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            there = {name.lower() for name, _ in message.get("headers", ())}
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            headers += [(name, value) for name, value in _HEADERS.items() if name not in there]
            message = {**message, "headers": headers}
        await self._send(message)

    async def refuse(self, error: GuanlianError, receive: Receive) -> None:
        """A problem document, unless an answer has begun: then the broken connection is the answer."""
        if self.status:
            return
        response = problem(error, self.scope["path"])
        # What is left of a refused body is not read.
        response.headers["Connection"] = "close"
        await response(self.scope, receive, self.send)


def _replayed(parts: list[Message], receive: Receive) -> Receive:
    """What was read is given out again; afterwards the connection itself speaks (of its end)."""
    waiting: list[Any] = list(reversed(parts))

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
