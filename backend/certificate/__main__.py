"""`python -m backend.certificate FILE [--trust LIST]`: the three answers as JSON, for a machine that has only this.

Exit codes: 0 all valid, 1 something is invalid, 2 wrong usage, 5 something cannot be told.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from backend.certificate import Malformed, Status, read_trust, verify

_EXITS = {Status.Valid: 0, Status.Invalid: 1, Status.CannotTell: 5}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.certificate")
    parser.add_argument("file", type=Path, help="the certificate")
    parser.add_argument("--trust", type=Path, help="list of validators whose word you take")
    chosen = parser.parse_args()
    try:
        data = chosen.file.read_bytes()
        trust = None if chosen.trust is None else read_trust(chosen.trust.read_bytes())
    except (OSError, Malformed) as fault:
        parser.error(str(fault))
    found = verify(data, trust, int(time.time()))
    json.dump(found.as_json(), sys.stdout, ensure_ascii=False, indent=2)
    print()
    return _EXITS[found.status]


if __name__ == "__main__":
    sys.exit(main())
