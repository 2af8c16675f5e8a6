"""Parcels at the console: found, looked into, and moved a step by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.choices import FROM_DOCUMENTS, ParcelPlace, steps_open_to
from backend.domain.consignments import ReinspectionReason
from backend.domain.errors import NotFound
from backend.domain.lifecycle import RULES, Direction, Flag, State, Step
from backend.services.access import Caller, Scope, require
from backend.services.anomalies import reinspect
from backend.services.conversation import conversation_about
from backend.services.desk import match_report
from backend.services.lists import parcel_of_list
from backend.services.parcel_search import ParcelFilter, list_parcels
from backend.services.parcels import parcel_view
from backend.services.payment_requests import MOST_HOURS
from backend.services.refunding import is_refundable, refund_evidence
from backend.services.steps import submit_steps
from backend.web.pages import parcel_id_in
from backend.web.parcel_page import parcel_page
from backend.web.receipt_lines import bill_lines, receipt_lines
from backend.web.rendering import PageRoute, district_text, gateway_of, language_for, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import evidence_in, member_in, parcel_in

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 50
#: Characters of a note; the evidence keeps it whole.
LONGEST_NOTE = 2000

#: Flags under which nothing is opened: it is already, or somebody holds it.
_CLOSED = frozenset({Flag.Inspection.name, Flag.HeldDeclaring.name, Flag.HeldPort.name})

_Member = TypeVar("_Member", bound=IntEnum)


@router.get("/parcels")
def parcel_list(
    request: Request,
    session: SignedIn,
    state: str = "",
    flag: str = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    return _list(request, session, state, flag, cursor)


@router.get("/lists")
def find_list(request: Request, session: SignedIn, number: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The page of the parcel that a list declares, by customs' number of it; the search again where there is none."""
    wanted = number.strip().upper()
    try:
        found = parcel_of_list(gateway_of(request), session.caller, wanted)
    except NotFound as missing:
        return _list(request, session, "", "", "", list_no=wanted, status=missing.status)
    return redirect(f"/console/parcels/{found.hex()}")


