"""Rights at the console: a holder records, licenses and is alerted; headquarters decides; customs read suspicions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.calendar import CHINA
from backend.domain.errors import InvalidInput
from backend.domain.participants import Role
from backend.domain.recordals import RIGHT_KIND_NAMES, Asked, Goods, RecordedMark
from backend.domain.rights import RightKind
from backend.services import rights
from backend.services.access import Scope, require, require_role
from backend.services.rights_reading import right_view, search_rights
from backend.services.rights_writing import LONGEST_GROUNDS
from backend.services.suspicions import suspicions_view
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, evidence_in, number_in

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 25

Text = Annotated[str, Form(max_length=2000)]


@router.get("/rights")
def right_list(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """A holder's own rights, or what headquarters has to decide, by its deadline's order of application."""
    require_role(session.caller, "read applications", Role.RightsHolder, Role.Customs)
    gateway, own_no = gateway_of(request), session.caller.acting_no
    holds = session.holds_rights
    wanted: dict[str, Any] = {"holder_no": own_no} if holds else {"undecided": True}
    found = search_rights(gateway, caller=session.caller, cursor=cursor or None, limit=PAGE, **wanted)
    return render(
        request,
        "console/rights.html",
        rights=found["items"],
        decides=found["headquarters_no"] == own_no,
        kinds=RIGHT_KIND_NAMES,
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
    )


@router.get("/rights/{right_id}")
def one_right(request: Request, session: SignedIn, right_id: Number) -> HTMLResponse:
    view = right_view(gateway_of(request), right_id, session.caller)
    return render(
        request,
        "console/right.html",
        right=view,
        is_own=session.holds_rights and view["holder"]["participant_no"] == session.caller.participant_no,
        decides="warnings" in view,
        longest=LONGEST_GROUNDS,
    )


@router.get("/suspicions")
def suspicion_list(
    request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    found = suspicions_view(gateway_of(request), session.caller, cursor or None, PAGE)
    return render(
        request,
        "console/suspicions.html",
        suspicions=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
    )


# ---------------------------------------------------------------------------------------------------
# The holder's forms


@router.post("/rights")
def apply(
    request: Request,
    session: OwnForm,
    kind: Text = "",
    mark: Text = "",
    variants: Text = "",
    headings: Text = "",
    nice_classes: Text = "",
    until: Text = "",
    note: Text = "",
) -> Response:
    _require_holder(session)
    if kind not in RightKind.__members__:
        raise InvalidInput(field="kind", value=kind[:20], rule="one of " + ", ".join(RightKind.__members__))
    marks = [RecordedMark(mark.strip(), tuple(_parts(variants)))]
    classes = [number_in("nice_classes", each) for each in _parts(nice_classes)]
    asked = Asked.checked(marks, Goods.checked(_parts(headings), classes))
    operation_id = rights.apply(
        gateway_of(request), session.caller.acting_no, RightKind[kind], asked, _end_of_day(until), evidence_in(note)
    )
    return redirect(f"/console/operations/{operation_id}")


@router.post("/rights/{right_id}/licences")
def license_seller(
    request: Request,
    session: OwnForm,
    right_id: Number,
    seller: Text = "",
    headings: Text = "",
    until: Text = "",
    note: Text = "",
) -> Response:
    """A seller by its number, or by a code: those have ten digits or letters and more."""
    _require_holder(session)
    typed = seller.strip().upper()
    whom: int | str = typed if len(typed) >= 10 else number_in("seller", typed)
    goods = _parts(headings) or None
    operation_id = rights.license_seller(
        gateway_of(request), session.caller.acting_no, right_id, whom, goods, _end_of_day(until), evidence_in(note)
    )
    return redirect(f"/console/operations/{operation_id}")


@router.post("/rights/{right_id}/licences/{seller_no}/end")
def end_licence(request: Request, session: OwnForm, right_id: Number, seller_no: Number, note: Text = "") -> Response:
    _require_holder(session)
    gateway, own_no = gateway_of(request), session.caller.acting_no
    operation_id = rights.end_licence(gateway, own_no, right_id, seller_no, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


@router.post("/rights/{right_id}/renewals")
def renew(request: Request, session: OwnForm, right_id: Number, until: Text = "", note: Text = "") -> Response:
    _require_holder(session)
    gateway, own_no = gateway_of(request), session.caller.acting_no
    operation_id = rights.renew(gateway, own_no, right_id, _end_of_day(until), evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


@router.post("/rights/{right_id}/withdrawal")
def withdraw(request: Request, session: OwnForm, right_id: Number, note: Text = "") -> Response:
    _require_holder(session)
    operation_id = rights.withdraw(gateway_of(request), session.caller.acting_no, right_id, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------
# Headquarters' decision


@router.post("/rights/{right_id}/decision")
def decide(
    request: Request, session: OwnForm, right_id: Number, decision: Text = "", grounds: Text = "", note: Text = ""
) -> Response:
    """Approves where the button said so, refuses where the other did; anything else is no decision."""
    require(session.caller, "decide about rights", Scope.authority)
    gateway, own_no = gateway_of(request), session.caller.acting_no
    if decision == "approve":
        operation_id = rights.approve(gateway, own_no, right_id, evidence_in(note))
    elif decision == "refuse":
        operation_id = rights.refuse(gateway, own_no, right_id, grounds, evidence_in(note))
    else:
        return redirect(f"/console/rights/{right_id}")
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------
# What was typed


def _require_holder(session: Session) -> None:
    require(session.caller, "dispose of rights", Scope.enterprise)


def _parts(text: str) -> list[str]:
    """What was typed between commas, spaces within kept."""
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def _end_of_day(text: str) -> int:
    """The end of a date in China, in Unix seconds."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=CHINA)
        return int((day + timedelta(days=1)).timestamp())
    except (ValueError, OverflowError):
        raise InvalidInput(field="until", value=text[:20], rule="a date as YYYY-MM-DD") from None
