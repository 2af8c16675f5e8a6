"""What moves between districts."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from backend.api.dependencies import GatewayDep, answer, scoped
from backend.services.access import Caller, Scope
from backend.services.flow import flow_view

router = APIRouter(prefix="/v1/flow", tags=["transit"])

_party = scoped("follow consignments", Scope.enterprise, Scope.authority)


@router.get("", operation_id="get_flow")
def get_flow(gateway: GatewayDep, caller: Caller = _party) -> Response:
    """On each route how much is at which stage, the trucks under way and how far they are, and what is unsettled."""
    return answer(flow_view(gateway, caller))
