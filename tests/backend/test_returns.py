"""Returns: windows over midnights, months, years and leap days, quantities over several returns, places, conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import CHINA
from backend.domain.documents import Document, document_of
from backend.domain.lifecycle import SUPERVISION_MODES, Direction, Flag, State
from backend.domain.quota import EntryState, QuotaEntry
from backend.domain.returns import (
    CONDITIONS,
    RULES,
    Condition,
    Found,
    Milestone,
    ReturnFacts,
    ReturnRule,
    Sequel,
    is_met,
    is_within_window,
    judge_return,
    last_day,
    line_faults,
    part_of,
    place_fault,
    quantities_of,
    sequel_fault,
    sequel_line_faults,
    shares_of,
    totals,
    value_between,
)
from backend.domain.tax import dutiable_values

IMPORT, EXPORT = Direction.Import, Direction.Export
APPLIED, BACK, RELIEF = Milestone.Applied, Milestone.Back, Milestone.BackForRelief
R = ReturnRule


def china(text: str) -> int:
    """An instant of China's clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


# ---------------------------------------------------------------------------------------------------
# Windows


@pytest.mark.parametrize(
    ("direction", "milestone", "since", "last"),
    [
        # days: over a month's end, February of a common and of a leap year, the turn of the year
        (IMPORT, APPLIED, "2026-03-01 00:00", "2026-03-31"),
        (IMPORT, APPLIED, "2026-01-31 23:59", "2026-03-02"),
        (IMPORT, APPLIED, "2028-01-31 12:00", "2028-03-01"),
        (IMPORT, APPLIED, "2026-12-15 12:00", "2027-01-14"),
        (IMPORT, BACK, "2026-01-15 12:00", "2026-03-01"),
        (IMPORT, BACK, "2028-01-15 12:00", "2028-02-29"),
        (IMPORT, BACK, "2026-12-01 00:00", "2027-01-15"),
        # a year ends on the day of the same number: 366 days over a leap day, 365 after one
        (EXPORT, BACK, "2026-03-01 12:00", "2027-03-01"),
        (EXPORT, BACK, "2027-03-01 12:00", "2028-03-01"),
        (EXPORT, BACK, "2028-02-29 12:00", "2029-02-28"),
        (EXPORT, BACK, "2027-02-28 12:00", "2028-02-28"),
        (EXPORT, BACK, "2026-12-31 23:59", "2027-12-31"),
        (EXPORT, APPLIED, "2027-03-01 12:00", "2028-03-01"),
        # six months, and the last day of a month that is too short
        (EXPORT, RELIEF, "2026-08-31 12:00", "2027-02-28"),
        (EXPORT, RELIEF, "2027-08-31 12:00", "2028-02-29"),
        (EXPORT, RELIEF, "2026-03-31 12:00", "2026-09-30"),
        (EXPORT, RELIEF, "2026-07-01 00:00", "2027-01-01"),
    ],
)  # fmt: skip
def test_a_window_ends_with_its_last_day_in_china(
    direction: Direction, milestone: Milestone, since: str, last: str
) -> None:
    start = china(since)
    assert last_day(direction, milestone, start) == date.fromisoformat(last)
    midnight = china(f"{last} 00:00") + 86_400
    assert is_met(direction, milestone, start, midnight - 1)
    assert not is_met(direction, milestone, start, midnight)


def test_a_release_at_night_belongs_to_its_day_in_china_and_not_in_london() -> None:
    # 16:30 UTC on the last day of the year is half past midnight of the next one in China.
    released = int(datetime(2026, 12, 31, 16, 30, tzinfo=UTC).timestamp())
    assert last_day(IMPORT, APPLIED, released) == date(2027, 1, 31)
    assert last_day(EXPORT, BACK, released - 3600) == date(2027, 12, 31)
    assert is_within_window(IMPORT, released, china("2027-01-31 23:59"))
    assert not is_within_window(IMPORT, released, china("2027-02-01 00:00"))


@given(st.integers(0, 4_000_000_000), st.sampled_from([APPLIED, BACK]), st.sampled_from([IMPORT, EXPORT]))
def test_a_window_is_open_from_its_event_to_its_last_day_and_then_never_again(
    since: int, milestone: Milestone, direction: Direction
) -> None:
    end = last_day(direction, milestone, since)
    midnight = int(datetime(end.year, end.month, end.day, tzinfo=CHINA).timestamp()) + 86_400
    assert is_met(direction, milestone, since, since)
    assert is_met(direction, milestone, since, midnight - 1)
    assert not is_met(direction, milestone, since, midnight)
    days = (end - datetime.fromtimestamp(since, CHINA).date()).days
    assert days == (30 if milestone is APPLIED else 45) if direction is IMPORT else days in (365, 366)


