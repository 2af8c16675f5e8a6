"""The years of working days that legal clocks run by."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.dependencies import (
    AnyoneDep,
    ConfirmDep,
    GatewayDep,
    answer,
    in_thread,
    require_media_type,
    scoped,
    written,
)
from backend.services.access import Caller, Scope
from backend.services.working_years import publish, years_view

router = APIRouter(prefix="/v1/working-days", tags=["rights"])

_governance = scoped("publish working days", Scope.governance)


@router.get("", operation_id="get_working_days")
def get_working_days(gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """The published years; `days` has a 1 for every working day. Public."""
    return answer(years_view(gateway))


@router.put("", status_code=202, operation_id="publish_working_days")
async def publish_working_days(
    request: Request, gateway: GatewayDep, caller: Caller = _governance, confirm: ConfirmDep = False
) -> Response:
    """Publishes the years of an arrangement, or corrects days of theirs that have not begun."""
    require_media_type(request, "application/json")
    operation_id = await in_thread(publish, gateway, caller, await request.body())
    return await written(request, caller, operation_id, confirm)
