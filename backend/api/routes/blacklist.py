"""The blacklist: written by authorities, read by anyone."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import (
    AnyoneDep,
    ConfirmDep,
    GatewayDep,
    answer,
    in_thread,
    scoped,
    written,
)
from backend.api.schemas import (
    MOST_NUMBER,
    USUAL,
    Cursor,
    EvidenceBody,
    LevelName,
    Limit,
    ListingBody,
    ListingId,
    SearchText,
)
from backend.domain.instants import instant
from backend.services import listings
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/blacklist", tags=["blacklist"])

_authority = scoped("decide about listings", Scope.authority)


@router.get("", operation_id="search_blacklist")
def search_blacklist(
    gateway: GatewayDep,
    caller: AnyoneDep,
    search: Annotated[SearchText | None, Query(description="Name, code or number")] = None,
    status: Annotated[Literal["proposed", "in_force", "expired", "lifted"] | None, Query()] = None,
    level: Annotated[LevelName | None, Query()] = None,
    participant_no: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Every listing with its standing, newest first. Public."""
    return answer(
        listings.search_listings(
            gateway,
            text=search,
            status=status,
            level=level,
            participant_no=participant_no,
            cursor=cursor,
            limit=limit,
        )
    )


@router.get("/listings/{listing_id}", operation_id="get_listing")
def get_listing(listing_id: ListingId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One listing. Public; authorities and whom it names also read its evidence."""
    return answer(listings.listing_view(gateway, listing_id, caller))


@router.post("/listings", status_code=202, operation_id="impose_listing")
async def impose_listing(
    request: Request,
    body: ListingBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Proposes a listing: it takes effect when another authority confirms it."""
    operation_id = await in_thread(
        listings.impose,
        gateway,
        caller.acting_no,
        participant_no=body.participant_no,
        level=body.level,
        ground=body.ground,
        until=instant(body.until, "until"),
        evidence=body.evidence,
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/confirmations", status_code=202, operation_id="confirm_listing")
async def confirm_listing(
    request: Request,
    listing_id: ListingId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Confirms another authority's listing."""
    operation_id = await in_thread(listings.confirm, gateway, caller.acting_no, listing_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/lift", status_code=202, operation_id="lift_listing")
async def lift_listing(
    request: Request,
    listing_id: ListingId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """Ends a listing before its time."""
    operation_id = await in_thread(listings.lift, gateway, caller.acting_no, listing_id, body.evidence)
    return await written(request, caller, operation_id, confirm)
