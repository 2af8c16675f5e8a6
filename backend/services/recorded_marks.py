"""What a buyer may know of the marks that a parcel carries: recorded or not, and whether the seller may use them."""

from __future__ import annotations

from typing import Any

from backend.domain.instants import iso
from backend.domain.licences import Finding, Licence
from backend.domain.marks import LineField
from backend.store import right_queries, screenings
from backend.store.database import Connection


def recorded_marks(connection: Connection, parcel_id: bytes, place: Any, now: int) -> list[dict[str, Any]]:
    """Of each recorded mark that a parcel's declared brand carries, whether its seller may use it now. Public.

    From public facts alone: the right and the licence, no names. Marks are those that were recorded when the parcel
    was declared; of several lines the one without a licence is told.
    """
    row = screenings.of_parcel(connection, parcel_id, place.manifest)
    if row is None or row.finding is None:
        return []
    branded = [hit for hit in screenings.hits_of(connection, [row.id]).get(row.id, ()) if _is_of_brand(hit)]
    rights = right_queries.rights_by_id(connection, {hit.right_id for hit in branded})
    found: dict[tuple[int, str], int | None] = {}
    for hit in branded:
        right = rights.get(hit.right_id)
        if right is None or right_queries.status_of(right, now) != "in_force":
            continue
        key = (int(hit.right_id), str(hit.hit["mark"]))
        until = _licensed_until(connection, right, place.seller_no, hit.hit["heading"], now)
        if key not in found or found[key] is not None:
            found[key] = until
    return [
        {
            "right_id": right_id,
            "mark": mark,
            "licensed": until is not None,
            "until": None if until is None else iso(until),
        }
        for (right_id, mark), until in found.items()
    ]


def _is_of_brand(hit: Any) -> bool:
    return str(hit.hit["field"]) == LineField.Brand and str(hit.finding) != Finding.OutsideGoods


def _licensed_until(connection: Connection, right: Any, seller_no: int, heading: str | None, now: int) -> int | None:
    """Until when a seller may trade in goods of a heading under a right; None where it may not now."""
    if right.holder_no == seller_no:
        return int(right.until)
    row = right_queries.licence_row(connection, right.right_id, seller_no)
    if row is None or row.revoked_at is not None:
        return None
    kept = right_queries.opened(connection, [row.goods]).get(bytes(row.goods))
    headings = frozenset(kept.content["headings"]) if kept is not None else frozenset()
    licence = Licence(seller_no, str(right.right_id), headings, row.granted_at, min(row.until, right.until))
    goods = frozenset(f"{each:04d}" for each in right.headings)
    return licence.until if licence.is_in_force(now) and licence.covers(heading, goods) else None
