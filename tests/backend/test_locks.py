"""An installation's locks: held by one, seen by all, and never refused because of somebody who only looked."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from backend.domain.errors import InstallationBusy
from backend.services.processes import is_locked, locked


def test_who_holds_a_lock_is_seen_and_holds_it_alone(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "gateway.lock"
    assert not is_locked(lock)
    with locked(lock, "gateway"):
        assert is_locked(lock)
        with pytest.raises(InstallationBusy), locked(lock, "gateway", wait_seconds=0):
            pass
    assert not is_locked(lock)


def test_who_only_looks_turns_nobody_away(tmp_path: Path) -> None:
    lock, over = tmp_path / "gateway.lock", threading.Event()
    lock.touch()

    def look() -> None:
        while not over.wait(0.0005):
            is_locked(lock)

    looking = [threading.Thread(target=look) for _ in range(3)]
    for thread in looking:
        thread.start()
    try:
        for _ in range(30):
            with locked(lock, "gateway"):
                pass
    finally:
        over.set()
        for thread in looking:
            thread.join()