# ---------------------------------------------------------------------------------------------------
# Places


@pytest.mark.parametrize(
    ("direction", "mode", "at", "fault"),
    [
        (IMPORT, 9610, "2026-06-01 12:00", R.OriginalPlace),
        (IMPORT, 1210, "2026-06-01 12:00", R.OriginalPlace),
        (IMPORT, 1239, "2026-06-01 12:00", R.OriginalPlace),
        (EXPORT, 9610, "2026-02-28 23:59", R.CrossDistrictNotYet),
        (EXPORT, 9610, "2026-03-01 00:00", None),
        (EXPORT, 1210, "2026-06-01 12:00", R.CrossDistrictOnlyDirect),
        (EXPORT, 9710, "2026-06-01 12:00", R.CrossDistrictOnlyDirect),
        (EXPORT, 9810, "2026-06-01 12:00", R.CrossDistrictOnlyDirect),
    ],
)  # fmt: skip
def test_whether_goods_may_come_back_in_another_district(
    direction: Direction, mode: int, at: str, fault: ReturnRule | None
) -> None:
    assert place_fault(direction, mode, 2303, 2233, china(at)) is fault
    assert place_fault(direction, mode, 2303, 2303, china(at)) is None


def test_every_mode_has_its_place_and_every_rule_its_words() -> None:
    for direction, modes in SUPERVISION_MODES.items():
        for mode in modes:
            assert place_fault(direction, mode, 1, 1, 0) is None
            assert place_fault(direction, mode, 1, 2, 0) is not None, "nothing crossed districts in 1970"
    assert set(RULES) == set(ReturnRule)
    assert set(CONDITIONS) == set(Condition)
    for wording in RULES.values():
        assert wording.zh
        assert wording.en
        assert wording.source


# ---------------------------------------------------------------------------------------------------
# Lines

LIST = [
    {"gnum": "1", "gcode": "3304990000", "gname": "面霜", "gmodel": "50ml", "unit": "011", "qty": "3", "qty1": "0.15"},
    {"gnum": "2", "gcode": "6109100000", "gname": "T恤", "gmodel": "L", "unit": "011", "qty": "1", "qty1": "1"},
]


def asked(gnum: str = "1", qty: str = "1", gcode: str = "3304990000", **more: str) -> dict[str, str]:
    return {"gnum": gnum, "qty": qty, "gcode": gcode, **more}


@pytest.mark.parametrize(
    ("lines", "before", "message_type", "faults"),
    [
        ([asked()], {}, "625", []),
        ([asked(qty="3")], {}, "625", []),
        ([asked(qty="3.00001")], {}, "625", ["[1].qty"]),
        # over several returns, and over lines of one return that name the same line
        ([asked(qty="1")], {Decimal(1): Decimal(2)}, "625", []),
        ([asked(qty="2")], {Decimal(1): Decimal(2)}, "625", ["[1].qty"]),
        ([asked(qty="1")], {Decimal(1): Decimal(3)}, "625", ["[1].qty"]),
        ([asked(qty="2"), asked(qty="2")], {}, "625", ["[2].qty"]),
        ([asked(qty="0")], {}, "625", ["[1].qty"]),
        ([asked(qty="-1")], {}, "625", ["[1].qty"]),
        ([asked(qty="NaN")], {}, "625", ["[1].qty"]),
        ([asked(gnum="3")], {}, "625", ["[1].gnum"]),
        ([asked(gnum="")], {}, "625", ["[1].gnum"]),
        ([asked(gcode="3304990001")], {}, "625", ["[1].gcode"]),
        ([asked(gname="面霜", unit="011")], {}, "625", []),
        ([asked(gname="口红", unit="035")], {}, "625", ["[1].gname", "[1].unit"]),
        # an export repeats the model and the statutory quantities as well
        ([asked(gmodel="30ml")], {}, "625", []),
        ([asked(gmodel="30ml", qty1="0.2")], {}, "213", ["[1].gmodel", "[1].qty1"]),
        ([asked(gmodel="50ml", qty1="0.15")], {}, "213", []),
    ],
)  # fmt: skip
def test_a_return_has_the_lines_of_its_list_and_never_more_of_them(
    lines: list[dict[str, str]], before: dict[Decimal, Decimal], message_type: str, faults: list[str]
) -> None:
    found = [field.removeprefix("InvtRefundList") for field, _, _ in line_faults(LIST, lines, before, message_type)]
    assert found == faults


# ---------------------------------------------------------------------------------------------------
# Conditions and relief


