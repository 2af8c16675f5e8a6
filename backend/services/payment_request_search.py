"""Finding requests for original payment records, for those on their two sides."""

from __future__ import annotations

from typing import Any

from backend.domain.errors import NotFound
from backend.domain.participants import Role
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import cursor_of, numbers_of
from backend.services.parcels import completeness
from backend.services.payment_request_views import is_of_customs, request_json
from backend.store import payment_requests as store
from backend.store import readmodel


def request_view(gateway: Gateway, request_id: int, caller: Caller) -> dict[str, Any]:
    """One request for those on its two sides. Raises NotFound for anyone else."""
    with gateway.database.read() as connection:
        row = store.request_with_id(connection, request_id)
        places = [] if row is None else readmodel.places_of(connection, [row.parcel_id]).get(row.parcel_id, [])
    if row is not None:
        for_customs = is_of_customs(row, places[0] if places else None, caller)
        if for_customs or row.platform_no == caller.participant_no:
            return request_json(row, gateway.now(), for_customs=for_customs)
    raise NotFound(what="payment request", value=request_id)


def list_requests(
    gateway: Gateway, caller: Caller, status: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page of a district's requests, or of those to a platform, newest first.

    `status`: open (everything that waits for its answer), overdue (those of them whose time is up), answered.
    """
    now = gateway.now()
    is_customs = caller.bears(Role.Customs)
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = store.find_requests(
            connection,
            district=caller.district if is_customs else None,
            platform_no=caller.participant_no,
            status="open" if status == "overdue" else status,
            overdue_at=now if status == "overdue" else None,
            below_id=numbers_of(cursor, 1)[0] if cursor else None,
            limit=limit + 1,
        )
    page = rows[:limit]
    return {
        "items": [request_json(row, now, for_customs=is_customs and row.district == caller.district) for row in page],
        "next": cursor_of(page[-1].id) if len(rows) > limit else None,
        **complete,
    }
