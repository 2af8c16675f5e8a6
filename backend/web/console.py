"""The console's door, its overview, and what became of what was submitted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import Unauthenticated
from backend.services import operations
from backend.services.access import authenticate
from backend.services.notices import BEYOND_LINES
from backend.services.submissions import list_operations
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import (
    COOKIE,
    PATH,
    OwnForm,
    Session,
    SignedIn,
    check_origin,
    reader_of,
    sessions_of,
    set_cookie,
)

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)


@router.get("/sign-in")
def sign_in_form(request: Request) -> HTMLResponse:
    return render(request, "console/sign_in.html", wrong=False)


@router.post("/sign-in")
def sign_in(request: Request, key: Annotated[str, Form()] = "") -> Response:
    """Opens a session for a valid key. A wrong one is answered alike whatever is wrong with it."""
    check_origin(request)
    token = key.strip()
    try:
        with gateway_of(request).database.read() as connection:
            authenticate(connection, token)
    except Unauthenticated:
        return render(request, "console/sign_in.html", 401, wrong=True)
    # A session id from before signing in is never taken over.
    sessions_of(request).close(request.cookies.get(COOKIE, ""))
    response = redirect("/console")
    set_cookie(response, request, sessions_of(request).open(token))
    return response


@router.post("/sign-out")
def sign_out(request: Request, session: OwnForm) -> Response:
    sessions_of(request).close(session.session_id)
    response = redirect("/console/sign-in")
    response.delete_cookie(COOKIE, path=PATH)
    return response


@router.get("")
def overview(request: Request, session: SignedIn) -> HTMLResponse:
    found = list_operations(gateway_of(request), reader_of(session), None, 10)
    return render(request, "console/overview.html", operations=found["items"])


@router.get("/operations")
def operation_list(
    request: Request,
    session: SignedIn,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    found = list_operations(gateway_of(request), reader_of(session), cursor or None, 50)
    return render(request, "console/operations.html", operations=found["items"], more=found["next"])


@router.get("/operations/{operation_id}")
def operation(request: Request, session: SignedIn, operation_id: str) -> HTMLResponse:
    found = operations.view(gateway_of(request), operation_id, reader_of(session)).as_json()
    mine = session.acts and found["participant_no"] == _own(session)
    under_way = any(item["status"] in ("stored", "sent") for item in found["items"])
    return render(
        request,
        "console/operation.html",
        operation=found,
        under_way=under_way,
        # Nothing is on its way to the chain yet, but some of it will be: that is not confirmed.
        status="parcels" if found["subjects_waiting"] and not found["items"] else found["status"],
        most_subjects=operations.MOST_SUBJECTS,
        whole_bill=BEYOND_LINES,
        may_retry=mine and any(item["status"] == "quarantined" for item in found["items"]),
        may_cancel=mine and any(item["status"] in ("quarantined", "stored") for item in found["items"]),
    )


@router.post("/operations/{operation_id}/retry")
def retry(request: Request, session: OwnForm, operation_id: str) -> Response:
    operations.retry(gateway_of(request), operation_id, session.caller.acting_no)
    return redirect(f"/console/operations/{operation_id}")


@router.post("/operations/{operation_id}/cancel")
def cancel(request: Request, session: OwnForm, operation_id: str) -> Response:
    operations.cancel(gateway_of(request), operation_id, session.caller.acting_no)
    return redirect(f"/console/operations/{operation_id}")


def _own(session: Session) -> int:
    return session.caller.acting_no