def facts(direction: Direction = IMPORT, mode: int = 9610, **changed: int | None) -> ReturnFacts:
    usual: dict[str, int | None] = {
        "declaring_district": 2303,
        "released_at": china("2026-03-01 12:00"),
        "applied_at": china("2026-03-20 12:00"),
        "back_at": china("2026-04-01 12:00"),
    }
    return ReturnFacts(direction, mode, **(usual | changed))  # type: ignore[arg-type]


def found(condition: Condition, gcode: str = "3304990000") -> list[Found]:
    return [Found(Decimal(1), Decimal(2), condition, gcode)]


@pytest.mark.parametrize(
    ("condition", "of_import", "of_export", "restocked"),
    [
        (Condition.Unopened, None, None, True),
        (Condition.Opened, None, None, True),
        (Condition.Defective, None, None, False),
        (Condition.Used, None, R.OriginalState, False),
        (Condition.Altered, R.OriginalState, R.OriginalState, False),
        (Condition.OtherGoods, R.SameGoods, R.SameGoods, False),
        (Condition.Missing, R.SameGoods, R.SameGoods, False),
    ],
)  # fmt: skip
def test_the_condition_of_goods_decides_their_relief_and_whether_they_are_stock(
    condition: Condition, of_import: ReturnRule | None, of_export: ReturnRule | None, restocked: bool
) -> None:
    for direction, rule in ((IMPORT, of_import), (EXPORT, of_export)):
        relief = judge_return(facts(direction), found(condition))
        assert relief.broken == (() if rule is None else (rule,))
        assert relief.freed == (((Decimal(1), Decimal(2)),) if rule is None else ())
        assert bool(relief.restocked) is restocked


@pytest.mark.parametrize(
    ("given_facts", "broken"),
    [
        (facts(applied_at=china("2026-03-31 23:59")), ()),
        (facts(applied_at=china("2026-04-01 00:00")), (R.ImportApplyWindow,)),
        (facts(back_at=china("2026-04-15 23:59")), ()),
        (facts(back_at=china("2026-04-16 00:00")), (R.ImportBackWindow,)),
        (facts(return_district=2303), ()),
        (facts(return_district=2233), (R.OriginalPlace,)),
        (facts(EXPORT, return_district=2233), ()),
        (facts(EXPORT, 9810, return_district=2233), (R.CrossDistrictOnlyDirect,)),
        (facts(EXPORT, back_at=china("2026-09-01 23:59")), ()),
        (facts(EXPORT, back_at=china("2026-09-02 00:00")), (R.ExportReliefWindow,)),
        (facts(EXPORT, exported_at=china("2026-03-05 00:00"), back_at=china("2026-09-05 23:00")), ()),
        (facts(EXPORT, back_at=china("2027-03-02 00:00")), (R.ExportBackWindow, R.ExportReliefWindow)),
        (facts(EXPORT, exported_at=china("2025-12-31 23:59")), (R.ReliefPeriod,)),
        (facts(EXPORT, exported_at=china("2026-01-01 00:00")), ()),
    ],
)
def test_a_return_is_freed_of_tax_in_time_and_in_its_place(
    given_facts: ReturnFacts, broken: tuple[ReturnRule, ...]
) -> None:
    relief = judge_return(given_facts, found(Condition.Unopened))
    assert relief.broken == broken
    assert bool(relief.freed) is not bool(broken)
    assert relief.restocked, "late goods are stock all the same"


@pytest.mark.parametrize(("gcode", "food"), [("2101110000", True), ("2501001100", True), ("2309101000", False)])
def test_food_that_was_exported_is_not_freed(gcode: str, food: bool) -> None:
    relief = judge_return(facts(EXPORT), found(Condition.Unopened, gcode))
    assert relief.broken == ((R.ReliefNotForFood,) if food else ())
    assert judge_return(facts(IMPORT), found(Condition.Unopened, gcode)).broken == ()


def test_goods_in_order_are_freed_beside_goods_that_are_not() -> None:
    both = [*found(Condition.Unopened), Found(Decimal(2), Decimal(1), Condition.OtherGoods)]
    relief = judge_return(facts(), both)
    assert (relief.freed, relief.broken) == (((Decimal(1), Decimal(2)),), (R.SameGoods,))


# ---------------------------------------------------------------------------------------------------
# What follows


