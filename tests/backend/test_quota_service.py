"""Buyers' years on a real database: reserved in bulk, never beyond the limit, told without a number."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from backend.domain.documents import Document
from backend.domain.errors import InvalidInput, QuotaExceeded, QuotaMoveRefused
from backend.domain.lifecycle import State
from backend.domain.quota import USUAL_LIMITS, EntryState, Limits, person_key
from backend.services.quota import (
    QuotaBook,
    account_of,
    held_declarations,
    reserve,
    reserve_for_acceptance,
    used_by,
    withdraw,
)
from backend.services.quota_following import follow
from backend.services.simulation import simulate
from backend.store.quota import entries_of
from backend.store.tables import quota_entries
from tests.support.kept import KEY, NOON, Shelf, import_list, parcel

BUYER = "99000018800101001X"
OTHER = "990000188001010010"
#: The first of January 2027 in China, an hour old; the old year of UTC.
NEW_YEAR = 1_798_736_400

A, B, C, D = map(parcel, range(4))


def book(shelf: Shelf, parcel_id: bytes, amount: str, buyer: str = BUYER, at: int = NOON) -> None:
    reserve(shelf.connection, KEY, parcel_id, import_list(amount, buyer=buyer), Decimal(amount), USUAL_LIMITS, at)


def account(shelf: Shelf, buyer: str = BUYER, year: int = 2026) -> dict[str, str]:
    view = account_of(shelf.connection, KEY, buyer, year)
    return {name: view[name] for name in ("counted", "reserved", "committed", "left", "over")}


# ---------------------------------------------------------------------------------------------------
# Reserving


def test_what_is_reserved_counts_to_the_buyers_year_in_china(shelf: Shelf) -> None:
    book(shelf, A, "300.50")
    book(shelf, B, "200", at=NEW_YEAR)
    book(shelf, C, "100", buyer=OTHER)
    assert account(shelf)["counted"] == "300.50"
    assert account(shelf, year=2027)["counted"] == "200.00"
    assert account(shelf, buyer=OTHER)["counted"] == "100.00"


def test_the_limit_itself_is_within_and_a_cent_more_changes_nothing(shelf: Shelf) -> None:
    book(shelf, A, "25999.99")
    book(shelf, B, "0.01")
    before = shelf.table(quota_entries)
    with pytest.raises(QuotaExceeded) as refused:
        book(shelf, C, "0.01")
    assert shelf.table(quota_entries) == before
    assert refused.value.details == {
        "used": "26000.00",
        "amount": "0.01",
        "limit": "26000",
        "parcels": [C.hex()],
    }
    assert BUYER not in str(refused.value.details)


def test_the_limit_of_a_district_is_the_limit(shelf: Shelf) -> None:
    small = Limits(year=Decimal(100))
    with pytest.raises(QuotaExceeded, match="100"):
        reserve(shelf.connection, KEY, A, import_list("101"), Decimal(101), small, NOON)


def test_the_same_again_changes_nothing_even_in_the_next_year(shelf: Shelf) -> None:
    book(shelf, A, "300")
    before = shelf.table(quota_entries)
    book(shelf, A, "300.00", at=NEW_YEAR)
    assert shelf.table(quota_entries) == before


@pytest.mark.parametrize(("amount", "buyer"), [("400", BUYER), ("300", OTHER), ("400", OTHER)])
def test_another_declaration_takes_the_place_of_a_reservation(shelf: Shelf, amount: str, buyer: str) -> None:
    book(shelf, A, "300")
    book(shelf, A, amount, buyer=buyer)
    (kept,) = entries_of(shelf.connection, [A]).values()
    assert (kept.person, kept.entry.amount) == (person_key(KEY, buyer), Decimal(amount))


def test_released_goods_are_not_reserved_as_others(shelf: Shelf) -> None:
    shelf.keep(A, import_list("300"))
    follow(shelf.connection, KEY, {A: State.Released}, NOON)
    book(shelf, A, "300")
    for amount, buyer in (("301", BUYER), ("300", OTHER)):
        with pytest.raises(QuotaMoveRefused):
            book(shelf, A, amount, buyer=buyer)
    assert account(shelf)["committed"] == "300.00"


def test_an_export_has_no_buyer_whose_year_counts(shelf: Shelf) -> None:
    export = next(one for one in simulate(5, 3, "export").parcels).documents["603"]
    reserve(shelf.connection, KEY, A, export, Decimal(300), USUAL_LIMITS, NOON)
    assert used_by(shelf.connection, KEY, {A: export}, NOON) == {}
    assert shelf.table(quota_entries) == []


def test_a_buyer_without_a_number_is_named_by_the_field_alone(shelf: Shelf) -> None:
    with pytest.raises(InvalidInput, match=r"InventoryHead\.buyerIdNumber"):
        book(shelf, A, "1", buyer="  ")


def test_what_is_not_accepted_after_all_is_given_back(shelf: Shelf) -> None:
    shelf.keep(B, import_list("200"))
    book(shelf, A, "300")
    book(shelf, B, "200")
    follow(shelf.connection, KEY, {B: State.Released}, NOON)
    for _ in range(2):
        withdraw(shelf.connection, [A, B, C], NOON)
        assert account(shelf)["counted"] == account(shelf)["committed"] == "200.00"


# ---------------------------------------------------------------------------------------------------
# In bulk


def test_others_of_the_same_buyer_and_year_are_used(shelf: Shelf) -> None:
    book(shelf, A, "300")
    book(shelf, B, "200")
    book(shelf, C, "50", at=NEW_YEAR)
    declared: dict[bytes, Document] = {A: import_list("300"), D: import_list("9"), C: import_list("9", buyer=OTHER)}
    assert used_by(shelf.connection, KEY, declared, NOON) == {A: 200, D: 500, C: 0}
    assert used_by(shelf.connection, KEY, {D: import_list("9")}, NEW_YEAR) == {D: 50}


def test_what_a_book_reserves_counts_for_what_follows_in_it(shelf: Shelf) -> None:
    declared = {A: import_list("20000"), B: import_list("7000"), C: import_list("6000")}
    opened = QuotaBook(shelf.connection, KEY, declared, NOON)
    opened.reserve(A, Decimal(20000))
    assert opened.used_by(B) == 20000
    with pytest.raises(QuotaExceeded):
        opened.reserve(B, Decimal(7000))
    opened.reserve(C, Decimal(6000))
    assert shelf.table(quota_entries) == []
    opened.save()
    assert account(shelf)["reserved"] == "26000.00"


def test_a_thousand_parcels_cost_a_handful_of_statements(shelf: Shelf) -> None:
    declared = {parcel(number): import_list("1", buyer=f"{number % 300:018d}") for number in range(1000)}
    for parcel_id, declaration in declared.items():
        shelf.keep(parcel_id, declaration)
    statements = _counted(shelf)
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, list(declared)), NOON)
    assert set(used_by(shelf.connection, KEY, declared, NOON).values()) == {2, 3}
    follow(shelf.connection, KEY, dict.fromkeys(declared, State.Released), NOON)
    assert len(statements) < 25
    assert len(shelf.table(quota_entries)) == 1000


def _counted(shelf: Shelf) -> list[str]:
    seen: list[str] = []

    @sa.event.listens_for(shelf.connection, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    return seen


# ---------------------------------------------------------------------------------------------------
# By hand


def test_accepting_by_hand_reserves_all_or_nothing(shelf: Shelf) -> None:
    for parcel_id, price in ((A, "20000"), (B, "6000"), (C, "0.01")):
        shelf.keep(parcel_id, import_list(price))
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [A, D]), NOON)
    assert account(shelf)["reserved"] == "20000.00"
    with pytest.raises(QuotaExceeded) as refused:
        reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [B, C]), NOON)
    assert refused.value.details["parcels"] == [C.hex()]
    assert account(shelf)["reserved"] == "20000.00"
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [B, A]), NOON)
    assert account(shelf)["reserved"] == "26000.00"


def test_freight_and_insurance_are_part_of_the_value(shelf: Shelf) -> None:
    shelf.keep(A, import_list("100", "50", freight="12.5", insuredFee="0.5"))
    reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [A]), NOON)
    assert account(shelf)["reserved"] == "163.00"


def test_a_value_that_cannot_be_told_is_named(shelf: Shelf) -> None:
    shelf.keep(A, import_list("many"))
    with pytest.raises(InvalidInput, match=r"InventoryList\.1\.totalPrice"):
        reserve_for_acceptance(shelf.connection, KEY, held_declarations(shelf.connection, [A]), NOON)


# ---------------------------------------------------------------------------------------------------
# The view


def test_a_year_is_told_parcel_by_parcel_without_whose_it_is(shelf: Shelf) -> None:
    shelf.keep(B, import_list("200"))
    book(shelf, A, "300")
    book(shelf, B, "200")
    follow(shelf.connection, KEY, {B: State.Delivered}, NOON + 1)
    view = account_of(shelf.connection, KEY, "990000 18800101001x", 2026)
    assert view == {
        "year": 2026,
        "currency": "CNY",
        "limit": "26000.00",
        "counted": "500.00",
        "reserved": "300.00",
        "committed": "200.00",
        "left": "25500.00",
        "over": "0.00",
        "entries": [
            {
                "parcel_id": parcel_id.hex(),
                "state": state,
                "amount": amount,
                "returned": "0.00",
                "counted": amount,
                "updated_at": at,
            }
            for parcel_id, state, amount, at in (
                (A, "reserved", "300.00", "2026-03-01T04:00:00Z"),
                (B, "committed", "200.00", "2026-03-01T04:00:01Z"),
            )
        ],
    }
    nobody = account_of(shelf.connection, KEY, OTHER, 2026)
    assert (nobody["counted"], nobody["left"], nobody["entries"]) == ("0.00", "26000.00", [])


def test_nothing_that_is_kept_tells_who_the_person_is(shelf: Shelf) -> None:
    book(shelf, A, "300")
    (row,) = shelf.table(quota_entries)
    assert BUYER not in str(row)
    assert row["person"] == person_key(KEY, BUYER)
    assert row["state"] == EntryState.Reserved
