"""Bonded account books at the console: stock, what moved it, transfers, and forms for whose turn it is."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.bonded import COUNTED, KEEPERS, TRANSFER_ENDS, Movement, TransferState
from backend.domain.documents import decimal_of
from backend.domain.errors import GuanlianError, InvalidInput
from backend.services import book_views, books
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, number_between, one_of, parcel_in, row_in

router = APIRouter(prefix="/console/books", route_class=PageRoute, include_in_schema=False)

PAGE = 50


@router.get("")
def every(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    return _list(request, session, cursor)


@router.post("")
def open_book(
    request: Request,
    session: OwnForm,
    number: Annotated[str, Form(max_length=40)] = "",
    keeper_no: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A new book, or the form again with what is wrong with it."""
    require(session.caller, "open and close account books", Scope.authority)
    try:
        keeper = number_between("keeper_no", keeper_no, 1, 2**31 - 1)
        operation_id = books.open_book(gateway_of(request), session.caller, _word("number", number, 30), keeper)
    except GuanlianError as refused:
        return _list(request, session, "", refused, {"number": number, "keeper_no": keeper_no})
    return redirect(f"/console/operations/{operation_id}")


@router.get("/{number}")
def one(
    request: Request, session: SignedIn, number: str, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    return _one(request, session, number, cursor)


@router.post("/{number}/movements")
def move(
    request: Request,
    session: OwnForm,
    number: str,
    kind: Annotated[str, Form(max_length=20)] = "",
    document: Annotated[str, Form(max_length=80)] = "",
    lines: Annotated[str, Form(max_length=10_000)] = "",
    parcel: Annotated[str, Form(max_length=70)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    require(session.caller, "move stock of account books", Scope.enterprise, Scope.authority)
    typed = {"kind": kind, "document": document, "lines": lines, "parcel": parcel, "reason": reason}
    try:
        operation_id = books.move(
            gateway_of(request),
            session.caller,
            number,
            Movement(one_of("kind", kind, (each.value for each in sorted(KEEPERS | COUNTED)))),
            _word("document", document, 64),
            _lines_in(lines),
            parcel_id=parcel_in("parcel", parcel) if parcel.strip() else None,
            reason=reason.strip() or None,
        )
    except GuanlianError as refused:
        return _one(request, session, number, "", refused, typed)
    return redirect(f"/console/operations/{operation_id}")


@router.post("/{number}/transfers")
def transfer(
    request: Request,
    session: OwnForm,
    number: str,
    to: Annotated[str, Form(max_length=40)] = "",
    document: Annotated[str, Form(max_length=80)] = "",
    lines: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    require(session.caller, "transfer stock between account books", Scope.enterprise)
    try:
        operation_id, _ = books.transfer(
            gateway_of(request),
            session.caller,
            number,
            _word("to", to, 30),
            _word("document", document, 64),
            _lines_in(lines),
        )
    except GuanlianError as refused:
        return _one(request, session, number, "", refused, {"to": to, "document": document, "lines": lines})
    return redirect(f"/console/operations/{operation_id}")


@router.post("/{number}/transfers/{transfer_id}/{end}")
def end_transfer(request: Request, session: OwnForm, number: str, transfer_id: Number, end: str) -> Response:
    require(session.caller, "move stock of account books", Scope.enterprise, Scope.authority)
    state = TRANSFER_ENDS[one_of("end", end, TRANSFER_ENDS)]
    try:
        operation_id = books.end_transfer(gateway_of(request), session.caller, row_in("transfer", transfer_id), state)
    except GuanlianError as refused:
        return _one(request, session, number, "", refused)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------


def _list(
    request: Request,
    session: Session,
    cursor: str,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    found = book_views.list_books(gateway_of(request), session.caller, cursor=cursor or None, limit=PAGE)
    return render(
        request,
        "console/books.html",
        200 if refused is None else refused.status,
        books=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
        refused=refused,
        typed=typed or {},
    )


def _one(
    request: Request,
    session: Session,
    number: str,
    cursor: str = "",
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    gateway = gateway_of(request)
    view = book_views.book_view(gateway, session.caller, number)
    moved = book_views.list_movements(gateway, session.caller, number, cursor=cursor or None, limit=PAGE)
    keeps = session.caller.participant_no == view["keeper"]["participant_no"]
    return render(
        request,
        "console/book.html",
        200 if refused is None else refused.status,
        one=view,
        movements=moved["items"],
        more=urlencode({"cursor": moved["next"]}) if moved["next"] else "",
        kinds=[each.value for each in sorted(KEEPERS if keeps else COUNTED, reverse=keeps)],
        keeps=keeps,
        ends={each["transfer_id"]: _ends(each, view, keeps) for each in view["transfers"]},
        refused=refused,
        typed=typed or {},
    )


def _ends(transfer: dict[str, Any], view: dict[str, Any], keeps: bool) -> tuple[str, ...]:
    """What the reader of a book may do with a transfer that is under way."""
    if transfer["state"] != TransferState.UnderWay.value:
        return ()
    if not keeps:
        return ("refusal",)
    return ("withdrawal",) if transfer["from"] == view["number"] else ("acceptance", "refusal")


def _word(field: str, text: str, most: int) -> str:
    found = text.strip()
    if not re.fullmatch(r"[0-9A-Za-z._/-]+", found) or len(found) > most:
        raise InvalidInput(field=field, value=text[:40], rule=f"at most {most} characters")
    return found


def _lines_in(text: str) -> list[books.Line]:
    """Record and quantity, one pair a line."""
    found = []
    for row in text.splitlines():
        if not row.strip():
            continue
        record, _, quantity = row.strip().partition(" ")
        number = decimal_of(quantity.strip())
        if number is None:
            raise InvalidInput(field="lines", value=row[:40], rule="a record and a quantity, one pair a line")
        found.append(books.Line(_word("record_no", record, 30), number))
    return found
