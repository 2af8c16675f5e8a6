"""Returns at the console: those under way, how far one has come, what customs found of it, and what followed it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.documents import decimal_of
from backend.domain.errors import GuanlianError, InvalidInput
from backend.domain.lifecycle import State
from backend.domain.returns import Condition, Found, Sequel
from backend.services import returns
from backend.services.access import Scope, require
from backend.services.parcel_search import ParcelFilter, list_parcels
from backend.services.return_views import return_view
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import member_in, number_between, parcel_in

router = APIRouter(prefix="/console/returns", route_class=PageRoute, include_in_schema=False)

PAGE = 50

_Texts = Annotated[list[str] | None, Form(max_length=returns.MOST_LINES)]


@router.get("")
def every(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Parcels on their way back, and those that are back."""
    wanted = ParcelFilter(states=(State.Returning, State.Returned))
    found = list_parcels(gateway_of(request), session.caller, wanted, cursor or None, PAGE)
    more = urlencode({"cursor": found["next"]}) if found["next"] else ""
    return render(request, "console/returns.html", parcels=found["items"], more=more)


@router.get("/{parcel}")
def one(request: Request, session: SignedIn, parcel: str) -> HTMLResponse:
    return _one(request, session, parcel)


@router.post("/{parcel}/findings")
def find(
    request: Request,
    session: OwnForm,
    parcel: str,
    gnum: _Texts = None,
    qty: _Texts = None,
    condition: _Texts = None,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """What is back, line by line; lines without a quantity are left out."""
    require(session.caller, "examine returned goods", Scope.authority)
    try:
        rows = zip(gnum or [], qty or [], condition or [], strict=False)
        found = [
            Found(_line(number), _quantity(quantity), member_in("condition", Condition, how))
            for number, quantity, how in rows
            if quantity.strip()
        ]
        operation_id = returns.record_finding(
            gateway_of(request), session.caller.acting_no, parcel_in("parcel", parcel), found, reason=reason or None
        )
    except GuanlianError as refused:
        return _one(request, session, parcel, refused)
    return redirect(f"/console/operations/{operation_id}")


@router.post("/{parcel}/sequels")
def follow(
    request: Request,
    session: OwnForm,
    parcel: str,
    kind: Annotated[str, Form(max_length=20)] = "",
    successor: Annotated[str, Form(max_length=70)] = "",
    gnum: _Texts = None,
    qty: _Texts = None,
) -> Response:
    """Which parcel replaces returned goods or is them again."""
    require(session.caller, "say what follows a return", Scope.enterprise)
    try:
        rows = zip(gnum or [], qty or [], strict=False)
        operation_id = returns.link_sequel(
            gateway_of(request),
            session.caller.acting_no,
            parcel_in("parcel", parcel),
            member_in("kind", Sequel, kind),
            parcel_in("successor", successor),
            returns.summed((_line(number), _quantity(quantity)) for number, quantity in rows if quantity.strip()),
        )
    except GuanlianError as refused:
        return _one(request, session, parcel, refused)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------


def _one(request: Request, session: Session, parcel: str, refused: GuanlianError | None = None) -> HTMLResponse:
    view = return_view(gateway_of(request), session.caller, parcel_in("parcel", parcel))
    own = session.caller.participant_no in (view["declarant"]["participant_no"], view["seller"]["participant_no"])
    return render(
        request,
        "console/return.html",
        200 if refused is None else refused.status,
        one=view,
        lines=_lines(view),
        conditions=[each.value for each in Condition],
        sequels=[each.value for each in Sequel],
        finds=session.is_customs and view["back"],
        links=own and Scope.enterprise in session.caller.scopes,
        refused=refused,
    )


def _lines(view: dict[str, Any]) -> list[dict[str, str]]:
    """The lines that a form asks about: those of the newest application that stands."""
    return next((each["lines"] for each in reversed(view["applications"]) if not each["withdrawn"]), [])


def _line(text: str) -> Decimal:
    return Decimal(number_between("gnum", text, 1, 9999))


def _quantity(text: str) -> Decimal:
    number = decimal_of(text.strip())
    if number is None or not 0 < number < 10**13:
        raise InvalidInput(field="qty", value=text[:20], rule="a quantity above 0")
    return number
