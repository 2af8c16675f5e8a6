"""Years that follow their parcels' states: whatever was seen, however often, they end where the domain puts them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from backend.domain.errors import QuotaExceeded
from backend.domain.lifecycle import State, Step
from backend.domain.notices import notice_of
from backend.domain.quota import USUAL_LIMITS, EntryState, Limits, QuotaAccount, QuotaEntry, person_key
from backend.services.quota import account_of, held_declarations, reserve_for_acceptance
from backend.services.quota_following import WHOLE, follow, follow_newest
from backend.services.simulation import simulate
from backend.store.database import Database
from backend.store.quota import entries_in, entries_of
from backend.store.tables import documents, quota_entries
from tests.support.kept import DAY, KEY, NOON, Shelf, import_list, parcel, undone

BUYER = "99000018800101001X"
PERSON = person_key(KEY, BUYER)
A, B, C = map(parcel, range(3))

#: A whole life until a return is verified, with the days after release on which it is asked for and is back.
LIFE = (
    (Step.Acceptance, 0),
    (Step.Release, 0),
    (Step.Delivery, 2),
    (Step.ReturnRequested, 5),
    (Step.ReturnApproved, 6),
    (Step.ReturnArrived, 9),
    (Step.ReturnVerified, 60),
)


@pytest.fixture(autouse=True, scope="module")
def _leaves_the_log_as_it_was() -> Iterator[None]:
    """Capturing the log configures it: whoever sets it up later in this process would find it taken."""
    was_configured = structlog.is_configured()
    yield
    if not was_configured:
        structlog.reset_defaults()


def bought(shelf: Shelf, parcel_id: bytes, *prices: str) -> None:
    shelf.keep(parcel_id, import_list(*prices))
    shelf.declare(parcel_id)


def entry_of(shelf: Shelf, parcel_id: bytes) -> QuotaEntry | None:
    kept = entries_of(shelf.connection, [parcel_id]).get(parcel_id)
    return None if kept is None else kept.entry


def live(shelf: Shelf, parcel_id: bytes, asked: int = 5, back: int = 9) -> None:
    """The parcel's whole life; the quota follows at every step."""
    days = {Step.ReturnRequested: asked, Step.ReturnArrived: back}
    for step, day in LIFE:
        state = shelf.step(parcel_id, step, NOON + days.get(step, day) * DAY)
        follow(shelf.connection, KEY, {parcel_id: state}, NOON)


def apply_for(shelf: Shelf, parcel_id: bytes | None, *lines: tuple[str, str], **head: str) -> int:
    """Keeps an application to return so much of these lines."""
    usual = {"agentCode": "3122600001", "copNo": "R1", "appType": "1", "appStatus": "2"}
    notice = notice_of("625", usual | head, [{"gnum": gnum, "qty": quantity} for gnum, quantity in lines])
    return shelf.keep(parcel_id, notice, "ReturnRequest")


# ---------------------------------------------------------------------------------------------------
# State by state


@pytest.mark.parametrize("state", State)
def test_each_state_puts_an_entry_in_its_place(shelf: Shelf, state: State) -> None:
    bought(shelf, A, "300")
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [A]), NOON)
    followed = follow(shelf.connection, KEY, {A: state}, NOON)
    expected = {
        State.Released: EntryState.Committed,
        State.Delivered: EntryState.Committed,
        State.Closed: EntryState.Committed,
        State.Returning: EntryState.Committed,
        # no record says when it was asked for: not in time
        State.Returned: EntryState.Committed,
        State.Rejected: EntryState.Released,
        State.Cancelled: EntryState.Released,
        State.ReturnedAbroad: EntryState.Released,
    }.get(state, EntryState.Reserved)
    entry = entry_of(shelf, A)
    assert entry is not None
    assert entry.state is expected
    assert followed.changed == ((A,) if expected is not EntryState.Reserved else ())


@pytest.mark.parametrize(
    "state", [State.Declared, State.Rejected, State.Cancelled, State.ReturnedAbroad, State.Confiscated]
)
def test_what_was_never_accepted_has_no_entry(shelf: Shelf, state: State) -> None:
    bought(shelf, A, "300")
    follow(shelf.connection, KEY, {A: state}, NOON)
    assert shelf.table(quota_entries) == []


def test_what_another_gateway_accepted_counts_in_the_year_of_its_acceptance(shelf: Shelf) -> None:
    bought(shelf, A, "300")
    next_year = NOON + 366 * DAY
    follow(shelf.connection, KEY, {A: shelf.step(A, Step.Acceptance, NOON)}, next_year)
    assert account_of(shelf.connection, KEY, BUYER, 2026)["reserved"] == "300.00"
    assert account_of(shelf.connection, KEY, BUYER, 2027)["counted"] == "0.00"


