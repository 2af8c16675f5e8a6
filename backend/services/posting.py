"""Sending signed bytes to an address that somebody else chose, without lending them our place in the network.

The host's addresses are looked up, checked and connected to in one go, so that no second look-up can give another
answer; redirects are not followed, the answer's body is not read, and all of it together has one time limit.
Proxies that the environment names are not used: they would connect in our stead, unchecked.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpcore
import structlog
from standardwebhooks import Webhook

from backend.domain.webhooks import is_public
from backend.services.status import package_version

log = structlog.get_logger("posting")

#: Seconds for one attempt: connecting, sending, and the head of the answer.
LONGEST = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the answer's HTTP status, None where there was none, and what a person reads."""

    status: int | None
    text: str

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post_signed(
    url: str, secret: bytes, message_id: str, body: bytes, at: int, *, to_private: bool, seconds: float = LONGEST
) -> Answer:
    """Posts a JSON body, signed as Standard Webhooks lays down; `at` in Unix seconds. Never raises.

    `to_private`: whether addresses outside the open internet are allowed.
    """
    signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(at, UTC), body.decode())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Guanlian/{package_version()}",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }
    try:
        return _post(url, headers, body, _Network(time.monotonic() + seconds, to_private))
    except _AddressRefused as refused:
        return Answer(None, f"not sent: {refused} is no address of the open internet")
    except httpcore.TimeoutException:
        return Answer(None, f"no answer within {seconds:g} s")
    except httpcore.ConnectError as fault:
        return Answer(None, f"not connected: {_cause(fault)}")
    except (httpcore.NetworkError, httpcore.ProtocolError) as fault:
        return Answer(None, f"no answer: {type(fault).__name__}")
    except Exception:
        # A fault of our own must cost one attempt, not the sender of all others.
        log.exception("fault")
        return Answer(None, "not sent: a fault of our own")


def _post(url: str, headers: dict[str, str], body: bytes, network: _Network) -> Answer:
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=network, max_connections=1) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
    ):
        moved = ": redirects are not followed" if 300 <= response.status < 400 else ""
        return Answer(response.status, f"HTTP {response.status}{moved}")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts; reading them takes longer than a delivery."""
    return ssl.create_default_context()


def _cause(fault: BaseException) -> str:
    """What the system says of a connection that failed, without addresses."""
    cause = fault.__cause__ or fault.__context__ or fault
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate: {cause.verify_message}"[:150]
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror[:150]
    return type(cause).__name__


class _AddressRefused(Exception):
    """The host stands for an address that nothing is sent to."""


class _Network(httpcore.NetworkBackend):
    """Connects to checked addresses only, and lets nothing take longer than until the deadline."""

    def __init__(self, deadline: float, to_private: bool) -> None:
        self._deadline = deadline
        self._to_private = to_private
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked(host, port)
        for place, address in enumerate(addresses):
            # Each address has its share of the time, so that one which is silent leaves some to the next.
            share = _left(self._deadline) / (len(addresses) - place)
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
        raise httpcore.ConnectError("no address")

    def _checked(self, host: str, port: int) -> list[str]:
        """The host's addresses. Raises _AddressRefused where one of them is not to be sent to."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise httpcore.ConnectError(type(fault).__name__) from fault
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            if not self._to_private and not is_public(address):
                raise _AddressRefused(host)
        return addresses


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends by one deadline: who sends a byte now and then gains no time."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until a deadline. Raises httpcore.TimeoutException where it is over."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds
