"""Credit records: what each thing adds, shares for what happens to parcels, and bounds that show."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.risk import CreditEvent, CreditKind, credit_record
from backend.domain.risk.credit import FULL_TRADER, HIGHEST_RECORD, ROWS

NOW = 1_780_000_000

events = st.builds(
    CreditEvent,
    kind=st.sampled_from(CreditKind),
    at=st.integers(NOW - 10_000, NOW),
    parcels=st.integers(1, 300),
    reference=st.sampled_from(["0x01", "0x02", "7"]),
)
bad = events.filter(lambda event: ROWS[event.kind].weight > 0)


def one(kind: CreditKind, parcels: int = 1) -> CreditEvent:
    return CreditEvent(kind, NOW, parcels, "0x01")


def test_an_empty_record_holds_nothing_against_anybody() -> None:
    assert credit_record(500, []).score == 0


def test_what_happens_to_parcels_counts_by_share() -> None:
    small = credit_record(100, [one(CreditKind.Rejected, 5)])
    large = credit_record(10_000, [one(CreditKind.Rejected, 500)])
    assert small.score == large.score == 5


def test_a_handful_of_parcels_is_no_share_to_judge_by() -> None:
    assert (
        credit_record(1, [one(CreditKind.Detained)]).score
        == credit_record(FULL_TRADER, [one(CreditKind.Detained)]).score
    )


def test_a_finding_counts_by_itself_however_large_a_trader_is() -> None:
    for declared in (1, 1_000_000):
        assert credit_record(declared, [one(CreditKind.InfringementFound, 40)]).score == 25


def test_passed_inspections_speak_for_a_trader_and_never_below_nothing() -> None:
    worse = [one(CreditKind.InspectionFailed)]
    better = credit_record(200, [*worse, one(CreditKind.InspectionPassed, 3)])
    assert better.score < credit_record(200, worse).score
    alone = credit_record(200, [one(CreditKind.InspectionPassed, 3)])
    assert (alone.score, alone.bound) == (0, Decimal("1.50"))


def test_counts_are_of_parcels_and_of_events_where_parcels_do_not_count() -> None:
    record = credit_record(100, [one(CreditKind.Rejected, 3), one(CreditKind.Rejected, 4), one(CreditKind.Watched, 9)])
    assert record.count_of(CreditKind.Rejected) == 7
    assert record.count_of(CreditKind.Watched) == 1
    assert record.points_of(CreditKind.Rejected) == 7


@given(st.integers(0, 10**6), st.lists(events, max_size=12))
def test_the_parts_add_up_within_the_bounds(declared: int, found: list[CreditEvent]) -> None:
    record = credit_record(declared, found)
    assert sum((entry.points for entry in record.entries), Decimal(0)) + record.bound == record.score
    assert 0 <= record.score <= HIGHEST_RECORD
    assert [entry.event.at for entry in record.entries] == sorted((event.at for event in found), reverse=True)


@given(st.integers(0, 10**6), st.lists(events, max_size=8), bad)
def test_one_more_bad_thing_never_makes_a_record_better(
    declared: int, found: list[CreditEvent], more: CreditEvent
) -> None:
    assert credit_record(declared, [*found, more]).score >= credit_record(declared, found).score


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.lists(bad, max_size=8))
def test_the_same_things_weigh_less_on_whoever_declares_more(one: int, other: int, found: list[CreditEvent]) -> None:
    fewer, more = sorted((one, other))
    assert credit_record(more, found).score <= credit_record(fewer, found).score


@given(st.integers(0, 10**5), st.lists(events, max_size=8))
def test_the_order_of_events_changes_nothing(declared: int, found: list[CreditEvent]) -> None:
    assert credit_record(declared, found) == credit_record(declared, found[::-1])
