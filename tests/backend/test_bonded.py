"""Bonded stock: exact quantities, no movement below what is reserved, and nothing lost whatever the order of things."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.bonded import (
    BONDED_MODES,
    DRAW_IN,
    DrawState,
    Movement,
    Stock,
    book_named,
    short_of,
    text_of,
    units_of,
    wanted_by,
)
from backend.domain.documents import document_of
from backend.domain.lifecycle import State
from backend.store import bonded as store
from backend.store.tables import bonded_books, bonded_draws, bonded_movements, metadata


@given(st.integers(1, 10**16 - 1))
def test_quantities_are_exact_both_ways(units: int) -> None:
    assert units_of(Decimal(text_of(units))) == units


@pytest.mark.parametrize("quantity", ["0", "-1", "0.000001", "1.000001", "100000000000"])
def test_what_is_no_quantity_has_no_units(quantity: str) -> None:
    assert units_of(Decimal(quantity)) is None


def test_text_is_the_shortest() -> None:
    assert [text_of(units) for units in (0, 1, 150_000, 100_000_000, -50_000)] == [
        "0",
        "0.00001",
        "1.5",
        "1000",
        "-0.5",
    ]


def test_a_list_draws_by_record_and_only_under_a_bonded_mode() -> None:
    lines = [
        {"gnum": "1", "itemRecordNo": "R1", "qty": "2"},
        {"gnum": "2", "itemRecordNo": "R1", "qty": "0.5"},
        {"gnum": "3", "itemRecordNo": "R2", "qty": "1"},
        {"gnum": "4", "itemRecordNo": "", "qty": "9"},
        {"gnum": "5", "itemRecordNo": "R3", "qty": "none"},
    ]
    for mode in ("1210", "1239", "9610"):
        declaration = document_of("621", {"tradeMode": mode, "emsNo": " H1 "}, lines)
        assert book_named(declaration) == ("H1" if mode in BONDED_MODES else "")
        assert wanted_by(declaration) == {"R1": 250_000, "R2": 100_000}


def test_every_state_after_acceptance_says_where_a_draw_belongs() -> None:
    assert DRAW_IN[State.Accepted] is DrawState.Reserved
    assert {DRAW_IN[state] for state in (State.Rejected, State.Cancelled)} == {DrawState.GivenBack}
    assert State.Declared not in DRAW_IN


_RECORDS = ("R1", "R2")
_STEPS = st.one_of(
    st.tuples(st.just("in"), st.sampled_from(_RECORDS), st.integers(1, 50)),
    st.tuples(st.just("out"), st.sampled_from(_RECORDS), st.integers(1, 50)),
    st.tuples(st.just("draw"), st.integers(0, 3), st.dictionaries(st.sampled_from(_RECORDS), st.integers(1, 30))),
    st.tuples(st.just("state"), st.integers(0, 3), st.sampled_from(tuple(DrawState))),
)


@given(st.lists(_STEPS, max_size=30))
def test_the_store_reckons_as_a_plain_count_does(steps: list[tuple[str, object, object]]) -> None:
    """Whoever asks before taking never makes what is free less than nothing."""
    with sa.create_engine("sqlite://").begin() as connection:
        metadata.create_all(connection, [bonded_books, bonded_movements, bonded_draws])
        moved: dict[str, int] = dict.fromkeys(_RECORDS, 0)
        draws: dict[int, tuple[dict[str, int], DrawState]] = {}
        for number, (what, first, second) in enumerate(steps):
            stock = store.stock_of(connection, "B")
            if what in ("in", "out"):
                record, units = str(first), int(second)  # type: ignore[call-overload]
                if what == "out" and list(short_of(stock, {record: units})):
                    continue
                kind = Movement.StockIn if what == "in" else Movement.Shortage
                signed = units if what == "in" else -units
                _move(connection, record, kind, signed, number)
                moved[record] += signed
            elif what == "draw":
                parcel, wanted = int(first), dict(second)  # type: ignore[call-overload]
                if parcel in draws or list(short_of(stock, wanted)):
                    continue
                store.keep_draws(connection, bytes([parcel]) * 32, "B", wanted, DrawState.Reserved, number)
                draws[parcel] = (wanted, DrawState.Reserved)
            else:
                parcel = int(first)  # type: ignore[call-overload]
                state = DrawState(second)
                # A list that was turned away does not come back by itself.
                if parcel not in draws or draws[parcel][1] is DrawState.GivenBack:
                    continue
                store.set_draw_state(connection, [bytes([parcel]) * 32], state, number)
                draws[parcel] = (draws[parcel][0], state)
            found = store.stock_of(connection, "B")
            for record in _RECORDS:
                plain = _plain(record, moved, draws)
                assert found.get(record, Stock(0, 0)) == plain
                assert plain.free >= 0


def _move(connection: sa.Connection, record: str, kind: Movement, units: int, number: int) -> None:
    row = {
        "book": "B",
        "record_no": record,
        "kind": kind.value,
        "units": units,
        "document": str(number),
        "parcel_id": None,
        "participant_no": 1,
        "reason": "",
        "operation_id": "o",
        "at": number,
    }
    store.insert_movements(connection, [row])


def _plain(record: str, moved: dict[str, int], draws: dict[int, tuple[dict[str, int], DrawState]]) -> Stock:
    sums = dict.fromkeys(DrawState, 0)
    for wanted, state in draws.values():
        sums[state] += wanted.get(record, 0)
    return Stock(moved[record] - sums[DrawState.Settled], sums[DrawState.Reserved])
