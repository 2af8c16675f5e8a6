"""Receipts: appended once each, read in the order in which they were given.

Ids are that order, also for who reads while another writes: writers hold one lock from before their first statement
until their commit (see `backend.store.database`), so a receipt with a smaller id is never seen after a larger one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import documents, receipts


def insert_receipts(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Appends the receipts whose `subject` is not known yet, in this order; the ids of those that were new.

    Needs a write transaction: nobody else can add the same subject in between.
    """
    new: dict[bytes, dict[str, Any]] = {}
    for row in rows:
        new.setdefault(row["subject"], {"parcel_id": None, "content": None} | dict(row))
    for part in chunks(list(new)):
        known = sa.select(receipts.c.subject).where(receipts.c.subject.in_(part))
        for subject in connection.execute(known).scalars().all():
            del new[subject]
    if not new:
        return []
    result = connection.execute(
        sa.insert(receipts).returning(receipts.c.id, sort_by_parameter_order=True), list(new.values())
    )
    return [row.id for row in result]


def latest_at_ms(connection: Connection, document_ids: Collection[int]) -> dict[int, int]:
    """The return time of each document's newest receipt, in milliseconds; documents without one are left out."""
    found: dict[int, int] = {}
    for part in chunks(sorted(set(document_ids))):
        query = (
            sa.select(receipts.c.document_id, sa.func.max(receipts.c.at_ms).label("at_ms"))
            .where(receipts.c.document_id.in_(part))
            .group_by(receipts.c.document_id)
        )
        found.update({row.document_id: row.at_ms for row in connection.execute(query)})
    return found


def latest_statuses(connection: Connection, document_ids: Collection[int]) -> dict[int, str]:
    """The status of each document's newest receipt; documents without one are left out."""
    found: dict[int, str] = {}
    for part in chunks(sorted(set(document_ids))):
        query = (
            sa.select(receipts.c.document_id, receipts.c.status)
            .where(receipts.c.document_id.in_(part))
            .order_by(receipts.c.id)
        )
        found.update({int(row.document_id): str(row.status) for row in connection.execute(query)})
    return found


def newest_id(connection: Connection) -> int:
    """The id of the newest receipt; 0 where there is none."""
    return int(connection.execute(sa.select(sa.func.max(receipts.c.id))).scalar() or 0)


def receipts_after(
    connection: Connection,
    after: int,
    limit: int,
    *,
    participant_no: int | None = None,
    receipt_type: str | None = None,
    parcel_id: bytes | None = None,
) -> list[sa.Row[Any]]:
    """The receipts after an id, oldest first, each with what it repeats of its document; None asks for nothing."""
    query = _with_document().where(receipts.c.id > after).order_by(receipts.c.id).limit(limit)
    if participant_no is not None:
        query = query.where(receipts.c.participant_no == participant_no)
    if receipt_type is not None:
        query = query.where(receipts.c.receipt_type == receipt_type)
    if parcel_id is not None:
        query = query.where(receipts.c.parcel_id == parcel_id)
    return list(connection.execute(query))


def receipts_of_parcel(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """Every receipt about a parcel, oldest first."""
    query = _with_document().where(receipts.c.parcel_id == parcel_id).order_by(receipts.c.id)
    return list(connection.execute(query))


def receipts_of_document(connection: Connection, document_id: int) -> list[sa.Row[Any]]:
    """Every receipt on one version of a document, oldest first."""
    query = _with_document().where(receipts.c.document_id == document_id).order_by(receipts.c.id)
    return list(connection.execute(query))


def receipts_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = _with_document().where(receipts.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def _with_document() -> sa.Select[Any]:
    """Receipts of documents that were refused have none: they bring along what they repeat of it."""
    return sa.select(
        receipts,
        documents.c.message_type,
        documents.c.guid,
        documents.c.business_key,
        documents.c.answered,
        documents.c.pre_no,
        documents.c.list_no,
    ).outerjoin(documents, documents.c.id == receipts.c.document_id)