def test_a_declaration_that_is_kept_elsewhere_has_no_entry(shelf: Shelf) -> None:
    shelf.declare(A)
    assert follow(shelf.connection, KEY, {A: State.Released}, NOON).changed == ()
    assert shelf.table(quota_entries) == []


def test_an_export_has_no_entry(shelf: Shelf) -> None:
    shelf.keep(A, simulate(3, 3, "export").parcels[0].documents["603"])
    follow(shelf.connection, KEY, {A: State.Accepted}, NOON)
    assert shelf.table(quota_entries) == []


def test_an_entry_outlives_the_erasure_of_its_declaration(shelf: Shelf) -> None:
    bought(shelf, A, "300")
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [A]), NOON)
    shelf.connection.execute(documents.update().values(fields=None, secret=None))
    follow(shelf.connection, KEY, {A: State.Released}, NOON)
    assert entry_of(shelf, A) == QuotaEntry(Decimal(300)).commit()


def test_a_parcel_declared_anew_counts_as_it_is_declared_now(shelf: Shelf) -> None:
    bought(shelf, A, "300")
    follow(shelf.connection, KEY, {A: shelf.step(A, Step.Acceptance)}, NOON)
    # The rejection and what follows are seen at once.
    shelf.step(A, Step.Rejection)
    bought(shelf, A, "250")
    follow(shelf.connection, KEY, {A: shelf.steps(A, (Step.Acceptance, NOON), (Step.Arrival, NOON))}, NOON)
    assert entry_of(shelf, A) == QuotaEntry(Decimal(250))


def test_a_block_that_goes_away_takes_its_effect_along(shelf: Shelf) -> None:
    bought(shelf, A, "300")
    for state in (State.Accepted, State.Released, State.Accepted, State.Rejected, State.Accepted, State.Delivered):
        follow(shelf.connection, KEY, {A: state}, NOON)
    assert entry_of(shelf, A) == QuotaEntry(Decimal(300)).commit()


def test_the_newest_manifest_decides_whichever_was_touched(shelf: Shelf) -> None:
    bought(shelf, A, "300")
    shelf.steps(A, (Step.Acceptance, NOON), (Step.Rejection, NOON))
    bought(shelf, A, "250")
    shelf.step(A, Step.Acceptance)
    for _ in range(2):
        follow_newest(shelf.connection, KEY, [A, B], NOON)
        assert entry_of(shelf, A) == QuotaEntry(Decimal(250))
    shelf.step(A, Step.Cancellation)
    follow_newest(shelf.connection, KEY, [A], NOON)
    assert entry_of(shelf, A) == QuotaEntry(Decimal(250)).release()


# ---------------------------------------------------------------------------------------------------
# Beyond the limit


def test_what_the_chain_accepted_counts_above_the_limit_and_is_told(shelf: Shelf) -> None:
    bought(shelf, A, "20000")
    bought(shelf, B, "6000.01")
    with structlog.testing.capture_logs() as logged:
        first = follow(shelf.connection, KEY, {A: State.Accepted}, NOON)
        second = follow(shelf.connection, KEY, {B: State.Released}, NOON)
        again = follow(shelf.connection, KEY, {A: State.Accepted, B: State.Released}, NOON)
    assert (first.overdrawn, second.overdrawn, again.overdrawn) == ((), (B,), ())
    view = account_of(shelf.connection, KEY, BUYER, 2026)
    assert (view["counted"], view["left"], view["over"]) == ("26000.01", "0.00", "0.01")
    assert logged == [{"event": "quota overdrawn", "parcel": B.hex(), "year": 2026, "log_level": "warning"}]
    bought(shelf, C, "0.01")
    with pytest.raises(QuotaExceeded):
        reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [C]), NOON)


@pytest.mark.parametrize(("price", "buyer"), [("many", BUYER), ("300", "")])
def test_an_acceptance_that_cannot_be_counted_is_told(shelf: Shelf, price: str, buyer: str) -> None:
    shelf.keep(A, import_list(price, buyer=buyer))
    with structlog.testing.capture_logs() as logged:
        followed = follow(shelf.connection, KEY, {A: State.Accepted}, NOON)
    assert followed.unvalued == (A,)
    assert [line["event"] for line in logged] == ["quota not counted"]
    assert shelf.table(quota_entries) == []


# ---------------------------------------------------------------------------------------------------
# Returns


