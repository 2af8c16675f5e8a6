"""What `WorkingCalendar.sol` does, in plain Python: with dates where the contract reckons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from backend.domain import errors, rights_events
from backend.domain.events import Event
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import ReferenceRegistry
from backend.domain.working_days import MOST_YEAR, days_in, working_days_of

CHINA = timezone(timedelta(hours=8))
MOST_WORKING_DAYS = 250
FEWEST_A_YEAR = 200
_WORD = 1 << 256


class ReferenceCalendar(ReferenceRegistry):
    """The working days of each published year."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.years: dict[int, frozenset[date]] = {}

    def publish_year(self, account: str, now: int, year: int, first_days: int, last_days: int) -> list[Event]:
        self._check_owner(account)
        word = first_days + _WORD * last_days
        count = word.bit_count()
        if not 1970 <= year <= MOST_YEAR or count < FEWEST_A_YEAR or word >> days_in(year):
            raise refusal(errors.CalendarInvalid, year=year, working_days=count)
        published, today = working_days_of(year, word), _day_of(now)
        changed = published ^ self.years.get(year, published)
        if any(day <= today for day in changed):
            raise refusal(errors.CalendarPast, year=year, days_begun=(today - date(year, 1, 1)).days + 1)
        self.years[year] = published
        return [rights_events.YearPublished(year, first_days, last_days)]

    # -- views

    def add_working_days(self, at: int, working_days: int) -> int:
        """The end of the n-th working day after the day of `at`, in China. Raises CalendarMissing."""
        if not 1 <= working_days <= MOST_WORKING_DAYS:
            raise refusal(errors.WorkingDaysInvalid, working_days=working_days, most=MOST_WORKING_DAYS)
        day = _day_of(at)
        self._published(day.year)
        while working_days:
            day += timedelta(days=1)
            working_days -= day in self._published(day.year)
        return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()) + 86_400

    def _published(self, year: int) -> frozenset[date]:
        if year not in self.years:
            raise refusal(errors.CalendarMissing, year=year)
        return self.years[year]


def _day_of(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA).date()
