"""Questions about submissions as lists."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import outbox


def statuses_of(connection: Connection, operation_ids: Sequence[str]) -> dict[str, list[str]]:
    """The different statuses that the outbox rows of each operation have."""
    found: dict[str, list[str]] = {}
    for part in chunks(operation_ids):
        query = sa.select(outbox.c.operation_id, outbox.c.status).where(outbox.c.operation_id.in_(part)).distinct()
        for row in connection.execute(query):
            found.setdefault(row.operation_id, []).append(row.status)
    return found
