"""Writes the contracts' ABI files for the gateway, or says whether they are what the sources give.

`python -m scripts.abi` writes backend/chain/abi/*.json. With `--check` it writes nothing, names the files
that differ and exits with 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scripts.brownie_project import CONTRACTS, ROOT, load_project

FOLDER = ROOT / "backend" / "chain" / "abi"


def abi_texts(project: Any) -> dict[Path, str]:
    """What each ABI file has to hold, in order of kind and name, so that a diff shows what changed."""
    return {FOLDER / f"{name}.json": _text(project[name].abi) for name in CONTRACTS}


def _text(abi: list[dict[str, Any]]) -> str:
    entries = sorted(abi, key=lambda entry: (entry["type"], entry.get("name", ""), json.dumps(entry["inputs"])))
    lines = (json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in entries)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def stale_files(project: Any) -> list[str]:
    """The ABI files that are missing or differ from the sources."""
    return [
        path.name for path, text in abi_texts(project).items() if not path.exists() or path.read_text("utf-8") != text
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.abi", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")
    options = parser.parse_args(arguments)
    project = load_project()
    if options.check:
        stale = stale_files(project)
        if stale:
            print(f"out of date: {', '.join(stale)}; run make abi", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in abi_texts(project).items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
