"""Lanes: agreements of two districts about transit between them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.carriage_schemas import AgreementBody, LaneBody, LaneId
from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import USUAL, Cursor, EvidenceBody, Limit
from backend.services import lanes
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/lanes", tags=["transit"])

_customs = scoped("set up lanes", Scope.authority)
_reader = scoped("read lanes", Scope.enterprise, Scope.authority, Scope.governance)


@router.get("", operation_id="list_lanes")
def list_lanes(gateway: GatewayDep, caller: Caller = _reader, cursor: Cursor = None, limit: Limit = USUAL) -> Response:
    """Lanes with their limits and who handles which anomaly, newest first."""
    return answer(lanes.list_lanes(gateway, caller, cursor=cursor, limit=limit))


@router.get("/{lane_id}", operation_id="get_lane")
def get_lane(lane_id: LaneId, gateway: GatewayDep, caller: Caller = _reader) -> Response:
    """One lane; customs read its agreement."""
    return answer(lanes.lane_view(gateway, caller, lane_id))


@router.post("", status_code=202, operation_id="propose_lane")
async def propose_lane(
    request: Request, body: LaneBody, gateway: GatewayDep, caller: Caller = _customs, confirm: ConfirmDep = False
) -> Response:
    """A district signs first; `made.lane_id` of the confirmed operation is the lane's number."""
    operation_id = await in_thread(
        lanes.propose,
        gateway,
        caller.acting_no,
        origin_district=int(body.origin_district),
        port_district=int(body.port_district),
        transit_hours=body.transit_hours,
        acknowledge_hours=body.acknowledge_hours,
        notice_days=body.notice_days,
        handled_by_port=body.handled_by_port,
        text=body.agreement,
        reference=body.reference,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/{lane_id}/acceptance", status_code=202, operation_id="accept_lane")
async def accept_lane(
    request: Request,
    lane_id: LaneId,
    body: AgreementBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """The other district signs for the same text: the lane is in force."""
    operation_id = await in_thread(lanes.accept, gateway, caller.acting_no, lane_id, body.agreement)
    return await written(request, caller, operation_id, confirm)


@router.post("/{lane_id}/end", status_code=202, operation_id="end_lane")
async def end_lane(
    request: Request,
    lane_id: LaneId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """Either district ends the lane with the notice agreed, or withdraws its proposal."""
    operation_id = await in_thread(lanes.end, gateway, caller.acting_no, lane_id, body.evidence)
    return await written(request, caller, operation_id, confirm)
