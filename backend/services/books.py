"""Bonded account books as customs and their keepers run them: opened, moved, transferred, closed.

Every write is one transaction with its evidence and its anchor: all of it is kept, or nothing. What was recorded is
never changed; a mistake is set right by another movement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.domain.anchors import AnchorKind
from backend.domain.bonded import (
    COUNTED,
    KEEPERS,
    TAKING,
    DrawState,
    Movement,
    Stock,
    TransferState,
    short_of,
    text_of,
    units_of,
)
from backend.domain.bonded_errors import (
    BookClosed,
    BookNotEmpty,
    GoodsNotBack,
    MovementNotYours,
    StockExceeded,
    TransferOver,
)
from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.lifecycle import State
from backend.domain.participants import Role
from backend.domain.reasons import reason_in
from backend.services.access import Caller
from backend.services.anchoring import keep_and_anchor
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import new_operation
from backend.services.quota import held_declarations
from backend.store import bonded as store
from backend.store import readmodel
from backend.store import returns as return_store
from backend.store.database import Connection
from backend.store.parcel_queries import sets_of

#: Records of one movement: each is a field of its evidence.
MOST_LINES = 60
#: Transfers that a look at open ones reads.
_MOST_TRANSFERS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """So much of a record."""

    record_no: str
    quantity: Decimal


def open_book(gateway: Gateway, caller: Caller, number: str, keeper_no: int) -> str:
    """Customs of a district open a book for a warehouse. Operation id. Raises RoleMissing, Conflict, NotHosted."""
    with gateway.database.write() as connection:
        require_role(connection, caller.acting_no, Role.Customs)
        require_role(connection, keeper_no, Role.SiteOperator)
        if store.book_row(connection, number) is not None:
            raise Conflict(what="book", key=number)
        now = gateway.now()
        row = {
            "number": number,
            "keeper_no": keeper_no,
            "district": caller.district,
            "opened_by": caller.acting_no,
            "opened_at": now,
        }
        store.insert_book(connection, row)
        return _anchor(connection, gateway, caller.acting_no, {"act": "opened", "book": number, "keeper": keeper_no})


def close_book(gateway: Gateway, caller: Caller, number: str) -> str:
    """Customs close a book in which nothing is left. Operation id. Raises NotFound, BookClosed, BookNotEmpty."""
    with gateway.database.write() as connection:
        book = _book(connection, number)
        _require_customs(caller, book)
        _require_open(book)
        held = (record for record, stock in store.stock_of(connection, number).items() if stock != Stock(0, 0))
        under_way = (
            each.lines[0][0]
            for each in store.transfers_of(connection, number, _MOST_TRANSFERS)
            if each.state == TransferState.UnderWay.value
        )
        if (record := next(held, None) or next(under_way, None)) is not None:
            raise BookNotEmpty(book=number, record_no=record)
        store.close_book(connection, number, gateway.now())
        return _anchor(connection, gateway, caller.acting_no, {"act": "closed", "book": number})


def move(
    gateway: Gateway,
    caller: Caller,
    number: str,
    movement: Movement,
    document: str,
    lines: Sequence[Line],
    *,
    parcel_id: bytes | None = None,
    reason: str | None = None,
) -> str:
    """The keeper takes goods in, or customs record what a count found; operation id.

    The same document again with the same content is the same operation. Raises NotFound, BookClosed, MovementNotYours,
    StockExceeded, GoodsNotBack, Conflict, InvalidInput, NotHosted.
    """
    units = _units(lines)
    with gateway.database.write() as connection:
        book = _book(connection, number)
        _require_party(caller, book)
        _check_author(caller, book, movement)
        said = reason_in(reason or "") if movement in COUNTED else ""
        if known := _moved_before(connection, number, movement, document, units):
            return known
        _require_open(book)
        if movement is Movement.Returned:
            _check_returned(connection, book, parcel_id, units)
        elif parcel_id is not None:
            raise InvalidInput(field="parcel_id", value=parcel_id.hex()[:10], rule="only of goods that came back")
        return _record(
            connection, gateway, caller.acting_no, number, movement, document, units, parcel_id=parcel_id, reason=said
        )


def transfer(
    gateway: Gateway, caller: Caller, number: str, to: str, document: str, lines: Sequence[Line]
) -> tuple[str, int]:
    """The keeper sends goods to another book (账册互转): they leave its stock now. Operation id and transfer.

    The same document again is the same transfer. Raises NotFound, BookClosed, StockExceeded, Conflict, InvalidInput.
    """
    units = _units(lines)
    with gateway.database.write() as connection:
        book, other = _book(connection, number), _book(connection, to)
        if caller.participant_no != book.keeper_no:
            raise NotFound(what="book", value=number)
        if to == number:
            raise InvalidInput(field="to", value=to, rule="another book")
        known = store.transfer_by_document(connection, number, document)
        if known is not None:
            if (known.to_book, [tuple(line) for line in known.lines]) != (to, list(units.items())):
                raise Conflict(what="transfer", key=document)
            return _moved_before(connection, number, Movement.TransferredOut, document, units) or "", known.id
        _require_open(book)
        _require_open(other)
        operation_id = _record(
            connection, gateway, caller.acting_no, number, Movement.TransferredOut, document, units, to=to
        )
        row = {
            "from_book": number,
            "to_book": to,
            "document": document,
            "lines": [list(line) for line in units.items()],
            "state": TransferState.UnderWay.value,
            "made_by": caller.acting_no,
            "made_at": gateway.now(),
        }
        return operation_id, store.insert_transfer(connection, row)


def end_transfer(gateway: Gateway, caller: Caller, transfer_id: int, state: TransferState) -> str:
    """The receiving keeper accepts or refuses, the sending one withdraws; customs of either may refuse. Operation id.

    Accepted, the goods are the other book's; else they are back where they came from. Raises NotFound, TransferOver,
    BookClosed, MovementNotYours, NotHosted.
    """
    with gateway.database.write() as connection:
        row = store.transfer_row(connection, transfer_id)
        if row is None:
            raise NotFound(what="transfer", value=transfer_id)
        sender, receiver = _book(connection, row.from_book), _book(connection, row.to_book)
        own = caller.participant_no
        customs = caller.bears(Role.Customs) and caller.district in (sender.district, receiver.district)
        if not customs and own not in (sender.keeper_no, receiver.keeper_no):
            raise NotFound(what="transfer", value=transfer_id)
        allowed = {
            TransferState.Accepted: own == receiver.keeper_no,
            TransferState.Refused: own == receiver.keeper_no or customs,
            TransferState.Withdrawn: own == sender.keeper_no,
        }
        if not allowed.get(state, False):
            raise MovementNotYours(movement=f"transfer {state.value}", who="the other party", who_zh="另一方")
        if row.state != TransferState.UnderWay.value:
            raise TransferOver(transfer_id=transfer_id, state=row.state)
        units = {record: int(number) for record, number in row.lines}
        into, kind = row.from_book, Movement.TransferBack
        if state is TransferState.Accepted:
            _require_open(receiver)
            into, kind = row.to_book, Movement.TransferredIn
        store.end_transfer(connection, transfer_id, state, caller.acting_no, gateway.now())
        document = f"transfer {transfer_id}"
        return _record(connection, gateway, caller.acting_no, into, kind, document, units, to=state.value)


# ---------------------------------------------------------------------------------------------------


def _book(connection: Connection, number: str) -> Any:
    book = store.book_row(connection, number)
    if book is None:
        raise NotFound(what="book", value=number)
    return book


def is_party(caller: Caller, book: Any) -> bool:
    """Whether a book concerns somebody: its keeper, and customs of its district."""
    if caller.bears(Role.Customs) and caller.district == book.district:
        return True
    return caller.participant_no is not None and caller.participant_no == book.keeper_no


def _require_party(caller: Caller, book: Any) -> None:
    if not is_party(caller, book):
        raise NotFound(what="book", value=book.number)


def _require_customs(caller: Caller, book: Any) -> None:
    _require_party(caller, book)
    if not caller.bears(Role.Customs):
        raise MovementNotYours(movement="closure", who="customs of the district", who_zh="主管海关")


def _require_open(book: Any) -> None:
    if book.closed_at is not None:
        raise BookClosed(book=book.number)


def _check_author(caller: Caller, book: Any, movement: Movement) -> None:
    if movement in KEEPERS and caller.participant_no != book.keeper_no:
        raise MovementNotYours(movement=movement.value, who="the keeper of the book", who_zh="账册企业")
    if movement in COUNTED and not caller.bears(Role.Customs):
        raise MovementNotYours(movement=movement.value, who="customs of the district", who_zh="主管海关")
    if movement not in KEEPERS | COUNTED:
        raise InvalidInput(field="kind", value=movement.value, rule="StockIn, Returned, Surplus or Shortage")


def _units(lines: Sequence[Line]) -> dict[str, int]:
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidInput(field="lines", value=f"{len(lines)}", rule=f"1 to {MOST_LINES} lines")
    found: dict[str, int] = {}
    for line in lines:
        units = units_of(line.quantity)
        if units is None:
            raise InvalidInput(field="qty", value=f"{line.quantity:f}"[:30], rule="above 0, with at most five decimals")
        if line.record_no in found:
            raise InvalidInput(field="record_no", value=line.record_no, rule="each record once")
        found[line.record_no] = units
    return found


def _moved_before(
    connection: Connection, number: str, movement: Movement, document: str, units: Mapping[str, int]
) -> str | None:
    """The operation of a document that was recorded before. Raises Conflict where it said something else."""
    rows = store.movements_by_document(connection, number, movement.value, document)
    if not rows:
        return None
    if {row.record_no: abs(row.units) for row in rows} != units:
        raise Conflict(what="movement", key=document)
    return str(rows[0].operation_id)


def _check_returned(connection: Connection, book: Any, parcel_id: bytes | None, units: Mapping[str, int]) -> None:
    """That so much of a list's goods came back, was verified fit, and is not stock already."""
    if parcel_id is None:
        raise InvalidInput(field="parcel_id", value="", rule="the parcel that came back")
    place = next(iter(readmodel.places_of(connection, [parcel_id]).get(parcel_id, ())), None)
    draws = {
        row.record_no: row.units
        for row in store.draws_of(connection, [parcel_id]).get(parcel_id, ())
        if row.book == book.number and row.state == DrawState.Settled.value
    }
    is_back = place is not None and sets_of(place).state_of(place.position) is State.Returned
    fit = _restocked(connection, parcel_id, place) if is_back else {}
    before = store.returned_of(connection, parcel_id)
    for record, number in units.items():
        most = draws.get(record, 0) if fit is None else min(draws.get(record, 0), fit.get(record, 0))
        if not is_back or before.get(record, 0) + number > most:
            raise GoodsNotBack(parcel_id=parcel_id.hex(), book=book.number, record_no=record)


