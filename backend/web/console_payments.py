"""Original payment records at the console: customs asks, the platform answers, both see what came of it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from backend.domain.errors import InvalidInput, MessageTooLarge, NotFound
from backend.services.access import Scope, require
from backend.services.payment_request_search import list_requests, request_view
from backend.services.payment_requests import answer_request, open_request
from backend.web.pages import parcel_id_in
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, body_of, number_in

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 50
STATUSES = ("open", "overdue", "answered")


@router.post("/parcels/{code}/payment-requests")
def ask(
    request: Request,
    session: OwnForm,
    code: str,
    reason: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = "",
) -> Response:
    """Asks the platform of a parcel for the original record of its payment."""
    parcel_id = parcel_id_in(code)
    if parcel_id is None:
        raise NotFound(what="parcel", value=code[:70])
    require(session.caller, "ask for payment records", Scope.authority)
    parcel, customs_no = bytes.fromhex(parcel_id), session.caller.acting_no
    _, request_id = open_request(gateway_of(request), customs_no, parcel, reason, number_in("hours", hours))
    return redirect(f"/console/payment-requests/{request_id}")


@router.get("/payment-requests")
def request_list(
    request: Request,
    session: SignedIn,
    status: str = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """A district's requests, or those to a platform, newest first."""
    require(session.caller, "read requests for payment records", Scope.enterprise, Scope.authority)
    chosen = status if status in STATUSES else ""
    found = list_requests(gateway_of(request), session.caller, chosen or None, cursor or None, PAGE)
    return render(
        request,
        "console/payment_requests.html",
        requests=found["items"],
        statuses=STATUSES,
        status=chosen,
        more=urlencode({"status": chosen, "cursor": found["next"]}) if found["next"] else "",
    )


@router.get("/payment-requests/{request_id}")
def one_request(request: Request, session: SignedIn, request_id: Number) -> HTMLResponse:
    return _page(request, session, request_id)


@router.post("/payment-requests/{request_id}")
def answer(
    request: Request,
    session: OwnForm,
    request_id: Number,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Takes in the platform's record. One that cannot be read comes back with what is wrong, field by field."""
    require(session.caller, "answer with payment records", Scope.enterprise)
    gateway = gateway_of(request)
    body = body_of(gateway, file, text)
    if not body:
        return _page(request, session, request_id, 422, empty=True)
    try:
        answer_request(gateway, session.caller.acting_no, request_id, body)
    except (InvalidInput, MessageTooLarge) as refused:
        return _page(request, session, request_id, refused.status, refused=refused, text=text)
    return redirect(f"/console/payment-requests/{request_id}")


def _page(
    request: Request,
    session: Session,
    request_id: int,
    http_status: int = 200,
    *,
    empty: bool = False,
    refused: InvalidInput | MessageTooLarge | None = None,
    text: str = "",
) -> HTMLResponse:
    view = request_view(gateway_of(request), request_id, session.caller)
    mine = session.answers_for_payments and view["platform_no"] == session.caller.participant_no
    return render(
        request,
        "console/payment_request.html",
        http_status,
        one=view,
        may_answer=mine and view["status"] != "answered",
        empty=empty,
        refused=refused,
        text=text,
    )
