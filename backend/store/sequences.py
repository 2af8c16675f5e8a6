"""Running numbers: each is given out once, without gaps between those who ask."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import sequences


def next_numbers(connection: Connection, name: str, count: int) -> range:
    """The next `count` numbers of a sequence, from 1 on. ValueError for a negative count.

    Within a write transaction: its numbers are given back with it if it fails, and nobody has got later ones.
    """
    if count < 0:
        raise ValueError(f"{count} numbers cannot be given out")
    if count == 0:
        return range(0)
    raised = (
        sa.update(sequences)
        .where(sequences.c.name == name)
        .values(value=sequences.c.value + count)
        .returning(sequences.c.value)
    )
    last = connection.execute(raised).scalar_one_or_none()
    if last is None:
        # Writers stand in one queue, so nobody else begins the same sequence meanwhile.
        connection.execute(sa.insert(sequences), {"name": name, "value": count})
        last = count
    return range(int(last) - count + 1, int(last) + 1)
