"""Asking a gateway whose node is down over HTTP, each participant with a key of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from backend.app import create_app
from backend.services.gateway import Gateway
from tests.support.running import NO_LIMITS, served
from tests.support.standing import key_for


@dataclass
class Calling:
    """The application of a gateway, asked by participants by their numbers; None asks without a key."""

    gateway: Gateway
    client: httpx.Client
    headers: Mapping[int, dict[str, str]]

    def get(self, who: int | None, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query, headers={} if who is None else self.headers[who])

    def post(self, who: int, path: str, body: Any) -> httpx.Response:
        return self.client.post(path, json=body, headers=self.headers[who])


@contextmanager
def calling(gateway: Gateway, scopes: Mapping[int, str]) -> Iterator[Calling]:
    """One key a participant with this scope."""
    headers = {number: key_for(gateway, number, scope) for number, scope in scopes.items()}
    with served(create_app(gateway, None, NO_LIMITS)) as address, httpx.Client(base_url=address) as client:
        yield Calling(gateway, client, headers)
