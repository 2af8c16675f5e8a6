"""Risk settings by version, and the assessments made under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import manifests, parcels, quota_entries, risk_assessments, risk_configs

# ---------------------------------------------------------------------------------------------------
# Settings


def newest_configs(connection: Connection, districts: Iterable[int]) -> dict[int, int]:
    """District → row of its newest settings, for those of these districts that have any."""
    column, found = risk_configs.c, {}
    for part in chunks(sorted(set(districts))):
        query = sa.select(column.district, sa.func.max(column.id).label("row")).group_by(column.district)
        found.update({row.district: row.row for row in connection.execute(query.where(column.district.in_(part)))})
    return found


def config_in_row(connection: Connection, row: int) -> sa.Row[Any]:
    return connection.execute(sa.select(risk_configs).where(risk_configs.c.id == row)).one()


def config_named(connection: Connection, district: int, version: str) -> sa.Row[Any] | None:
    column = risk_configs.c
    query = sa.select(risk_configs).where(column.district == district, column.version == version)
    return connection.execute(query).first()


def config_history(connection: Connection, district: int, limit: int) -> list[sa.Row[Any]]:
    """The versions of a district without their texts, newest first."""
    column = risk_configs.c
    query = sa.select(column.version, column.participant_no, column.created_at).where(column.district == district)
    return list(connection.execute(query.order_by(column.id.desc()).limit(limit)))


def add_config(
    connection: Connection, *, district: int, version: str, text: bytes, participant_no: int, now: int
) -> None:
    row = {"district": district, "version": version, "text": text, "participant_no": participant_no, "created_at": now}
    connection.execute(sa.insert(risk_configs), row)


# ---------------------------------------------------------------------------------------------------
# Assessments


def keep_assessments(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores assessments, each in place of an earlier one of the same parcel in the same manifest."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(risk_assessments)
    key = [risk_assessments.c.parcel_id, risk_assessments.c.manifest]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("parcel_id", "manifest")}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), list(rows))


def pending(connection: Connection, after: int, limit: int) -> list[sa.Row[Any]]:
    """Assessments whose draw is awaited, oldest first, with the block in which each was declared."""
    query = (
        sa.select(risk_assessments, manifests.c.block)
        .join(manifests, manifests.c.manifest == risk_assessments.c.manifest)
        .where(risk_assessments.c.status == "pending", risk_assessments.c.id > after)
        .order_by(risk_assessments.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def settle_assessments(connection: Connection, changes: Mapping[int, Mapping[str, Any]], now: int) -> None:
    """What became of assessments, by row."""
    for row, values in changes.items():
        connection.execute(
            sa.update(risk_assessments).where(risk_assessments.c.id == row).values(updated_at=now, **values)
        )


def assessments_of(connection: Connection, parcel_id: bytes) -> dict[bytes, sa.Row[Any]]:
    """A parcel's assessments by the manifest that it was declared in."""
    query = sa.select(risk_assessments).where(risk_assessments.c.parcel_id == parcel_id)
    return {bytes(row.manifest): row for row in connection.execute(query)}


def inspected_under(connection: Connection, heading: str, since: int, limit: int) -> list[sa.Row[Any]]:
    """The newest parcels of a heading that were to be inspected: their place and their manifest's sets."""
    query = (
        sa.select(parcels.c.position, manifests.c.size, manifests.c.sets)
        .select_from(risk_assessments)
        .join(manifests, manifests.c.manifest == risk_assessments.c.manifest)
        .join(
            parcels,
            sa.and_(parcels.c.manifest_row == manifests.c.id, parcels.c.position == risk_assessments.c.position),
        )
        .where(
            risk_assessments.c.heading == heading,
            risk_assessments.c.treatment == "inspection",
            risk_assessments.c.created_at >= since,
        )
        .order_by(risk_assessments.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query))


def bought_since(connection: Connection, parcel_ids: Sequence[bytes], since: int) -> dict[bytes, int]:
    """How many parcels the buyer of each import has bought since then, itself included. Nobody is named."""
    mine, others = quota_entries.alias(), quota_entries.alias()
    found: dict[bytes, int] = {}
    for part in chunks(parcel_ids):
        query = (
            sa.select(mine.c.parcel_id, sa.func.count().label("parcels"))
            .join(others, others.c.person == mine.c.person)
            .where(mine.c.parcel_id.in_(part), others.c.updated_at >= since, others.c.state != "released")
            .group_by(mine.c.parcel_id)
        )
        found.update({bytes(row.parcel_id): int(row.parcels) for row in connection.execute(query)})
    return found
