"""A season: its orders in time order within its days, a peak of the size it was asked for, flights of one day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from backend.services.simulation import Season, simulate
from backend.services.simulation.model import SimulatedSet

START = datetime(2026, 11, 1)
DAYS, SALES_DAY = 30, 11
PARCELS = 3_000


@pytest.fixture(scope="module")
def november() -> SimulatedSet:
    return simulate(PARCELS, 7, "export", 0.0, base_time=START, season=Season(DAYS, SALES_DAY, 8.0))


def test_orders_come_in_order_within_the_season(november: SimulatedSet) -> None:
    ordered = [parcel.ordered for parcel in november.parcels]
    assert ordered == sorted(ordered)
    assert START <= ordered[0] < START + timedelta(days=1)
    assert START + timedelta(days=DAYS - 1) <= ordered[-1] < START + timedelta(days=DAYS)


def test_the_sales_day_has_the_orders_of_so_many_ordinary_days_and_begins_with_a_rush(november: SimulatedSet) -> None:
    days = Counter((parcel.ordered - START).days + 1 for parcel in november.parcels)
    assert set(days) == set(range(1, DAYS + 1))
    ordinary = [days[day] for day in range(1, DAYS + 1) if (START + timedelta(days=day - 1)).weekday() < 5]
    usual = sorted(ordinary)[len(ordinary) // 2]
    assert 7 < days[SALES_DAY] / usual < 9
    assert days[SALES_DAY - 1] < usual
    hours = Counter(
        parcel.ordered.hour for parcel in november.parcels if (parcel.ordered - START).days + 1 == SALES_DAY
    )
    assert hours.most_common(1)[0][0] == 0


def test_a_flight_takes_parcels_of_one_day(november: SimulatedSet) -> None:
    days: dict[str, set[int]] = {}
    for parcel in november.parcels:
        assert parcel.journey is not None
        days.setdefault(parcel.journey.bill_no, set()).add((parcel.ordered - START).days)
    assert all(len(of_flight) == 1 for of_flight in days.values())
    flights = Counter(day for (day,) in days.values())
    assert flights.most_common(1)[0][0] == SALES_DAY - 1


def test_the_same_season_gives_the_same_bytes() -> None:
    made = [simulate(60, 3, "import", 0.2, season=Season(5, 2, 4.0)) for _ in range(2)]
    assert [message.data for message in made[0].messages] == [message.data for message in made[1].messages]
    assert all(parcel.ordered.date() >= START.date().replace(month=3, day=2) for parcel in made[0].parcels)


def test_a_season_without_a_sales_day_is_even_but_for_weekends() -> None:
    parcels = simulate(1_400, 9, "import", 0.0, base_time=datetime(2026, 3, 2), season=Season(14)).parcels
    days = Counter(parcel.ordered.date().weekday() for parcel in parcels)
    assert min(days[5], days[6]) > max(days[day] for day in range(5))


@pytest.mark.parametrize(
    ("days", "peak_day", "peak", "rule"),
    [
        (0, None, 8, "366 days"),
        (367, None, 8, "366 days"),
        (5, 6, 8, "sales day is one of"),
        (5, 0, 8, "sales day is one of"),
        (5, 1, 0.5, "ordinary days"),
    ],
)
def test_a_season_that_cannot_be_is_refused(days: int, peak_day: int | None, peak: float, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        Season(days, peak_day, peak)
