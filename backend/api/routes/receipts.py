"""What customs answered, one receipt after another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, reader_no, wants_xml
from backend.api.schemas import Limit, ParcelIdText, Since
from backend.services.receipt_feed import MOST_ROWS, read_feed

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/xml": {"schema": {"type": "string", "description": "Receipts of CEBnnnMessage"}}}}
}


@router.get("", operation_id="read_receipts", responses=_ANSWERS)
def read_receipts(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    since: Since = 0,
    limit: Limit = MOST_ROWS,
    type_: Annotated[str | None, Query(alias="type", pattern=r"^[0-9]{3}$", description="As 622")] = None,
    parcel_id: Annotated[ParcelIdText | None, Query()] = None,
) -> Response:
    """The receipts after `since` in their order: a participant's own; everybody's for governance and operators.

    `Accept: application/xml` is answered with the messages that customs would send.
    """
    feed = read_feed(gateway, reader_no(caller), since, limit, receipt_type=type_, parcel_id=parcel_id)
    if wants_xml(request):
        return Response(feed.as_xml(), media_type="application/xml")
    return answer(feed.as_json())
