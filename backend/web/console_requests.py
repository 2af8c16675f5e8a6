"""What enterprises ask of customs, at the officer's desk: read, granted, refused."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.notices import NoticeKind
from backend.domain.participants import Role
from backend.services.access import Scope, require, require_role
from backend.services.desk_requests import requests_at_desk
from backend.services.requests import DECISIONS, LONGEST_REASON, decide
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, SignedIn
from backend.web.typed import Number

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 25


@router.get("/requests")
def request_list(
    request: Request,
    session: SignedIn,
    kind: str = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    decided: Annotated[str, Query(pattern=r"^([1-9][0-9]{0,16}-[0-9a-f]{32})?$")] = "",
) -> HTMLResponse:
    """What waits, oldest first. `decided`: the request that was just decided, and the operation that carries it."""
    require(session.caller, "read requests", Scope.authority, Scope.governance, Scope.operator)
    chosen = NoticeKind(kind) if kind in tuple(DECISIONS) else None
    found = requests_at_desk(gateway_of(request), session.caller, chosen, cursor or None, PAGE)
    request_id, _, operation_id = decided.partition("-")
    return render(
        request,
        "console/requests.html",
        decided=int(request_id or 0),
        operation_id=operation_id,
        requests=found["items"],
        kinds=list(DECISIONS),
        kind=chosen or "",
        longest=LONGEST_REASON,
        more=urlencode({"kind": chosen or "", "cursor": found["next"]}) if found["next"] else "",
    )


@router.post("/requests/{request_id}")
def decide_request(
    request: Request,
    session: OwnForm,
    request_id: Number,
    decision: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
) -> Response:
    """Grants where the button said so, refuses where the other did; anything else is no decision. Then the next."""
    require(session.caller, "decide about requests", Scope.authority)
    require_role(session.caller, "decide about requests", Role.Customs)
    if decision not in ("grant", "refuse"):
        return redirect("/console/requests")
    gateway = gateway_of(request)
    operation_id = decide(gateway, session.caller, request_id, grant=decision == "grant", reason=reason)
    chosen = kind if kind in tuple(DECISIONS) else ""
    return redirect("/console/requests?" + urlencode({"kind": chosen, "decided": f"{request_id}-{operation_id}"}))
