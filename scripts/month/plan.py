"""What a month consists of: how many parcels on which day, where they are declared, what is to go wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from backend.services.simulation import SimulatedSet, simulate
from backend.services.simulation.seasons import Season, SeasonClock

#: Where exports are declared, with their shares: three districts inland, and the port itself.
SHARES = {"2303": 5, "2901": 3, "2908": 2, "2233": 2}

#: The sales day and its ordinary days' orders.
PEAK_DAY, PEAK = 11, 8.0


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """A calendar month in China. `anomalies` and `mishaps`: shares of parcels and of trucks with one thing wrong."""

    first: date
    days: int
    parcels: int
    seed: int
    anomalies: float
    mishaps: float
    #: Parcels of a truck, at most, and shares of what is inspected and of that what is detained.
    a_truck: int = 400
    inspected: float = 0.03
    detained: float = 0.2

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    def counts(self) -> list[int]:
        """How many parcels are ordered on each day."""
        peak_day = PEAK_DAY if self.days >= PEAK_DAY else None
        clock = SeasonClock(Season(self.days, peak_day, PEAK), datetime(*self.first.timetuple()[:3]), self.parcels)
        # Not for secrets: the same seed must give the same month.
        random = Random(f"{self.seed}/month")  # noqa: S311
        ordered = Counter(clock.at(index, random).date() for index in range(self.parcels))
        return [ordered[self.first + timedelta(days=day)] for day in range(self.days)]

    def of_day(self, day: int, parcels: int) -> SimulatedSet:
        """The parcels of one day, ordered on the day before, so that no document is later than its declaration."""
        ordered = datetime(*(self.first + timedelta(days=day - 1)).timetuple()[:3], 6)
        return simulate(
            parcels,
            self.seed * 1000 + day,
            "export",
            self.anomalies,
            barred=(),
            base_time=ordered,
            districts=SHARES,
        )


def last_month(today: date) -> date:
    """The first day of the month before a day's."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
