"""Whether what this gateway has read still speaks for the chain: asked before anything is called checked."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

from backend.chain.client import ChainClient
from backend.domain.errors import ChainUnavailable
from backend.services.gateway import Gateway
from backend.store.parcel_queries import count_parcels
from backend.store.readmodel import get_cursor

#: How far, in the chain's own time, the read model may lie behind the newest block, in seconds.
MOST_BEHIND = 120
#: How long one look at the node serves every page, in seconds.
LOOK_SERVES = 1.0
#: While one reader looks, the others take the last answer if it is no older than this, in seconds.
STILL_SERVES = 5.0
#: A page waits no longer than this for the node, in seconds.
PATIENCE = 2.0


class Reach(StrEnum):
    """How far the read model can be trusted at this moment."""

    Current = "Current"
    #: Read, but older than MOST_BEHIND against the newest block.
    Behind = "Behind"
    #: The node does not answer.
    Unreachable = "Unreachable"
    #: The node has another block where our cursor stands: a reorganisation under way, or another chain.
    Foreign = "Foreign"
    #: Our own database does not answer.
    Store = "Store"


@dataclass(frozen=True, slots=True)
class Freshness:
    """`block` and `at` (Unix seconds): up to where the read model is complete; None before the first block."""

    reach: Reach
    block: int | None
    at: int | None
    head: int | None

    @property
    def is_current(self) -> bool:
        return self.reach is Reach.Current


@dataclass(slots=True)
class _Look:
    taken: float
    freshness: Freshness


class _Watch:
    """One look at the node a second for all readers: a node that hangs must not hold every page."""

    def __init__(self, gateway: Gateway) -> None:
        self._lock = threading.Lock()
        self._last: _Look | None = None
        self._client = ChainClient(gateway.settings.rpc_url, timeout=PATIENCE)

    def look(self, gateway: Gateway) -> Freshness:
        last = self._no_older_than(LOOK_SERVES)
        if last is not None:
            return last
        if not self._lock.acquire(blocking=False):
            last = self._no_older_than(STILL_SERVES)
            if last is not None:
                return last
            self._lock.acquire()
        try:
            last = self._no_older_than(LOOK_SERVES)
            if last is not None:
                return last
            freshness = _ask(gateway, self._client)
            self._last = _Look(time.monotonic(), freshness)
            return freshness
        finally:
            self._lock.release()

    def _no_older_than(self, seconds: float) -> Freshness | None:
        last = self._last
        if last is None or time.monotonic() - last.taken >= seconds:
            return None
        return last.freshness


_watches: WeakKeyDictionary[ChainClient, _Watch] = WeakKeyDictionary()
_watches_lock = threading.Lock()


def freshness_of(gateway: Gateway) -> Freshness:
    """How current the read model is, at most a second old. Never raises for a node that fails.

    Raises StoreUnavailable when the database does not answer.
    """
    with _watches_lock:
        watch = _watches.setdefault(gateway.client, _Watch(gateway))
    return watch.look(gateway)


def ledger_size(gateway: Gateway) -> tuple[int, int]:
    """(manifests, parcels) as far as the read model has them."""
    with gateway.database.read() as connection:
        return count_parcels(connection)


def _ask(gateway: Gateway, client: ChainClient) -> Freshness:
    with gateway.database.read() as connection:
        cursor = get_cursor(connection)
    block, at = (None, None) if cursor is None else (cursor.block, cursor.timestamp)
    try:
        head = client.head()
        ours = None if block is None else client.blocks([block])[0]
    except ChainUnavailable:
        return Freshness(Reach.Unreachable, block, at, None)
    if cursor is None:
        return Freshness(Reach.Behind, None, None, head.number)
    if ours is None or ours.hash != cursor.hash:
        return Freshness(Reach.Foreign, block, at, head.number)
    behind = head.timestamp - cursor.timestamp > MOST_BEHIND and head.number > cursor.block
    return Freshness(Reach.Behind if behind else Reach.Current, block, at, head.number)
