"""The working days of the People's Republic, as the State Council arranges each year's holidays.

A year is one number: bit n is day n of the year, set where it is a working day. The chain takes it as two
words of 256 bits. A year that is not arranged yet has no number here, and none is guessed.

Source: notices of the General Office of the State Council on the arrangement of holidays in 2025
(国办发明电〔2024〕12号) and 2026 (国办发明电〔2025〕7号).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

#: The last year that Python's dates know.
MOST_YEAR = 9998

#: Holidays, first and last day; weekends that are worked instead.
_ARRANGED: dict[int, tuple[tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    2025: (
        (
            ("01-01", "01-01"),
            ("01-28", "02-04"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("05-31", "06-02"),
            ("10-01", "10-08"),
        ),
        ("01-26", "02-08", "04-27", "09-28", "10-11"),
    ),
    2026: (
        (
            ("01-01", "01-03"),
            ("02-15", "02-23"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("06-19", "06-21"),
            ("09-25", "09-27"),
            ("10-01", "10-07"),
        ),
        ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
    ),
}


def arranged_years() -> dict[int, int]:
    """The years whose holidays are arranged and known to this release, each as its number."""
    found = {}
    for year, (holidays, worked) in _ARRANGED.items():
        free = {day for first, last in holidays for day in _days(_date(year, first), _date(year, last))}
        found[year] = year_number(year, free, (_date(year, day) for day in worked))
    return found


def year_number(year: int, holidays: Iterable[date], worked: Iterable[date]) -> int:
    """A year's working days: weekdays but the holidays, and the weekends that are worked."""
    free, made_up = set(holidays), set(worked)
    days = _days(date(year, 1, 1), date(year, 12, 31))
    return sum(1 << n for n, day in enumerate(days) if day in made_up or (day.weekday() < 5 and day not in free))


def words_of(number: int) -> tuple[int, int]:
    """A year's number as the chain takes it: the days 0 to 255 and the rest."""
    return number & ((1 << 256) - 1), number >> 256


def working_days_of(year: int, number: int) -> frozenset[date]:
    """The days behind a year's number."""
    first = date(year, 1, 1)
    return frozenset(first + timedelta(days=n) for n in range(days_in(year)) if number >> n & 1)


def days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _date(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")