@router.post("/steps")
def record_step(
    request: Request,
    session: OwnForm,
    step: Annotated[str, Form()] = "",
    parcels: Annotated[list[str] | None, Form()] = None,
    codes: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Records one step on the parcels that were ticked or typed, with the note as its evidence."""
    require(session.caller, "record steps", Scope.enterprise, Scope.authority)
    typed = [code for code in re.split(r"[\s,;]+", codes) if code]
    given = [*(parcels or []), *typed]
    wrong = [code for code in given if parcel_id_in(code) is None]
    chosen = _member(Step, step)
    problem = (
        ("steps.badcodes", {"codes": ", ".join(code[:70] for code in wrong[:5])})
        if wrong
        else ("steps.noparcels", {})
        if not given
        else ("steps.nonote", {})
        if not note.strip()
        else ("steps.choose", {})
        if chosen is None
        else None
    )
    if problem is not None or chosen is None:
        return _list(request, session, "", "", "", problem=problem, typed=codes, note=note, status=422)
    wanted = list(dict.fromkeys(bytes.fromhex(parcel_id_in(code) or "") for code in given))
    evidence = {"step": chosen.name, "note": note.strip()}
    operation_id = submit_steps(gateway_of(request), session.caller.acting_no, chosen, wanted, evidence)
    return redirect(f"/console/operations/{operation_id}")


@router.post("/parcels/{code}/reinspection")
def order_reinspection(
    request: Request,
    session: OwnForm,
    code: str,
    reason: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Customs of the port open again what was inspected; the reason goes on the record."""
    require(session.caller, "check consignments", Scope.authority)
    chosen = member_in("reason", ReinspectionReason, reason)
    wanted = [parcel_in("parcel", code)]
    operation_id = reinspect(gateway_of(request), session.caller.acting_no, wanted, chosen, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


@router.get("/parcels/{code}")
def parcel(request: Request, session: SignedIn, code: str) -> HTMLResponse:
    """One parcel with what this caller may see of it: documents, their comparison, the conversation, steps."""
    parcel_id = parcel_id_in(code)
    if parcel_id is None:
        raise NotFound(what="parcel", value=code[:70])
    gateway, language = gateway_of(request), language_for(request)
    said = conversation_about(gateway, bytes.fromhex(parcel_id), session.caller)
    said = {**said, "receipts": receipt_lines(said["receipts"], language), "bills": bill_lines(said["bills"])}
    try:
        view = parcel_view(gateway, bytes.fromhex(parcel_id), session.caller)
    except NotFound:
        # Documents may be answered long before anybody declares the parcel.
        return render(request, "console/undeclared.html", 404, code=parcel_id, said=said)
    report, place = match_report(gateway, view), _place(view)
    return render(
        request,
        "console/parcel.html",
        page=parcel_page(view, language),
        view=view,
        report=None if report is None else report.as_json(),
        steps=steps_open_to(session.caller.participant_no or 0, session.roles, session.caller.district, place),
        said=said,
        reinspection=tuple(ReinspectionReason) if _may_reinspect(view, place, session) else (),
        may_ask=session.is_customs and _may_ask_for_payment(view, place, session.caller),
        most_hours=MOST_HOURS,
        refundable=is_refundable(gateway, session.caller, bytes.fromhex(parcel_id)),
    )


@router.get("/parcels/{code}/refund-evidence")
def refund(request: Request, session: SignedIn, code: str) -> Response:
    """The evidence for a tax refund, to be kept."""
    parcel_id = parcel_in("parcel", code)
    data = refund_evidence(gateway_of(request), session.caller, parcel_id)
    headers = {"Content-Disposition": f'attachment; filename="refund-{parcel_id.hex()[:12]}.json"'}
    return Response(data, media_type="application/json", headers=headers)


def steps_of(caller: Caller) -> tuple[Step, ...]:
    """The steps that a caller's roles may take by hand at all, in the table's order."""
    return tuple(
        step
        for step, rules in RULES.items()
        if step not in FROM_DOCUMENTS and any(caller.bears(rule.role) for rule in rules)
    )


# ---------------------------------------------------------------------------------------------------


def _list(
    request: Request,
    session: Session,
    state: str,
    flag: str,
    cursor: str,
    *,
    problem: tuple[str, dict[str, str]] | None = None,
    typed: str = "",
    note: str = "",
    list_no: str = "",
    status: int = 200,
) -> HTMLResponse:
    language = language_for(request)
    wanted_state, wanted_flag = _member(State, state), _member(Flag, flag)
    wanted = ParcelFilter(
        states=() if wanted_state is None else (wanted_state,),
        flags=() if wanted_flag is None else (wanted_flag,),
    )
    found = list_parcels(gateway_of(request), session.caller, wanted, cursor or None, PAGE)
    following = {"state": state, "flag": flag, "cursor": found["next"]} if found["next"] else None
    return render(
        request,
        "console/parcels.html",
        status,
        parcels=[_with_places(parcel, language) for parcel in found["items"]],
        more="" if following is None else urlencode(following),
        state="" if wanted_state is None else wanted_state.name,
        flag="" if wanted_flag is None else wanted_flag.name,
        states=list(State),
        flags=list(Flag),
        steps=steps_of(session.caller),
        problem=problem,
        typed=typed,
        note=note,
        list_no=list_no,
    )


def _with_places(parcel: Mapping[str, Any], language: Any) -> dict[str, Any]:
    return {
        **parcel,
        "declaring": district_text(language, parcel["declaring_district"]),
        "port": district_text(language, parcel["port_district"]),
    }


def _place(view: Mapping[str, Any]) -> ParcelPlace:
    return ParcelPlace(
        state=State[view["state"]],
        flags=frozenset(Flag[name] for name in view["flags"]),
        direction=Direction[view["direction"]],
        supervision_mode=int(view["supervision_mode"]),
        declaring_district=int(view["declaring_district"]),
        port_district=int(view["port_district"]),
        declarant_no=view["declarant"]["participant_no"],
        seller_barred=bool(view["seller"]["barred"]),
    )


def _may_ask_for_payment(view: Mapping[str, Any], place: ParcelPlace, caller: Caller) -> bool:
    """Whether customs of this district may ask how an import was paid, and nothing it asked is open."""
    is_competent = caller.district in (place.declaring_district, place.port_district)
    asked = view.get("payment_requests") or ()
    return is_competent and place.direction is Direction.Import and all(one["status"] == "answered" for one in asked)


def _may_reinspect(view: Mapping[str, Any], place: ParcelPlace, session: Session) -> bool:
    """Whether the parcel was inspected, stands at the port, and is looked at by the port's customs."""
    here = session.is_customs and session.caller.district == place.port_district
    flags = set(view["flags"])
    return here and view["state"] == State.AtPort.name and Flag.Inspected.name in flags and not flags & _CLOSED


def _member(kind: type[_Member], name: str) -> _Member | None:
    return kind[name] if name in kind.__members__ else None
