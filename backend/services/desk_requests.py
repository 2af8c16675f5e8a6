"""Cancellations and returns as the officer who decides about them sees them: who asks, why, and for which goods."""

from __future__ import annotations

from typing import Any

from backend.domain.notices import NoticeKind
from backend.domain.participants import Role
from backend.services.access import Caller, require_role
from backend.services.gateway import Gateway
from backend.services.parcels import participant_json
from backend.services.requests import list_requests
from backend.services.stored_documents import stored_notice
from backend.store.notice_queries import fields_of_subjects
from backend.store.profiles import names_of


def requests_at_desk(
    gateway: Gateway, caller: Caller, kind: NoticeKind | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page of what a district's customs has still to decide, oldest first. Raises Forbidden for anyone else.

    Each with `participant`, and with `reason` and `lines` of the request where its content was not erased. Governance
    and operators see what waits in every district, and no content: that is the district's to read.
    """
    district = None
    if not caller.sees_every_operation:
        require_role(caller, "read requests", Role.Customs)
        district = caller.district
    found = list_requests(gateway, district, kind, cursor, limit)
    items: list[dict[str, Any]] = found["items"]
    with gateway.database.read() as connection:
        names = names_of(connection, {item["participant_no"] for item in items})
        ids = [] if district is None else [item["request_id"] for item in items]
        kept = {row.id: row for row in fields_of_subjects(connection, ids)}
    for item in items:
        item["participant"] = participant_json(item["participant_no"], names)
        row = kept.get(item["request_id"])
        notice = stored_notice(row.message_type, row.fields) if row is not None and row.fields is not None else None
        item["reason"] = notice.head.get("reason", "") if notice else ""
        item["lines"] = list(notice.lines) if notice else []
    return found
