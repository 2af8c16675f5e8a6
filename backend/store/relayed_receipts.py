"""Receipts of customs' national system as somebody relayed them, and the documents that they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import documents, relayed_receipts

_OF_DOCUMENT = (
    documents.c.id,
    documents.c.kind,
    documents.c.message_type,
    documents.c.business_key,
    documents.c.version,
    documents.c.guid,
    documents.c.parcel_id,
    documents.c.participant_no,
)


def documents_keyed(
    connection: Connection, kind: str, keys: Iterable[str], sender_no: int | None = None
) -> dict[str, list[Any]]:
    """Every version of these documents by business key, oldest first; of one sender's unless `sender_no` is None."""
    found: dict[str, list[Any]] = {}
    for part in chunks(sorted(set(keys))):
        query = sa.select(*_OF_DOCUMENT).where(documents.c.kind == kind, documents.c.business_key.in_(part))
        if sender_no is not None:
            query = query.where(documents.c.participant_no == sender_no)
        for row in connection.execute(query.order_by(documents.c.version)):
            found.setdefault(row.business_key, []).append(row)
    return found


def documents_of_guids(
    connection: Connection, message_type: str, guids: Iterable[str], sender_no: int | None = None
) -> dict[str, Any]:
    """The newest document of this type under each guid."""
    found: dict[str, Any] = {}
    for part in chunks(sorted(set(guids))):
        query = sa.select(*_OF_DOCUMENT).where(documents.c.guid.in_(part), documents.c.message_type == message_type)
        if sender_no is not None:
            query = query.where(documents.c.participant_no == sender_no)
        found.update({row.guid: row for row in connection.execute(query.order_by(documents.c.id))})
    return found


def known(connection: Connection, digests: Iterable[bytes]) -> dict[tuple[int, bytes], Any]:
    """The rows that were relayed before with these digests, by participant and digest."""
    column = relayed_receipts.c
    found: dict[tuple[int, bytes], Any] = {}
    for part in chunks(sorted(set(digests))):
        query = sa.select(column.id, column.participant_no, column.digest, column.standing, column.document_id)
        rows = connection.execute(query.where(column.digest.in_(part)))
        found.update({(row.participant_no, row.digest): row for row in rows})
    return found


def last_applied(connection: Connection, document_ids: Iterable[int]) -> dict[int, int | None]:
    """The latest return time (ms) that was applied to each document; None where none of those applied has a time."""
    column = relayed_receipts.c
    found: dict[int, int | None] = {}
    for part in chunks(sorted(set(document_ids))):
        query = (
            sa.select(column.document_id, sa.func.max(column.at_ms).label("at_ms"))
            .where(column.document_id.in_(part), column.standing == "applied")
            .group_by(column.document_id)
        )
        found.update({row.document_id: row.at_ms for row in connection.execute(query)})
    return found


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Stores relayed rows; their ids, in the same order."""
    if not rows:
        return []
    query = sa.insert(relayed_receipts).returning(relayed_receipts.c.id, sort_by_parameter_order=True)
    return [row.id for row in connection.execute(query, list(rows))]


def settle(connection: Connection, row_id: int, *, document_id: int, participant_no: int, standing: str) -> None:
    """Says of a row that had no document which one it speaks of."""
    connection.execute(
        sa.update(relayed_receipts)
        .where(relayed_receipts.c.id == row_id)
        .values(document_id=document_id, participant_no=participant_no, standing=standing)
    )


def after(connection: Connection, row_id: int, limit: int, participant_no: int | None) -> list[sa.Row[Any]]:
    """What was relayed after a row, in its order: a participant's, everybody's for None."""
    column = relayed_receipts.c
    query = (
        sa.select(
            column.id,
            column.participant_no,
            column.receipt_type,
            column.guid,
            column.status,
            column.info,
            column.at_ms,
            column.standing,
            column.received_at,
            documents.c.kind,
            documents.c.message_type,
            documents.c.business_key,
            documents.c.parcel_id,
        )
        .outerjoin(documents, documents.c.id == column.document_id)
        .where(column.id > row_id)
        .order_by(column.id)
        .limit(limit)
    )
    if participant_no is not None:
        query = query.where(column.participant_no == participant_no)
    return list(connection.execute(query))
