"""Dropping the read model and reading the chain anew: what shows that nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.domain.errors import NotFound
from backend.services import processes
from backend.services.gateway import Gateway, open_gateway
from backend.services.indexer import Indexer, Progress
from backend.services.processes import gateway_lock, locked
from backend.settings import Settings
from backend.store import readmodel


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read. `differing` names the tables that came out otherwise; None where not compared."""

    block: int
    events: int
    differing: tuple[str, ...] | None

    def as_json(self) -> dict[str, Any]:
        compared = None if self.differing is None else list(self.differing)
        return {"block": self.block, "events": self.events, "differing": compared}


def reindex(settings: Settings, *, check: bool = False, progress: Callable[[Progress], None] | None = None) -> Rebuilt:
    """Rebuilds the read model from the chain; with `check`, compares it with the one that was there.

    A running gateway is stopped for the time and started again. Killed half-way, the next start goes on
    reading where it stopped. Raises ChainUnavailable before anything is dropped.
    """
    if not settings.deployment_path.exists():
        raise NotFound(what="deployment", value=str(settings.deployment_path))
    was_running = processes.gateway_runs(settings.home)
    if was_running:
        processes.stop_gateway(settings.home)
    try:
        with locked(gateway_lock(settings.home), "gateway"):
            return _rebuild(settings, check, progress)
    finally:
        if was_running:
            processes.start_gateway(settings.home)


def _rebuild(settings: Settings, check: bool, progress: Callable[[Progress], None] | None) -> Rebuilt:
    gateway = open_gateway(settings)
    try:
        indexer = Indexer(gateway)
        gateway.deployment.verify(gateway.client)
        if check:
            indexer.catch_up()
        before = _digest(gateway)
        with gateway.database.write() as connection:
            readmodel.clear(connection)
        events = 0

        def count(done: Progress) -> None:
            nonlocal events
            events += done.events
            if progress is not None:
                progress(done)

        end = indexer.catch_up(count)
        after = _digest(gateway)
        differing = tuple(sorted(name for name in before if before[name] != after[name]))
        return Rebuilt(end.block, events, differing if check else None)
    finally:
        gateway.close()


def _digest(gateway: Gateway) -> dict[str, str]:
    with gateway.database.read() as connection:
        return readmodel.digest(connection)
