"""What is kept of imports that were declared: their lists, and what their declarants applied to bring back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import documents, notice_subjects

_IMPORT_LIST = "621"
_IMPORT_RETURN = "625"


def import_lists(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, sa.Row[Any]]:
    """The newest list of each parcel that is an import with a list here: id, type, fields (NULL once erased).

    Another list is only taken in once the one before it is over, so the newest is the one that counts.
    """
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(parcel_ids):
        query = (
            sa.select(documents.c.id, documents.c.parcel_id, documents.c.message_type, documents.c.fields)
            .where(
                documents.c.parcel_id.in_(part),
                only_checked(documents.c.kind) == "Declaration",
                documents.c.message_type == _IMPORT_LIST,
                documents.c.current,
            )
            .order_by(documents.c.id)
        )
        found.update({row.parcel_id: row for row in connection.execute(query)})
    return found


def fields_of_documents(connection: Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    """Type and fields of documents, by id."""
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = sa.select(documents.c.id, documents.c.message_type, documents.c.fields).where(documents.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def return_applications(
    connection: Connection, parcel_ids: Sequence[bytes], message_type: str = _IMPORT_RETURN
) -> dict[bytes, list[sa.Row[Any]]]:
    """The current applications (625 or 213) to return each parcel, oldest first; of erased ones nothing can be read."""
    found: dict[int, tuple[bytes, sa.Row[Any]]] = {}
    wanted = (
        documents.c.id,
        documents.c.message_type,
        documents.c.business_key,
        documents.c.fields,
        documents.c.received_at,
    )
    applications = (documents.c.message_type == message_type, documents.c.current, documents.c.fields.is_not(None))
    for part in chunks(parcel_ids):
        # A notice names its parcel itself, or it was found out later by another of its names.
        itself = sa.select(documents.c.parcel_id.label("of_parcel"), *wanted).where(
            documents.c.parcel_id.in_(part), *applications
        )
        later = (
            sa.select(notice_subjects.c.parcel_id.label("of_parcel"), *wanted)
            .join(documents, documents.c.id == notice_subjects.c.document_id)
            .where(notice_subjects.c.parcel_id.in_(part), *applications)
        )
        for query in (itself, later):
            found.update({row.id: (row.of_parcel, row) for row in connection.execute(query)})
    by_parcel: dict[bytes, list[sa.Row[Any]]] = {}
    for _, (parcel, row) in sorted(found.items()):
        by_parcel.setdefault(parcel, []).append(row)
    return by_parcel
