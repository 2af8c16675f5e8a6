"""A person's year: limits at their edges, an account that never lies, keys that hide who it is."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from backend.domain.errors import QuotaExceeded, QuotaMoveRefused
from backend.domain.lifecycle import Step
from backend.domain.quota import (
    QUOTA_MOVES,
    EntryState,
    Limits,
    QuotaAccount,
    QuotaEntry,
    QuotaMove,
    Route,
    is_return_in_time,
    person_key,
    quota_year,
    reserve,
    route_of,
)

KEY = bytes(range(32))
LIMITS = Limits()


def account(**amounts: int) -> QuotaAccount:
    """An account with these amounts committed."""
    whole = QuotaAccount(b"p" * 32, 2026)
    for parcel, amount in amounts.items():
        whole = whole.reserve(parcel, Decimal(amount)).commit(parcel)
    return whole


# ---------------------------------------------------------------------------------------------------
# Limits


@pytest.mark.parametrize(
    ("value", "single_item", "used", "route"),
    [
        ("5000", False, "0", None),
        ("5000.01", False, "0", Route.GeneralTrade),
        ("5000.01", True, "0", Route.FullTax),
        ("25999.99", True, "0", Route.FullTax),
        # The exception is for what lies below the yearly limit, not for what reaches it.
        ("26000", True, "0", Route.GeneralTrade),
        ("26000.01", True, "0", Route.GeneralTrade),
        ("100", False, "25900", None),
        ("100.01", False, "25900", Route.GeneralTrade),
        # As an observed receipt: 26,114.44 > 26,000.
        ("114.44", True, "26000", Route.GeneralTrade),
        ("6000", True, "20000", Route.FullTax),
        ("6000", True, "20000.01", Route.GeneralTrade),
        ("6000", True, None, Route.FullTax),
        ("6000", False, None, Route.GeneralTrade),
        ("100", False, None, None),
        ("0", False, "26000", None),
    ],
)
def test_a_purchase_goes_the_way_that_the_limits_say(
    value: str, single_item: bool, used: str | None, route: Route | None
) -> None:
    known = None if used is None else Decimal(used)
    assert route_of(Decimal(value), single_item=single_item, used=known) is route


# ---------------------------------------------------------------------------------------------------
# Whose account, and which year


def test_one_person_has_one_key_however_the_number_is_typed() -> None:
    keys = {
        person_key(KEY, number)
        for number in ("99000018800101001x", " 99000018800101001X ", "９９０００018800101001Ｘ", "990000 18800101 001X")
    }
    assert len(keys) == 1
    assert person_key(KEY, "990000188001010010") not in keys


def test_a_key_says_nothing_without_the_consortiums_key() -> None:
    number = "99000018800101001X"
    key = person_key(KEY, number)
    assert len(key) == 32
    assert key != person_key(KEY[::-1], number)
    assert number.encode() not in key


@pytest.mark.parametrize(("key", "number"), [(b"", "99"), (b"short", "99"), (KEY, ""), (KEY, " \t")])
def test_a_key_needs_a_secret_and_a_number(key: bytes, number: str) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        person_key(key, number)


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), 2027),
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC), 2027),
    ],
)
def test_the_year_begins_at_midnight_in_china(moment: datetime, year: int) -> None:
    assert quota_year(int(moment.timestamp())) == year


# ---------------------------------------------------------------------------------------------------
# One parcel


def test_a_parcel_counts_from_its_reservation_until_it_is_released() -> None:
    whole = account().reserve("a", Decimal(300))
    assert (whole.reserved, whole.committed, whole.counted) == (300, 0, 300)
    whole = whole.commit("a")
    assert (whole.reserved, whole.committed, whole.counted) == (0, 300, 300)
    whole = whole.release("a")
    assert (whole.reserved, whole.committed, whole.counted) == (0, 0, 0)


def test_a_completed_return_gives_back_what_came_back() -> None:
    whole = account(a=300).take_back("a", "T1", Decimal(100))
    assert whole.counted == 200
    whole = whole.take_back("a", "T2", Decimal(200))
    assert whole.counted == 0
    assert whole.entries["a"].state is EntryState.Returned


def test_every_move_may_come_twice() -> None:
    whole = account().reserve("a", Decimal(300))
    assert whole.reserve("a", Decimal(300)) == whole
    committed = whole.commit("a")
    assert committed.commit("a") == committed
    back = committed.take_back("a", "T1", Decimal(300))
    assert back.take_back("a", "T1", Decimal(300)) == back
    assert back.commit("a") == back
    released = whole.release("a")
    assert released.release("a") == released


def test_a_rejected_parcel_may_be_declared_again_with_another_amount() -> None:
    whole = account().reserve("a", Decimal(300)).release("a").reserve("a", Decimal(250))
    assert whole.counted == 250


@pytest.mark.parametrize("state", [EntryState.Reserved, EntryState.Committed, EntryState.Returned])
def test_no_second_amount_is_reserved_while_the_first_stands(state: EntryState) -> None:
    with pytest.raises(QuotaMoveRefused) as refused:
        reserve(QuotaEntry(Decimal(300), state), Decimal(250), Decimal(0), LIMITS)
    assert refused.value.details == {"move": "reserve", "state": state.value}


def test_moves_out_of_turn_are_refused() -> None:
    reserved = account().reserve("a", Decimal(300))
    for refused in (
        lambda: reserved.take_back("a", "T1", Decimal(1)),
        lambda: reserved.release("a").commit("a"),
        lambda: reserved.release("a").take_back("a", "T1", Decimal(1)),
        lambda: account(a=300).take_back("a", "T1", Decimal(300)).release("a"),
        lambda: account(a=300).take_back("a", "T1", Decimal(301)),
        lambda: account(a=300).take_back("a", "T1", Decimal(200)).take_back("a", "T1", Decimal(100)),
        lambda: reserved.commit("b"),
        lambda: reserved.take_back("b", "T1", Decimal(1)),
    ):
        with pytest.raises(QuotaMoveRefused):
            refused()


def test_the_yearly_limit_holds_to_the_cent_and_the_refusal_names_no_person() -> None:
    whole = account(a=25_000)
    assert whole.reserve("b", Decimal(1000)).counted == LIMITS.year
    with pytest.raises(QuotaExceeded) as refused:
        whole.reserve("b", Decimal("1000.01"))
    assert refused.value.details == {"used": "25000", "amount": "1000.01", "limit": "26000"}


def test_what_a_parcel_is_judged_against_leaves_out_the_parcel_itself() -> None:
    assert account(a=300, b=200).counted_without("a") == 200


def test_goods_that_go_back_abroad_after_their_release_count_no_longer() -> None:
    whole = account(a=300).take_back("a", "T1", Decimal(100)).release("a")
    assert whole.counted == 0


def test_a_parcel_that_never_counted_has_nothing_to_release() -> None:
    whole = account(a=300)
    assert whole.release("b") == whole


@pytest.mark.parametrize(
    ("applied", "back", "in_time"), [(0, 0, True), (30, 45, True), (31, 40, False), (30, 46, False)]
)
def test_a_return_counts_if_applied_for_and_back_in_time(applied: int, back: int, in_time: bool) -> None:
    released = int(datetime(2026, 3, 1, 15, 0, tzinfo=UTC).timestamp())  # 23:00 in China
    day = 86_400
    # Half an hour later is the same day in China, two hours later the next.
    assert is_return_in_time(released, released + applied * day + 1800, released + back * day + 1800) is in_time
    assert not is_return_in_time(released, released + 30 * day + 7200, released + 40 * day)


def test_the_steps_that_move_a_year_are_steps_of_an_import() -> None:
    acceptance, release = QUOTA_MOVES[Step.Acceptance], QUOTA_MOVES[Step.Release]
    assert (acceptance, release) == (QuotaMove.Reserve, QuotaMove.Commit)
    assert set(QUOTA_MOVES.values()) == set(QuotaMove)


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity"])
def test_what_is_no_amount_is_never_entered(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        account().reserve("a", Decimal(amount))
    with pytest.raises(ValueError, match="no amount"):
        account(a=300).take_back("a", "T1", Decimal(amount))


# ---------------------------------------------------------------------------------------------------
# Any moves in any order


PARCELS = st.sampled_from(["a", "b", "c", "d"])
AMOUNTS = st.decimals(min_value=0, max_value=20_000, places=2)


class AnyMoves(RuleBasedStateMachine):
    """Moves at random, refused ones included, beside a plain ledger of what was taken and given back."""

    def __init__(self) -> None:
        super().__init__()
        self.account = QuotaAccount(b"p" * 32, 2026)
        self.taken: dict[str, Decimal] = {}

    def attempt(self, parcel: str, moved: QuotaAccount | None, taken: Decimal) -> None:
        if moved is not None:
            self.account = moved
            self.taken[parcel] = taken

    @rule(parcel=PARCELS, amount=AMOUNTS)
    def reserve(self, parcel: str, amount: Decimal) -> None:
        before = self.account
        try:
            moved = before.reserve(parcel, amount)
        except QuotaExceeded:
            assert before.counted_without(parcel) + amount > LIMITS.year
        except QuotaMoveRefused:
            assert before.entries[parcel].state is not EntryState.Released
        else:
            self.attempt(parcel, moved, moved.entries[parcel].counted)
            assert before.entries.get(parcel) == moved.entries[parcel] or self.taken[parcel] == amount

    @rule(parcel=PARCELS)
    def commit(self, parcel: str) -> None:
        try:
            self.account = self.account.commit(parcel)
        except QuotaMoveRefused:
            assert parcel not in self.account.entries or self.account.entries[parcel].state is EntryState.Released

    @rule(parcel=PARCELS)
    def release(self, parcel: str) -> None:
        try:
            self.attempt(parcel, self.account.release(parcel), Decimal(0))
        except QuotaMoveRefused:
            assert self.account.entries[parcel].state is EntryState.Returned

    @rule(parcel=PARCELS, amount=AMOUNTS, application=st.sampled_from(["T1", "T2", "T3"]))
    def take_back(self, parcel: str, amount: Decimal, application: str) -> None:
        entry = self.account.entries.get(parcel)
        is_new = entry is not None and application not in dict(entry.returns)
        try:
            moved = self.account.take_back(parcel, application, amount)
        except QuotaMoveRefused:
            return
        self.attempt(parcel, moved, self.taken[parcel] - (amount if is_new else 0))

    @invariant()
    def nothing_is_negative(self) -> None:
        for entry in self.account.entries.values():
            assert entry.counted >= 0
            assert 0 <= entry.returned <= entry.amount

    @invariant()
    def the_limit_is_never_exceeded(self) -> None:
        assert 0 <= self.account.counted <= LIMITS.year

    @invariant()
    def the_sums_are_those_of_a_plain_ledger(self) -> None:
        assert self.account.counted == self.account.reserved + self.account.committed
        assert self.account.counted == sum(self.taken.values())


AnyMoves.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
test_any_moves_in_any_order_keep_the_account_true = AnyMoves.TestCase


@given(st.lists(AMOUNTS, max_size=8))
def test_releasing_everything_leaves_nothing(amounts: list[Decimal]) -> None:
    whole = QuotaAccount(b"p" * 32, 2026)
    for number, amount in enumerate(amounts):
        if whole.counted + amount <= LIMITS.year:
            whole = whole.reserve(str(number), amount)
    for parcel in whole.entries:
        whole = whole.release(parcel)
    assert whole.counted == 0
