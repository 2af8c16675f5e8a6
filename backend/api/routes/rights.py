"""Rights recorded with customs: written by holders and headquarters, read by anyone; and what was found suspected."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import (
    AnyoneDep,
    CallerDep,
    ConfirmDep,
    GatewayDep,
    answer,
    in_thread,
    scoped,
    written,
)
from backend.api.rights_schemas import (
    HeadquartersBody,
    LicenceBody,
    ProtectedBody,
    RecordalBody,
    RefusalBody,
    RenewalBody,
    RightId,
    RightKindName,
    SellerNo,
)
from backend.api.schemas import MOST_NUMBER, USUAL, Cursor, EvidenceBody, Limit, SearchText
from backend.domain.instants import instant
from backend.services import rights
from backend.services.access import Caller, Scope
from backend.services.rights_reading import right_view, search_rights
from backend.services.suspicions import suspicions_view

router = APIRouter(prefix="/v1", tags=["rights"])

_holder = scoped("dispose of rights", Scope.enterprise)
_authority = scoped("decide about rights", Scope.authority)
_governance = scoped("name headquarters", Scope.governance)


@router.get("/rights", operation_id="search_rights")
def search(
    gateway: GatewayDep,
    caller: AnyoneDep,
    search: Annotated[SearchText | None, Query(description="Part of a recorded mark or of its holder's name")] = None,
    status: Annotated[
        Literal["pending", "in_force", "expired", "refused", "withdrawn", "revoked"] | None, Query()
    ] = None,
    kind: Annotated[RightKindName | None, Query()] = None,
    holder_no: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    undecided: Annotated[bool, Query(description="Only those of which headquarters has to decide something")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """The register of rights, newest first. Public; what is not recorded yet is for holder and headquarters."""
    return answer(
        search_rights(
            gateway,
            caller=caller,
            text=search,
            status=status,
            kind=kind,
            holder_no=holder_no,
            undecided=undecided,
            cursor=cursor,
            limit=limit,
        )
    )


@router.get("/rights/{right_id}", operation_id="get_right")
def get_right(right_id: RightId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One right with its dated facts and licences. Public; headquarters also reads what speaks against it."""
    return answer(right_view(gateway, right_id, caller))


@router.post("/rights", status_code=202, operation_id="apply_for_recordal")
async def apply_for_recordal(
    request: Request, body: RecordalBody, gateway: GatewayDep, caller: Caller = _holder, confirm: ConfirmDep = False
) -> Response:
    """Asks headquarters to record a right."""
    operation_id = await in_thread(
        rights.apply,
        gateway,
        caller.acting_no,
        body.kind,
        body.asked,
        instant(body.valid_until, "valid_until"),
        body.evidence,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/changes", status_code=202, operation_id="change_recordal")
async def change_recordal(
    request: Request,
    right_id: RightId,
    body: ProtectedBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """Reports changed marks or goods; they hold once headquarters approves."""
    operation_id = await in_thread(rights.change, gateway, caller.acting_no, right_id, body.asked, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/renewals", status_code=202, operation_id="renew_recordal")
async def renew_recordal(
    request: Request,
    right_id: RightId,
    body: RenewalBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """Asks for another term, in the last six months of one."""
    until = instant(body.valid_until, "valid_until")
    operation_id = await in_thread(rights.renew, gateway, caller.acting_no, right_id, until, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/withdrawal", status_code=202, operation_id="withdraw_recordal")
async def withdraw_recordal(
    request: Request,
    right_id: RightId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """Gives up a right, or an application for one."""
    operation_id = await in_thread(rights.withdraw, gateway, caller.acting_no, right_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/approval", status_code=202, operation_id="approve_application")
async def approve_application(
    request: Request,
    right_id: RightId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Headquarters grants what is asked for a right."""
    operation_id = await in_thread(rights.approve, gateway, caller.acting_no, right_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/refusal", status_code=202, operation_id="refuse_application")
async def refuse_application(
    request: Request,
    right_id: RightId,
    body: RefusalBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Headquarters refuses what is asked for a right, with grounds."""
    operation_id = await in_thread(rights.refuse, gateway, caller.acting_no, right_id, body.grounds, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/revocation", status_code=202, operation_id="revoke_recordal")
async def revoke_recordal(
    request: Request,
    right_id: RightId,
    body: RefusalBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Headquarters ends a right that should not have been recorded, with grounds."""
    operation_id = await in_thread(rights.revoke, gateway, caller.acting_no, right_id, body.grounds, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/licences", status_code=202, operation_id="license_seller")
async def license_seller(
    request: Request,
    right_id: RightId,
    body: LicenceBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """The holder permits a seller to trade in goods of the right; replaces a licence that it has."""
    until = instant(body.until, "until")
    operation_id = await in_thread(
        rights.license_seller, gateway, caller.acting_no, right_id, body.seller, body.headings, until, body.evidence
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/rights/{right_id}/licences/{seller_no}/end", status_code=202, operation_id="end_licence")
async def end_licence(
    request: Request,
    right_id: RightId,
    seller_no: SellerNo,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _holder,
    confirm: ConfirmDep = False,
) -> Response:
    """The holder ends a licence at once."""
    operation_id = await in_thread(rights.end_licence, gateway, caller.acting_no, right_id, seller_no, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.put("/headquarters", status_code=202, operation_id="name_headquarters")
async def name_headquarters(
    request: Request,
    body: HeadquartersBody,
    gateway: GatewayDep,
    caller: Caller = _governance,
    confirm: ConfirmDep = False,
) -> Response:
    """Names the customs office that decides on recordals."""
    operation_id = await in_thread(rights.name_headquarters, gateway, caller.acting_no, body.participant_no)
    return await written(request, caller, operation_id, confirm)


@router.get("/suspicions", operation_id="list_suspicions")
def list_suspicions(gateway: GatewayDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = USUAL) -> Response:
    """Parcels that carry a recorded mark without a licence: for customs of the district, and for the right's holder."""
    return answer(suspicions_view(gateway, caller, cursor, limit))