@pytest.mark.parametrize(
    ("state", "flags", "exchange", "resale"),
    [
        (State.Delivered, (), R.ExchangeOfReturn, R.ResaleAfterVerification),
        (State.Delivered, (Flag.ReturnPending,), None, R.ResaleAfterVerification),
        (State.Returning, (), None, R.ResaleAfterVerification),
        (State.Returning, (Flag.Arrived,), None, R.ResaleAfterVerification),
        (State.Returned, (), None, None),
        (State.ReturnedAbroad, (), R.ExchangeOfReturn, R.ResaleAfterVerification),
        (State.Confiscated, (), R.ExchangeOfReturn, R.ResaleAfterVerification),
    ],
)
def test_a_replacement_needs_a_return_and_a_resale_a_verified_one(
    state: State, flags: tuple[Flag, ...], exchange: ReturnRule | None, resale: ReturnRule | None
) -> None:
    assert sequel_fault(Sequel.Exchange, state, frozenset(flags)) is exchange
    assert sequel_fault(Sequel.Resale, state, frozenset(flags)) is resale


def test_no_more_is_sold_again_than_came_back_into_stock() -> None:
    stock, one, two = {Decimal(1): Decimal(2)}, {Decimal(1): Decimal(1)}, {Decimal(1): Decimal(2)}
    assert list(sequel_line_faults(stock, {}, two)) == []
    assert list(sequel_line_faults(stock, one, one)) == []
    assert list(sequel_line_faults(stock, one, two)) == [Decimal(1)]
    assert list(sequel_line_faults(stock, {}, {Decimal(3): Decimal(1)})) == [Decimal(3)]


# ---------------------------------------------------------------------------------------------------
# Over any sequence of returns


@st.composite
def _lists(draw: st.DrawFn) -> Document:
    prices = draw(st.lists(st.integers(0, 500_000), min_size=1, max_size=4))
    lines = [
        {"gnum": str(number), "gcode": "1", "qty": str(draw(st.integers(1, 7))), "currency": "142"}
        | {"totalPrice": f"{Decimal(price) / 100:f}"}
        for number, price in enumerate(prices, 1)
    ]
    head = {"freight": f"{Decimal(draw(st.integers(0, 2_000))) / 100:f}", "insuredFee": "0"}
    return document_of("621", head, lines)


_RETURN = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=3)


@given(_lists(), st.lists(_RETURN, max_size=6), st.lists(st.integers(0, 100_000), min_size=4, max_size=4))
def test_over_any_returns_nothing_comes_back_twice_and_what_was_kept_adds_up(
    declaration: Document, attempts: list[list[tuple[int, int]]], cents: list[int]
) -> None:
    values = dutiable_values(declaration)
    taxes = [Decimal(each) / 100 for each in cents[: len(values)]]
    entry = QuotaEntry(sum(values, Decimal(0))).commit()
    taken: dict[Decimal, Decimal] = {}
    before = shares_of(declaration, taken)
    freed = Decimal(0)
    for number, attempt in enumerate(attempts):
        lines = [{"gnum": str(gnum), "gcode": "1", "qty": str(qty)} for gnum, qty in attempt]
        if list(line_faults(declaration.lines, lines, taken)):
            continue
        taken = totals([taken, quantities_of(lines)])
        after = shares_of(declaration, taken)
        came_back = value_between(declaration, before, after)
        assert came_back >= 0
        entry = entry.take_back(f"R{number}", came_back)
        freed += sum(
            (part_of(tax, new) - part_of(tax, old) for tax, old, new in zip(taxes, before, after, strict=True)),
            Decimal(0),
        )
        before = after
    # never more than was released
    for line in declaration.lines:
        assert taken.get(Decimal(line["gnum"]), Decimal(0)) <= Decimal(line["qty"])
    # the year counts exactly what was kept, and the tax on it and the tax freed are the tax
    kept = sum((v - part_of(v, share) for v, share in zip(values, before, strict=True)), Decimal(0))
    assert entry.counted == kept >= 0
    assert freed + sum((t - part_of(t, s) for t, s in zip(taxes, before, strict=True)), Decimal(0)) == sum(taxes)
    if all(share == 1 for share in before):
        assert kept == 0
        assert freed == sum(taxes)
        assert sum(values) == 0 or entry.state is EntryState.Returned


def test_two_halves_of_a_cent_are_one_cent() -> None:
    declaration = document_of("621", {"freight": "0", "insuredFee": "0"}, [{"gnum": "1", "qty": "2", "totalPrice": "0.01", "currency": "142"}])  # fmt: skip  # noqa: E501
    none, half, whole = ((Fraction(0),), (Fraction(1, 2),), (Fraction(1),))
    assert value_between(declaration, none, half) + value_between(declaration, half, whole) == Decimal("0.01")


def test_the_windows_of_an_import_are_those_of_the_buyers_year() -> None:
    released = china("2026-03-01 12:00")
    assert last_day(IMPORT, APPLIED, released) - date(2026, 3, 1) == timedelta(days=30)
    assert last_day(IMPORT, BACK, released) - date(2026, 3, 1) == timedelta(days=45)
