"""How much of a period is left, in working days of the years that were published; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping

from backend.domain.calendar import china_day
from backend.domain.working_days import working_days_of


def working_days_left(years: Mapping[int, int], now: int, deadline: int) -> int | None:
    """How many working days after today, in China, begin before a deadline; zero on its last day and after it.

    `years` are those published, each as its number (`backend.domain.working_days`); None where one that is needed is
    not among them. Both instants in Unix seconds.
    """
    today, last = china_day(now), china_day(deadline - 1)
    found = 0
    for year in range(today.year, last.year + 1):
        if year not in years:
            return None
        found += sum(today < day <= last for day in working_days_of(year, years[year]))
    return found
