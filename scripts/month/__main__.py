"""Runs a month of exports over three lanes and counts it three ways; fails where one figure differs.

    python -m scripts.month [--parcels N] [--days N] [--seed S] [--home FOLDER] [--json]

The chain begins in the last calendar month and is put forward day by day. Words and bars go to stderr.
"""

from __future__ import annotations

import argparse
import calendar
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.domain.calendar import china_day, midnight
from backend.services import clock, installation
from backend.services.demo.client import Roles
from backend.services.gateway import open_gateway
from backend.settings import Settings
from scripts.bench.__main__ import machine, words
from scripts.month.checks import differences
from scripts.month.days import OPENING, Days, Report
from scripts.month.plan import MonthPlan, last_month

#: A machine that does nothing else has an answer long before; a gateway that is asked by many threads may be slow.
_PATIENT = {
    "GUANLIAN_RATE_PER_SECOND": "1000000",
    "GUANLIAN_RATE_BURST": "1000000",
    "GUANLIAN_CONFIRM_SECONDS": "600",
}


def run(home: Path, plan: MonthPlan, report: Report) -> dict[str, Any]:
    """The month on a new installation in this folder, which is stopped at the end; what it came to."""
    os.environ |= _PATIENT
    now = int(datetime.now(UTC).timestamp())
    begin = midnight(plan.first) + OPENING * 3600
    started = time.monotonic()
    running = installation.up(
        home, block_time=1, behind=now - begin, progress=lambda part: words.print(f"[dim]· {part}[/]")
    )
    try:
        settings = Settings.load(running.home)
        with Roles(running.api_url, running.keys) as roles:
            days = Days(roles, settings, plan, report)
            lived = time.monotonic()
            days.run()
            seconds = time.monotonic() - lived
            # A month is closed when it is over, and read to its end.
            clock.put_forward(settings, _after(plan) - roles.now())
            days.until_read(_after(plan))
            gateway = open_gateway(settings)
            try:
                counting = time.monotonic()
                found = list(differences(days, gateway))
                counted = time.monotonic() - counting
            finally:
                gateway.close()
            states = Counter(view["state"] for view in days.views(list(days.tally.parcels)))
    finally:
        installation.down(home)
    return {
        "machine": machine(),
        "month": plan.name,
        "parcels": plan.parcels,
        "declared": len(days.tally.parcels),
        "released": len(days.tally.released),
        "trucks": len(days.tally.trucks),
        "mishaps": dict(sorted(days.tally.mishaps.items())),
        "states": dict(states.most_common()),
        "seconds": {
            "all": round(time.monotonic() - started, 1),
            "month": round(seconds, 1),
            "counting": round(counted, 1),
        },
        "parcels_per_second": round(plan.parcels / seconds, 1),
        "differences": found,
    }


def _after(plan: MonthPlan) -> int:
    """An hour into the month that follows."""
    year, month = plan.first.year, plan.first.month
    days = calendar.monthrange(year, month)[1]
    return midnight(plan.first) + days * 86_400 + 3600


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.month", description="Run a month and count it three ways.")
    parser.add_argument("--parcels", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--anomalies", type=float, default=0.03)
    parser.add_argument("--mishaps", type=float, default=0.1)
    parser.add_argument("--home", type=Path, help="where the installation is made and left; a temporary folder if not")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    first = last_month(china_day(int(datetime.now(UTC).timestamp())))
    plan = MonthPlan(first, options.days, options.parcels, options.seed, options.anomalies, options.mishaps)

    def report(what: str, done: int, total: int) -> None:
        words.print(f"{what}: {done} of {total}")

    if options.home:
        found = run(options.home.resolve(), plan, report)
    else:
        with tempfile.TemporaryDirectory(prefix="guanlian-month-") as folder:
            found = run(Path(folder).resolve() / "home", plan, report)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    return 1 if found["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
