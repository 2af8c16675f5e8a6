"""Documents and what links them: versions by business key, parcels, waybills, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.hints import only_checked
from backend.store.tables import documents, evidence_documents, messages

T = TypeVar("T")

#: Values in one IN list; SQLite's own bound is far higher, query planning is not.
CHUNK = 500


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def current_versions(connection: Connection, kind: str, keys: Iterable[str]) -> dict[str, sa.Row[Any]]:
    """The latest version of each document known under these business keys, withdrawn ones included."""
    found: dict[str, sa.Row[Any]] = {}
    for part in chunks(list(keys)):
        query = (
            sa.select(documents)
            .where(documents.c.kind == kind, documents.c.business_key.in_(part))
            .order_by(documents.c.version)
        )
        found.update({row.business_key: row for row in connection.execute(query)})
    return found


def insert_documents(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Stores document versions; their ids, in the same order."""
    if not rows:
        return []
    result = connection.execute(
        sa.insert(documents).returning(documents.c.id, sort_by_parameter_order=True), list(rows)
    )
    return [row.id for row in result]


def supersede(connection: Connection, ids: Sequence[int]) -> None:
    """Makes these versions former ones."""
    for part in chunks(ids):
        connection.execute(sa.update(documents).where(documents.c.id.in_(part)).values(current=False))


def link_waybills(connection: Connection, parcel_of: Mapping[str, bytes]) -> None:
    """Tells waybills which parcel they are of: those that came before any declaration, or travel with another now."""
    if parcel_of:
        connection.execute(
            _LINK_WAYBILL, [{"of_waybill": key, "as_parcel": parcel} for key, parcel in parcel_of.items()]
        )


_LINK_WAYBILL = (
    sa.update(documents)
    .where(
        documents.c.waybill_key == sa.bindparam("of_waybill"),
        only_checked(documents.c.kind) == "Waybill",
        documents.c.current,
    )
    .values(parcel_id=sa.bindparam("as_parcel"))
)


def parcels_of_waybills(connection: Connection, waybill_keys: Iterable[str]) -> dict[str, list[bytes]]:
    """The parcels of the current declarations that name each waybill, that of the newest last."""
    found: dict[str, list[bytes]] = {}
    for part in chunks(list(waybill_keys)):
        query = (
            sa.select(documents.c.waybill_key, documents.c.parcel_id)
            .where(
                only_checked(documents.c.kind) == "Declaration",
                documents.c.current,
                documents.c.waybill_key.in_(part),
                documents.c.parcel_id.is_not(None),
            )
            .order_by(documents.c.id)
        )
        for row in connection.execute(query):
            found.setdefault(row.waybill_key, []).append(row.parcel_id)
    return found


def to_attest(connection: Connection, parcel_ids: Iterable[bytes]) -> list[sa.Row[Any]]:
    """Current orders, payments and waybills of these parcels, with the manifest they were vouched for in."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(parcel_ids)):
        query = sa.select(
            documents.c.id,
            documents.c.kind,
            documents.c.parcel_id,
            documents.c.participant_no,
            documents.c.operation_id,
            documents.c.root,
            documents.c.attested_in,
        ).where(
            documents.c.parcel_id.in_(part),
            only_checked(documents.c.kind).in_(("Order", "Payment", "Waybill")),
            documents.c.current,
        )
        found.extend(connection.execute(query))
    return found


def mark_attested(connection: Connection, marks: Sequence[tuple[int, bytes, int]]) -> None:
    """Notes for each document the manifest it is vouched for in and the outbox row that says so."""
    if marks:
        connection.execute(
            _MARK_ATTESTED,
            [{"of_document": document, "manifest": manifest, "row": row} for document, manifest, row in marks],
        )


_MARK_ATTESTED = (
    sa.update(documents)
    .where(documents.c.id == sa.bindparam("of_document"))
    .values(attested_in=sa.bindparam("manifest"), attested_by=sa.bindparam("row"))
)


def current_lists(connection: Connection, parcel_ids: Sequence[bytes]) -> list[sa.Row[Any]]:
    """Id and parcel of the current list documents of these parcels."""
    found: list[sa.Row[Any]] = []
    for part in chunks(parcel_ids):
        query = sa.select(documents.c.id, documents.c.parcel_id).where(
            documents.c.parcel_id.in_(part), only_checked(documents.c.kind) == "Declaration", documents.c.current
        )
        found.extend(connection.execute(query))
    return found


def lists_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    """Parcel and root of list documents, by document id."""
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = sa.select(documents.c.id, documents.c.parcel_id, documents.c.root).where(documents.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def light(connection: Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    """Whose documents these are and of which parcel, by document id."""
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = sa.select(
            documents.c.id, documents.c.participant_no, documents.c.parcel_id, documents.c.message_type
        ).where(documents.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def documents_of_operation(connection: Connection, operation_id: str) -> list[sa.Row[Any]]:
    query = (
        sa.select(
            documents.c.id,
            documents.c.guid,
            documents.c.kind,
            documents.c.business_key,
            documents.c.parcel_id,
            documents.c.attested_in,
        )
        .where(documents.c.operation_id == operation_id)
        .order_by(documents.c.id)
    )
    return list(connection.execute(query))


def keep_evidence(connection: Connection, kept: Sequence[tuple[bytes, Sequence[int]]]) -> None:
    """Notes which documents each evidence commits to. Keeping the same again changes nothing."""
    new = dict(kept)
    for part in chunks(list(new)):
        query = sa.select(evidence_documents.c.evidence).where(evidence_documents.c.evidence.in_(part)).distinct()
        for known in connection.execute(query).scalars().all():
            del new[known]
    rows = [
        {"evidence": evidence, "position": position, "document_id": document_id}
        for evidence, ids in new.items()
        for position, document_id in enumerate(ids)
    ]
    if rows:
        connection.execute(sa.insert(evidence_documents), rows)


def message_again(connection: Connection, participant_no: int, digest: bytes) -> sa.Row[Any] | None:
    """The message that the participant sent before with the very same bytes, if it did."""
    query = sa.select(messages).where(messages.c.participant_no == participant_no, messages.c.digest == digest)
    return connection.execute(query).first()


def insert_message(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(messages), dict(row))


def committed_by(connection: Connection, evidences: Iterable[bytes]) -> dict[bytes, list[sa.Row[Any]]]:
    """The documents that each evidence commits to, in the evidence's order, as far as this gateway keeps them."""
    found: dict[bytes, list[sa.Row[Any]]] = {}
    for part in chunks(list(set(evidences))):
        query = (
            sa.select(
                evidence_documents.c.evidence,
                documents.c.kind,
                documents.c.participant_no,
                documents.c.secret,
                documents.c.fields,
                documents.c.root,
            )
            .join(documents, documents.c.id == evidence_documents.c.document_id)
            .where(evidence_documents.c.evidence.in_(part))
            .order_by(evidence_documents.c.evidence, evidence_documents.c.position)
        )
        rows: Iterable[sa.Row[Any]] = connection.execute(query)
        for row in rows:
            found.setdefault(row.evidence, []).append(row)
    return found
