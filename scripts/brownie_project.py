"""The contracts as a loaded brownie project, without leaving anything in the caller's home folder."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = (
    "ParticipantRegistry",
    "Blacklist",
    "ParcelLedger",
    "WorkingCalendar",
    "RightsRegistry",
    "InfringementCases",
    "SelectionDraw",
    "Consignments",
)


def load_project() -> Any:
    """The project of this checkout, compiled where a source has changed.

    Inside pytest and `brownie run` it is the one that brownie has loaded already. Two processes that start
    together compile one after the other: brownie's artefacts are not written atomically.
    """
    import_brownie()
    from brownie import project

    for loaded in project.get_loaded_projects():
        if Path(loaded._path) == ROOT:
            return loaded
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return project.load(ROOT, name="GuanlianProject")


def import_brownie() -> None:
    """Imports brownie with a data folder of its own, which goes when the process ends.

    Brownie makes `~/.brownie` at import and keeps accounts and deployments there; a deployment for one
    installation must not meet those of another.
    """
    if "brownie" in sys.modules:
        return
    home = tempfile.mkdtemp(prefix="guanlian-brownie-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    before = os.environ.get("HOME")
    os.environ["HOME"] = home
    try:
        import brownie  # noqa: F401
    finally:
        if before is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = before
