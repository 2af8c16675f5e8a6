"""What screening found, for customs and rights holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.errors import Forbidden
from backend.domain.instants import iso
from backend.domain.licences import Finding
from backend.domain.participants import Role
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import completeness, participant_json
from backend.store import right_queries, screenings
from backend.store.database import Connection
from backend.store.profiles import ParticipantName, names_of

#: Of a hit, what its right's holder reads: which mark and how it was met, and no text of the declaration.
_FOR_HOLDERS = ("line", "field", "mark", "form", "disguises", "heading", "within_goods", "reason", "licence_until")


def suspicions(connection: Connection, district: int, after: int = 0, limit: int = USUAL_ITEMS) -> list[dict[str, Any]]:
    """Suspected parcels declared in a district behind a suspicion's id, oldest first, whole: for customs there."""
    return _told(connection, screenings.suspicions(connection, district, after, limit), None)


def suspicions_view(
    gateway: Gateway, caller: Caller, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of suspicions: of customs' own district whole, of a holder's own rights without texts of documents.

    Raises Forbidden for anybody else.
    """
    after = numbers_of(cursor, 1)[0] if cursor else 0
    is_customs = caller.bears(Role.Customs)
    if not is_customs and not caller.bears(Role.RightsHolder):
        raise Forbidden(action="read suspicions", needed="role Customs or role RightsHolder")
    with gateway.database.read() as connection:
        complete = completeness(connection)
        if is_customs:
            found = suspicions(connection, caller.district, after, limit + 1)
        else:
            holder_no = caller.acting_no
            rows = screenings.suspicions(connection, None, after, limit + 1, holder_no=holder_no)
            found = _told(connection, rows, holder_no)
    page = found[:limit]
    following = cursor_of(page[-1]["suspicion_id"]) if len(found) > limit else None
    return {"items": page, "next": following, **complete}


def _told(connection: Connection, rows: Sequence[Any], holder_no: int | None) -> list[dict[str, Any]]:
    hits = screenings.hits_of(connection, [row.id for row in rows])
    rights = right_queries.rights_by_id(connection, {hit.right_id for each in hits.values() for hit in each})
    names = names_of(connection, {row.seller_no for row in rows})
    own = {right for right, row in rights.items() if row.holder_no == holder_no}
    return [_suspicion_json(row, hits.get(row.id, []), None if holder_no is None else own, names) for row in rows]


def _suspicion_json(
    row: Any, hits: Sequence[Any], own: set[int] | None, names: dict[int, ParticipantName]
) -> dict[str, Any]:
    """`own`: the rights of the holder that reads; None for customs."""
    return {
        "suspicion_id": row.id,
        "parcel_id": row.parcel_id.hex(),
        "manifest": "0x" + row.manifest.hex(),
        "district": f"{row.district:04d}",
        "seller": participant_json(row.seller_no, names),
        "declared_at": iso(row.declared_at),
        "screened_at": iso(row.screened_at),
        "index_version": row.index_version,
        # the automatic account's; null while it is not ordered, and where people decide
        "inspection": row.inspection if row.inspection in ("ordered", "over") else None,
        "inspection_operation": row.ordered_by if own is None else None,
        "hits": [_hit_json(hit, own) for hit in hits if own is None or _is_own(hit, own)],
    }


def _is_own(hit: Any, own: set[int]) -> bool:
    return hit.right_id in own and hit.finding == Finding.Suspected


def _hit_json(hit: Any, own: set[int] | None) -> Mapping[str, Any]:
    told = hit.hit if own is None else {name: hit.hit[name] for name in _FOR_HOLDERS}
    return {"right_id": hit.right_id, "finding": hit.finding, **told}
