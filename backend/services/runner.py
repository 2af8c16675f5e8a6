"""What runs beside the API: threads that read the chain, write to it, decide and draw for customs, tell of receipts.

One more stores how often codes were scanned, another notes which terminals and consignments are late. All are loops of
small restartable steps. Trouble with the node or the database is noted, shown in the status and tried again with
patience that grows to a few seconds; nothing is given up and nothing is skipped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from backend.domain.errors import GuanlianError, StoreUnavailable
from backend.services.deliverer import Deliverer
from backend.services.drawing import Drawer
from backend.services.examination import Examiner
from backend.services.gateway import Gateway
from backend.services.indexer import Indexer
from backend.services.lateness import Watch
from backend.services.release_instructions import note_overdue
from backend.services.scans import store_scans
from backend.services.sender import Sender

log = structlog.get_logger("runner")

#: Seconds of patience after trouble, at most.
MOST_PATIENCE = 5.0

#: Seconds between two rounds of what nobody waits for, at least: counts of scans, limits of minutes and hours.
UNHURRIED = 1.0


@dataclass(slots=True)
class Loop:
    """How one of the loops is doing."""

    name: str
    unhurried: bool = False
    rounds: int = 0
    trouble: str | None = None
    trouble_since: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"rounds": self.rounds, "trouble": self.trouble, "trouble_since": self.trouble_since}


class Runner:
    """Starts and stops the loops of one gateway. Only one process may run them on a database at a time."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.indexer = Indexer(gateway)
        self.sender = Sender(gateway)
        self.examiner = Examiner(gateway)
        self.drawer = Drawer(gateway)
        self.deliverer = Deliverer(gateway)
        self.watch = Watch(gateway)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        names = ("indexer", "sender", "examiner", "drawer", "deliverer")
        self._loops = [Loop(name) for name in names] + [Loop("counter", True), Loop("reminder", True)]

    def start(self) -> None:
        self._stop.clear()
        works: list[Callable[[], bool]] = [
            self._index,
            self._send,
            self._examine,
            self._draw,
            self._deliver,
            self._count,
            self._remind,
        ]
        for loop, work in zip(self._loops, works, strict=True):
            thread = threading.Thread(target=self._run, args=(loop, work), name=loop.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ends after the round under way; whatever is not done then is done after the next start."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=15)
        self._threads.clear()
        self.deliverer.finish()
        with suppress(StoreUnavailable):
            store_scans(self.gateway)

    def health(self) -> dict[str, Any]:
        blocked = {account: {"why": why, "since": since} for account, (why, since) in self.sender.blocked.items()}
        return {loop.name: loop.as_json() for loop in self._loops} | {"blocked_accounts": blocked}

    # -----------------------------------------------------------------------------------------------

    def _index(self) -> bool:
        return self.indexer.tick().lag > 0

    def _send(self) -> bool:
        return self.sender.tick() > 0

    def _examine(self) -> bool:
        return self.examiner.tick() > 0

    def _draw(self) -> bool:
        return self.drawer.tick() > 0

    def _deliver(self) -> bool:
        return self.deliverer.tick() > 0

    def _count(self) -> bool:
        store_scans(self.gateway)
        return False

    def _remind(self) -> bool:
        self.watch.tick()
        return note_overdue(self.gateway) > 0

    def _run(self, loop: Loop, work: Callable[[], bool]) -> None:
        pace = max(self.gateway.settings.poll_seconds, UNHURRIED if loop.unhurried else 0.0)
        patience = pace
        while not self._stop.is_set():
            wait = pace
            try:
                if work():
                    wait = 0
                if loop.trouble is not None:
                    log.info("recovered", loop=loop.name, trouble=loop.trouble)
                loop.trouble = loop.trouble_since = None
                patience = pace
            except GuanlianError as fault:
                wait = patience = min(MOST_PATIENCE, patience * 2)
                self._note(loop, fault.title)
            except Exception as fault:
                # A fault of our own must not end the loop silently: it is shown, logged and tried again.
                log.exception("fault", loop=loop.name)
                wait = patience = min(MOST_PATIENCE, patience * 2)
                self._note(loop, type(fault).__name__)
            loop.rounds += 1
            self._stop.wait(wait)

    def _note(self, loop: Loop, trouble: str) -> None:
        if loop.trouble != trouble:
            log.warning("trouble", loop=loop.name, trouble=trouble)
            loop.trouble, loop.trouble_since = trouble, self.gateway.now()
