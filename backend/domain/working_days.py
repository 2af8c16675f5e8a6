"""Years of working days as the chain takes them: bit n is day n of the year, set where it is a working day.

The chain keeps a year as two words of 256 bits. The days come from `backend.domain.calendar`; a year that is not
arranged yet has no number, and none is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from backend.domain.calendar import WorkingCalendar, china_calendar, year_bits

#: The last year that Python's dates know.
MOST_YEAR = 9998

_WORD = 256


def arranged_years(calendar: WorkingCalendar | None = None) -> dict[int, int]:
    """The years that a calendar arranges, each as its number: those of the project where none is given."""
    whole = calendar or china_calendar()
    return {year: year_bits(year, whole) for year in sorted(whole.notices)}


def year_number(year: int, holidays: Iterable[date], worked: Iterable[date]) -> int:
    """A year of weekdays but the holidays, and the weekends that are worked."""
    calendar = WorkingCalendar("", {year: ""}, frozenset(holidays), frozenset(worked))
    return year_bits(year, calendar)


def words_of(number: int) -> tuple[int, int]:
    """A year's number as the chain takes it: the days 0 to 255 and the rest."""
    return number & ((1 << _WORD) - 1), number >> _WORD


def number_of(first_days: int, last_days: int) -> int:
    """A year's number from the chain's two words."""
    return first_days | last_days << _WORD


def working_days_of(year: int, number: int) -> frozenset[date]:
    """The days behind a year's number."""
    first = date(year, 1, 1)
    return frozenset(first + timedelta(days=n) for n in range(days_in(year)) if number >> n & 1)


def days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
