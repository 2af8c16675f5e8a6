"""Messages at the console: one is sent by hand, and what customs answered is read."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse

from backend.formats.ceb.fields import RECEIPTS
from backend.formats.ceb.statuses import STATUSES
from backend.services.access import Scope, require
from backend.services.intake import receive_message
from backend.services.receipt_search import REFUSALS, ReceiptFilter, newest_receipts, receipts_since
from backend.web.pages import parcel_id_in
from backend.web.receipt_lines import receipt_lines, statuses_by_name
from backend.web.rendering import PageRoute, gateway_of, language_for, render
from backend.web.sessions import OwnForm, SignedIn, reader_of
from backend.web.typed import body_of, number_in

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 50


@router.get("/message")
def message_form(request: Request, session: SignedIn) -> HTMLResponse:
    return render(request, "console/message.html", outcome=None, empty=False)


@router.post("/message")
def send_message(
    request: Request,
    session: OwnForm,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
    dry_run: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Takes in one message and shows its receipt in words. The same message again is answered as before."""
    gateway = gateway_of(request)
    body = body_of(gateway, file, text)
    if not body:
        return render(request, "console/message.html", 422, outcome=None, empty=True)
    require(session.caller, "send messages", Scope.enterprise)
    outcome = receive_message(gateway, session.caller.acting_no, body, dry_run=bool(dry_run))
    return render(
        request,
        "console/message.html",
        422 if outcome.is_refused else 200,
        outcome=outcome.as_json(),
        empty=False,
    )


@router.get("/receipts")
def receipt_list(
    request: Request,
    session: SignedIn,
    type_: Annotated[str, Query(alias="type", max_length=3)] = "",
    status: Annotated[str, Query(max_length=10)] = "",
    parcel: Annotated[str, Query(max_length=300)] = "",
    since: str = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The newest first; those after a receipt in their own order where `since` names one."""
    gateway, reader = gateway_of(request), reader_of(session)
    parcel_id = parcel_id_in(parcel) if parcel else None
    asked = {"type": type_, "status": status, "parcel": parcel, "since": since}
    wanted = ReceiptFilter(type_ or None, status or None, parcel_id)
    found: dict[str, Any] = {"items": [], "next": None}
    no_parcel = bool(parcel) and parcel_id is None
    if since and not no_parcel:
        found = receipts_since(gateway, reader, wanted, number_in("since", since), PAGE)
    elif not no_parcel:
        found = newest_receipts(gateway, reader, wanted, cursor or None, PAGE)
    following = {"since" if since else "cursor": found["next"]}
    return render(
        request,
        "console/receipts.html",
        receipts=receipt_lines(found["items"], language_for(request)),
        more="" if found["next"] is None else urlencode({**asked, **following}),
        no_parcel=no_parcel,
        asked=asked,
        types=sorted(RECEIPTS),
        statuses=statuses_by_name(STATUSES, language_for(request)),
        refusals=REFUSALS,
    )
