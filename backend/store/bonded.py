"""Bonded account books: their stock as the sum of what moved it, and what lists take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.domain.bonded import DrawState, Stock, TransferState
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import bonded_books, bonded_draws, bonded_movements, bonded_transfers

_BOOK, _MOVE, _DRAW, _TRANSFER = bonded_books.c, bonded_movements.c, bonded_draws.c, bonded_transfers.c


def book_row(connection: Connection, number: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(bonded_books).where(_BOOK.number == number)).first()


def books_named(connection: Connection, numbers: Collection[str]) -> dict[str, sa.Row[Any]]:
    found: dict[str, sa.Row[Any]] = {}
    for part in chunks(sorted(set(numbers))):
        query = sa.select(bonded_books).where(_BOOK.number.in_(part))
        found.update({row.number: row for row in connection.execute(query)})
    return found


def find_books(
    connection: Connection, *, keeper_no: int | None, district: int | None, after: str | None, limit: int
) -> list[sa.Row[Any]]:
    """Books of a keeper or a district, by number; None asks for no such thing."""
    query = sa.select(bonded_books).order_by(_BOOK.number).limit(limit)
    if keeper_no is not None:
        query = query.where(_BOOK.keeper_no == keeper_no)
    if district is not None:
        query = query.where(_BOOK.district == district)
    if after is not None:
        query = query.where(_BOOK.number > after)
    return list(connection.execute(query))


def insert_book(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(bonded_books), dict(row))


def close_book(connection: Connection, number: str, now: int) -> None:
    connection.execute(sa.update(bonded_books).where(_BOOK.number == number).values(closed_at=now))


def stock_of(connection: Connection, book: str, but_for: Collection[bytes] = ()) -> dict[str, Stock]:
    """Every record of a book, by number; what the parcels `but_for` take is left out of the reckoning."""
    moved = sa.select(_MOVE.record_no, sa.func.sum(_MOVE.units).label("units")).where(_MOVE.book == book)
    on_hand = {row.record_no: int(row.units) for row in connection.execute(moved.group_by(_MOVE.record_no))}
    reserved: dict[str, int] = {}
    taken = (
        sa.select(_DRAW.record_no, _DRAW.state, sa.func.sum(_DRAW.units).label("units"))
        .where(_DRAW.book == book, _DRAW.state != DrawState.GivenBack.value)
        .group_by(_DRAW.record_no, _DRAW.state)
    )
    if but_for:
        taken = taken.where(_DRAW.parcel_id.not_in(list(but_for)))
    for row in connection.execute(taken):
        if row.state == DrawState.Reserved.value:
            reserved[row.record_no] = int(row.units)
        else:
            on_hand[row.record_no] = on_hand.get(row.record_no, 0) - int(row.units)
    return {record: Stock(on_hand.get(record, 0), reserved.get(record, 0)) for record in sorted({*on_hand, *reserved})}


def insert_movements(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(sa.insert(bonded_movements), [dict(row) for row in rows])


def movements_by_document(connection: Connection, book: str, kind: str, document: str) -> list[sa.Row[Any]]:
    query = sa.select(bonded_movements).where(_MOVE.book == book, _MOVE.kind == kind, _MOVE.document == document)
    return list(connection.execute(query.order_by(_MOVE.id)))


def movements_of(connection: Connection, book: str, below_id: int | None, limit: int) -> list[sa.Row[Any]]:
    """A book's movements, newest first."""
    query = sa.select(bonded_movements).where(_MOVE.book == book).order_by(_MOVE.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(_MOVE.id < below_id)
    return list(connection.execute(query))


def returned_of(connection: Connection, parcel_id: bytes) -> dict[str, int]:
    """What of a parcel is stock again, by record."""
    query = sa.select(_MOVE.record_no, sa.func.sum(_MOVE.units).label("units")).where(_MOVE.parcel_id == parcel_id)
    return {row.record_no: int(row.units) for row in connection.execute(query.group_by(_MOVE.record_no))}


# ---------------------------------------------------------------------------------------------------
# Lists


def draws_of(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, list[sa.Row[Any]]]:
    """What each of these parcels takes."""
    found: dict[bytes, list[sa.Row[Any]]] = {}
    for part in chunks(parcel_ids):
        for row in connection.execute(sa.select(bonded_draws).where(_DRAW.parcel_id.in_(part))):
            found.setdefault(row.parcel_id, []).append(row)
    return found


def keep_draws(
    connection: Connection, parcel_id: bytes, book: str, units: Mapping[str, int], state: DrawState, now: int
) -> None:
    """What a parcel's list takes, in place of what was kept of it."""
    connection.execute(sa.delete(bonded_draws).where(_DRAW.parcel_id == parcel_id))
    rows = [
        {
            "parcel_id": parcel_id,
            "record_no": record,
            "book": book,
            "units": number,
            "state": state.value,
            "updated_at": now,
        }
        for record, number in units.items()
    ]
    if rows:
        connection.execute(sa.insert(bonded_draws), rows)


def set_draw_state(connection: Connection, parcel_ids: Iterable[bytes], state: DrawState, now: int) -> None:
    for part in chunks(list(parcel_ids)):
        change = sa.update(bonded_draws).where(_DRAW.parcel_id.in_(part), _DRAW.state != state.value)
        connection.execute(change.values(state=state.value, updated_at=now))


# ---------------------------------------------------------------------------------------------------
# Transfers


def insert_transfer(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(connection.execute(sa.insert(bonded_transfers).returning(_TRANSFER.id), dict(row)).scalar_one())


def transfer_row(connection: Connection, transfer_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(bonded_transfers).where(_TRANSFER.id == transfer_id)).first()


def transfer_by_document(connection: Connection, from_book: str, document: str) -> sa.Row[Any] | None:
    query = sa.select(bonded_transfers).where(_TRANSFER.from_book == from_book, _TRANSFER.document == document)
    return connection.execute(query).first()


def transfers_of(connection: Connection, book: str, limit: int) -> list[sa.Row[Any]]:
    """Transfers out of a book or into it, newest first."""
    query = sa.select(bonded_transfers).where(sa.or_(_TRANSFER.from_book == book, _TRANSFER.to_book == book))
    return list(connection.execute(query.order_by(_TRANSFER.id.desc()).limit(limit)))


def end_transfer(connection: Connection, transfer_id: int, state: TransferState, by: int, now: int) -> None:
    change = sa.update(bonded_transfers).where(_TRANSFER.id == transfer_id)
    connection.execute(change.values(state=state.value, ended_by=by, ended_at=now))
