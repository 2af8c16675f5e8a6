"""A list found by customs' number of it, wherever it was declared (异地申报清单查询)."""

from __future__ import annotations

from typing import Any

from backend.domain.errors import NotFound
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.parcel_documents import document_views
from backend.services.parcels import parcel_view
from backend.store import parcel_queries, readmodel
from backend.store.database import Connection
from backend.store.notice_queries import lists_by_number


def list_view(gateway: Gateway, caller: Caller, list_no: str) -> dict[str, Any]:
    """A list as it stands, with the parcel that it declares, for customs of either end and for who sent it.

    The port reads what the origin took in without asking anybody: both are named in the manifest. Raises NotFound,
    for whom the list does not concern as for a number that nobody has.
    """
    with gateway.database.read() as connection:
        parcel_id, document = _readable(connection, caller, list_no)
    return {"list_no": list_no, "list": document, "parcel": parcel_view(gateway, parcel_id, caller)}


def parcel_of_list(gateway: Gateway, caller: Caller, list_no: str) -> bytes:
    """The parcel that a list declares. Raises NotFound as `list_view` does."""
    with gateway.database.read() as connection:
        return _readable(connection, caller, list_no)[0]


def _readable(connection: Connection, caller: Caller, list_no: str) -> tuple[bytes, dict[str, Any]]:
    found = lists_by_number(connection, "list_no", [list_no]).get(list_no)
    if found is not None and found.parcel_id is not None:
        place = next(iter(readmodel.places_of(connection, [found.parcel_id]).get(found.parcel_id, ())), None)
        rows = [row for row in parcel_queries.current_documents(connection, found.parcel_id) if row.id == found.id]
        seen = document_views(rows, place, caller) if place is not None else []
        if seen:
            return bytes(found.parcel_id), seen[0]
    raise NotFound(what="list", value=list_no)
