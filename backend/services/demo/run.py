"""One run of the demo on an installation, from start-up to what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from backend.domain.errors import CalendarMissing
from backend.services import clock, installation
from backend.services.demo.cases import DAY, DAYS_BEHIND, ToldCase, tell_cases
from backend.services.demo.client import Refused, Roles
from backend.services.demo.customs import is_barred, switch_on
from backend.services.demo.plan import plan
from backend.services.demo.stage import Report, Told
from backend.services.demo.story import tell
from backend.services.installation import Running
from backend.settings import Settings

#: Seconds between blocks where the demo makes the installation: it waits for the chain a dozen times.
BLOCK_TIME = 0.5


@dataclass(frozen=True)
class Demo:
    """What a run did, and where to look at it."""

    running: Running
    told: Told
    cases: list[ToldCase]
    seed: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        declared = self.told.declared
        return {
            "parcels": [parcel.parcel_id for parcel in declared],
            "undeclared": [parcel.parcel_id for parcel in self.told.parcels if not parcel.is_declared],
            "manifests": sorted({parcel.manifest for parcel in declared}),
            "by_state": dict(Counter(parcel.state for parcel in declared).most_common()),
            "refused": self.told.refused,
            "documents": self.told.documents,
            "notices": self.told.notices,
            "steps": self.told.steps,
            "settings": self.told.settings,
            "findings": self.told.findings,
            "requests": self.told.requests,
            "payment_request": self.told.payment_request,
            "tax": self.told.tax,
            "receipts": self.told.receipts,
            "not_sent": self.told.not_sent,
            "series": self.told.series,
            "trucks": self.told.trucks,
            "skipped": self.told.skipped,
            "cases": [case.as_json() for case in self.cases],
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            **self.running.as_json(),
        }

    def parcel_to_show(self) -> str | None:
        """A parcel with a long life behind it, for the code on the terminal."""
        for state in ("Departed", "Delivered", "Closed", "Returned", "Released"):
            for parcel in self.told.declared:
                if parcel.state == state:
                    return parcel.parcel_id
        return None


def run_demo(
    home: Path,
    parcels: int,
    seed: int,
    *,
    progress: Callable[[str], None],
    report: Report,
    block_time: float | None = None,
) -> Demo:
    """Brings the installation up where it is not, and tells the story on it with new parcels."""
    fresh = not (home / "config.json").exists()
    running = installation.up(
        home,
        block_time=block_time or (BLOCK_TIME if fresh else None),
        # What is made for the demo begins in the past, so that the law's clocks can run out on it.
        behind=DAYS_BEHIND * DAY if fresh else 0,
        progress=progress,
    )
    started = time.monotonic()
    settings = Settings.load(running.home)
    behind = clock.clock_of(settings).behind if settings.embedded else 0
    with Roles(running.api_url, running.keys) as roles:
        settings_told = switch_on(roles)
        cases, left_out = _cases(roles, settings if behind else None, report)
        planned = plan(roles, parcels, seed, barred=is_barred(roles))
        told = tell(roles, planned, report)
        told.settings = settings_told
        told.skipped += left_out
    return Demo(running, told, cases, planned.seed, time.monotonic() - started)


def _cases(roles: Roles, behind: Settings | None, report: Report) -> tuple[list[ToldCase], list[str]]:
    """The infringement cases, and why there are none; `behind`: an installation whose clock is put to the present."""
    passes = None if behind is None else partial(clock.put_forward, behind)
    try:
        return tell_cases(roles, passes, report), []
    except Refused as refusal:
        # No year is guessed: where the clocks of a case reach beyond the calendar, that is said.
        if refusal.title != CalendarMissing.__name__:
            raise
        return [], [f"two infringement cases: {refusal.details['detail']}"]
    finally:
        if behind is not None:
            clock.put_forward(behind)
