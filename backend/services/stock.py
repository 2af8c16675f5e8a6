"""What lists take of bonded account books: told to the rules, reserved at acceptance, brought where parcels stand.

Everything works inside the caller's write transaction, so that what is free and what is reserved agree. A list that
names a book that is not kept here is not counted here, and refused for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.domain.bonded import DRAW_IN, UNIT, DrawState, Stock, book_named, short_of, text_of, wanted_by
from backend.domain.bonded_errors import StockExceeded
from backend.domain.documents import Document
from backend.domain.lifecycle import Direction
from backend.services.quota import held_declarations
from backend.store import bonded as store
from backend.store.database import Connection
from backend.store.parcel_queries import sets_of
from backend.store.profiles import numbers_of_codes
from backend.store.readmodel import places_of


class Shelves:
    """The books that some lists name, for the rules of comparing."""

    def __init__(self, connection: Connection, declarations: Mapping[bytes, Document]) -> None:
        named = {parcel: number for parcel, one in declarations.items() if (number := book_named(one))}
        books = store.books_named(connection, set(named.values()))
        self._connection = connection
        self._books = {parcel: books[number] for parcel, number in named.items() if number in books}
        codes = {one.head.get("areaCode", "").strip() for parcel, one in declarations.items() if parcel in self._books}
        self._keepers = numbers_of_codes(connection, codes - {""})
        self._draws = store.draws_of(connection, list(self._books))
        self._stock: dict[str, dict[str, Stock]] = {}

    def quantities_for(self, parcel_id: bytes, declaration: Document) -> dict[str, Decimal] | None:
        """As `free_for`, in the units of the records, as the rules compare them."""
        free = self.free_for(parcel_id, declaration)
        return None if free is None else {record: units * UNIT for record, units in free.items()}

    def free_for(self, parcel_id: bytes, declaration: Document) -> dict[str, int] | None:
        """What a list may take, by record in UNIT; None where its book is not kept here.

        Nothing from a book that is closed, of another district, or of another warehouse than the list names.
        """
        book = self._books.get(parcel_id)
        if book is None:
            return None
        keeper = self._keepers.get(declaration.head.get("areaCode", "").strip())
        if book.closed_at is not None or keeper != book.keeper_no:
            return {}
        if (declaration.customs_code or "").strip() != f"{book.district:04d}":
            return {}
        if book.number not in self._stock:
            self._stock[book.number] = store.stock_of(self._connection, book.number)
        free = {record: one.free for record, one in self._stock[book.number].items()}
        for row in self._draws.get(parcel_id, ()):
            # Its own reservation is no reason to refuse it.
            if row.book == book.number and row.state == DrawState.Reserved.value:
                free[row.record_no] = free.get(row.record_no, 0) + row.units
        return free


def reserve_for_acceptance(connection: Connection, declarations: Mapping[bytes, Document], now: int) -> None:
    """Reserves what import lists take that are accepted now, by parcel: all of them or none.

    Raises StockExceeded for the first that goes beyond its book.
    """
    shelves = Shelves(connection, declarations)
    taken: dict[str, dict[str, int]] = {}
    for parcel, declaration in declarations.items():
        free = shelves.free_for(parcel, declaration)
        if free is None:
            continue
        book, wanted = book_named(declaration), wanted_by(declaration)
        before = taken.setdefault(book, {})
        left = {record: Stock(units - before.get(record, 0), 0) for record, units in free.items()}
        for record in short_of(left, wanted):
            there = left.get(record, Stock(0, 0)).free
            raise StockExceeded(book=book, record_no=record, free=text_of(max(there, 0)), asked=text_of(wanted[record]))
        for record, units in wanted.items():
            before[record] = before.get(record, 0) + units
        store.keep_draws(connection, parcel, book, wanted, DrawState.Reserved, now)


def withdraw(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> None:
    """Gives back what was reserved for acceptances that will not be recorded; what was released stays taken."""
    reserved = [
        parcel
        for parcel, rows in store.draws_of(connection, parcel_ids).items()
        if all(row.state == DrawState.Reserved.value for row in rows)
    ]
    store.set_draw_state(connection, reserved, DrawState.GivenBack, now)


def follow_newest(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> None:
    """Brings what these parcels take to where the read model has them now.

    A list that was accepted elsewhere, or by hand beyond what was there, takes its goods all the same: the chain has
    decided, and the book shows what is missing as less than nothing free.
    """
    known = store.draws_of(connection, parcel_ids)
    fresh = held_declarations(connection, [parcel for parcel in parcel_ids if parcel not in known])
    books = store.books_named(connection, {book_named(declaration) for declaration in fresh.values()})
    places = {parcel: found[0] for parcel, found in places_of(connection, parcel_ids).items()}
    moved: dict[DrawState, list[bytes]] = {}
    for parcel, place in places.items():
        if place.direction != int(Direction.Import):
            continue
        belongs = DRAW_IN.get(sets_of(place).state_of(place.position))
        if belongs is None:
            continue
        if parcel in known:
            moved.setdefault(belongs, []).append(parcel)
        elif belongs is not DrawState.GivenBack and parcel in fresh and (book := book_named(fresh[parcel])) in books:
            store.keep_draws(connection, parcel, book, wanted_by(fresh[parcel]), belongs, now)
    for state, parcels in moved.items():
        store.set_draw_state(connection, parcels, state, now)
