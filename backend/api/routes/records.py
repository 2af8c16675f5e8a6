"""Steps of parcels, each with its evidence."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.dependencies import ConfirmDep, GatewayDep, in_thread, scoped, written
from backend.api.schemas import RecordBody
from backend.services.access import Caller, Scope
from backend.services.steps import submit_steps

router = APIRouter(prefix="/v1/records", tags=["records"])

_recorder = scoped("record steps", Scope.enterprise, Scope.authority)


@router.post("", status_code=202, operation_id="record_step")
async def record_step(
    request: Request,
    body: RecordBody,
    gateway: GatewayDep,
    caller: Caller = _recorder,
    confirm: ConfirmDep = False,
) -> Response:
    """One step for one or many parcels, wherever they are declared, with one evidence document or one each."""
    operation_id = await in_thread(
        submit_steps,
        gateway,
        caller.acting_no,
        body.step,
        [bytes.fromhex(parcel) for parcel in body.parcels],
        body.evidence,
        body.evidence_of,
        body.reference,
    )
    return await written(request, caller, operation_id, confirm)
