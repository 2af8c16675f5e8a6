"""What statistics read: lists by the evidence that commits to them, and arrivals whose waybill nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from backend.domain.documents import DocumentKind
from backend.domain.notices import NoticeKind
from backend.store.database import Connection
from backend.store.declared_lists import declared_lists
from backend.store.tables import documents, notice_subjects


def lists_held(connection: Connection, rows: Iterable[int]) -> Iterator[tuple[int, int, str, bytes]]:
    """(manifest row, position, message type, fields) of the lists of manifests whose content is held here."""
    for row in declared_lists(connection, rows, documents.c.message_type, documents.c.fields):
        if row.fields is not None:
            yield row.manifest_row, row.position, row.message_type, row.fields


def undeclared_arrivals(connection: Connection, participant_no: int | None) -> list[str]:
    """Waybills that an arrival in force names and no current list does, of one site operator or of all."""
    lists = sa.alias(documents)
    subject = notice_subjects.c
    query = (
        sa.select(subject.waybill_key)
        .distinct()
        .join(documents, documents.c.id == subject.document_id)
        .where(
            subject.kind == NoticeKind.Arrival,
            subject.status != "withdrawn",
            subject.waybill_key.is_not(None),
            documents.c.current,
            ~sa.exists().where(
                lists.c.waybill_key == subject.waybill_key, lists.c.kind == DocumentKind.Declaration, lists.c.current
            ),
        )
        .order_by(subject.waybill_key)
    )
    if participant_no is not None:
        query = query.where(documents.c.participant_no == participant_no)
    return list(connection.execute(query).scalars())


def arrival_notices(connection: Connection) -> list[sa.Row[Any]]:
    """Message type and fields of the arrivals in force, as their senders wrote them."""
    query = sa.select(documents.c.message_type, documents.c.fields).where(
        documents.c.kind == NoticeKind.Arrival, documents.c.current, documents.c.fields.is_not(None)
    )
    return list(connection.execute(query))


def current_list_waybills(connection: Connection) -> set[str]:
    """The waybills that current lists name."""
    query = sa.select(documents.c.waybill_key).where(documents.c.kind == DocumentKind.Declaration, documents.c.current)
    return {key for key in connection.execute(query).scalars() if key}
