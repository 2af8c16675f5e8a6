"""Processes of nodes, as the system tells of them, and the files that describe them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path


def has_ended(pid: int) -> bool:
    """Whether a process holds nothing any more: it is gone, or only waits for its parent to collect it."""
    status = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self").exists():
        return not command_of(pid)
    try:
        return status.read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def command_of(pid: int) -> list[str]:
    """A process's command line; empty where it is gone or only waits to be collected."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    ps = shutil.which("ps") or "/bin/ps"
    asked = [ps, "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603


def write_whole(path: Path, content: dict[str, object]) -> None:
    """Replaces a JSON file so that a reader finds the old or the new one whole."""
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(content))
    aside.replace(path)
