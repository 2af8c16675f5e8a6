"""How the gateway stands: the chain, how far it has been read, what waits, and what is blocked since when."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from weakref import WeakKeyDictionary

from backend.chain.client import ChainClient
from backend.domain.errors import ChainUnavailable
from backend.domain.instants import iso
from backend.services.gateway import Gateway
from backend.store import examinations, outbox
from backend.store.parcel_queries import count_parcels
from backend.store.readmodel import Cursor, get_cursor

#: A row that has waited longer than this is named as blocked, in seconds.
WAITS_TOO_LONG = 60
#: A read model further behind the newest block than this is not ready, in seconds of the chain's own time.
MOST_BEHIND = 120
#: How long one look at the node serves everybody, and how long it may take, in seconds.
LOOK_SERVES = 1.0
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class ChainStanding:
    """What the node says now; `fault` is its error where it does not answer, or is on another chain."""

    chain_id: int | None
    block: int | None
    hash: bytes | None
    timestamp: int | None
    fault: str | None


def status(gateway: Gateway, runner: dict[str, Any] | None = None) -> dict[str, Any]:
    """The whole picture. Public: nothing in it is personal or secret. Raises StoreUnavailable only.

    `runner` is the health of this process's own threads, where it runs them.
    """
    now = gateway.now()
    chain = chain_standing(gateway)
    with gateway.database.read() as connection:
        position = get_cursor(connection)
        depth = outbox.depth(connection)
        flying = outbox.in_flight(connection)
        manifests, parcels = count_parcels(connection)
        undecided, ready, overdue = examinations.undecided(connection, now)
    waiting = _waiting(depth)
    return {
        "now": iso(now),
        "version": package_version(),
        "chain": {
            "reachable": chain.block is not None,
            "chain_id": chain.chain_id,
            "expected_chain_id": gateway.deployment.chain_id,
            "head": chain.block,
            "head_hash": None if chain.hash is None else "0x" + chain.hash.hex(),
            "head_time": None if chain.timestamp is None else iso(chain.timestamp),
            "fault": chain.fault,
            "contracts": dict(gateway.deployment.contracts),
        },
        "cursor": {
            "block": None if position is None else position.block,
            "hash": None if position is None else "0x" + position.hash.hex(),
            "time": None if position is None else iso(position.timestamp),
            **lag(chain, position),
        },
        "read_model": {"manifests": manifests, "parcels": parcels},
        "examinations": {"waiting": undecided, "ready": ready, "overdue": overdue},
        "outbox": {
            **{name: sum(_count(row) for row in depth if row.status == name) for name in _STATUSES},
            "oldest_waiting_at": None if waiting is None else iso(waiting),
            "oldest_waiting_seconds": None if waiting is None else max(0, now - waiting),
            "accounts": _by_account(depth),
        },
        "transactions": {
            "pending": len(flying),
            "oldest_at": iso(min(row.created_at for row in flying)) if flying else None,
        },
        "blocked": _blocked(chain, depth, runner or {}, now),
        "runner": runner,
    }


def chain_standing(gateway: Gateway) -> ChainStanding:
    """What the node says, at most a second old while it answers; never raises for one that fails."""
    with _watches_lock:
        watch = _watches.setdefault(gateway.client, _Watch(gateway))
    return watch.look(gateway.deployment.chain_id)


class _Watch:
    """One look at the node for all who ask: one that hangs holds a single thread, for a bounded time."""

    def __init__(self, gateway: Gateway) -> None:
        self._client = ChainClient(gateway.settings.rpc_url, timeout=PATIENCE)
        self._looking = threading.Lock()
        self._last: tuple[float, ChainStanding] | None = None

    def look(self, expected: int) -> ChainStanding:
        last = self._last
        if last is not None and time.monotonic() - last[0] < LOOK_SERVES:
            return last[1]
        # Somebody is asking already: what was known before serves until there is an answer.
        if not self._looking.acquire(blocking=last is None):
            return last[1] if last is not None else _SILENT
        try:
            standing = self._ask(expected)
            self._last = (time.monotonic(), standing)
            return standing
        finally:
            self._looking.release()

    def _ask(self, expected: int) -> ChainStanding:
        try:
            chain_id, head = self._client.chain_id(), self._client.head()
        except ChainUnavailable:
            return _SILENT
        fault = None if chain_id == expected else "WrongChain"
        return ChainStanding(chain_id, head.number, head.hash, head.timestamp, fault)


_SILENT = ChainStanding(None, None, None, None, "ChainUnavailable")
_watches: WeakKeyDictionary[ChainClient, _Watch] = WeakKeyDictionary()
_watches_lock = threading.Lock()


def lag(chain: ChainStanding, position: Cursor | None) -> dict[str, int | None]:
    """How far the read model is behind the node's newest block, in blocks and in the chain's own seconds."""
    if chain.block is None or chain.timestamp is None or position is None:
        return {"lag_blocks": None, "lag_seconds": None}
    return {
        "lag_blocks": max(0, chain.block - position.block),
        "lag_seconds": max(0, chain.timestamp - position.timestamp),
    }


def readiness(gateway: Gateway) -> dict[str, bool]:
    """Whether this gateway can serve: database, chain, the right one, and a read model that is current."""
    if not gateway.database.answers():
        return dict.fromkeys(("database", "chain", "right_chain", "current"), False)
    chain = chain_standing(gateway)
    with gateway.database.read() as connection:
        position = get_cursor(connection)
    behind = lag(chain, position)["lag_seconds"]
    return {
        "database": True,
        "chain": chain.block is not None,
        "right_chain": chain.fault is None,
        "current": behind is not None and behind <= MOST_BEHIND,
    }


def package_version() -> str:
    try:
        return version("guanlian")
    except PackageNotFoundError:
        return "unknown"


_STATUSES = ("waiting", "sent", "quarantined")


def _count(row: Any) -> int:
    return int(row._mapping["count"])


def _waiting(depth: list[Any]) -> int | None:
    return min((row.oldest for row in depth if row.status == "waiting"), default=None)


def _by_account(depth: list[Any]) -> list[dict[str, Any]]:
    accounts: dict[str, dict[str, Any]] = {}
    for row in depth:
        entry = accounts.setdefault(row.account, {"account": row.account, **dict.fromkeys(_STATUSES, 0)})
        entry[row.status] = _count(row)
        if row.status == "waiting":
            entry["oldest_waiting_at"] = iso(row.oldest)
    return list(accounts.values())


def _blocked(chain: ChainStanding, depth: list[Any], runner: dict[str, Any], now: int) -> list[dict[str, Any]]:
    """What does not move by itself, each with its cause and the first moment that we know of."""
    blocked = []
    if chain.fault is not None:
        known = [loop.get("trouble_since") for loop in (runner.get("indexer", {}), runner.get("sender", {}))]
        since = min((at for at in known if at is not None), default=None)
        blocked.append({"what": "chain", "reason": chain.fault, "since": None if since is None else iso(since)})
    for account, found in runner.get("blocked_accounts", {}).items():
        blocked.append(
            {"what": "account", "account": account, "reason": found["why"], "since": iso(int(found["since"]))}
        )
    for row in depth:
        if row.status == "quarantined":
            blocked.append(_blocked_account(row, "refused by the chain: see the operation"))
        elif now - row.oldest > WAITS_TOO_LONG:
            reason = "not sent" if row.status == "waiting" else "sent and not confirmed"
            blocked.append(_blocked_account(row, reason))
    return blocked


def _blocked_account(row: Any, reason: str) -> dict[str, Any]:
    return {
        "what": "outbox",
        "account": row.account,
        "status": row.status,
        "count": _count(row),
        "reason": reason,
        "since": iso(row.oldest),
    }
