"""Working days: holidays, weekends that are worked, New Year, corrections, and years that nobody published."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.domain import errors
from backend.domain.reference.calendar import CHINA, MOST_WORKING_DAYS
from backend.domain.working_days import arranged_years, words_of, year_number
from tests.contracts.world import World

DAY = 86_400


def at(text: str) -> int:
    """An instant in China time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


def deadline(world: World, start: str, days: int) -> str:
    """The last day of a clock, as chain and model agree on it."""
    found = int(world.calendar.addWorkingDays(at(start), days))
    assert found == world.model.add_working_days(at(start), days)
    return datetime.fromtimestamp(found - 1, CHINA).date().isoformat()


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # An ordinary week, over a weekend.
        ("2026-03-02T09:00", 3, "2026-03-05"),
        ("2026-03-05T09:00", 3, "2026-03-10"),
        # From the evening before, and from the last second of the day, China time.
        ("2026-03-02T23:59:59", 1, "2026-03-03"),
        ("2026-03-03T00:00", 1, "2026-03-04"),
        # A Saturday before the Spring Festival that is worked, the nine days off, and the Saturday after it.
        ("2026-02-13T10:00", 1, "2026-02-14"),
        ("2026-02-13T10:00", 2, "2026-02-24"),
        ("2026-02-27T10:00", 1, "2026-02-28"),
        # The Sunday that is worked for New Year.
        ("2025-12-31T10:00", 1, "2026-01-04"),
        ("2025-12-30T10:00", 3, "2026-01-05"),
        # Thirty working days over the National Day holidays.
        ("2026-09-01T10:00", 30, "2026-10-19"),
        ("2026-09-01T10:00", 20, "2026-09-29"),
        # From within a holiday.
        ("2026-10-03T10:00", 1, "2026-10-08"),
    ],
)
def test_a_clock_ends_with_its_last_working_day(world: World, start: str, days: int, last: str) -> None:
    assert deadline(world, start, days) == last


def test_the_end_is_midnight_in_china(world: World) -> None:
    assert world.calendar.addWorkingDays(at("2026-03-02T09:00"), 1) == at("2026-03-04T00:00")


def test_knows_the_leap_days_of_the_century(world: World) -> None:
    for year in (2028, 2096, 2100, 2400):
        if year not in world.model.years:
            world.act("owner", "publishYear", year, *words_of(year_number(year, (), ())))
    draw = random.Random(5)
    for year in (2028, 2096, 2100, 2400):
        for _ in range(10):
            month = draw.randint(1, 11)
            deadline(
                world, f"{year}-{month:02}-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:00", draw.randint(1, 19)
            )


@pytest.mark.parametrize(("start", "year"), [("2019-12-31T23:59", 2019), ("1970-06-01T00:00", 1970)])
def test_says_which_year_is_missing(world: World, start: str, year: int) -> None:
    refused = world.refusal_of_view("addWorkingDays", at(start), 1)
    assert isinstance(refused, errors.CalendarMissing)
    assert refused.details == {"year": year}
    with pytest.raises(errors.CalendarMissing):
        world.model.add_working_days(at(start), 1)


def test_a_clock_that_runs_into_a_missing_year_is_refused_and_one_that_ends_before_is_not(world: World) -> None:
    last = max(world.model.years)
    assert deadline(world, f"{last}-12-01T10:00", 5).startswith(str(last))
    refused = world.refusal_of_view("addWorkingDays", at(f"{last}-12-20T10:00"), 30)
    assert refused.details == {"year": last + 1}


@pytest.mark.parametrize("days", [0, MOST_WORKING_DAYS + 1, 65_535])
def test_refuses_clocks_of_no_day_or_of_too_many(world: World, days: int) -> None:
    assert isinstance(world.refusal_of_view("addWorkingDays", at("2026-03-02T09:00"), days), errors.WorkingDaysInvalid)


def test_the_longest_clock_is_reckoned(world: World) -> None:
    assert deadline(world, "2025-06-01T00:00", MOST_WORKING_DAYS).startswith("2026")


def test_tells_whether_a_day_is_worked(world: World) -> None:
    days = {"2026-02-14": True, "2026-02-16": False, "2026-03-07": False, "2026-12-31": True}
    for day, worked in days.items():
        assert world.calendar.isWorkingDay(at(f"{day}T12:00")) is worked
    assert isinstance(world.refusal_of_view("isWorkingDay", at("2019-01-04T12:00")), errors.CalendarMissing)


