"""Infringement cases: opened by customs or on a complaint, acted in by their parties, read by anyone in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.case_schemas import (
    BondBody,
    CaseId,
    ComplaintBody,
    DetentionBody,
    FindingBody,
    HolderNoticeBody,
    RouteName,
    SecurityBody,
    UpheldBody,
)
from backend.api.dependencies import AnyoneDep, ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import MOST_ROW, USUAL, Cursor, EvidenceBody, Limit
from backend.domain.amounts import fen_of
from backend.domain.case_standing import Act
from backend.services import case_views, cases
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_authority = scoped("investigate infringements", Scope.authority)
_holder = scoped("act as a rights holder", Scope.enterprise)
_party = scoped("act in a case", Scope.enterprise, Scope.authority, Scope.governance)


@router.get("", operation_id="list_cases")
def list_cases(
    gateway: GatewayDep,
    caller: AnyoneDep,
    queue: Annotated[Literal["mine", "open", "overdue", "closed"] | None, Query()] = None,
    right_id: Annotated[int | None, Query(ge=1, le=MOST_ROW)] = None,
    parcel_id: Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Cases, newest first; in a queue the caller's own, nearest deadline first. Public in part."""
    found = case_views.list_cases(
        gateway,
        caller,
        queue=queue,
        right_id=right_id,
        parcel_id=None if parcel_id is None else bytes.fromhex(parcel_id),
        cursor=cursor,
        limit=limit,
    )
    return answer(found)


@router.get("/security", operation_id="get_security")
def get_security(route: Annotated[RouteName, Query()], goods_value: Annotated[str, Query(max_length=20)]) -> Response:
    """The security that the detention of goods of a value needs. Public."""
    return answer(case_views.security_view(route, fen_of(goods_value, "goods_value")))


