"""Receipts of customs' national system: relayed here, listed here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, in_thread, require_media_type, scoped
from backend.api.schemas import USUAL, Limit
from backend.services import relayed_receipts
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

_relay = scoped("relay receipts", Scope.enterprise, Scope.operator)

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/xml": {"schema": {"type": "string", "description": "CEBnnnMessage, DxpMsg"}}},
    }
}

#: The largest number that a row can have.
_MOST_ROW = 2**63 - 1


@router.post("", operation_id="relay_receipt", openapi_extra=_BODY)
async def relay_receipt(request: Request, gateway: GatewayDep, caller: Caller = _relay) -> Response:
    """Keeps a receipt that customs' national system sent; row by row: applied, late, repeated or unmatched."""
    require_media_type(request, "application/xml", "text/xml")
    body = await request.body()
    return answer(await in_thread(relayed_receipts.relay, gateway, caller, body))


@router.get("/relayed", operation_id="list_relayed_receipts")
def list_relayed_receipts(
    gateway: GatewayDep,
    caller: CallerDep,
    since: Annotated[int, Query(ge=0, le=_MOST_ROW, description="`relayed_id` of the last one known")] = 0,
    limit: Limit = USUAL,
) -> Response:
    """What was relayed after `since`, in its order: the caller's own, everybody's for operators."""
    return answer(relayed_receipts.relayed(gateway, caller, since, limit))