def test_an_arranged_year_has_the_working_days_of_its_notice() -> None:
    counts = {year: number.bit_count() for year, number in arranged_years().items()}
    assert counts == {2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


# -- publishing


def changed(world: World, year: int, instant: int) -> tuple[int, int, int]:
    """The year as published, but for the day of an instant."""
    first, last = (int(word) for word in world.calendar.workingDaysOf(year))
    day = datetime.fromtimestamp(instant, CHINA).timetuple().tm_yday - 1
    return (year, *words_of((first + (last << 256)) ^ 1 << day))


def year_of(instant: int) -> int:
    return datetime.fromtimestamp(instant, CHINA).year


def test_a_day_still_to_come_is_corrected(world: World) -> None:
    tomorrow = world.now + DAY
    before = world.calendar.isWorkingDay(tomorrow)
    world.act("owner", "publishYear", *changed(world, year_of(tomorrow), tomorrow))
    assert world.calendar.isWorkingDay(tomorrow) is not before


def test_a_day_that_has_begun_stays(world: World) -> None:
    for days in (0, 1, 3):
        then = world.now - days * DAY
        if year_of(then) != year_of(world.now):
            continue
        with pytest.raises(errors.CalendarPast):
            world.act("owner", "publishYear", *changed(world, year_of(then), then))
    with pytest.raises(errors.CalendarPast):
        world.act("owner", "publishYear", *changed(world, 2025, at("2025-12-31T12:00")))


def test_a_correction_counts_the_days_that_have_begun_in_china(world: World) -> None:
    """An hour before midnight in China it is still the day before in UTC, and only China counts."""
    year = max(world.model.years) - 1
    eve = at(f"{year}-10-20T23:00")
    world.act("platform", "anchor", 1, bytes(31) + b"1", 1, after=eve - world.now)
    with pytest.raises(errors.CalendarPast):
        world.act("owner", "publishYear", *changed(world, year, eve))
    world.act("owner", "publishYear", *changed(world, year, eve + DAY))
    with pytest.raises(errors.CalendarPast):
        world.act("owner", "publishYear", *changed(world, year, eve + DAY), after=2 * 3600)


def test_the_same_year_again_changes_nothing(world: World) -> None:
    words = (int(word) for word in world.calendar.workingDaysOf(2025))
    world.act("owner", "publishYear", 2025, *words)


@pytest.mark.parametrize(
    ("year", "number"),
    [
        (2099, 0),
        (2099, (1 << 199) - 1),
        (2099, ((1 << 250) - 1) | 1 << 365),
        (2096, ((1 << 250) - 1) | 1 << 366),
        (1969, (1 << 250) - 1),
    ],
)
def test_refuses_what_is_no_calendar(world: World, year: int, number: int) -> None:
    with pytest.raises(errors.CalendarInvalid):
        world.act("owner", "publishYear", year, *words_of(number))


@pytest.mark.parametrize(("year", "days"), [(2099, 365), (2096, 366)])
def test_takes_a_year_up_to_its_last_day(world: World, year: int, days: int) -> None:
    world.act("owner", "publishYear", year, *words_of((1 << days) - 1))
    last = datetime(year, 12, 31, 12, tzinfo=CHINA)
    assert world.calendar.isWorkingDay(int(last.timestamp()))
    assert world.calendar.isWorkingDay(int((last - timedelta(days=days - 1)).timestamp()))


def test_chain_and_model_agree_on_any_clock(world: World) -> None:
    draw = random.Random(11)
    first = at("2025-01-01T00:00")
    for _ in range(150):
        start, days = first + draw.randrange(20 * 365 * DAY), draw.randint(1, MOST_WORKING_DAYS)
        expected = _outcome(lambda: world.model.add_working_days(start, days))  # noqa: B023
        if isinstance(expected, dict):
            assert world.refusal_of_view("addWorkingDays", start, days).details == expected
        else:
            assert world.calendar.addWorkingDays(start, days) == expected


def _outcome(reckon: Callable[[], int]) -> int | dict[str, Any]:
    try:
        return reckon()
    except errors.CalendarMissing as refusal:
        return refusal.details
