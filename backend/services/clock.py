"""The time of an installation on an embedded chain: the system's, or some days behind it.

Legal clocks run for days and months. Whoever wants to see one run out on a chain of his own lets that chain begin in
the past and puts its clock forward until it has caught up with the present; no term is shortened for it. Chain and
gateway go by one clock. A chain that others share has no other time than theirs.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from backend.chain.client import ChainClient
from backend.settings import Settings


class Clock:
    """Seconds since 1970, by the system less what the installation's clock is behind. Read anew when that changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._changed = -1
        self._behind = 0

    @property
    def behind(self) -> int:
        """Seconds that it is behind; zero where nobody has put it back."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0
        if changed != self._changed:
            self._behind = int(json.loads(self.path.read_text())["behind"])
            self._changed = changed
        return self._behind

    def __call__(self) -> int:
        return int(time.time()) - self.behind


def clock_of(settings: Settings) -> Clock:
    """The clock of an installation that runs its own chain."""
    return Clock(settings.home / "chain" / "clock.json")


def put_back(settings: Settings, seconds: int) -> None:
    """Lets an installation that has no chain yet begin in the past."""
    _write(clock_of(settings), seconds)


def put_forward(settings: Settings, seconds: int | None = None) -> None:
    """Lets time pass on the chain and for the gateway, at most to the present; without a number, to the present.

    Raises ChainUnavailable.
    """
    clock = clock_of(settings)
    step = clock.behind if seconds is None else min(seconds, clock.behind)
    if step <= 0:
        return
    client = ChainClient(settings.rpc_url, timeout=5)
    try:
        client.request("evm_increaseTime", step)
    finally:
        client.close()
    _write(clock, clock.behind - step)


def _write(clock: Clock, behind: int) -> None:
    clock.path.parent.mkdir(parents=True, exist_ok=True)
    aside = clock.path.with_suffix(".new")
    aside.write_text(json.dumps({"behind": behind}))
    aside.replace(clock.path)
