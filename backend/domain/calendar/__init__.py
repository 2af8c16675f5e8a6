"""Working days of China's calendar: the clocks of the law that run in 工作日.

A working day is a Monday to Friday that the State Council has not made a holiday, or a Saturday or Sunday that it
has made a working day (调休). The arrangement of a year is published in the autumn before it; a year without one
raises CalendarYearUnknown, since nothing can be computed from weekends alone.

An arrangement can still be changed: the one of 2020 was, within the Spring Festival itself, and the notice of a
year may reach back into the last days of the December before. `version` says which notices were known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib import resources

from backend.domain.checked_json import CheckedJson
from backend.domain.errors import CalendarYearUnknown

#: China keeps one time and no summer time.
CHINA = timezone(timedelta(hours=8))

#: A day, as such or as an instant in Unix seconds that lies in it in China.
When = int | date

_DAY = timedelta(days=1)
_SATURDAY = 5
#: How far back into December a year's notice may reach.
_REACHES_BACK = timedelta(days=10)


@dataclass(frozen=True)
class WorkingCalendar:
    """The arrangements of consecutive years, `first` to `last`."""

    version: str
    #: Year → the notice that arranges it.
    notices: Mapping[int, str]
    #: Every day of the holidays, weekends among them.
    holidays: frozenset[date]
    #: Saturdays and Sundays that are worked.
    make_up_days: frozenset[date]

    @property
    def first(self) -> int:
        return min(self.notices)

    @property
    def last(self) -> int:
        return max(self.notices)

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarYearUnknown where no notice arranges the day's year."""
        if day.year not in self.notices:
            raise CalendarYearUnknown(year=day.year, first=self.first, last=self.last)
        if day.weekday() >= _SATURDAY:
            return day in self.make_up_days
        return day not in self.holidays


@cache
def china_calendar() -> WorkingCalendar:
    """The calendar that comes with the project: 2020 to 2026."""
    return load_calendar(resources.files(__package__).joinpath("arrangements.json").read_bytes())


# ---------------------------------------------------------------------------------------------------
# Questions


def is_working_day(when: When, calendar: WorkingCalendar | None = None) -> bool:
    """Whether government works on that day. Raises CalendarYearUnknown."""
    return (calendar or china_calendar()).is_working_day(china_day(when))


def add_working_days(start: When, count: int, calendar: WorkingCalendar | None = None) -> int:
    """The end of a period of so many working days after an event: Unix seconds, the first that lie after it.

    The day of the event does not count (Civil Code art. 201) and the last day ends at 24:00 in China (art. 203),
    so a deadline of this value is met before it and missed from it on. Raises CalendarYearUnknown if the period
    leaves the years covered; ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"a period of {count} working days has no end")
    whole = calendar or china_calendar()
    day = china_day(start)
    while count:
        day += _DAY
        count -= whole.is_working_day(day)
    return midnight(day + _DAY)


def working_days_between(start: When, end: When, calendar: WorkingCalendar | None = None) -> int:
    """How many working days after the day of `start` have begun by `end`; 0 where none has.

    A date as `end` means the whole of that day; an instant at midnight belongs to the day before. So
    `working_days_between(start, add_working_days(start, n)) == n`. Raises CalendarYearUnknown.
    """
    whole = calendar or china_calendar()
    day, last = china_day(start), end if isinstance(end, date) else china_day(end - 1)
    found = 0
    while day < last:
        day += _DAY
        found += whole.is_working_day(day)
    return found


def year_bits(year: int, calendar: WorkingCalendar | None = None) -> int:
    """A year as a number of 366 bits: bit i is set if its day i is a working day, day 0 being 1 January.

    Bit 365 is clear in a year of 365 days. Raises CalendarYearUnknown.
    """
    whole = calendar or china_calendar()
    day, bits = date(year, 1, 1), 0
    for bit in range((date(year + 1, 1, 1) - day).days):
        bits |= whole.is_working_day(day + bit * _DAY) << bit
    return bits


def china_day(when: When) -> date:
    """The day in China; a `datetime` is refused (TypeError), since it may lack its zone."""
    if isinstance(when, datetime):
        raise TypeError("an instant is given in Unix seconds")
    return when if isinstance(when, date) else datetime.fromtimestamp(when, UTC).astimezone(CHINA).date()


def midnight(day: date) -> int:
    """The first second of a day in China, in Unix seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())


def last_second(day: date) -> int:
    """The last second of a day in China, in Unix seconds; of the last day that there is, too."""
    return midnight(day) + 86_400 - 1


# ---------------------------------------------------------------------------------------------------
# Reading arrangements


def load_calendar(text: str | bytes) -> WorkingCalendar:
    """A calendar from its JSON: `version`, `source`, `years`, each with its notice, holidays and make-up days.

    Raises InvalidInput that names every wrong field: a holiday that ends before it begins or lies in another
    year, a make-up day on a weekday or in a holiday, a year that is missing between two others.
    """
    whole = CheckedJson.of_text(text)
    version = whole.text("version", 60)
    whole.text("source")
    notices: dict[int, str] = {}
    holidays: set[date] = set()
    make_up_days: set[date] = set()
    for row in whole.children("years"):
        year = row.integer("year", 1949, 9998, 0)
        if year in notices or (notices and year != max(notices) + 1):
            row.fault("year", year, "the year after the one before it")
        notices[year] = row.text("notice")
        row.date("published")
        for holiday in row.children("holidays"):
            holidays.update(_days(holiday, year))
        for day in row.dates("working"):
            if day.year != year or day.weekday() < _SATURDAY or day in holidays or day in make_up_days:
                row.fault("working", day, "Saturdays and Sundays of the year outside its holidays, each once")
            make_up_days.add(day)
    if not notices:
        whole.fault("years", "", "at least one year")
    whole.finish()
    return WorkingCalendar(version, notices, frozenset(holidays), frozenset(make_up_days))


def _days(holiday: CheckedJson, year: int) -> list[date]:
    holiday.text("name")
    begin, end = holiday.date("from"), holiday.date("until")
    earliest = date(max(year, 1950), 1, 1) - _REACHES_BACK
    if not earliest <= begin <= end or end.year != year:
        holiday.fault("until", end, "a holiday of the year that does not end before it begins")
        return []
    return [begin + number * _DAY for number in range((end - begin).days + 1)]
