"""Consignments at the console: what is under way, what somebody has to do next, what went wrong, and the lanes."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.consignment_standing import PLAIN_ACTS, ConsignmentAct
from backend.domain.consignments import (
    MOST_HOURS,
    MOST_NOTICE_DAYS,
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    TakingReason,
)
from backend.domain.errors import GuanlianError, InvalidInput, NotFound
from backend.domain.participants import Role
from backend.services import anomalies, consignment_views, consignments, lanes
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, evidence_in, member_in, number_between, parcels_in, row_in

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 50
#: Parcels of the contents that a page shows; the API gives all.
MOST_SHOWN = 200

#: The way of a transit, as the page draws it, and of what travels under a master waybill.
_WAYS = {
    ConsignmentKind.Seal: (
        ConsignmentStage.Loading,
        ConsignmentStage.Applied,
        ConsignmentStage.Approved,
        ConsignmentStage.InTransit,
        ConsignmentStage.Arrived,
        ConsignmentStage.Verified,
        ConsignmentStage.WrittenOff,
    ),
    ConsignmentKind.Waybill: (ConsignmentStage.Loading, ConsignmentStage.Departed),
}


@router.get("/consignments")
def consignment_list(
    request: Request,
    session: SignedIn,
    all: Annotated[bool, Query()] = False,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Those under way and the anomalies that are open; with `all` the ended consignments too."""
    return _list(request, session, cursor, everything=all)


