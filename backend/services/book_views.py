"""Bonded account books as their keepers and customs read them."""

from __future__ import annotations

from typing import Any

from backend.domain.bonded import text_of
from backend.domain.errors import NotFound
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.services.access import Caller
from backend.services.books import is_party
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of, place_of
from backend.services.parcels import participant_json
from backend.store import bonded as store
from backend.store.database import Connection
from backend.store.profiles import ParticipantName, names_of

#: Transfers that a book's view names.
MOST_TRANSFERS = 100


def list_books(
    gateway: Gateway, caller: Caller, *, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of books by number: of a customs officer's district, or those that the caller keeps."""
    customs = caller.bears(Role.Customs)
    with gateway.database.read() as connection:
        rows = store.find_books(
            connection,
            keeper_no=None if customs else caller.acting_no,
            district=caller.district if customs else None,
            after=place_of(cursor, 1)[0] if cursor else None,
            limit=limit + 1,
        )
        names = names_of(connection, {row.keeper_no for row in rows[:limit]})
    items = [_book(row, names) for row in rows[:limit]]
    return {"items": items, "next": cursor_of(rows[limit - 1].number) if len(rows) > limit else None}


def book_view(gateway: Gateway, caller: Caller, number: str) -> dict[str, Any]:
    """One book with its stock and transfers. Raises NotFound, for whom it does not concern as well."""
    with gateway.database.read() as connection:
        row = _own(connection, caller, number)
        stock = store.stock_of(connection, number)
        transfers = store.transfers_of(connection, number, MOST_TRANSFERS)
        names = names_of(connection, {row.keeper_no})
    return _book(row, names) | {
        "records": [
            {
                "record_no": record,
                "on_hand": text_of(one.on_hand),
                "reserved": text_of(one.reserved),
                "free": text_of(one.free),
            }
            for record, one in stock.items()
        ],
        "transfers": [_transfer(each) for each in transfers],
    }


def list_movements(
    gateway: Gateway, caller: Caller, number: str, *, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of what moved a book's stock, newest first. Raises NotFound."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        _own(connection, caller, number)
        rows = store.movements_of(connection, number, below, limit + 1)
        names = names_of(connection, {row.participant_no for row in rows})
    items = [
        {
            "movement_id": row.id,
            "kind": row.kind,
            "record_no": row.record_no,
            "quantity": text_of(row.units),
            "document": row.document,
            "parcel_id": None if row.parcel_id is None else row.parcel_id.hex(),
            "by": participant_json(row.participant_no, names),
            "reason": row.reason or None,
            "operation_id": row.operation_id,
            "at": iso(row.at),
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next": cursor_of(rows[limit - 1].id) if len(rows) > limit else None}


def _own(connection: Connection, caller: Caller, number: str) -> Any:
    row = store.book_row(connection, number)
    if row is None or not is_party(caller, row):
        raise NotFound(what="book", value=number)
    return row


def _book(row: Any, names: dict[int, ParticipantName]) -> dict[str, Any]:
    return {
        "number": row.number,
        "keeper": participant_json(row.keeper_no, names),
        "district": f"{row.district:04d}",
        "opened_at": iso(row.opened_at),
        "closed_at": None if row.closed_at is None else iso(row.closed_at),
    }


def _transfer(row: Any) -> dict[str, Any]:
    return {
        "transfer_id": row.id,
        "from": row.from_book,
        "to": row.to_book,
        "document": row.document,
        "state": row.state,
        "lines": [{"record_no": record, "quantity": text_of(units)} for record, units in row.lines],
        "made_at": iso(row.made_at),
        "ended_at": None if row.ended_at is None else iso(row.ended_at),
    }