@pytest.mark.parametrize(
    ("asked", "back", "state"),
    [
        (5, 9, EntryState.Returned),
        (30, 45, EntryState.Returned),
        (31, 40, EntryState.Committed),
        (30, 46, EntryState.Committed),
    ],
)
def test_a_return_in_time_is_taken_out_of_the_year(shelf: Shelf, asked: int, back: int, state: EntryState) -> None:
    bought(shelf, A, "300")
    live(shelf, A, asked, back)
    entry = entry_of(shelf, A)
    assert entry is not None
    assert entry.state is state
    assert entry.counted == (0 if state is EntryState.Returned else 300)


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ([("1", "1")], "200"),
        ([("2", "1")], "100"),
        ([("1", "1"), ("2", "1")], "0"),
        ([("1", "0.25"), ("1", "0.25")], "250"),
        # more than was bought is what was bought; what was not bought is nothing
        ([("1", "7")], "200"),
        ([("3", "1")], "300"),
        ([("1", "-1"), ("2", "x")], "300"),
    ],
)
def test_of_a_part_that_came_back_that_part_is_taken_out(
    shelf: Shelf, lines: list[tuple[str, str]], counted: str
) -> None:
    bought(shelf, A, "100", "200")
    apply_for(shelf, A, *lines)
    live(shelf, A)
    entry = entry_of(shelf, A)
    assert entry is not None
    assert entry.counted == Decimal(counted)
    assert entry.state is (EntryState.Returned if counted == "0" else EntryState.Committed)


def test_a_withdrawn_and_a_staged_application_say_nothing(shelf: Shelf) -> None:
    bought(shelf, A, "100", "200")
    apply_for(shelf, A, ("2", "1"))
    apply_for(shelf, A, ("1", "1"), copNo="R2", appType="3")
    apply_for(shelf, A, ("1", "1"), copNo="R3", appStatus="1")
    live(shelf, A)
    entry = entry_of(shelf, A)
    assert entry is not None
    assert entry.counted == 100


# ---------------------------------------------------------------------------------------------------
# Any states, in any order, any number of times

AMOUNTS = st.decimals(min_value=0, max_value=20_000, places=2)
STATES = st.sampled_from(State)

#: The moves of the domain's account that lead to a state's place, from nothing.
MOVES = {
    State.Accepted: (),
    **dict.fromkeys((State.Released, State.Delivered, State.Closed, State.Returning), ("commit",)),
    State.Returned: ("commit", "take_back"),
    **dict.fromkeys((State.Rejected, State.Cancelled, State.ReturnedAbroad), ("release",)),
}


def account_after(amounts: dict[bytes, Decimal], seen: list[tuple[bytes, State]]) -> dict[bytes, QuotaEntry]:
    """What the domain's account holds when each parcel has moved to the last state that says anything of it."""
    last = {parcel_id: state for parcel_id, state in seen if state in MOVES}
    entered = {parcel_id for parcel_id, state in seen if state in MOVES and MOVES[state] != ("release",)}
    account = QuotaAccount(PERSON, 2026)
    for parcel_id, state in last.items():
        if parcel_id in entered:
            name, amount = parcel_id.hex(), amounts[parcel_id]
            account = account.reserve(name, amount, Limits(year=Decimal(10**9)))
            for move in MOVES[state]:
                account = (
                    account.take_back(name, WHOLE, amount) if move == "take_back" else getattr(account, move)(name)
                )
    return {bytes.fromhex(name): entry for name, entry in account.entries.items()}


@settings(max_examples=60)
@given(
    amounts=st.lists(AMOUNTS, min_size=3, max_size=3),
    seen=st.lists(st.tuples(st.sampled_from([A, B, C]), STATES), max_size=12),
    data=st.data(),
)
def test_the_last_state_of_each_parcel_decides(
    database: Database, amounts: list[Decimal], seen: list[tuple[bytes, State]], data: st.DataObject
) -> None:
    value = dict(zip((A, B, C), amounts, strict=True))
    with undone(database) as connection:
        shelf = Shelf(connection)
        for parcel_id, amount in value.items():
            bought(shelf, parcel_id, str(amount))
            shelf.steps(parcel_id, *((step, NOON + day * DAY) for step, day in LIFE))
        for parcel_id, state in seen:
            follow(connection, KEY, {parcel_id: state}, NOON)
        expected = account_after(value, seen)
        kept = {one.parcel_id: one.entry for one in entries_in(connection, [(PERSON, 2026)])}
        assert kept == expected
        assert all(entry.counted >= 0 for entry in kept.values())
        # Once more, all at once and in whatever order: nothing is left to do.
        before = shelf.table(quota_entries)
        order = data.draw(st.permutations(sorted({parcel_id for parcel_id, _ in seen})))
        last = dict(seen)
        final = {p: last[p] for p in order if last[p] in MOVES}
        assert follow(connection, KEY, final, NOON + 1).changed == ()
        assert shelf.table(quota_entries) == before


