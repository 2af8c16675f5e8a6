"""Consignments: opened, loaded and moved by their parties, step by step; what goes wrong under way."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.carriage_schemas import (
    ActBody,
    ActName,
    AnomalyBody,
    AnomalyId,
    CarriageNumber,
    ConsignmentBody,
    ConsignmentId,
    ContentsBody,
    ReinspectionBody,
    RemovalBody,
    VerificationBody,
)
from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import USUAL, Cursor, EvidenceBody, Limit
from backend.domain.consignment_standing import ConsignmentAct
from backend.services import anomalies, consignment_views, consignments
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1", tags=["transit"])

_opener = scoped("open and load consignments", Scope.enterprise)
_customs = scoped("check consignments", Scope.authority)
_party = scoped("follow consignments", Scope.enterprise, Scope.authority)


@router.get("/consignments", operation_id="list_consignments")
def list_consignments(
    gateway: GatewayDep,
    caller: Caller = _party,
    open: Annotated[bool, Query(description="Only those under way or not acknowledged")] = False,
    number: Annotated[CarriageNumber | None, Query(description="Of a seal or a master waybill")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Those that pass a customs officer's district, or that the caller opened or takes over; newest first."""
    return answer(
        consignment_views.list_consignments(gateway, caller, open_only=open, number=number, cursor=cursor, limit=limit)
    )


@router.get("/consignments/{consignment}", operation_id="get_consignment")
def get_consignment(consignment: ConsignmentId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """One consignment: its contents, limits, anomalies and history, and what is the caller's to do."""
    return answer(consignment_views.consignment_view(gateway, caller, bytes.fromhex(consignment[2:])))


@router.post("/consignments", status_code=202, operation_id="open_consignment")
async def open_consignment(
    request: Request,
    body: ConsignmentBody,
    gateway: GatewayDep,
    caller: Caller = _opener,
    confirm: ConfirmDep = False,
) -> Response:
    """Opens a consignment; the answer has its id. The same reference again is the same consignment."""
    operation_id, consignment = await in_thread(
        consignments.open_consignment,
        gateway,
        caller.acting_no,
        reference=body.reference,
        kind=body.kind,
        number=body.number,
        origin_district=int(body.origin_district),
        port_district=int(body.port_district),
        lane_id=body.lane_id or 0,
        terminal_no=body.terminal_no or 0,
    )
    return await written(request, caller, operation_id, confirm, consignment="0x" + consignment.hex())


@router.post("/consignments/{consignment}/contents", status_code=202, operation_id="load_consignment")
async def load_consignment(
    request: Request,
    consignment: ConsignmentId,
    body: ContentsBody,
    gateway: GatewayDep,
    caller: Caller = _opener,
    confirm: ConfirmDep = False,
) -> Response:
    """Puts parcels in, all of them or, where one may not travel, none."""
    operation_id = await in_thread(
        consignments.load,
        gateway,
        caller.acting_no,
        bytes.fromhex(consignment[2:]),
        [bytes.fromhex(parcel) for parcel in body.parcels],
        body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/consignments/{consignment}/removals", status_code=202, operation_id="take_out_of_consignment")
async def take_out_of_consignment(
    request: Request,
    consignment: ConsignmentId,
    body: RemovalBody,
    gateway: GatewayDep,
    caller: Caller = _party,
    confirm: ConfirmDep = False,
) -> Response:
    """Takes parcels out: offloaded by the opener until it departs, a risk hit or what is short by customs."""
    operation_id = await in_thread(
        consignments.take_out,
        gateway,
        caller.acting_no,
        bytes.fromhex(consignment[2:]),
        [bytes.fromhex(parcel) for parcel in body.parcels],
        body.reason,
        body.evidence,
        body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/consignments/{consignment}/verification", status_code=202, operation_id="verify_consignment")
async def verify_consignment(
    request: Request,
    consignment: ConsignmentId,
    body: VerificationBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """The port looks at the seal and counts; a broken seal and another count are anomalies at once."""
    operation_id = await in_thread(
        consignments.verify,
        gateway,
        caller.acting_no,
        bytes.fromhex(consignment[2:]),
        seal_intact=body.seal_intact,
        found=body.found,
        evidence=body.evidence,
        reference=body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/consignments/{consignment}/anomalies", status_code=202, operation_id="raise_anomaly")
async def raise_anomaly(
    request: Request,
    consignment: ConsignmentId,
    body: AnomalyBody,
    gateway: GatewayDep,
    caller: Caller = _party,
    confirm: ConfirmDep = False,
) -> Response:
    """Customs of either end say what went wrong; that a limit has passed, anybody may put on record."""
    operation_id = await in_thread(
        anomalies.raise_anomaly,
        gateway,
        caller.acting_no,
        bytes.fromhex(consignment[2:]),
        body.kind,
        body.evidence,
        [bytes.fromhex(parcel) for parcel in body.parcels or ()],
        body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/consignments/{consignment}/{act}", status_code=202, operation_id="take_consignment_on")
async def take_consignment_on(
    request: Request,
    consignment: ConsignmentId,
    act: ActName,
    body: ActBody,
    gateway: GatewayDep,
    caller: Caller = _party,
    confirm: ConfirmDep = False,
) -> Response:
    """The other acts, each with its evidence: the opener applies, the origin approves or refuses and lets depart, the
    port takes in and writes off, the terminal acknowledges the release.
    """
    operation_id = await in_thread(
        consignments.take,
        gateway,
        caller.acting_no,
        bytes.fromhex(consignment[2:]),
        ConsignmentAct(act),
        body.evidence,
        head=bytes.fromhex(body.head[2:]) if body.head else None,
        reference=body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.get("/anomalies", operation_id="list_anomalies")
def list_anomalies(
    gateway: GatewayDep,
    caller: Caller = _party,
    open: Annotated[bool, Query(description="Only those not settled")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """What went wrong with the caller's consignments, each with its owner and clock; newest first."""
    return answer(consignment_views.list_anomalies(gateway, caller, open_only=open, cursor=cursor, limit=limit))


@router.post("/anomalies/{anomaly_id}/settlement", status_code=202, operation_id="settle_anomaly")
async def settle_anomaly(
    request: Request,
    anomaly_id: AnomalyId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """The district that the lane names settles it."""
    operation_id = await in_thread(anomalies.settle_anomaly, gateway, caller.acting_no, anomaly_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/reinspections", status_code=202, operation_id="reinspect_parcels")
async def reinspect_parcels(
    request: Request,
    body: ReinspectionBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """The port opens again what the origin inspected; the reason stands on the record."""
    operation_id = await in_thread(
        anomalies.reinspect,
        gateway,
        caller.acting_no,
        [bytes.fromhex(parcel) for parcel in body.parcels],
        body.reason,
        body.evidence,
        body.reference,
    )
    return await written(request, caller, operation_id, confirm)
