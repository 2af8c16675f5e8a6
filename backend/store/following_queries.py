"""What the chain's final records say, and of which documents: read once for each, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import anchors, documents, evidence_documents, manifests, records

#: Of a document, without its content.
_LIGHT = (
    documents.c.id,
    documents.c.kind,
    documents.c.message_type,
    documents.c.participant_no,
    documents.c.parcel_id,
    documents.c.list_no,
    documents.c.answered.is_not(None).label("is_answered"),
)


def records_between(connection: Connection, after: int, up_to: int) -> list[sa.Row[Any]]:
    """The records of these blocks in the chain's order, each with its manifest."""
    query = (
        sa.select(
            records,
            manifests.c.manifest,
            manifests.c.direction,
            manifests.c.declaring_district,
            manifests.c.port_district,
            manifests.c.supervision_mode,
        )
        .join(manifests, manifests.c.id == records.c.manifest_row)
        .where(records.c.block > after, records.c.block <= up_to)
        .order_by(records.c.block, records.c.log_index)
    )
    return list(connection.execute(query))


def anchored_between(connection: Connection, after: int, up_to: int) -> list[sa.Row[Any]]:
    """The documents that these blocks put on record before their parcel was declared."""
    query = (
        sa.select(*_LIGHT, anchors.c.root)
        .join(evidence_documents, evidence_documents.c.evidence == anchors.c.root)
        .join(documents, documents.c.id == evidence_documents.c.document_id)
        .where(anchors.c.block > after, anchors.c.block <= up_to)
        .order_by(anchors.c.id, evidence_documents.c.position)
    )
    return list(connection.execute(query))


def lists_of_manifests(connection: Connection, manifest_rows: Collection[int]) -> dict[int, dict[int, sa.Row[Any]]]:
    """By manifest row and position, the list with which each parcel was declared, where this gateway has it."""
    found: dict[int, dict[int, sa.Row[Any]]] = {}
    for part in chunks(sorted(manifest_rows)):
        query = (
            sa.select(records.c.manifest_row, evidence_documents.c.position, *_LIGHT)
            .join(evidence_documents, evidence_documents.c.evidence == records.c.evidence)
            .join(documents, documents.c.id == evidence_documents.c.document_id)
            .where(records.c.manifest_row.in_(part), records.c.step == 0)
        )
        for row in connection.execute(query):
            found.setdefault(int(row.manifest_row), {})[int(row.position)] = row
    return found


def evidence_of(connection: Connection, evidences: Iterable[bytes]) -> dict[bytes, list[sa.Row[Any]]]:
    """The documents that each evidence commits to, in the order of their parcels."""
    found: dict[bytes, list[sa.Row[Any]]] = {}
    for part in chunks(list(dict.fromkeys(evidences))):
        query = (
            sa.select(evidence_documents.c.evidence, *_LIGHT)
            .join(documents, documents.c.id == evidence_documents.c.document_id)
            .where(evidence_documents.c.evidence.in_(part))
            .order_by(evidence_documents.c.evidence, evidence_documents.c.position)
        )
        for row in connection.execute(query):
            found.setdefault(bytes(row.evidence), []).append(row)
    return found


def fields_of_documents(connection: Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """The content of documents, as stored; erased ones are left out."""
    found: dict[int, bytes] = {}
    for part in chunks(list(ids)):
        query = sa.select(documents.c.id, documents.c.fields).where(
            documents.c.id.in_(part), documents.c.fields.is_not(None)
        )
        found.update({int(row.id): row.fields for row in connection.execute(query)})
    return found


def documents_of_parcels(
    connection: Connection, parcel_ids: Collection[bytes], kinds: Collection[str]
) -> dict[bytes, list[sa.Row[Any]]]:
    """The current documents of these kinds, by parcel."""
    found: dict[bytes, list[sa.Row[Any]]] = {}
    for part in chunks(sorted(parcel_ids)):
        query = sa.select(*_LIGHT).where(
            documents.c.parcel_id.in_(part), only_checked(documents.c.kind).in_(sorted(kinds)), documents.c.current
        )
        for row in connection.execute(query):
            found.setdefault(bytes(row.parcel_id), []).append(row)
    return found
