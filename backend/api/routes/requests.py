"""What enterprises ask of customs: cancellations and returns."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import MOST_NUMBER, USUAL, Cursor, DecisionBody, Limit
from backend.domain.notices import NoticeKind
from backend.domain.participants import Role
from backend.services.access import Caller, Scope, require_role
from backend.services.requests import decide, list_requests

router = APIRouter(prefix="/v1/requests", tags=["requests"])

_reader = scoped("read requests", Scope.authority, Scope.governance, Scope.operator)
_authority = scoped("decide about requests", Scope.authority)

RequestId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]


@router.get("", operation_id="list_requests")
def get_requests(
    gateway: GatewayDep,
    caller: Caller = _reader,
    kind: Annotated[Literal["CancellationRequest", "ReturnRequest"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Cancellations and returns that customs has still to decide: those of the caller's district, oldest first."""
    wanted = NoticeKind(kind) if kind else None
    return answer(list_requests(gateway, district_of(caller), wanted, cursor, limit))


@router.post("/{request_id}/decision", status_code=202, operation_id="decide_request")
async def decide_request(
    request: Request,
    request_id: RequestId,
    body: DecisionBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Grants or refuses a request with a reason; its sender is told by a receipt."""
    require_role(caller, "decide about requests", Role.Customs)
    operation_id = await in_thread(decide, gateway, caller, request_id, grant=body.grant, reason=body.reason)
    return await written(request, caller, operation_id, confirm)


def district_of(caller: Caller) -> int | None:
    """The district whose requests a caller reads; None is every one."""
    if caller.sees_every_operation:
        return None
    require_role(caller, "read requests", Role.Customs)
    return caller.district
