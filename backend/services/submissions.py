"""Lists of submissions."""

from __future__ import annotations

from typing import Any

from backend.domain.instants import iso
from backend.services.gateway import Gateway
from backend.services.operations import status_of
from backend.services.paging import cursor_of, place_of
from backend.services.parcels import completeness
from backend.store import outbox, submission_queries


def list_operations(gateway: Gateway, participant_no: int | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of a participant's operations (everybody's for None), newest first, each with its status."""
    before = place_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = outbox.operations_of(connection, participant_no, before, limit + 1)
        page = rows[:limit]
        statuses = submission_queries.statuses_of(connection, [row.id for row in page])
    return {
        "items": [
            {
                "operation_id": row.id,
                "kind": row.kind,
                "participant_no": row.participant_no,
                "status": status_of(statuses.get(row.id, [])),
                "created_at": iso(row.created_at),
                "summary": row.summary,
            }
            for row in page
        ],
        "next": cursor_of(page[-1].id) if len(rows) > limit else None,
        **complete,
    }
