"""The rounds of the draw that this gateway opens, with the seeds that nobody else has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import draw_rounds, outbox


def add_round(connection: Connection, **values: Any) -> None:
    connection.execute(sa.insert(draw_rounds), values)


def unfinished(connection: Connection) -> list[sa.Row[Any]]:
    """Rounds about which something is left to be done, oldest first."""
    query = sa.select(draw_rounds).where(draw_rounds.c.status.in_(("opening", "running"))).order_by(draw_rounds.c.id)
    return list(connection.execute(query))


def dropped_since(connection: Connection, since: int) -> set[int]:
    """The districts of which a round never reached the chain, and that was noticed since then."""
    query = sa.select(draw_rounds.c.district).where(
        draw_rounds.c.status == "dropped", draw_rounds.c.updated_at >= since
    )
    return set(connection.execute(query).scalars())


def change_round(connection: Connection, row: int, now: int, **values: Any) -> None:
    connection.execute(sa.update(draw_rounds).where(draw_rounds.c.id == row).values(updated_at=now, **values))


def round_covering(connection: Connection, district: int, block: int) -> tuple[int, bytes] | None:
    """Number and commitment of the round in which a block's declarations are, where this gateway opened it."""
    column = draw_rounds.c
    query = sa.select(column.number, column.commitment).where(
        column.district == district, column.opens_at < block, column.closes_at >= block
    )
    row = connection.execute(query).first()
    return None if row is None else (int(row.number), bytes(row.commitment))


def on_their_way(connection: Connection, operations: Collection[str]) -> set[str]:
    """Those of these operations that still wait for the chain."""
    query = sa.select(outbox.c.operation_id).where(
        outbox.c.operation_id.in_(list(operations)), outbox.c.status.in_(("waiting", "sent"))
    )
    return set(connection.execute(query).scalars()) if operations else set()