@router.get("/{case_id}", operation_id="get_case")
def get_case(case_id: CaseId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One case: stage, whose turn, deadline, what may be done next, what happened. Public in part."""
    return answer(case_views.case_view(gateway, case_id, caller))


# ---------------------------------------------------------------------------------------------------
# Beginning


@router.post("/notices", status_code=202, operation_id="notify_holder")
async def notify_holder(
    request: Request,
    body: HolderNoticeBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Customs tell a rights holder of suspected goods that they hold: the case begins ex officio."""
    operation_id = await in_thread(
        cases.notify_holder,
        gateway,
        caller.acting_no,
        right_id=body.right_id,
        heading=int(body.heading),
        parcel_ids=[bytes.fromhex(parcel) for parcel in body.parcels],
        goods_value=fen_of(body.goods_value, "goods_value"),
        evidence=body.evidence,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/complaints", status_code=202, operation_id="lodge_complaint")
async def lodge_complaint(
    request: Request,
    body: ComplaintBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """A rights holder asks a customs office to detain goods, with evidence and security."""
    operation_id = await in_thread(
        cases.lodge_complaint,
        gateway,
        caller.acting_no,
        right_id=body.right_id,
        customs_no=body.customs_no,
        heading=int(body.heading),
        goods_value=fen_of(body.goods_value, "goods_value"),
        security=fen_of(body.security, "security"),
        evidence=body.evidence,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/{case_id}/detention-request", status_code=202, operation_id="request_detention")
async def request_detention(
    request: Request,
    case_id: CaseId,
    body: SecurityBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """The holder answers a notice within three working days, with security: the goods are detained."""
    security = fen_of(body.security, "security")
    return await _taken(request, caller, case_id, Act.RequestDetention, confirm, security, evidence=body.evidence)


@router.post("/{case_id}/detention", status_code=202, operation_id="detain_goods")
async def detain_goods(
    request: Request,
    case_id: CaseId,
    body: DetentionBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Customs detain goods on a complaint: parcels of one manifest that the district holds."""
    parcels = [bytes.fromhex(parcel) for parcel in body.parcels]
    operation_id = await in_thread(cases.detain_goods, gateway, caller.acting_no, case_id, parcels, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/{case_id}/refusal", status_code=202, operation_id="decline_complaint")
async def decline_complaint(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """Customs refuse a complaint."""
    return await _taken(request, caller, case_id, Act.DeclineComplaint, confirm, evidence=body.evidence)


# ---------------------------------------------------------------------------------------------------
# Deciding


@router.post("/{case_id}/finding", status_code=202, operation_id="record_finding")
async def record_finding(
    request: Request, case_id: CaseId, body: FindingBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator finds, within thirty working days, whether the goods infringe."""
    return await _taken(request, caller, case_id, Act.RecordFinding, confirm, body.infringing, evidence=body.evidence)


@router.post("/{case_id}/appeal", status_code=202, operation_id="appeal_finding")
async def appeal_finding(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _party, confirm: ConfirmDep = False
) -> Response:
    """The declarant, the seller, or who speaks for a seller without a key appeals against a finding."""
    return await _taken(request, caller, case_id, Act.AppealFinding, confirm, evidence=body.evidence)


@router.post("/{case_id}/appeal-decision", status_code=202, operation_id="decide_finding_appeal")
async def decide_finding_appeal(
    request: Request, case_id: CaseId, body: UpheldBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """An appeal body that is no party upholds a finding or sets it aside."""
    return await _taken(request, caller, case_id, Act.DecideFindingAppeal, confirm, body.upheld, evidence=body.evidence)


@router.post("/{case_id}/finality", status_code=202, operation_id="confirm_finding")
async def confirm_finding(
    request: Request, case_id: CaseId, caller: Caller = _party, confirm: ConfirmDep = False
) -> Response:
    """Anyone says that nobody appealed in time: the finding is final."""
    return await _taken(request, caller, case_id, Act.ConfirmFinding, confirm)


@router.post("/{case_id}/court-notice", status_code=202, operation_id="record_court_notice")
async def record_court_notice(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator records that a court has asked for assistance: the case is the court's."""
    return await _taken(request, caller, case_id, Act.RecordCourtNotice, confirm, evidence=body.evidence)


@router.post("/{case_id}/ruling", status_code=202, operation_id="record_ruling")
async def record_ruling(
    request: Request, case_id: CaseId, body: FindingBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator records what the court ruled."""
    return await _taken(request, caller, case_id, Act.RecordRuling, confirm, body.infringing, evidence=body.evidence)


# ---------------------------------------------------------------------------------------------------
# Other ends, and the goods


@router.post("/{case_id}/withdrawal", status_code=202, operation_id="withdraw_case")
async def withdraw_case(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _holder, confirm: ConfirmDep = False
) -> Response:
    """The holder ends a case before a finding."""
    return await _taken(request, caller, case_id, Act.WithdrawCase, confirm, evidence=body.evidence)


@router.post("/{case_id}/counter-bond", status_code=202, operation_id="accept_counter_bond")
async def accept_counter_bond(
    request: Request, case_id: CaseId, body: BondBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator records that a patent's accused has deposited the value of the goods."""
    bond = fen_of(body.bond, "bond")
    return await _taken(request, caller, case_id, Act.AcceptCounterBond, confirm, bond, evidence=body.evidence)


@router.post("/{case_id}/lapse", status_code=202, operation_id="declare_lapsed")
async def declare_lapsed(
    request: Request, case_id: CaseId, caller: Caller = _party, confirm: ConfirmDep = False
) -> Response:
    """Anyone says that a clock has run out: the case is closed and the goods can be released."""
    return await _taken(request, caller, case_id, Act.DeclareLapsed, confirm)


@router.post("/{case_id}/disposal", status_code=202, operation_id="choose_disposal")
async def choose_disposal(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator disposes of confiscated goods by the way that is next in the law's order."""
    return await _taken(request, caller, case_id, Act.ChooseDisposal, confirm, evidence=body.evidence)


@router.post("/{case_id}/disposal/impossible", status_code=202, operation_id="pass_over_disposal")
async def pass_over_disposal(
    request: Request, case_id: CaseId, body: EvidenceBody, caller: Caller = _authority, confirm: ConfirmDep = False
) -> Response:
    """The investigator says that the next way of disposal is impossible, and why."""
    return await _taken(request, caller, case_id, Act.PassOverDisposal, confirm, evidence=body.evidence)


async def _taken(
    request: Request,
    caller: Caller,
    case_id: int,
    act: Act,
    confirm: bool,
    *arguments: Any,
    evidence: Mapping[str, Any] | None = None,
) -> Response:
    gateway = request.app.state.gateway
    operation_id = await in_thread(cases.take, gateway, caller.acting_no, case_id, act, *arguments, evidence=evidence)
    return await written(request, caller, operation_id, confirm)
