"""The blacklist: proposed and confirmed by authorities, answered by the listed party, read by anyone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.case_schemas import (
    ConfirmationsBody,
    GrantedBody,
    HearingWindowBody,
    UpheldBody,
    UrgencyBody,
)
from backend.api.dependencies import (
    AnyoneDep,
    CallerDep,
    ConfirmDep,
    GatewayDep,
    answer,
    in_thread,
    require_media_type,
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
    VersionText,
)
from backend.domain.instants import instant
from backend.services import listing_views, listings, proposals
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/blacklist", tags=["blacklist"])

_authority = scoped("decide about listings", Scope.authority)
_listed = scoped("speak for a listed party", Scope.enterprise, Scope.authority, Scope.governance)
_rule_maker = scoped("set how findings propose listings", Scope.governance)

_RULE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "title": "A rule: version, steps"}}},
    }
}
_owner = scoped("set how listings are confirmed", Scope.governance)


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
        listing_views.search_listings(
            gateway,
            text=search,
            status=status,
            level=level,
            participant_no=participant_no,
            cursor=cursor,
            limit=limit,
        )
    )


@router.get("/mine", operation_id="list_own_listings")
def list_own_listings(gateway: GatewayDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = USUAL) -> Response:
    """What is held against the caller, or sellers without a key that it registered, with what may be done."""
    return answer(listing_views.listings_against(gateway, caller, cursor, limit))


@router.get("/rules", operation_id="get_listing_rules")
def get_listing_rules(gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """How long parties are heard, which grounds are urgent, how many confirmations a level needs. Public."""
    return answer(listing_views.rules_view(gateway))


@router.get("/proposal-rule", operation_id="get_proposal_rule")
def get_proposal_rule(
    gateway: GatewayDep,
    caller: AnyoneDep,
    version: Annotated[VersionText | None, Query(description="An earlier version, as a listing names it")] = None,
) -> Response:
    """The stated rule by which findings of infringement propose listings, and its versions. Public."""
    return answer(proposals.rule_view(gateway, version))


@router.put("/proposal-rule", operation_id="put_proposal_rule", openapi_extra=_RULE)
async def put_proposal_rule(request: Request, gateway: GatewayDep, caller: Caller = _rule_maker) -> Response:
    """Puts a version of that rule in force, by governance. 201: a new version."""
    require_media_type(request, "application/json")
    body = await request.body()
    view, is_new = await in_thread(proposals.put_rule, gateway, caller, body)
    return answer(view, 201 if is_new else 200)


@router.post("/rules/hearing", status_code=202, operation_id="set_hearing_window")
async def set_hearing_window(
    request: Request,
    body: HearingWindowBody,
    gateway: GatewayDep,
    caller: Caller = _owner,
    confirm: ConfirmDep = False,
) -> Response:
    """Sets how long listed parties are heard from the next listing on."""
    operation_id = await in_thread(listings.set_hearing_window, gateway, caller.acting_no, body.hours)
    return await written(request, caller, operation_id, confirm)


@router.post("/rules/urgency", status_code=202, operation_id="set_urgency")
async def set_urgency(
    request: Request, body: UrgencyBody, gateway: GatewayDep, caller: Caller = _owner, confirm: ConfirmDep = False
) -> Response:
    """Says whether listings on a ground need no hearing first."""
    operation_id = await in_thread(listings.set_urgency, gateway, caller.acting_no, body.ground, body.urgent)
    return await written(request, caller, operation_id, confirm)


@router.post("/rules/confirmations", status_code=202, operation_id="set_confirmations")
async def set_confirmations(
    request: Request,
    body: ConfirmationsBody,
    gateway: GatewayDep,
    caller: Caller = _owner,
    confirm: ConfirmDep = False,
) -> Response:
    """Sets how many other authorities must confirm a level."""
    operation_id = await in_thread(
        listings.set_confirmations, gateway, caller.acting_no, body.level, body.confirmations
    )
    return await written(request, caller, operation_id, confirm)


@router.get("/listings/{listing_id}", operation_id="get_listing")
def get_listing(listing_id: ListingId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One listing. Public; authorities and whom it names also read its evidence."""
    return answer(listing_views.listing_view(gateway, listing_id, caller))


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


@router.post("/listings/{listing_id}/statements", status_code=202, operation_id="make_statement")
async def make_statement(
    request: Request,
    listing_id: ListingId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _listed,
    confirm: ConfirmDep = False,
) -> Response:
    """The listed party, or its registrar where it has no key, says what it has to say."""
    operation_id = await in_thread(listings.make_statement, gateway, caller.acting_no, listing_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/appeal", status_code=202, operation_id="appeal_listing")
async def appeal_listing(
    request: Request,
    listing_id: ListingId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _listed,
    confirm: ConfirmDep = False,
) -> Response:
    """The listed party appeals, once, within sixty days of the listing's coming into force."""
    operation_id = await in_thread(listings.appeal, gateway, caller.acting_no, listing_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/appeal/decision", status_code=202, operation_id="decide_listing_appeal")
async def decide_listing_appeal(
    request: Request,
    listing_id: ListingId,
    body: UpheldBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """An appeal body that took no part upholds a listing or lifts it."""
    operation_id = await in_thread(
        listings.decide_appeal, gateway, caller.acting_no, listing_id, body.upheld, body.evidence
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/repair", status_code=202, operation_id="ask_repair")
async def ask_repair(
    request: Request,
    listing_id: ListingId,
    body: EvidenceBody,
    gateway: GatewayDep,
    caller: Caller = _listed,
    confirm: ConfirmDep = False,
) -> Response:
    """The listed party asks for credit repair when the listing has stood long enough."""
    operation_id = await in_thread(listings.ask_repair, gateway, caller.acting_no, listing_id, body.evidence)
    return await written(request, caller, operation_id, confirm)


@router.post("/listings/{listing_id}/repair/decision", status_code=202, operation_id="decide_repair")
async def decide_repair(
    request: Request,
    listing_id: ListingId,
    body: GrantedBody,
    gateway: GatewayDep,
    caller: Caller = _authority,
    confirm: ConfirmDep = False,
) -> Response:
    """The imposing authority decides on credit repair."""
    operation_id = await in_thread(
        listings.decide_repair, gateway, caller.acting_no, listing_id, body.granted, body.evidence
    )
    return await written(request, caller, operation_id, confirm)
