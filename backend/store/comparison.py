"""What comparing the documents of many parcels needs, asked for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import documents, notice_subjects

_KINDS = ("Order", "Payment", "Waybill", "Declaration")

_READ = (
    documents.c.id,
    documents.c.kind,
    documents.c.message_type,
    documents.c.participant_no,
    documents.c.parcel_id,
    documents.c.waybill_key,
    documents.c.fields,
    documents.c.signature_valid,
    documents.c.signer,
)


def documents_of(connection: Connection, parcel_ids: Iterable[bytes]) -> list[sa.Row[Any]]:
    """The current documents of these parcels whose content is still here, oldest first."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(set(parcel_ids))):
        query = sa.select(*_READ).where(
            documents.c.parcel_id.in_(part),
            only_checked(documents.c.kind).in_(_KINDS),
            documents.c.current,
            documents.c.fields.is_not(None),
        )
        found.extend(connection.execute(query))
    return sorted(found, key=lambda row: int(row.id))


def waybills_named(connection: Connection, waybill_keys: Iterable[str]) -> list[sa.Row[Any]]:
    """The current waybills under these keys, whether or not they are linked to a parcel yet."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(set(waybill_keys))):
        query = sa.select(*_READ).where(
            documents.c.waybill_key.in_(part),
            only_checked(documents.c.kind) == "Waybill",
            documents.c.current,
            documents.c.fields.is_not(None),
        )
        found.extend(connection.execute(query))
    return sorted(found, key=lambda row: int(row.id))


def reported(connection: Connection, waybill_keys: Iterable[str], bills: Iterable[str]) -> list[sa.Row[Any]]:
    """What notices say of waybills under a bill, and of whole bills (`waybill_key` None): kind, waybill, bill."""
    column = notice_subjects.c
    query = sa.select(column.kind, column.waybill_key, column.bill_no).where(
        only_checked(column.kind).in_(("Arrival", "MasterWaybill")), column.status != "withdrawn"
    )
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(set(waybill_keys))):
        found.extend(connection.execute(query.where(column.waybill_key.in_(part))))
    for part in chunks(sorted(set(bills))):
        found.extend(connection.execute(query.where(column.waybill_key.is_(None), column.bill_no.in_(part))))
    return found