@router.post("/consignments")
def open_consignment(
    request: Request,
    session: OwnForm,
    reference: Annotated[str, Form(max_length=64)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    number: Annotated[str, Form(max_length=40)] = "",
    origin_district: Annotated[str, Form(max_length=20)] = "",
    port_district: Annotated[str, Form(max_length=20)] = "",
    lane_id: Annotated[str, Form(max_length=20)] = "",
    terminal_no: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A new consignment, or the form again with what is wrong with it."""
    require(session.caller, "open and load consignments", Scope.enterprise)
    typed = {
        "reference": reference,
        "kind": kind,
        "number": number,
        "origin_district": origin_district,
        "port_district": port_district,
        "lane_id": lane_id,
        "terminal_no": terminal_no,
    }
    try:
        operation_id, _ = consignments.open_consignment(
            gateway_of(request),
            session.caller.acting_no,
            reference=_word("reference", reference, 64),
            kind=member_in("kind", ConsignmentKind, kind),
            number=_word("number", number, 37),
            origin_district=number_between("origin_district", origin_district, 0, 9999),
            port_district=number_between("port_district", port_district, 0, 9999),
            lane_id=number_between("lane_id", lane_id or "0", 0, 2**31 - 1),
            terminal_no=number_between("terminal_no", terminal_no or "0", 0, 2**31 - 1),
        )
    except GuanlianError as refused:
        return _list(request, session, "", refused.status, refused=refused, typed=typed)
    return redirect(f"/console/operations/{operation_id}")


@router.get("/consignments/{consignment}")
def consignment(request: Request, session: SignedIn, consignment: str) -> HTMLResponse:
    return _one(request, session, consignment)


@router.post("/consignments/{consignment}/{act}")
def take_on(
    request: Request,
    session: OwnForm,
    consignment: str,
    act: str,
    note: Annotated[str, Form(max_length=2000)] = "",
    parcels: Annotated[str, Form(max_length=700_000)] = "",
    reason: Annotated[str, Form(max_length=20)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    head: Annotated[str, Form(max_length=66)] = "",
    found: Annotated[str, Form(max_length=20)] = "",
    broken: Annotated[bool, Form()] = False,
) -> Response:
    """One act with what its form says; contents that changed since the page was drawn are refused."""
    require(session.caller, "follow consignments", Scope.enterprise, Scope.authority)
    gateway, own, evidence = gateway_of(request), session.caller.acting_no, evidence_in(note)
    name = _identity(consignment)
    try:
        match _act(act):
            case ConsignmentAct.Load:
                operation_id = consignments.load(gateway, own, name, parcels_in(parcels))
            case ConsignmentAct.TakeOut:
                why = member_in("reason", TakingReason, reason)
                operation_id = consignments.take_out(gateway, own, name, parcels_in(parcels), why, evidence)
            case ConsignmentAct.Verify:
                count = number_between("found", found, 0, 2**31 - 1)
                operation_id = consignments.verify(
                    gateway, own, name, seal_intact=not broken, found=count, evidence=evidence
                )
            case ConsignmentAct.RaiseAnomaly:
                what = member_in("kind", AnomalyKind, kind)
                operation_id = anomalies.raise_anomaly(gateway, own, name, what, evidence, parcels_in(parcels))
            case plain:
                meant = _identity(head) if head else None
                operation_id = consignments.take(gateway, own, name, plain, evidence, head=meant)
    except GuanlianError as refused:
        return _one(request, session, consignment, refused)
    return redirect(f"/console/operations/{operation_id}")


@router.post("/anomalies/{anomaly_id}/settlement")
def settle(
    request: Request, session: OwnForm, anomaly_id: Number, note: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    require(session.caller, "check consignments", Scope.authority)
    number = row_in("anomaly", anomaly_id)
    try:
        operation_id = anomalies.settle_anomaly(
            gateway_of(request), session.caller.acting_no, number, evidence_in(note)
        )
    except GuanlianError as refused:
        return _list(request, session, "", refused.status, refused=refused)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------
# Lanes


@router.get("/lanes")
def lane_list(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    return _lanes(request, session, cursor)


@router.post("/lanes")
def propose_lane(
    request: Request,
    session: OwnForm,
    origin_district: Annotated[str, Form(max_length=20)] = "",
    port_district: Annotated[str, Form(max_length=20)] = "",
    transit_hours: Annotated[str, Form(max_length=20)] = "",
    acknowledge_hours: Annotated[str, Form(max_length=20)] = "",
    notice_days: Annotated[str, Form(max_length=20)] = "",
    agreement: Annotated[str, Form(max_length=4_000)] = "",
    handled: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI reads it and changes nothing
) -> Response:
    """A proposal for the other district to accept, or the form again with what is wrong with it."""
    require(session.caller, "set up lanes", Scope.authority)
    typed: dict[str, Any] = {
        "origin_district": origin_district,
        "port_district": port_district,
        "transit_hours": transit_hours,
        "acknowledge_hours": acknowledge_hours,
        "notice_days": notice_days,
        "agreement": agreement,
        "handled": handled,
    }
    try:
        if not agreement.strip():
            raise InvalidInput(field="agreement", value="", rule="1 to 4000 characters")
        operation_id = lanes.propose(
            gateway_of(request),
            session.caller.acting_no,
            origin_district=number_between("origin_district", origin_district, 0, 9999),
            port_district=number_between("port_district", port_district, 0, 9999),
            transit_hours=number_between("transit_hours", transit_hours, 1, MOST_HOURS),
            acknowledge_hours=number_between("acknowledge_hours", acknowledge_hours, 1, MOST_HOURS),
            notice_days=number_between("notice_days", notice_days, 0, MOST_NOTICE_DAYS),
            handled_by_port=[member_in("handled", AnomalyKind, each) for each in handled],
            text=agreement,
        )
    except GuanlianError as refused:
        return _lanes(request, session, "", refused, typed)
    return redirect(f"/console/operations/{operation_id}")


@router.get("/lanes/{lane_id}")
def lane(request: Request, session: SignedIn, lane_id: Number) -> HTMLResponse:
    return _lane(request, session, lane_id)


@router.post("/lanes/{lane_id}/{act}")
def sign(
    request: Request,
    session: OwnForm,
    lane_id: Number,
    act: str,
    agreement: Annotated[str, Form(max_length=4_000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    require(session.caller, "set up lanes", Scope.authority)
    gateway, own, number = gateway_of(request), session.caller.acting_no, row_in("lane", lane_id)
    try:
        match act:
            case "acceptance":
                operation_id = lanes.accept(gateway, own, number, agreement)
            case "end":
                operation_id = lanes.end(gateway, own, number, evidence_in(note))
            case _:
                raise NotFound(what="address", value=act[:40])
    except GuanlianError as refused:
        return _lane(request, session, lane_id, refused)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------


def _list(
    request: Request,
    session: Session,
    cursor: str,
    http_status: int = 200,
    *,
    everything: bool = False,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    gateway = gateway_of(request)
    found = consignment_views.list_consignments(
        gateway, session.caller, open_only=not everything, cursor=cursor or None, limit=PAGE
    )
    following = {"cursor": found["next"]} | ({"all": "true"} if everything else {})
    open_now = consignment_views.list_anomalies(gateway, session.caller, open_only=True, limit=PAGE)
    return render(
        request,
        "console/consignments.html",
        http_status,
        consignments=found["items"],
        anomalies=open_now["items"],
        more=urlencode(following) if found["next"] else "",
        everything=everything,
        opens=_opens(session),
        kinds=[kind.name for kind in ConsignmentKind],
        refused=refused,
        typed=typed or {},
    )


def _one(request: Request, session: Session, consignment: str, refused: GuanlianError | None = None) -> HTMLResponse:
    view = consignment_views.consignment_view(gateway_of(request), session.caller, _identity(consignment))
    way = _WAYS[ConsignmentKind[view["kind"]]]
    stage = ConsignmentStage[view["stage"]]
    parcels = [parcel for entry in view["contents"] for parcel in entry["parcels"]]
    return render(
        request,
        "console/consignment.html",
        200 if refused is None else refused.status,
        one=view,
        way=[(each.name, each <= stage and stage is not ConsignmentStage.Cancelled) for each in way],
        plain=[act.value for act in PLAIN_ACTS],
        parcels=parcels[:MOST_SHOWN],
        most=MOST_SHOWN,
        reasons=[reason.name for reason in TakingReason],
        kinds=[kind.name for kind in AnomalyKind],
        refused=refused,
    )


def _lanes(
    request: Request,
    session: Session,
    cursor: str,
    refused: GuanlianError | None = None,
    typed: dict[str, Any] | None = None,
) -> HTMLResponse:
    found = lanes.list_lanes(gateway_of(request), session.caller, cursor=cursor or None, limit=PAGE)
    return render(
        request,
        "console/lanes.html",
        200 if refused is None else refused.status,
        lanes=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
        proposes=session.is_customs,
        kinds=[kind.name for kind in AnomalyKind],
        refused=refused,
        typed=typed or {},
    )


def _lane(request: Request, session: Session, lane_id: int, refused: GuanlianError | None = None) -> HTMLResponse:
    view = lanes.lane_view(gateway_of(request), session.caller, row_in("lane", lane_id))
    return render(request, "console/lane.html", 200 if refused is None else refused.status, one=view, refused=refused)


def _opens(session: Session) -> bool:
    caller = session.caller
    return Scope.enterprise in caller.scopes and (caller.bears(Role.Logistics) or caller.bears(Role.Declarant))


def _act(act: str) -> ConsignmentAct:
    try:
        return ConsignmentAct(act)
    except ValueError:
        raise NotFound(what="address", value=act[:40]) from None


def _identity(text: str) -> bytes:
    """Raises NotFound for what is no consignment's id."""
    digits = text.removeprefix("0x")
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise NotFound(what="consignment", value=text[:70])
    return bytes.fromhex(digits)


def _word(field: str, text: str, most: int) -> str:
    word = text.strip()
    if not 0 < len(word) <= most or not word.isascii() or not word.replace("-", "").replace(".", "").isalnum():
        raise InvalidInput(field=field, value=text[:20], rule="letters, digits and hyphens")
    return word