class Lives(RuleBasedStateMachine):
    """Parcels of one person through the lifecycle, every acceptance reserved first; the follower comes when it may."""

    database: Database

    #: Steps by the states they start from, as far as they matter here.
    NEXT: ClassVar = {
        State.Accepted: (Step.Release, Step.Rejection, Step.Cancellation),
        State.Released: (Step.Delivery, Step.Closure, Step.ReturnRequested),
        State.Delivered: (Step.Closure, Step.ReturnRequested),
        State.Closed: (Step.ReturnRequested,),
        State.Returning: (Step.ReturnArrived,),
    }

    def __init__(self) -> None:
        super().__init__()
        self.opened = undone(self.database)
        self.shelf = Shelf(self.opened.__enter__())
        self.account = QuotaAccount(PERSON, 2026)
        self.states: dict[bytes, State] = {}
        self.amounts: dict[bytes, Decimal] = {}
        self.asked: dict[bytes, int] = {}

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)

    @rule(parcel_id=st.sampled_from([A, B, C]), amount=AMOUNTS)
    def declare_and_accept(self, parcel_id: bytes, amount: Decimal) -> None:
        state = self.states.get(parcel_id, State.Rejected)
        if state in (State.Declared, State.Rejected, State.Cancelled):
            bought(self.shelf, parcel_id, str(amount))
            self.states[parcel_id] = State.Declared
            self.amounts[parcel_id] = amount
            before = self.shelf.table(quota_entries)
            used = self.account.counted_without(parcel_id.hex())
            seen = {one.parcel_id: one.entry for one in entries_in(self.shelf.connection, [(PERSON, 2026)])}
            others = sum((entry.counted for other, entry in seen.items() if other != parcel_id), Decimal(0))
            # What is not followed yet may count still, but never too little.
            assert others >= used
            try:
                reserve_for_acceptance(
                    self.shelf.connection, KEY, held_declarations(self.shelf.connection, [parcel_id]), NOON
                )
            except QuotaExceeded:
                assert others + amount > USUAL_LIMITS.year
                assert self.shelf.table(quota_entries) == before
            else:
                self.states[parcel_id] = self.shelf.step(parcel_id, Step.Acceptance)
                self.account = self.account.release(parcel_id.hex()).reserve(parcel_id.hex(), amount)

    @rule(parcel_id=st.sampled_from([A, B, C]), choice=st.integers(0, 2), day=st.integers(0, 50))
    def go_on(self, parcel_id: bytes, choice: int, day: int) -> None:
        steps = self.NEXT.get(self.states.get(parcel_id, State.Declared), ())
        if not steps:
            return
        step, name, at = steps[choice % len(steps)], parcel_id.hex(), NOON + day * DAY
        self.states[parcel_id] = self.shelf.step(parcel_id, step, NOON if step is Step.Release else at)
        match step:
            case Step.Release:
                self.account = self.account.commit(name)
            case Step.Rejection | Step.Cancellation:
                self.account = self.account.release(name)
            case Step.ReturnRequested:
                self.states[parcel_id] = self.shelf.step(parcel_id, Step.ReturnApproved)
                self.asked[parcel_id] = day
            case Step.ReturnArrived:
                self.states[parcel_id] = self.shelf.step(parcel_id, Step.ReturnVerified)
                if self.asked[parcel_id] <= 30 and day <= 45:
                    self.account = self.account.take_back(name, WHOLE, self.amounts[parcel_id])
            case _:
                pass

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def follow_some(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(sorted(self.states)), unique=True))
        follow(self.shelf.connection, KEY, {parcel_id: self.states[parcel_id] for parcel_id in some}, NOON)

    @rule()
    def follow_all(self) -> None:
        """Once everything is followed the table is the domain's account.

        Only a parcel declared anew may still hold what its earlier declaration reserved, until it is decided.
        """
        follow(self.shelf.connection, KEY, self.states, NOON)
        kept = {one.parcel_id: one.entry for one in entries_in(self.shelf.connection, [(PERSON, 2026)])}
        decided = {parcel_id for parcel_id, state in self.states.items() if state is not State.Declared}
        account = {bytes.fromhex(name): entry for name, entry in self.account.entries.items()}
        assert {p: entry for p, entry in kept.items() if p in decided} == {p: account[p] for p in decided}

    @invariant()
    def the_limit_holds(self) -> None:
        counted = sum((one.entry.counted for one in entries_in(self.shelf.connection, [(PERSON, 2026)])), Decimal(0))
        assert 0 <= counted <= USUAL_LIMITS.year


def test_lives_of_parcels_keep_the_year_within_its_limit(database: Database) -> None:
    Lives.database = database
    run_state_machine_as_test(Lives, settings=settings(max_examples=50, stateful_step_count=30))
