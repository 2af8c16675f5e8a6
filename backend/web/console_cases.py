"""Infringement cases at the console: a queue by deadline, and one case with everything its reader may do in it."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.amounts import fen_of
from backend.domain.case_standing import Act
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.participants import Role
from backend.services import cases
from backend.services.access import Scope, require
from backend.services.case_views import QUEUES, case_view, list_cases
from backend.web.pages import parcel_id_in
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, evidence_in, four_digits_in, number_in, row_in

router = APIRouter(prefix="/console/cases", route_class=PageRoute, include_in_schema=False)

PAGE = 50

#: Acts that say yes or no, and what the yes is called.
DECISIONS = {Act.RecordFinding: "infringing", Act.RecordRuling: "infringing", Act.DecideFindingAppeal: "upheld"}
#: Acts that name an amount of yuan.
AMOUNTS = {Act.RequestDetention: "security", Act.AcceptCounterBond: "bond"}
#: Acts that nothing is said with.
SILENT = (Act.ConfirmFinding, Act.DeclareLapsed)


@router.get("")
def queue(
    request: Request,
    session: SignedIn,
    queue: str = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    right_id: Annotated[str, Query(max_length=20)] = "",
    heading: Annotated[str, Query(max_length=4)] = "",
    parcel: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """A queue of cases. A suspicion leads here with what it knows of the case that may follow from it."""
    chosen = queue if queue in QUEUES else "mine"
    found = list_cases(gateway_of(request), session.caller, queue=chosen, cursor=cursor or None, limit=PAGE)
    return render(
        request,
        "console/cases.html",
        cases=found["items"],
        queues=QUEUES,
        queue=chosen,
        more=urlencode({"queue": chosen, "cursor": found["next"]}) if found["next"] else "",
        opens=session.is_customs,
        known={"right_id": right_id, "heading": heading, "parcels": parcel},
        complains=session.caller.bears(Role.RightsHolder) and Scope.enterprise in session.caller.scopes,
    )


@router.post("")
def notify_holder(
    request: Request,
    session: OwnForm,
    right_id: Annotated[str, Form()] = "",
    heading: Annotated[str, Form()] = "",
    parcels: Annotated[str, Form(max_length=40_000)] = "",
    goods_value: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Begins a case ex officio."""
    require(session.caller, "investigate infringements", Scope.authority)
    operation_id = cases.notify_holder(
        gateway_of(request),
        session.caller.acting_no,
        right_id=number_in("right_id", right_id),
        heading=four_digits_in("heading", heading),
        parcel_ids=_parcels(parcels),
        goods_value=fen_of(goods_value.strip(), "goods_value"),
        evidence=evidence_in(note),
    )
    return redirect(f"/console/operations/{operation_id}")


@router.post("/complaints")
def lodge_complaint(
    request: Request,
    session: OwnForm,
    right_id: Annotated[str, Form()] = "",
    customs_no: Annotated[str, Form()] = "",
    heading: Annotated[str, Form()] = "",
    goods_value: Annotated[str, Form()] = "",
    security: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A holder asks a customs office to detain goods."""
    require(session.caller, "act as a rights holder", Scope.enterprise)
    operation_id = cases.lodge_complaint(
        gateway_of(request),
        session.caller.acting_no,
        right_id=number_in("right_id", right_id),
        customs_no=_participant(customs_no),
        heading=four_digits_in("heading", heading),
        goods_value=fen_of(goods_value.strip(), "goods_value"),
        security=fen_of(security.strip(), "security"),
        evidence=evidence_in(note),
    )
    return redirect(f"/console/operations/{operation_id}")


@router.get("/{case_id}")
def one_case(request: Request, session: SignedIn, case_id: Number) -> HTMLResponse:
    view = case_view(gateway_of(request), row_in("address", case_id), session.caller)
    acts = [Act(name) for name in view.get("yours", ())]
    return render(
        request,
        "console/case.html",
        one=view,
        whole="facts" in view,
        acts=acts,
        decisions=DECISIONS,
        amounts=AMOUNTS,
        silent=SILENT,
        detain=Act.DetainGoods,
        takes_step=_takes_step(session, view),
    )


@router.post("/{case_id}/{act}")
def take(
    request: Request,
    session: OwnForm,
    case_id: Number,
    act: str,
    note: Annotated[str, Form(max_length=2000)] = "",
    decision: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    parcels: Annotated[str, Form(max_length=40_000)] = "",
) -> Response:
    """Any act in a case; the service refuses whoever may not."""
    require(session.caller, "act in a case", Scope.enterprise, Scope.authority, Scope.governance)
    gateway, own, chosen = gateway_of(request), session.caller.acting_no, _act(act)
    evidence = evidence_in(note)
    if chosen is Act.DetainGoods:
        operation_id = cases.detain_goods(gateway, own, row_in("address", case_id), _parcels(parcels), evidence)
        return redirect(f"/console/operations/{operation_id}")
    arguments: tuple[Any, ...] = ()
    if chosen in DECISIONS:
        arguments = (_yes("decision", decision),)
    elif chosen in AMOUNTS:
        arguments = (fen_of(amount.strip(), AMOUNTS[chosen]),)
    said = None if chosen in SILENT else evidence
    operation_id = cases.take(gateway, own, row_in("address", case_id), chosen, *arguments, evidence=said)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------


def _takes_step(session: Session, view: dict[str, Any]) -> bool:
    """Whether the parcels' step that the case waits for is this office's to take."""
    own = session.caller.participant_no
    return bool(view.get("parcel_step")) and view["customs"]["participant_no"] == own


def _act(name: str) -> Act:
    if name not in Act.__members__:
        raise NotFound(what="address", value=name[:40])
    return Act[name]


def _participant(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise InvalidInput(field="customs_no", value=text[:20], rule="a participant's number")
    return int(digits)


def _parcels(text: str) -> list[bytes]:
    """Parcel codes, one a line or apart by spaces, as they stand on labels and pages."""
    found = []
    for piece in re.split(r"[\s,;，；]+", text.strip()):
        code = parcel_id_in(piece)
        if code is None:
            raise InvalidInput(field="parcels", value=piece[:20], rule="a parcel's code")
        found.append(bytes.fromhex(code))
    return found


def _yes(field: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise InvalidInput(field=field, value=text[:20], rule="one of yes, no")
    return text == "yes"
