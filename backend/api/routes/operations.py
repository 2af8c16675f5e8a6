"""What became of submissions."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, reader_no
from backend.api.schemas import USUAL, Cursor, Limit, OperationId
from backend.services import operations
from backend.services.access import Caller
from backend.services.submissions import list_operations

router = APIRouter(prefix="/v1/operations", tags=["operations"])


@router.get("", operation_id="list_operations")
def get_operations(gateway: GatewayDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = USUAL) -> Response:
    """The caller's submissions, newest first; everybody's for governance and operators."""
    return answer(list_operations(gateway, reader_no(caller), cursor, limit))


@router.get("/{operation_id}", operation_id="get_operation")
def get_operation(operation_id: OperationId, gateway: GatewayDep, caller: CallerDep) -> Response:
    """One submission: stored, sent (transaction), confirmed (block) or quarantined (reason), item by item."""
    return answer(operations.view(gateway, operation_id, reader_no(caller)).as_json())


@router.post("/{operation_id}/retry", status_code=202, operation_id="retry_operation")
def retry_operation(operation_id: OperationId, gateway: GatewayDep, caller: CallerDep) -> Response:
    """Sends what the chain refused once more."""
    return answer(operations.retry(gateway, operation_id, _changer(caller)).as_json(), 202)


@router.post("/{operation_id}/cancel", status_code=202, operation_id="cancel_operation")
def cancel_operation(operation_id: OperationId, gateway: GatewayDep, caller: CallerDep) -> Response:
    """Gives up what is waiting or refused; what was sent stays sent."""
    return answer(operations.cancel(gateway, operation_id, _changer(caller)).as_json(), 202)


def _changer(caller: Caller) -> int | None:
    """Whose operations a caller may change: operators only read."""
    return None if caller.is_governance else caller.acting_no
