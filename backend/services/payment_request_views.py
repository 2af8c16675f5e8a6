"""A request for an original payment record as its two sides read it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.domain.payment_records import ASKED
from backend.domain.payment_report import told
from backend.services.access import Caller
from backend.services.sight import sees_all_documents
from backend.store import payment_requests as store
from backend.store.database import Connection


def session_of(operation_id: str) -> str:
    """The number under which customs asks (`sessionID`), 36 characters: the request's operation."""
    return str(uuid.UUID(operation_id)).upper()


def request_json(row: Any, now: int, *, for_customs: bool) -> dict[str, Any]:
    """One request with what came of it. `status`: open, overdue or answered.

    Customs reads the differences that were found; the platform only which rules failed, since the other side of a
    difference may stand in a document that is not the platform's to read.
    """
    asked = dict(json.loads(row.request_fields)) if row.request_fields else {}
    result = json.loads(row.result_fields) if row.result_fields else []
    return {
        "payment_request_id": row.id,
        "parcel_id": row.parcel_id.hex(),
        "order_no": row.order_no,
        "session_id": session_of(row.request_operation),
        "asked": list(ASKED),
        "reason": asked.get("reason", ""),
        "district": f"{row.district:04d}",
        "customs_no": row.customs_no,
        "platform_no": row.platform_no,
        "status": _status(row, now),
        "is_late": (row.answered_at or now) > row.due_at,
        "requested_at": iso(row.requested_at),
        "due_at": iso(row.due_at),
        "answered_at": None if row.answered_at is None else iso(row.answered_at),
        "outcome": row.outcome,
        **told(result, with_values=for_customs),
        "evidence": {
            "request": _hex(row.request_evidence),
            "answer": _hex(row.answer_evidence),
            "result": _hex(row.result_evidence),
        },
        # Whether the chain has been seen to hold each.
        "anchored": {
            "request": bool(row.request_anchored),
            "answer": bool(row.answer_anchored),
            "result": bool(row.result_anchored),
        },
    }


def requests_in_parcel(
    connection: Connection, parcel_id: bytes, manifest: Any, caller: Caller | None, now: int
) -> list[dict[str, Any]] | None:
    """The requests for a parcel that a caller may read, oldest first; None for one who is on neither side."""
    if caller is None:
        return None
    for_customs = sees_all_documents(manifest, caller)
    rows = store.requests_of(connection, parcel_id)
    own = [row for row in rows if for_customs or row.platform_no == caller.participant_no]
    return [request_json(row, now, for_customs=for_customs) for row in own] if own or for_customs else None


def is_of_customs(row: Any, manifest: Any | None, caller: Caller) -> bool:
    """Whether a caller reads a request as customs: of the district that asked, or of one of the parcel's own."""
    if not caller.bears(Role.Customs):
        return False
    return caller.district == row.district or (manifest is not None and sees_all_documents(manifest, caller))


def _status(row: Any, now: int) -> str:
    if row.status == "open" and now > row.due_at:
        return "overdue"
    return str(row.status)


def _hex(data: bytes | None) -> str | None:
    return None if data is None else "0x" + data.hex()
