"""Working days of China's calendar: make-up days, New Year, the edge of what is known, midnight in China."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import (
    CHINA,
    add_working_days,
    china_calendar,
    china_day,
    is_working_day,
    load_calendar,
    working_days_between,
    year_bits,
)
from backend.domain.errors import CalendarYearUnknown, InvalidInput
from backend.domain.working_days import arranged_years, number_of, words_of, working_days_of, year_number

FIRST, LAST = 2020, 2026
DAY = timedelta(days=1)

known_days = st.dates(date(FIRST, 1, 1), date(LAST, 6, 30))
periods = st.integers(1, 60)


def china(text: str) -> int:
    """Unix seconds of a time in China."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


# ---------------------------------------------------------------------------------------------------
# The table


def test_every_day_is_what_an_independent_table_says() -> None:
    wrong = [
        day
        for day in days(date(FIRST, 1, 1), date(LAST, 12, 31))
        if is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_it_says_which_years_and_notices_it_knows() -> None:
    calendar = china_calendar()
    assert (calendar.first, calendar.last) == (FIRST, LAST)
    assert calendar.notices[2026] == "国办发明电〔2025〕7号"


@pytest.mark.parametrize(
    ("day", "working"),
    [
        # Friday before the Spring Festival of 2024: leave was encouraged, the day was no holiday.
        ("2024-02-09", True),
        ("2024-02-10", False),
        # A make-up Sunday before a festival, a make-up Saturday after one.
        ("2024-02-04", True),
        ("2024-05-11", True),
        ("2024-05-12", False),
        ("2024-02-29", True),
        # A weekday within a holiday, an ordinary weekend, an ordinary weekday.
        ("2025-02-04", False),
        ("2025-02-15", False),
        ("2025-02-17", True),
        ("2026-01-01", False),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-10-10", True),
        # The arrangement of 2023 begins in 2022.
        ("2022-12-31", False),
        # Lengthened while it was under way: this Saturday was to be worked.
        ("2020-02-01", False),
        ("2020-01-31", False),
    ],
)
def test_a_day_is_worked_or_not(day: str, working: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is working


@pytest.mark.parametrize("day", ["2019-12-31", "2027-01-01", "2027-01-02", "2027-01-04"])
def test_a_year_without_arrangement_is_never_guessed(day: str) -> None:
    with pytest.raises(CalendarYearUnknown) as refused:
        is_working_day(date.fromisoformat(day))
    assert refused.value.details == {"year": int(day[:4]), "first": FIRST, "last": LAST}
    assert "2020 至 2026" in refused.value.message_zh


# ---------------------------------------------------------------------------------------------------
# Periods


@pytest.mark.parametrize(
    ("event", "count", "last_day"),
    [
        # The day of the event does not count, at whatever time of it.
        ("2026-03-02 00:00:00", 1, "2026-03-03"),
        ("2026-03-02 23:59:59", 1, "2026-03-03"),
        ("2026-03-06 10:00:00", 1, "2026-03-09"),
        # Three working days for the holder's application, over a make-up Saturday and Sunday.
        ("2024-02-02 10:00:00", 3, "2024-02-06"),
        ("2026-10-09 10:00:00", 3, "2026-10-13"),
        # Over New Year and over the Spring Festival.
        ("2025-12-31 10:00:00", 1, "2026-01-04"),
        ("2024-12-30 10:00:00", 3, "2025-01-03"),
        ("2026-02-13 10:00:00", 3, "2026-02-25"),
        # Detained on a holiday: the next working day is the first.
        ("2025-10-01 10:00:00", 1, "2025-10-09"),
        # The clocks of the regulation: 20, 30 and 50 working days.
        ("2025-12-15 10:00:00", 20, "2026-01-13"),
        ("2026-01-20 10:00:00", 30, "2026-03-09"),
        ("2025-12-01 10:00:00", 50, "2026-02-10"),
        # Over a leap day.
        ("2024-02-28 10:00:00", 2, "2024-03-01"),
        ("2023-02-28 10:00:00", 2, "2023-03-02"),
    ],
)
def test_a_period_ends_with_its_last_working_day(event: str, count: int, last_day: str) -> None:
    end = add_working_days(china(event), count)
    assert china_day(end - 1) == date.fromisoformat(last_day)
    assert end == china(f"{last_day} 00:00:00") + 24 * 3600


def test_the_clocks_agree_with_an_independent_count() -> None:
    for event in days(date(2025, 9, 1), date(2026, 9, 1)):
        following = (event + n * DAY for n in range(1, 120))
        worked = [day for day in following if day.year <= LAST and chinese_calendar.is_workday(day)]
        for count in (3, 20, 30, 50):
            if count <= len(worked):
                assert china_day(add_working_days(event, count) - 1) == worked[count - 1]


def test_the_day_is_chinas_whatever_the_day_elsewhere() -> None:
    late_in_utc = int(datetime(2026, 3, 2, 16, 0, tzinfo=UTC).timestamp())
    assert china_day(late_in_utc - 1) == date(2026, 3, 2)
    assert china_day(late_in_utc) == date(2026, 3, 3)
    assert add_working_days(late_in_utc, 1) - add_working_days(late_in_utc - 1, 1) == 24 * 3600


def test_a_period_may_end_with_the_last_day_known_and_no_later() -> None:
    assert add_working_days(date(2026, 12, 30), 1) == china("2027-01-01 00:00:00")
    with pytest.raises(CalendarYearUnknown, match="2027"):
        add_working_days(date(2026, 12, 30), 2)
    with pytest.raises(CalendarYearUnknown, match="2027"):
        add_working_days(china("2026-12-31 12:00:00"), 1)


def test_a_period_may_begin_on_the_day_before_the_first_year() -> None:
    assert china_day(add_working_days(date(2019, 12, 31), 1) - 1) == date(2020, 1, 2)
    with pytest.raises(CalendarYearUnknown, match="2019"):
        add_working_days(date(2019, 12, 30), 1)


@pytest.mark.parametrize("count", [0, -1])
def test_a_period_has_a_length(count: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        add_working_days(date(2026, 3, 2), count)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        is_working_day(datetime(2026, 3, 2, 12, 0))


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2026, 3, 2), date(2026, 3, 3), 1),
        (date(2026, 3, 3), date(2026, 3, 2), 0),
        (date(2026, 2, 13), date(2026, 2, 24), 2),
        (china("2026-03-02 10:00:00"), china("2026-03-03 00:00:00"), 0),
        (china("2026-03-02 10:00:00"), china("2026-03-03 00:00:01"), 1),
        (date(2024, 12, 31), date(2025, 12, 31), 248),
    ],
)
def test_working_days_between_are_those_that_have_begun(start: int | date, end: int | date, count: int) -> None:
    assert working_days_between(start, end) == count


