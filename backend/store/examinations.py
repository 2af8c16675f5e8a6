"""Declared parcels that wait for a district's automatic decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.domain.lifecycle import State
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import examinations, hosted_accounts, manifests, participants


def enlist(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds parcels to be looked at; those that are there already stay as they are."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(examinations).on_conflict_do_nothing(
        index_elements=[examinations.c.parcel_id, examinations.c.manifest]
    )
    connection.execute(statement, list(rows))


def ready(connection: Connection, districts: Iterable[int], now: int, limit: int) -> list[sa.Row[Any]]:
    """What is to be looked at now in these districts: something changed, or its time is over. Oldest first."""
    found: dict[int, sa.Row[Any]] = {}
    for district in districts:
        waiting = sa.select(examinations).where(examinations.c.district == district, examinations.c.status == "waiting")
        changed = waiting.where(examinations.c.is_ready).order_by(examinations.c.id)
        due = waiting.where(examinations.c.due_at <= now).order_by(examinations.c.due_at)
        for query in (changed, due):
            found.update({row.id: row for row in connection.execute(query.limit(limit))})
    # What changed comes before what is only due, in whichever district.
    return sorted(found.values(), key=lambda row: (not row.is_ready, row.id))[:limit]


def without_news(connection: Connection, rows: Iterable[sa.Row[Any]]) -> set[int]:
    """Those of these rows, by id, of whose parcels nothing was heard since they were read."""
    read = {row.id: row.news for row in rows}
    found: set[int] = set()
    for part in chunks(list(read)):
        query = sa.select(examinations.c.id, examinations.c.news).where(
            examinations.c.id.in_(part), only_checked(examinations.c.status) == "waiting"
        )
        found.update(row.id for row in connection.execute(query) if row.news == read[row.id])
    return found


def look_again(connection: Connection, *, parcels: Iterable[bytes] = (), manifests: Iterable[bytes] = ()) -> None:
    """Something changed about these parcels, or about parcels of these manifests."""
    for column, wanted in ((examinations.c.parcel_id, parcels), (examinations.c.manifest, manifests)):
        for part in chunks(list(wanted)):
            connection.execute(
                sa.update(examinations)
                .where(column.in_(part), only_checked(examinations.c.status) == "waiting")
                .values(is_ready=True, news=examinations.c.news + 1)
            )


def look_at_district(connection: Connection, district: int) -> None:
    """Whatever waits in a district is to be looked at: its settings have changed."""
    connection.execute(
        sa.update(examinations)
        .where(examinations.c.district == district, examinations.c.status == "waiting")
        .values(is_ready=True, news=examinations.c.news + 1)
    )


def reopen(connection: Connection, manifest: bytes, parcels: Iterable[bytes], due_at: int) -> None:
    """What was decided about these parcels of a manifest was not recorded: they wait for news, or until `due_at`."""
    for part in chunks(list(parcels)):
        connection.execute(
            sa.update(examinations)
            .where(
                examinations.c.manifest == manifest,
                examinations.c.parcel_id.in_(part),
                examinations.c.status != "waiting",
            )
            .values(status="waiting", is_ready=False, due_at=due_at)
        )


def looked_at(connection: Connection, row: sa.Row[Any], now: int, **values: Any) -> None:
    """What a look at a row found. It is looked at again when something changes, or has changed since it was read."""
    connection.execute(
        sa.update(examinations)
        .where(examinations.c.id == row.id)
        .values(is_ready=examinations.c.news != row.news, updated_at=now, **values)
    )


def of_parcel(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """What was found about a parcel, its newest manifest last."""
    query = sa.select(examinations).where(examinations.c.parcel_id == parcel_id).order_by(examinations.c.id)
    return list(connection.execute(query))


def undecided(connection: Connection, now: int) -> tuple[int, int, int]:
    """How many parcels wait for a decision, how many of them are to be looked at, how many are past their deadline."""
    waiting = examinations.c.status == "waiting"
    row = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((examinations.c.is_ready, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((examinations.c.due_at <= now, 1), else_=0)), 0),
        ).where(waiting)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def undecided_manifests(connection: Connection, district: int | None, after: int, limit: int) -> list[sa.Row[Any]]:
    """Manifests of a district (of all, for None) that hold parcels nobody has decided about, by row id."""
    query = (
        sa.select(manifests)
        .where(
            sa.true() if district is None else manifests.c.declaring_district == district,
            manifests.c.occupied.op("&")(1 << State.Declared) != 0,
            manifests.c.id > after,
        )
        .order_by(manifests.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def hosted_customs(connection: Connection, role_bit: int) -> dict[int, int]:
    """The customs offices whose account this gateway holds: participant number by district."""
    query = (
        sa.select(participants.c.district, participants.c.participant_no)
        .join(hosted_accounts, hosted_accounts.c.legal_identity == participants.c.legal_identity)
        .where(participants.c.roles.op("&")(role_bit) != 0, participants.c.suspended.is_(False))
        .order_by(participants.c.participant_no.desc())
    )
    return {int(row.district): int(row.participant_no) for row in connection.execute(query)}
