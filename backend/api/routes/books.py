"""Bonded account books (保税账册): stock in and out, counts, transfers between books."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import MOST_NUMBER, USUAL, Body, Cursor, Limit, ParcelIdText, QuantityText
from backend.domain.bonded import TRANSFER_ENDS, Movement
from backend.domain.reasons import LONGEST_REASON
from backend.services import book_views, books
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/books", tags=["books"])

_NUMBER = r"^[0-9A-Za-z]{1,30}$"
BookNumber = Annotated[str, Path(pattern=_NUMBER)]
BookText = Annotated[str, StringConstraints(pattern=_NUMBER)]
RecordText = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,30}$")]
DocumentText = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._/-]{1,64}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]
TransferId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]

_customs = scoped("open and close account books", Scope.authority)
_party = scoped("read account books", Scope.enterprise, Scope.authority)
_mover = scoped("move stock of account books", Scope.enterprise, Scope.authority)
_keeper = scoped("transfer stock between account books", Scope.enterprise)


class BookBody(Body):
    """The book's number, as lists name it (`emsNo`), and the warehouse that keeps it."""

    number: BookText
    keeper_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]


class LineBody(Body):
    """So much of a record (`itemRecordNo`), in the record's unit."""

    record_no: RecordText
    qty: QuantityText


Lines = Annotated[list[LineBody], Field(min_length=1, max_length=books.MOST_LINES)]


class MovementBody(Body):
    """What moved and by which document; the parcel of goods that came back, the reason of what a count found."""

    kind: Literal["StockIn", "Returned", "Surplus", "Shortage"]
    document: DocumentText
    lines: Lines
    parcel_id: ParcelIdText | None = None
    reason: Reason | None = None


class TransferBody(Body):
    """To which book, by which document, how much of what."""

    to: BookText
    document: DocumentText
    lines: Lines


def _lines(body: list[LineBody]) -> list[books.Line]:
    return [books.Line(line.record_no, Decimal(line.qty)) for line in body]


@router.post("", status_code=202, operation_id="open_book")
async def open_book(
    body: BookBody, request: Request, gateway: GatewayDep, confirm: ConfirmDep = False, caller: Caller = _customs
) -> Response:
    """Customs open a book of their district for a warehouse; from then on lists that name it draw on its stock."""
    operation = await in_thread(books.open_book, gateway, caller, body.number, body.keeper_no)
    return await written(request, caller, operation, confirm, book=body.number)


@router.get("", operation_id="list_books")
def list_books(gateway: GatewayDep, caller: Caller = _party, cursor: Cursor = None, limit: Limit = USUAL) -> Response:
    """Books of a customs officer's district, or those that the caller keeps."""
    return answer(book_views.list_books(gateway, caller, cursor=cursor, limit=limit))


@router.get("/{number}", operation_id="get_book")
def get_book(number: BookNumber, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """One book: of each record what is there, what accepted lists wait for, what is free; its transfers."""
    return answer(book_views.book_view(gateway, caller, number))


@router.post("/{number}/closure", status_code=202, operation_id="close_book")
async def close_book(
    number: BookNumber, request: Request, gateway: GatewayDep, confirm: ConfirmDep = False, caller: Caller = _customs
) -> Response:
    """Customs close a book in which nothing is left."""
    operation = await in_thread(books.close_book, gateway, caller, number)
    return await written(request, caller, operation, confirm)


@router.get("/{number}/movements", operation_id="list_book_movements")
def list_book_movements(
    number: BookNumber, gateway: GatewayDep, caller: Caller = _party, cursor: Cursor = None, limit: Limit = USUAL
) -> Response:
    """What moved a book's stock besides lists, newest first."""
    return answer(book_views.list_movements(gateway, caller, number, cursor=cursor, limit=limit))


@router.post("/{number}/movements", status_code=202, operation_id="move_stock")
async def move_stock(
    number: BookNumber,
    body: MovementBody,
    request: Request,
    gateway: GatewayDep,
    confirm: ConfirmDep = False,
    caller: Caller = _mover,
) -> Response:
    """The keeper takes goods in, new ones or returned ones; customs record what a count found."""
    operation = await in_thread(
        books.move,
        gateway,
        caller,
        number,
        Movement(body.kind),
        body.document,
        _lines(body.lines),
        parcel_id=None if body.parcel_id is None else bytes.fromhex(body.parcel_id),
        reason=body.reason,
    )
    return await written(request, caller, operation, confirm)


@router.post("/{number}/transfers", status_code=202, operation_id="transfer_stock")
async def transfer_stock(
    number: BookNumber,
    body: TransferBody,
    request: Request,
    gateway: GatewayDep,
    confirm: ConfirmDep = False,
    caller: Caller = _keeper,
) -> Response:
    """The keeper sends goods to another book (账册互转): they leave its stock at once."""
    operation, transfer_id = await in_thread(
        books.transfer, gateway, caller, number, body.to, body.document, _lines(body.lines)
    )
    return await written(request, caller, operation, confirm, transfer_id=transfer_id)


@router.post("/transfers/{transfer_id}/{end}", status_code=202, operation_id="end_stock_transfer")
async def end_stock_transfer(
    transfer_id: TransferId,
    end: Literal["acceptance", "refusal", "withdrawal"],
    request: Request,
    gateway: GatewayDep,
    confirm: ConfirmDep = False,
    caller: Caller = _mover,
) -> Response:
    """The receiving keeper accepts or refuses, the sending one withdraws; customs of either district may refuse."""
    operation = await in_thread(books.end_transfer, gateway, caller, transfer_id, TRANSFER_ENDS[end])
    return await written(request, caller, operation, confirm)
