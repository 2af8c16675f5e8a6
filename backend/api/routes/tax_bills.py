"""Electronic tax bills, for declarants and customs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer
from backend.api.schemas import USUAL, Cursor, Limit, ParcelIdText
from backend.services.tax_bills import list_bills

router = APIRouter(prefix="/v1/tax-bills", tags=["tax bills"])


@router.get("", operation_id="list_tax_bills")
def get_tax_bills(
    gateway: GatewayDep,
    caller: CallerDep,
    since: Annotated[str | None, Query(max_length=40, description="Made or changed since: ISO 8601")] = None,
    parcel_id: Annotated[ParcelIdText | None, Query()] = None,
    status: Annotated[int | None, Query(ge=1, le=3, description="1 made, 2 collected, 3 void")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """The bills on the caller's own lists, for customs also those of its district; newest first."""
    return answer(
        list_bills(
            gateway,
            caller,
            since=since,
            parcel_id=bytes.fromhex(parcel_id) if parcel_id else None,
            status=status,
            cursor=cursor,
            limit=limit,
        )
    )
