"""A rights holder's notice to a platform under the E-commerce Law, articles 42 to 44, and its clocks.

The holder notifies with prima facie evidence; the platform takes measures and tells the seller; the seller may answer
that it does not infringe; the platform forwards that to the holder. If no complaint or suit is told of within fifteen
days of its arrival, the measures end. All this stands beside customs' list and changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from backend.domain.calendar import WorkingCalendar, china_calendar, china_day, is_working_day, last_second
from backend.domain.errors import NoticeStateUnfit

#: Days after a counter-statement has reached the holder (article 43).
FORWARDED_DAYS = 15


class NoticeFact(StrEnum):
    """What happens to a notice, each at most once, by whom: holder, platform, seller or the platform for it."""

    Noticed = "Noticed"
    MeasuresTaken = "MeasuresTaken"
    StatementMade = "StatementMade"
    StatementForwarded = "StatementForwarded"
    ActionTold = "ActionTold"
    MeasuresEnded = "MeasuresEnded"
    Withdrawn = "Withdrawn"


class NoticeStage(StrEnum):
    """Where a notice stands."""

    #: It waits for the platform's measures.
    Noticed = "Noticed"
    #: Measures stand, and the seller has not answered.
    Measures = "Measures"
    #: The seller has answered; the platform has to forward it.
    Answered = "Answered"
    #: The answer has reached the holder: fifteen days run.
    Forwarded = "Forwarded"
    #: They have run out without a complaint or suit: the platform has to end the measures.
    RunOut = "RunOut"
    #: The holder complained to an authority or sued: measures stay until that is decided.
    Contested = "Contested"
    Ended = "Ended"
    Withdrawn = "Withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """The stage, the deadline of the holder's complaint or suit (zero while none runs), and what may follow."""

    stage: NoticeStage
    deadline: int
    possible: tuple[NoticeFact, ...]


_NEXT: dict[NoticeStage, tuple[NoticeFact, ...]] = {
    NoticeStage.Noticed: (NoticeFact.MeasuresTaken, NoticeFact.Withdrawn),
    NoticeStage.Measures: (NoticeFact.StatementMade, NoticeFact.Withdrawn),
    NoticeStage.Answered: (NoticeFact.StatementForwarded, NoticeFact.Withdrawn),
    NoticeStage.Forwarded: (NoticeFact.ActionTold, NoticeFact.Withdrawn),
    NoticeStage.RunOut: (NoticeFact.MeasuresEnded, NoticeFact.Withdrawn),
    # What a court or authority decided ends the measures as well.
    NoticeStage.Contested: (NoticeFact.MeasuresEnded, NoticeFact.Withdrawn),
    NoticeStage.Ended: (),
    NoticeStage.Withdrawn: (),
}


def standing_of_notice(
    facts: Sequence[tuple[NoticeFact, int]], now: int, calendar: WorkingCalendar | None = None
) -> NoticeStanding:
    """Where a notice stands after these facts, each with its instant. Raises CalendarYearUnknown."""
    at = dict(facts)
    deadline = 0
    if NoticeFact.StatementForwarded in at:
        deadline = end_of_days(at[NoticeFact.StatementForwarded], FORWARDED_DAYS, calendar)
    stage = _stage(at, deadline, now)
    running = deadline if stage in (NoticeStage.Forwarded, NoticeStage.RunOut) else 0
    return NoticeStanding(stage, running, _NEXT[stage])


def check_notice_fact(
    notice_id: int,
    fact: NoticeFact,
    facts: Sequence[tuple[NoticeFact, int]],
    now: int,
    calendar: WorkingCalendar | None = None,
) -> None:
    """Raises NoticeStateUnfit where a fact does not follow from where the notice stands."""
    standing = standing_of_notice(facts, now, calendar)
    if fact not in standing.possible:
        raise NoticeStateUnfit(notice_id=notice_id, stage=standing.stage.value, act=fact.value)


def _stage(at: dict[NoticeFact, int], deadline: int, now: int) -> NoticeStage:
    for fact, stage in (
        (NoticeFact.Withdrawn, NoticeStage.Withdrawn),
        (NoticeFact.MeasuresEnded, NoticeStage.Ended),
        (NoticeFact.ActionTold, NoticeStage.Contested),
    ):
        if fact in at:
            return stage
    if NoticeFact.StatementForwarded in at:
        return NoticeStage.Forwarded if now < deadline else NoticeStage.RunOut
    if NoticeFact.StatementMade in at:
        return NoticeStage.Answered
    return NoticeStage.Measures if NoticeFact.MeasuresTaken in at else NoticeStage.Noticed


def end_of_days(start: int, days: int, calendar: WorkingCalendar | None = None) -> int:
    """The end of a period of so many days after an event: Unix seconds, the first that lie after it.

    The day of the event does not count (Civil Code, article 201), the last day ends at 24:00 in China, and where it is
    free the next working day is the last (article 203). Raises CalendarYearUnknown.
    """
    whole = calendar or china_calendar()
    day = china_day(start) + timedelta(days=days)
    while not is_working_day(day, whole):
        day += timedelta(days=1)
    return last_second(day) + 1
