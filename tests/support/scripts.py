"""Asking one of the scripts beside this file: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def told_by(script: str, lines: Iterable[Any]) -> list[Any]:
    """What the script answers to each line, in order."""
    told = subprocess.run(
        ["node", str(FOLDER / script)],
        input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return [json.loads(each) for each in told.stdout.splitlines()]
