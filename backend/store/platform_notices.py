"""Rights holders' notices to platforms, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import accounts, participants, platform_notice_facts, platform_notices


def insert_notice(connection: Connection, row: Mapping[str, Any]) -> int:
    """Adds a notice; its id."""
    return int(connection.execute(sa.insert(platform_notices).returning(platform_notices.c.id), dict(row)).scalar_one())


def insert_fact(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(platform_notice_facts), dict(row))


def notice_row(connection: Connection, notice_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(platform_notices).where(platform_notices.c.id == notice_id)).first()


def facts_of(connection: Connection, ids: Collection[int]) -> dict[int, list[sa.Row[Any]]]:
    """The facts of these notices, in order."""
    found: dict[int, list[sa.Row[Any]]] = {notice_id: [] for notice_id in ids}
    if ids:
        column = platform_notice_facts.c
        query = sa.select(platform_notice_facts).where(column.notice_id.in_(sorted(set(ids)))).order_by(column.id)
        for row in connection.execute(query):
            found[row.notice_id].append(row)
    return found


def find_notices(connection: Connection, concerning: int | None, below_id: int | None, limit: int) -> list[sa.Row[Any]]:
    """Notices, newest first: all, or those in which a participant is a party or speaks for a seller without a key."""
    column = platform_notices.c
    query = sa.select(platform_notices).order_by(column.id.desc()).limit(limit)
    if concerning is not None:
        keyed = sa.exists().where(accounts.c.participant_no == participants.c.participant_no)
        spoken_for = sa.select(participants.c.participant_no).where(participants.c.registrar_no == concerning, ~keyed)
        query = query.where(
            sa.or_(
                column.platform_no == concerning,
                column.holder_no == concerning,
                column.seller_no == concerning,
                column.seller_no.in_(spoken_for),
            )
        )
    if below_id is not None:
        query = query.where(column.id < below_id)
    return list(connection.execute(query))