@given(known_days, periods)
def test_adding_and_counting_are_inverse(day: date, count: int) -> None:
    end = add_working_days(day, count)
    assert working_days_between(day, end) == count
    assert working_days_between(day, end - 24 * 3600) == count - 1
    assert is_working_day(end - 1)


@given(known_days, periods)
def test_a_longer_or_later_period_ends_no_sooner(day: date, count: int) -> None:
    end = add_working_days(day, count)
    assert add_working_days(day, count + 1) > end
    assert add_working_days(day + DAY, count) >= end


@given(known_days, periods, periods)
def test_two_periods_in_a_row_are_one(day: date, first: int, second: int) -> None:
    end = add_working_days(day, first)
    assert add_working_days(end - 1, second) == add_working_days(day, first + second)


# ---------------------------------------------------------------------------------------------------
# A year as a number


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_a_years_bits_are_its_working_days(year: int) -> None:
    bits = year_bits(year)
    whole = days(date(year, 1, 1), date(year, 12, 31))
    assert [bool(bits >> n & 1) for n in range(len(whole))] == [is_working_day(day) for day in whole]
    assert bits >> len(whole) == 0
    assert 245 <= bits.bit_count() <= 253


def test_bits_of_an_unknown_year_are_refused() -> None:
    with pytest.raises(CalendarYearUnknown):
        year_bits(2027)


