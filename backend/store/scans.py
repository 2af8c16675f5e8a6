"""Visits of parcels by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Connection
from backend.store.tables import parcels, scan_days


def is_known(connection: Connection, parcel_id: bytes) -> bool:
    """Whether anybody has declared such a parcel."""
    query = sa.select(parcels.c.position).where(parcels.c.parcel_id == parcel_id).limit(1)
    return connection.execute(query).first() is not None


def keep_visits(connection: Connection, totals: Mapping[tuple[bytes, date], int]) -> None:
    """Stores the visits of parcels on days; of two totals of one day the larger stays."""
    if not totals:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(scan_days)
    stored, new = scan_days.c.visits, statement.excluded.visits
    key = [scan_days.c.parcel_id, scan_days.c.day]
    rows = [{"parcel_id": parcel, "day": day, "visits": total} for (parcel, day), total in totals.items()]
    larger = sa.case((stored > new, stored), else_=new)
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"visits": larger}), rows)


def visits_of(connection: Connection, parcel_id: bytes) -> dict[date, int]:
    """A parcel's visits by day."""
    query = sa.select(scan_days.c.day, scan_days.c.visits).where(scan_days.c.parcel_id == parcel_id)
    return {row.day: int(row.visits) for row in connection.execute(query)}