def _restocked(connection: Connection, parcel_id: bytes, place: Any) -> dict[str, int] | None:
    """What customs found fit to be stock again, by record; None where nobody examined the return line by line."""
    findings = return_store.findings_of(connection, parcel_id, place.manifest)
    declaration = held_declarations(connection, [parcel_id]).get(parcel_id)
    if not findings or declaration is None:
        return None
    records = {
        Decimal(line["gnum"]): line.get("itemRecordNo", "").strip()
        for line in declaration.lines
        if line.get("gnum", "").strip().isdigit()
    }
    found: dict[str, int] = {}
    for number, quantity in findings[-1].restocked:
        record, units = records.get(Decimal(number), ""), units_of(Decimal(quantity))
        if record and units is not None:
            found[record] = found.get(record, 0) + units
    return found


def _record(
    connection: Connection,
    gateway: Gateway,
    participant_no: int,
    number: str,
    movement: Movement,
    document: str,
    units: Mapping[str, int],
    *,
    parcel_id: bytes | None = None,
    reason: str = "",
    to: str = "",
) -> str:
    """Keeps a movement and queues its anchor. Raises StockExceeded where it would take more than is free."""
    if movement in TAKING:
        stock = store.stock_of(connection, number)
        for record in short_of(stock, units):
            free = stock.get(record, Stock(0, 0)).free
            raise StockExceeded(book=number, record_no=record, free=text_of(max(free, 0)), asked=text_of(units[record]))
    content: dict[str, Any] = {
        "act": movement.value,
        "book": number,
        "document": document,
        "to": to or None,
        "reason": reason or None,
        "parcel": None if parcel_id is None else parcel_id.hex(),
        "lines": [{"record": record, "quantity": text_of(each)} for record, each in units.items()],
    }
    operation_id = _anchor(connection, gateway, participant_no, content)
    sign = -1 if movement in TAKING else 1
    rows = [
        {
            "book": number,
            "record_no": record,
            "kind": movement.value,
            "units": sign * each,
            "document": document,
            "parcel_id": parcel_id,
            "participant_no": participant_no,
            "reason": reason,
            "operation_id": operation_id,
            "at": gateway.now(),
        }
        for record, each in units.items()
    ]
    store.insert_movements(connection, rows)
    return operation_id


def _anchor(connection: Connection, gateway: Gateway, participant_no: int, content: Mapping[str, Any]) -> str:
    now = gateway.now()
    summary = {"book": content["book"], "act": content["act"]}
    operation_id = new_operation(connection, "book", participant_no, summary, now)
    keep_and_anchor(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        kind=AnchorKind.BookMovement,
        content=content,
        now=now,
    )
    return operation_id