def test_the_chain_is_given_the_years_that_are_arranged_and_no_other() -> None:
    assert arranged_years() == {year: year_bits(year) for year in range(FIRST, LAST + 1)}
    assert arranged_years(load_calendar(calendar_text(arrangement()))).keys() == {2031}


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_the_chains_two_words_hold_the_whole_year(year: int) -> None:
    first_days, last_days = words_of(year_bits(year))
    assert first_days >> 256 == 0
    assert number_of(first_days, last_days) == year_bits(year)
    whole = days(date(year, 1, 1), date(year, 12, 31))
    assert working_days_of(year, year_bits(year)) == {day for day in whole if is_working_day(day)}


def test_a_year_of_weekdays_takes_its_holidays_and_worked_weekends() -> None:
    plain = year_number(2031, (), ())
    arranged = year_number(2031, [date(2031, 1, 1)], [date(2031, 1, 4)])
    assert plain ^ arranged == 1 << 0 | 1 << 3


# ---------------------------------------------------------------------------------------------------
# Arrangements that an operator writes


def arrangement(**changes: object) -> dict[str, object]:
    """One year's arrangement: invented, and right unless changed."""
    return {
        "year": 2031,
        "notice": "invented",
        "published": "2030-11-01",
        "holidays": [{"name": "元旦", "from": "2030-12-31", "until": "2031-01-01"}],
        "working": ["2031-01-04"],
    } | changes


def calendar_text(*years: dict[str, object]) -> str:
    return json.dumps({"version": "invented", "source": "invented", "years": years})


def test_another_table_may_be_used() -> None:
    calendar = load_calendar(calendar_text(arrangement()))
    assert is_working_day(date(2031, 1, 4), calendar)
    assert not is_working_day(date(2031, 1, 1), calendar)
    assert china_day(add_working_days(date(2031, 1, 1), 3, calendar) - 1) == date(2031, 1, 4)
    with pytest.raises(CalendarYearUnknown):
        is_working_day(date(2026, 3, 2), calendar)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"working": ["2031-01-03"]}, "years[0].working"),
        ({"working": ["2031-01-04", "2031-01-04"]}, "years[0].working"),
        ({"working": ["2030-12-28"]}, "years[0].working"),
        ({"working": ["4 January"]}, "years[0].working"),
        ({"working": ["2031-W01-6"]}, "years[0].working"),
        ({"working": "2031-01-04"}, "years[0].working"),
        ({"published": "2030-11-31"}, "years[0].published"),
        ({"year": "2031"}, "years[0].year"),
        ({"notice": ""}, "years[0].notice"),
        ({"holidays": [{"name": "元旦", "from": "2031-01-02", "until": "2031-01-01"}]}, "years[0].holidays[0].until"),
        ({"holidays": [{"name": "元旦", "from": "2030-12-01", "until": "2031-01-01"}]}, "years[0].holidays[0].until"),
        ({"holidays": [{"name": "元旦", "from": "2031-12-31", "until": "2032-01-01"}]}, "years[0].holidays[0].until"),
        ({"holidays": [{"name": "周末", "from": "2031-01-04", "until": "2031-01-04"}]}, "years[0].working"),
        ({"bank_holidays": []}, "years[0].bank_holidays"),
    ],
)
def test_a_wrong_arrangement_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_calendar(calendar_text(arrangement(**changes)))
    assert field in [fault["field"] for fault in refused.value.details["faults"]]


def test_years_follow_one_another_without_a_gap() -> None:
    with pytest.raises(InvalidInput) as refused:
        load_calendar(calendar_text(arrangement(), arrangement(year=2033, holidays=[], working=[])))
    assert refused.value.details["field"] == "years[1].year"
    with pytest.raises(InvalidInput):
        load_calendar(calendar_text())
