"""What is held against a seller: to read, to answer, to appeal against, to ask repair for.

The seller itself, or the platform or customs that registered a seller without a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import NotFound
from backend.domain.listing_standing import ListingAct
from backend.services import listings
from backend.services.access import Scope, require
from backend.services.gateway import Gateway
from backend.services.listing_views import listings_against, rules_view
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, SignedIn
from backend.web.typed import Number

router = APIRouter(prefix="/console/held", route_class=PageRoute, include_in_schema=False)

PAGE = 50

_ACTS: dict[ListingAct, Callable[[Gateway, int, int, dict[str, str]], str]] = {
    ListingAct.MakeStatement: listings.make_statement,
    ListingAct.AppealListing: listings.appeal,
    ListingAct.AskRepair: listings.ask_repair,
}


@router.get("")
def held(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    gateway = gateway_of(request)
    found = listings_against(gateway, session.caller, cursor or None, PAGE)
    return render(
        request,
        "console/held.html",
        listings=found["items"],
        acts=[act.value for act in _ACTS],
        rules=rules_view(gateway),
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
    )


@router.post("/{listing_id}/{act}")
def answer(
    request: Request,
    session: OwnForm,
    listing_id: Number,
    act: str,
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A statement, an appeal, or a request for credit repair."""
    require(session.caller, "speak for a listed party", Scope.enterprise, Scope.authority, Scope.governance)
    chosen = _ACTS.get(ListingAct[act]) if act in ListingAct.__members__ else None
    if chosen is None or listing_id >= 2**31:
        raise NotFound(what="address", value=act[:40])
    said = {"note": note.strip()} if note.strip() else {}
    operation_id = chosen(gateway_of(request), session.caller.acting_no, listing_id, said)
    return redirect(f"/console/operations/{operation_id}")
