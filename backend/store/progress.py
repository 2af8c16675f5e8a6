"""How far something has come that follows the chain, or a clock, at its own pace."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import progress


def reached(connection: Connection, name: str) -> int | None:
    """Where it stands, or None where it has never begun."""
    value = connection.execute(sa.select(progress.c.value).where(progress.c.name == name)).scalar()
    return None if value is None else int(value)


def reach(connection: Connection, name: str, value: int) -> None:
    changed = connection.execute(sa.update(progress).where(progress.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(sa.insert(progress), {"name": name, "value": value})
