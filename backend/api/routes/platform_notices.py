"""Notices to platforms under the E-commerce Law: the holder's, the platform's measures, the seller's answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from backend.api.case_schemas import NoticeFactName, NoticeId, PlatformNoticeBody
from backend.api.dependencies import AnyoneDep, GatewayDep, answer, in_thread, scoped
from backend.api.schemas import USUAL, Cursor, EvidenceBody, Limit
from backend.services import platform_notices as notices
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/platform-notices", tags=["platform notices"])

_party = scoped("give or answer notices", Scope.enterprise)


@router.post("", status_code=201, operation_id="give_platform_notice")
async def give_platform_notice(body: PlatformNoticeBody, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """A rights holder notifies a platform of a seller's goods, with prima facie evidence."""
    notice_id = await in_thread(
        notices.give_notice,
        gateway,
        caller.acting_no,
        platform_no=body.platform_no,
        seller_no=body.seller_no,
        right_name=body.right_name,
        right_id=body.right_id,
        goods=body.goods,
        evidence=body.evidence,
    )
    view = await in_thread(notices.notice_view, gateway, notice_id, caller)
    return answer(view, 201, {"Location": f"/v1/platform-notices/{notice_id}"})


@router.get("", operation_id="list_platform_notices")
def list_platform_notices(
    gateway: GatewayDep,
    caller: AnyoneDep,
    own: Annotated[bool, Query(description="Only those in which the caller is a party")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Notices, newest first. Public, without what was said (article 44)."""
    return answer(notices.list_notices(gateway, caller, own=own, cursor=cursor, limit=limit))


@router.get("/{notice_id}", operation_id="get_platform_notice")
def get_platform_notice(notice_id: NoticeId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One notice: its stage, its deadline, its dated facts; its parties also read what was said."""
    return answer(notices.notice_view(gateway, notice_id, caller))


@router.post("/{notice_id}/facts/{fact}", status_code=201, operation_id="add_platform_notice_fact")
async def add_platform_notice_fact(
    notice_id: NoticeId, fact: NoticeFactName, body: EvidenceBody, gateway: GatewayDep, caller: Caller = _party
) -> Response:
    """What a party does next: measures, statement, its forwarding, complaint or suit, end, withdrawal."""
    await in_thread(notices.add_fact, gateway, caller.acting_no, notice_id, fact, body.evidence)
    return answer(await in_thread(notices.notice_view, gateway, notice_id, caller), 201)
