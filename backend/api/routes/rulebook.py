"""What documents are judged by: the rules, each district's settings for them, and the rates of tax."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, in_thread, require_media_type, scoped
from backend.api.schemas import DistrictCode, VersionText
from backend.services import rulebook
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1", tags=["rules"])

_customs = scoped("set how documents are compared", Scope.authority, Scope.governance)
_governance = scoped("set the rates of tax", Scope.governance)

_Version = Annotated[VersionText | None, Query(description="An earlier version, as a decision names it")]


def _body(title: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object", "title": title}}}
    return {"requestBody": {"required": True, "content": content}}


@router.get("/matching", operation_id="get_matching")
def get_matching(gateway: GatewayDep, caller: CallerDep) -> Response:
    """Every rule that documents are compared by, and the settings in force in each district."""
    return answer(rulebook.matching_view(gateway))


@router.get("/matching/{district}", operation_id="get_district_matching")
def get_district_matching(
    district: DistrictCode, gateway: GatewayDep, caller: CallerDep, version: _Version = None
) -> Response:
    """The settings of one district and its versions, newest first; 0000 has those of every other district."""
    return answer(rulebook.district_view(gateway, int(district), version))


@router.put("/matching/{district}", operation_id="load_matching", openapi_extra=_body("Settings, docs/rules.md"))
async def load_matching(
    request: Request, district: DistrictCode, gateway: GatewayDep, caller: Caller = _customs
) -> Response:
    """Puts a version of a district's settings in force: by its customs, or by governance. 201: a new version."""
    require_media_type(request, "application/json")
    body = await request.body()
    view, is_new = await in_thread(rulebook.load_matching, gateway, caller, int(district), body)
    return answer(view, 201 if is_new else 200)


@router.get("/rates", operation_id="get_rates")
def get_rates(gateway: GatewayDep, caller: CallerDep, version: _Version = None) -> Response:
    """The rates of tax by HS code, and their versions, newest first."""
    return answer(rulebook.rates_view(gateway, version))


@router.put("/rates", operation_id="load_rates", openapi_extra=_body("Rate table, docs/rules.md"))
async def load_rates(request: Request, gateway: GatewayDep, caller: Caller = _governance) -> Response:
    """Puts a version of the rates in force, by governance. 201: a new version."""
    require_media_type(request, "application/json")
    body = await request.body()
    view, is_new = await in_thread(rulebook.load_rates, gateway, caller, body)
    return answer(view, 201 if is_new else 200)
