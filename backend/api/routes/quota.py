"""What a person may still buy this year, for customs."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from backend.api.dependencies import GatewayDep, answer, scoped
from backend.api.schemas import QuotaBody
from backend.services.access import Caller, Scope
from backend.services.quota import quota_view

router = APIRouter(prefix="/v1/quota", tags=["quota"])

_authority = scoped("read a person's quota", Scope.authority)


@router.post("", operation_id="read_quota")
def read_quota(body: QuotaBody, gateway: GatewayDep, caller: Caller = _authority) -> Response:
    """A person's calendar year: what counts, what is left, parcel by parcel. Customs only; writes nothing."""
    return answer(quota_view(gateway, caller, body.id_number, body.year))
