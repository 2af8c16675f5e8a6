"""The ledger's records as the process reads them: of many manifests at once, and of nothing but what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.parcel_queries import Sight, in_sight, of_district
from backend.store.readmodel import number
from backend.store.tables import manifests, parcels, records


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which manifests make a log: declared in a period (Unix seconds, both ends included), and of a district."""

    declared_since: int | None = None
    declared_until: int | None = None
    #: The declaring or the port district.
    district: int | None = None


_HEADER = (
    manifests.c.id,
    manifests.c.manifest,
    manifests.c.size,
    manifests.c.direction,
    manifests.c.supervision_mode,
    manifests.c.declaring_district,
    manifests.c.port_district,
    manifests.c.declarant_no,
    manifests.c.seller_no,
)


def count_records(connection: Connection, wanted: LogFilter, sight: Sight) -> tuple[int, int]:
    """(records, steps of parcels at most) of a log: how large it would be, before it is read."""
    query = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(manifests.c.size), 0))
        .select_from(records)
        .join(manifests, manifests.c.id == records.c.manifest_row)
        .where(*_conditions(wanted, sight))
    )
    row = connection.execute(query).one()
    return int(row[0]), int(row[1])


def headers(connection: Connection, wanted: LogFilter, sight: Sight) -> list[sa.Row[Any]]:
    """The manifests of a log without their sets, oldest first."""
    return list(connection.execute(sa.select(*_HEADER).where(*_conditions(wanted, sight)).order_by(manifests.c.id)))


def headers_of(connection: Connection, ids: Iterable[bytes]) -> list[sa.Row[Any]]:
    """The same of manifests by their ids."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(ids)):
        found += connection.execute(sa.select(*_HEADER).where(manifests.c.manifest.in_(part)).order_by(manifests.c.id))
    return found


def records_in(connection: Connection, rows: Sequence[int]) -> dict[int, list[Any]]:
    """The records of manifests by row, each manifest's in order."""
    found: dict[int, list[Any]] = {row: [] for row in rows}
    column = records.c
    for part in chunks(sorted(rows)):
        query = (
            sa.select(
                column.manifest_row,
                column.step,
                column.participant_no,
                column.parcels,
                column.at,
                column.block,
                column.log_index,
            )
            .where(column.manifest_row.in_(part))
            .order_by(column.manifest_row, column.id)
        )
        for row in connection.execute(query):
            found[row.manifest_row].append(row)
    return found


def repeated_places(
    connection: Connection, wanted: LogFilter, sight: Sight
) -> dict[bytes, tuple[tuple[bytes, int], ...]]:
    """Parcels of a log that were declared more than once: all their places, as manifest and index, oldest first."""
    first, other = parcels.alias(), parcels.alias()
    # Through the index on parcels: where each parcel is declared once, nothing is gathered.
    twice = (
        sa.select(first.c.parcel_id)
        .distinct()
        .select_from(manifests)
        .join(first, first.c.manifest_row == manifests.c.id)
        .join(other, sa.and_(other.c.parcel_id == first.c.parcel_id, other.c.manifest_row != first.c.manifest_row))
        .where(*_conditions(wanted, sight))
    )
    found: dict[bytes, list[tuple[bytes, int]]] = {}
    for part in chunks(list(connection.execute(twice).scalars())):
        query = (
            sa.select(parcels.c.parcel_id, parcels.c.position, manifests.c.manifest)
            .join(manifests, manifests.c.id == parcels.c.manifest_row)
            .where(parcels.c.parcel_id.in_(part))
            .order_by(parcels.c.parcel_id, manifests.c.id)
        )
        for row in connection.execute(query):
            found.setdefault(bytes(row.parcel_id), []).append((bytes(row.manifest), int(row.position)))
    return {parcel: tuple(places) for parcel, places in found.items()}


def parcel_ids_of(connection: Connection, rows: Sequence[int]) -> Mapping[int, tuple[bytes, ...]]:
    """The parcel ids of manifests by row, in index order."""
    found: dict[int, list[bytes]] = {row: [] for row in rows}
    for part in chunks(sorted(rows)):
        query = (
            sa.select(parcels.c.manifest_row, parcels.c.parcel_id)
            .where(parcels.c.manifest_row.in_(part))
            .order_by(parcels.c.manifest_row, parcels.c.position)
        )
        for row in connection.execute(query):
            found[row.manifest_row].append(bytes(row.parcel_id))
    return {row: tuple(ids) for row, ids in found.items()}


def set_of(row: Any) -> int:
    """The set of parcels that a record names."""
    return number(row.parcels)


def _conditions(wanted: LogFilter, sight: Sight) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.declared_since is not None:
        conditions.append(manifests.c.declared_at >= wanted.declared_since)
    if wanted.declared_until is not None:
        conditions.append(manifests.c.declared_at <= wanted.declared_until)
    if wanted.district is not None:
        conditions.append(of_district(wanted.district))
    if not sight.everything:
        conditions.append(in_sight(sight))
    return conditions
