"""Risk and the draw: a district's settings, participants' credit records, and the rounds that everybody may check."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, in_thread, require_media_type, scoped
from backend.api.schemas import DistrictCode, Limit, ParticipantNo, VersionText
from backend.services import credit, draws, risk_settings
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1", tags=["risk"])

_customs = scoped("set how risk is judged", Scope.authority, Scope.governance)

_Version = Annotated[VersionText | None, Query(description="An earlier version, as an assessment names it")]
_Below = Annotated[int | None, Query(ge=1, le=2**32 - 1, alias="cursor", description="`next` of the page before")]

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "title": "Settings, docs/draw.md"}}},
    }
}


@router.get("/risk/{district}", operation_id="get_risk")
def get_risk(district: DistrictCode, gateway: GatewayDep, caller: CallerDep, version: _Version = None) -> Response:
    """The risk settings of one district with the factors and its versions, newest first; for customs and governance."""
    return answer(risk_settings.risk_view(gateway, caller, int(district), version))


@router.put("/risk/{district}", operation_id="load_risk", openapi_extra=_BODY)
async def load_risk(
    request: Request, district: DistrictCode, gateway: GatewayDep, caller: Caller = _customs
) -> Response:
    """Puts a version of a district's risk settings in force: by its customs, or by governance. 201: a new version."""
    require_media_type(request, "application/json")
    body = await request.body()
    view, is_new = await in_thread(risk_settings.load_risk, gateway, caller, int(district), body)
    return answer(view, 201 if is_new else 200)


@router.get("/credit/{participant_no}", operation_id="get_credit")
def get_credit(participant_no: ParticipantNo, gateway: GatewayDep, caller: CallerDep) -> Response:
    """A participant's grade, and its record of twelve months line by line; for customs, governance and itself."""
    return answer(credit.credit_view(gateway, caller, participant_no))


@router.get("/draws/{district}", operation_id="list_draws")
def list_draws(district: DistrictCode, gateway: GatewayDep, cursor: _Below = None, limit: Limit = 20) -> Response:
    """The rounds of a district's draw as the chain has them, newest first: what anybody needs to check a draw."""
    return answer(draws.rounds_view(gateway, int(district), cursor, limit))
