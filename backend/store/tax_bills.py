"""Electronic tax bills: kept as they were made, with the status they have now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import CHUNK, chunks
from backend.store.tables import documents, manifests, tax_bills


class BillStatus(IntEnum):
    """As customs numbers it (specification 202205, 816 and 818)."""

    Made = 1
    Collected = 2
    Void = 3


@dataclass(frozen=True, slots=True)
class BillFilter:
    """Which bills are asked for; None asks for nothing. `changed_since` in Unix seconds."""

    changed_since: int | None = None
    parcel_id: bytes | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class BillSight:
    """Whose bills a reader may see: those on lists that a participant sent, those of a district's parcels."""

    participant_no: int
    district: int | None = None


def insert_bills(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(tax_bills), list(rows))


def bills_numbered(connection: Connection, tax_nos: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """The bills with these numbers."""
    found: dict[str, sa.Row[Any]] = {}
    for part in chunks(tax_nos):
        query = sa.select(tax_bills).where(tax_bills.c.tax_no.in_(part))
        found.update({row.tax_no: row for row in connection.execute(query)})
    return found


def valid_bills_of(connection: Connection, parcel_ids: Sequence[bytes]) -> list[sa.Row[Any]]:
    """The bills of these parcels that are not void, oldest first."""
    found: list[sa.Row[Any]] = []
    for part in chunks(parcel_ids):
        query = sa.select(tax_bills).where(tax_bills.c.parcel_id.in_(part), tax_bills.c.status != int(BillStatus.Void))
        found += connection.execute(query)
    return sorted(found, key=lambda row: int(row.id))


def made_before(connection: Connection, released_before: int) -> Iterator[list[sa.Row[Any]]]:
    """The bills to be collected of goods released before an instant, part by part, oldest release first."""
    place = (-1, 0)
    while True:
        column = tax_bills.c
        query = (
            sa.select(tax_bills)
            .where(
                column.status == int(BillStatus.Made),
                column.released_at < released_before,
                sa.or_(column.released_at > place[0], sa.and_(column.released_at == place[0], column.id > place[1])),
            )
            .order_by(column.released_at, column.id)
            .limit(CHUNK)
        )
        part = list(connection.execute(query))
        if not part:
            return
        place = (part[-1].released_at, part[-1].id)
        yield part


def set_bill_status(connection: Connection, ids: Sequence[int], status: BillStatus, now: int) -> None:
    for part in chunks(ids):
        connection.execute(
            sa.update(tax_bills).where(tax_bills.c.id.in_(part)).values(status=int(status), updated_at=now)
        )


def find_bills(
    connection: Connection, wanted: BillFilter, sight: BillSight, below_id: int | None, limit: int
) -> list[sa.Row[Any]]:
    """Bills within a sight, newest first."""
    column = tax_bills.c
    sent = sa.exists().where(documents.c.id == column.document_id, documents.c.participant_no == sight.participant_no)
    seen: list[sa.ColumnElement[bool]] = [sent]
    if sight.district is not None:
        of_district = sa.or_(
            manifests.c.declaring_district == sight.district, manifests.c.port_district == sight.district
        )
        seen.append(sa.exists().where(manifests.c.manifest == column.manifest, of_district))
    query = sa.select(tax_bills).where(sa.or_(*seen)).order_by(column.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(column.id < below_id)
    if wanted.changed_since is not None:
        query = query.where(column.updated_at >= wanted.changed_since)
    if wanted.parcel_id is not None:
        query = query.where(column.parcel_id == wanted.parcel_id)
    if wanted.status is not None:
        query = query.where(column.status == wanted.status)
    return list(connection.execute(query))
