"""Customs' requests for original payment records, each with the evidence of what was asked, answered and found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import anchors, documents, evidence_documents, payment_requests

#: The three documents of a request, each named as its columns begin.
_PARTS = ("request", "answer", "result")


def insert_request(connection: Connection, row: Mapping[str, Any]) -> int:
    """Opens a request; its id."""
    return int(connection.execute(sa.insert(payment_requests).returning(payment_requests.c.id), dict(row)).scalar_one())


def note_answer(connection: Connection, request_id: int, values: Mapping[str, Any]) -> None:
    """Closes a request with its answer and what came of it."""
    connection.execute(sa.update(payment_requests).where(payment_requests.c.id == request_id).values(**values))


def request_with_id(connection: Connection, request_id: int) -> sa.Row[Any] | None:
    return connection.execute(_joined().where(payment_requests.c.id == request_id)).first()


def open_request_of(connection: Connection, parcel_id: bytes) -> sa.Row[Any] | None:
    """The request for a parcel that waits for its answer, if there is one."""
    query = _joined().where(payment_requests.c.parcel_id == parcel_id, payment_requests.c.status == "open")
    return connection.execute(query).first()


def requests_of(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """Every request for a parcel, oldest first."""
    query = _joined().where(payment_requests.c.parcel_id == parcel_id).order_by(payment_requests.c.id)
    return list(connection.execute(query))


def find_requests(
    connection: Connection,
    *,
    district: int | None,
    platform_no: int | None,
    status: str | None,
    overdue_at: int | None,
    below_id: int | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Requests of a district's customs and those to a platform, newest first.

    `overdue_at`: only those whose time was up by then.
    """
    column = payment_requests.c
    mine = [
        field == value for field, value in ((column.district, district), (column.platform_no, platform_no)) if value
    ]
    query = _joined().where(sa.or_(sa.false(), *mine)).order_by(column.id.desc()).limit(limit)
    if status is not None:
        query = query.where(column.status == status)
    if overdue_at is not None:
        query = query.where(column.due_at < overdue_at)
    if below_id is not None:
        query = query.where(column.id < below_id)
    return list(connection.execute(query))


def document_behind(connection: Connection, evidence: bytes) -> int:
    """The id of the one document that an evidence commits to."""
    query = sa.select(evidence_documents.c.document_id).where(evidence_documents.c.evidence == evidence)
    return int(connection.execute(query).scalar_one())


def fields_behind(connection: Connection, document_id: int) -> bytes | None:
    """The fields of a document, None where they were erased."""
    fields: bytes | None = connection.scalar(sa.select(documents.c.fields).where(documents.c.id == document_id))
    return fields


def _joined() -> sa.Select[Any]:
    """A request with operation, evidence and anchor of each of its documents, and the fields of two of them.

    The answer's fields stay where they are: they are large, and no list shows them.
    """
    query = sa.select(payment_requests)
    source: sa.FromClause = payment_requests
    for part in _PARTS:
        document, evidence = documents.alias(part), evidence_documents.alias(f"{part}_evidence")
        id_column = payment_requests.c[f"{part}_document"]
        source = source.outerjoin(document, document.c.id == id_column)
        source = source.outerjoin(evidence, evidence.c.document_id == id_column)
        query = query.add_columns(
            document.c.operation_id.label(f"{part}_operation"),
            evidence.c.evidence.label(f"{part}_evidence"),
            sa.exists().where(anchors.c.root == evidence.c.evidence).label(f"{part}_anchored"),
        )
        if part != "answer":
            query = query.add_columns(document.c.fields.label(f"{part}_fields"))
    return query.select_from(source)
