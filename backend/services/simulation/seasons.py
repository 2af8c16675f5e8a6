"""When buyers buy: over days and hours, with a sales peak such as 11.11 or 618.

The shape is an assumption, made to be plausible and not taken from anybody's figures: few orders before dawn, most in
the evening, more at weekends; a sales day begins at midnight with a rush of its own, and casts days of waiting before
it and of returning trade behind it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

#: How an ordinary day's orders fall on its hours, midnight first.
_HOURS = (18, 10, 6, 4, 3, 4, 8, 16, 28, 38, 44, 42, 40, 40, 40, 40, 42, 42, 44, 52, 64, 68, 56, 34)
#: A sales day: the prices fall at midnight.
_SALES_HOURS = (150, 70, 30, 14, 8, 8, 14, 24, 34, 40, 44, 42, 42, 40, 40, 40, 42, 42, 44, 52, 62, 64, 54, 40)
_WEEKEND = 1.25
#: What a sales day of so many ordinary days' orders leaves to the days around it: buyers wait, then have bought.
_AROUND = {-2: 0.8, -1: 0.6, 1: 0.9, 2: 0.8}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Season:
    """So many days, of which one may be a sales day.

    `days` 1 to 366; `peak_day` counts from 1, None for a season without; `peak` is how many ordinary days' orders fall
    on it, 1 to 100. ValueError for anything else.
    """

    days: int
    peak_day: int | None = None
    peak: float = 8.0

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 366:
            raise ValueError("a season has 1 to 366 days")
        if self.peak_day is not None and not 1 <= self.peak_day <= self.days:
            raise ValueError(f"the sales day is one of the season's days, 1 to {self.days}")
        if not 1 <= self.peak <= 100:
            raise ValueError("a sales day has the orders of 1 to 100 ordinary days")


class SeasonClock:
    """The instants of a season's orders, in their order, from the midnight before `start`."""

    def __init__(self, season: Season, start: datetime, parcels: int) -> None:
        self._start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._parcels = parcels
        weights = [weight for day in range(season.days) for weight in self._day(season, day)]
        self._sums = [0.0, *accumulate(weights)]

    def at(self, index: int, random: Random) -> datetime:
        """When parcel `index` (from 0, below the number of parcels) is ordered, to the second."""
        share = (index + random.random()) / self._parcels * self._sums[-1]
        hour = min(bisect_right(self._sums, share), len(self._sums) - 1) - 1
        within = (share - self._sums[hour]) / (self._sums[hour + 1] - self._sums[hour])
        # Short of the hour's end, so that a second's rounding never leaves the hour, nor the season.
        return self._start + hour * _HOUR + timedelta(seconds=min(int(within * 3600), 3599))

    def _day(self, season: Season, day: int) -> list[float]:
        weekend = _WEEKEND if (self._start + timedelta(days=day)).weekday() >= 5 else 1.0
        if season.peak_day is None:
            return [weekend * hour for hour in _HOURS]
        distance = day + 1 - season.peak_day
        if distance == 0:
            scale = season.peak * sum(_HOURS) / sum(_SALES_HOURS)
            return [scale * hour for hour in _SALES_HOURS]
        return [weekend * _AROUND.get(distance, 1.0) * hour for hour in _HOURS]
