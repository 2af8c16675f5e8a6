"""The versions of what is judged by: a district's settings for comparing documents, and tax rates. Newest last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import matching_configs, rate_tables


def newest_configs(connection: Connection, districts: Iterable[int] | None = None) -> dict[int, int]:
    """District → row of its newest settings, for those of these districts that have any (None: of all)."""
    column = matching_configs.c
    query = sa.select(column.district, sa.func.max(column.id).label("row")).group_by(column.district)
    if districts is None:
        return {row.district: row.row for row in connection.execute(query)}
    found: dict[int, int] = {}
    for part in chunks(sorted(set(districts))):
        found.update({row.district: row.row for row in connection.execute(query.where(column.district.in_(part)))})
    return found


def configs_by_row(connection: Connection, rows: Iterable[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(sorted(set(rows))):
        query = sa.select(matching_configs).where(matching_configs.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def config_named(connection: Connection, district: int, version: str) -> sa.Row[Any] | None:
    column = matching_configs.c
    query = sa.select(matching_configs).where(column.district == district, column.version == version)
    return connection.execute(query).first()


def config_history(connection: Connection, district: int, limit: int) -> list[sa.Row[Any]]:
    """The versions of a district without their texts, newest first."""
    column = matching_configs.c
    query = sa.select(column.version, column.participant_no, column.created_at).where(column.district == district)
    return list(connection.execute(query.order_by(column.id.desc()).limit(limit)))


def add_config(
    connection: Connection, *, district: int, version: str, text: bytes, participant_no: int, now: int
) -> None:
    row = {"district": district, "version": version, "text": text, "participant_no": participant_no, "created_at": now}
    connection.execute(sa.insert(matching_configs), row)


# ---------------------------------------------------------------------------------------------------
# Rates


def newest_rates(connection: Connection) -> int | None:
    """The row of the newest rate table, None where none was loaded."""
    return connection.execute(sa.select(sa.func.max(rate_tables.c.id))).scalar()


def rates_in_row(connection: Connection, row: int) -> sa.Row[Any]:
    return connection.execute(sa.select(rate_tables).where(rate_tables.c.id == row)).one()


def rates_named(connection: Connection, version: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(rate_tables).where(rate_tables.c.version == version)).first()


def rates_history(connection: Connection, limit: int) -> list[sa.Row[Any]]:
    """The versions without their texts, newest first."""
    column = rate_tables.c
    query = sa.select(column.version, column.participant_no, column.created_at)
    return list(connection.execute(query.order_by(column.id.desc()).limit(limit)))


def add_rates(connection: Connection, *, version: str, text: bytes, participant_no: int, now: int) -> None:
    row = {"version": version, "text": text, "participant_no": participant_no, "created_at": now}
    connection.execute(sa.insert(rate_tables), row)
