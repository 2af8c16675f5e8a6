"""Until when: the periods of returns, counted in days of China's calendar.

The day on which a period begins does not count, its last day counts until 24:00, and a period of months ends on the
day of the same number, or on the month's last where there is none (Civil Code art. 201 to 203). Whether a last day
that is a holiday moves on (art. 203) is not said of these periods, and is not applied.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from backend.domain.calendar import china_day
from backend.domain.lifecycle import Direction
from backend.domain.quota import RETURN_APPLY_DAYS, RETURN_BACK_DAYS
from backend.domain.returns.rules import ReturnRule


class Milestone(StrEnum):
    """What must have happened by a window's last day."""

    Applied = "Applied"
    Back = "Back"
    #: As Back, counted from the export, for the relief alone.
    BackForRelief = "BackForRelief"


@dataclass(frozen=True, slots=True)
class Window:
    """A period after an event's day: days, or months of the calendar."""

    rule: ReturnRule
    days: int = 0
    months: int = 0

    def last_day(self, start: date) -> date:
        """The last day that is in time."""
        if not self.months:
            return start + timedelta(days=self.days)
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


#: Imports: announcement 2020 no.45. Exports: 2020 no.44, which limits the coming back and so the asking too; the
#: relief: 2026 no.16.
WINDOWS: dict[tuple[Direction, Milestone], Window] = {
    (Direction.Import, Milestone.Applied): Window(ReturnRule.ImportApplyWindow, days=RETURN_APPLY_DAYS),
    (Direction.Import, Milestone.Back): Window(ReturnRule.ImportBackWindow, days=RETURN_BACK_DAYS),
    (Direction.Export, Milestone.Applied): Window(ReturnRule.ExportApplyWindow, months=12),
    (Direction.Export, Milestone.Back): Window(ReturnRule.ExportBackWindow, months=12),
    (Direction.Export, Milestone.BackForRelief): Window(ReturnRule.ExportReliefWindow, months=6),
}


def last_day(direction: Direction, milestone: Milestone, since: int) -> date:
    """The last day in China on which it is in time, counted from an instant in Unix seconds.

    KeyError for a milestone that the direction does not have.
    """
    return WINDOWS[direction, milestone].last_day(china_day(since))


def is_met(direction: Direction, milestone: Milestone, since: int, at: int) -> bool:
    """Whether what happened at an instant was in time; Unix seconds."""
    return china_day(at) <= last_day(direction, milestone, since)


def is_within_window(direction: Direction, released_at: int, asked_at: int) -> bool:
    """Whether a return is asked for in time."""
    return is_met(direction, Milestone.Applied, released_at, asked_at)
