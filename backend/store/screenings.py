"""Declared parcels whose lists are screened against recorded marks, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.domain.lifecycle import State
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import manifests, rights, screening_hits, screenings

# ---------------------------------------------------------------------------------------------------
# To be screened


def enlist(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds parcels to be screened; those that are there already stay as they are."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(screenings).on_conflict_do_nothing(
        index_elements=[screenings.c.parcel_id, screenings.c.manifest]
    )
    connection.execute(statement, list(rows))


def look_again(connection: Connection, parcels: Iterable[bytes]) -> None:
    """Documents of these parcels have come: what they name is screened anew."""
    for part in chunks(list(parcels)):
        connection.execute(
            sa.update(screenings)
            .where(screenings.c.parcel_id.in_(part))
            .values(is_ready=True, news=screenings.c.news + 1)
        )


def look_again_at_open(connection: Connection) -> None:
    """A mark was recorded: what is declared and not yet released is screened anew."""
    unreleased = 1 << State.Declared | 1 << State.Accepted
    open_ones = sa.select(manifests.c.manifest).where(manifests.c.occupied.op("&")(unreleased) != 0)
    connection.execute(
        sa.update(screenings)
        .where(screenings.c.manifest.in_(open_ones), ~screenings.c.is_ready)
        .values(is_ready=True, news=screenings.c.news + 1)
    )


def ready(connection: Connection, limit: int) -> list[sa.Row[Any]]:
    """What is to be screened, oldest first."""
    query = sa.select(screenings).where(screenings.c.is_ready).order_by(screenings.c.id).limit(limit)
    return list(connection.execute(query))


def unscreened(connection: Connection, parcels: Collection[bytes]) -> set[bytes]:
    """Those of these parcels that are still to be screened, or anew."""
    found: set[bytes] = set()
    for part in chunks(list(parcels)):
        query = sa.select(screenings.c.parcel_id).where(screenings.c.parcel_id.in_(part), screenings.c.is_ready)
        found.update(bytes(parcel) for parcel in connection.execute(query).scalars())
    return found


def suspected_rights(connection: Connection, parcels: Collection[bytes]) -> dict[bytes, int]:
    """How many recorded rights each of these parcels is suspected to infringe; without those not screened yet."""
    found: dict[bytes, int] = {}
    for part in chunks(list(parcels)):
        suspected = sa.func.count(sa.distinct(screening_hits.c.right_id)).filter(
            screening_hits.c.finding == "suspected"
        )
        query = (
            sa.select(screenings.c.parcel_id, suspected)
            .outerjoin(screening_hits, screening_hits.c.screening_id == screenings.c.id)
            .where(screenings.c.parcel_id.in_(part), screenings.c.screened_at.is_not(None), ~screenings.c.is_ready)
            .group_by(screenings.c.parcel_id)
        )
        found |= {bytes(parcel): int(count) for parcel, count in connection.execute(query)}
    return found


def drop(connection: Connection, ids: Sequence[int]) -> None:
    """Takes away parcels whose lists are not here."""
    for part in chunks(ids):
        connection.execute(sa.delete(screening_hits).where(screening_hits.c.screening_id.in_(part)))
        connection.execute(sa.delete(screenings).where(screenings.c.id.in_(part)))


def screened(
    connection: Connection, row: sa.Row[Any], hits: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> None:
    """What a screening found; it is screened again where documents came since the row was read."""
    connection.execute(sa.delete(screening_hits).where(screening_hits.c.screening_id == row.id))
    if hits:
        connection.execute(
            sa.insert(screening_hits),
            [{"screening_id": row.id, "position": place, **hit} for place, hit in enumerate(hits)],
        )
    connection.execute(
        sa.update(screenings).where(screenings.c.id == row.id).values(is_ready=screenings.c.news != row.news, **values)
    )


# ---------------------------------------------------------------------------------------------------
# Inspections that follow


def stir(connection: Connection, manifests: Iterable[bytes]) -> None:
    """Something happened to parcels of these manifests: an inspection may be possible now."""
    for part in chunks(list(manifests)):
        connection.execute(
            sa.update(screenings)
            .where(screenings.c.manifest.in_(part), screenings.c.inspection == "waiting")
            .values(inspection="due")
        )


def due(connection: Connection, district: int, limit: int) -> list[sa.Row[Any]]:
    """Suspected parcels of a district whose inspection may be possible, oldest first."""
    query = (
        sa.select(screenings)
        .where(screenings.c.inspection == "due", screenings.c.district == district)
        .order_by(screenings.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def to_inspect(connection: Connection, parcels: Collection[bytes]) -> list[sa.Row[Any]]:
    """Those of these parcels whose inspection is not ordered yet although they are suspected."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(parcels)):
        query = sa.select(screenings).where(
            screenings.c.parcel_id.in_(part), screenings.c.inspection.in_(("due", "waiting"))
        )
        found.extend(connection.execute(query))
    return found


def set_inspection(
    connection: Connection, ids: Sequence[int], inspection: str, operation_id: str | None = None
) -> None:
    values = {"inspection": inspection} | ({"ordered_by": operation_id} if operation_id else {})
    for part in chunks(ids):
        connection.execute(sa.update(screenings).where(screenings.c.id.in_(part)).values(**values))


# ---------------------------------------------------------------------------------------------------
# What was found


def hits_of(connection: Connection, ids: Collection[int]) -> dict[int, list[sa.Row[Any]]]:
    """The hits of screenings, in their order."""
    found: dict[int, list[sa.Row[Any]]] = {}
    for part in chunks(sorted(ids)):
        query = (
            sa.select(screening_hits)
            .where(screening_hits.c.screening_id.in_(part))
            .order_by(screening_hits.c.screening_id, screening_hits.c.position)
        )
        for row in connection.execute(query):
            found.setdefault(int(row.screening_id), []).append(row)
    return found


def of_parcel(connection: Connection, parcel_id: bytes, manifest: bytes) -> sa.Row[Any] | None:
    query = sa.select(screenings).where(screenings.c.parcel_id == parcel_id, screenings.c.manifest == manifest)
    return connection.execute(query).one_or_none()


def suspicions(
    connection: Connection,
    district: int | None = None,
    after: int = 0,
    limit: int = 50,
    *,
    holder_no: int | None = None,
) -> list[sa.Row[Any]]:
    """Suspected parcels behind a row, oldest first: of a district (None: of all), or that a holder's rights touch."""
    query = sa.select(screenings).where(screenings.c.finding == "suspected", screenings.c.id > after)
    if district is not None:
        query = query.where(screenings.c.district == district)
    if holder_no is not None:
        touched = (
            sa.select(screening_hits.c.screening_id)
            .join(rights, rights.c.right_id == screening_hits.c.right_id)
            .where(rights.c.holder_no == holder_no, screening_hits.c.finding == "suspected")
        )
        query = query.where(screenings.c.id.in_(touched))
    return list(connection.execute(query.order_by(screenings.c.id).limit(limit)))
