"""The read model: folded from the chain's events, rolled back with its blocks, rebuilt at will."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Direction, Profile, Sets, profile_of
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import (
    READ_MODEL,
    anchors,
    blocks,
    cursor,
    governance_events,
    manifests,
    parcels,
    records,
    refusals,
)

#: Blocks whose hashes are kept to find a common ancestor after a reorganisation.
BLOCKS_KEPT = 512


def word(value: int) -> bytes:
    """A set as it is stored: 32 big-endian bytes."""
    return value.to_bytes(32, "big")


def number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def blob_of(sets: Sets) -> bytes:
    """The 32 sets of a manifest, 1024 bytes."""
    return b"".join(word(value) for value in sets.words)


def sets_of_blob(count: int, blob: bytes) -> Sets:
    return Sets(count, [number(blob[start : start + 32]) for start in range(0, 1024, 32)])


def profile_of_row(manifest: Any) -> Profile:
    """The kind of a manifest, from its row or from a place in it."""
    return profile_of(
        Direction(manifest.direction),
        manifest.supervision_mode,
        manifest.declaring_district,
        manifest.port_district,
    )


def occupied(sets: Sets) -> int:
    """One bit for each set that is not empty, so that a search by state reads few manifests."""
    return sum(1 << n for n, value in enumerate(sets.words) if value)


# ---------------------------------------------------------------------------------------------------
# Cursor and blocks


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where the read model is complete."""

    block: int
    hash: bytes
    timestamp: int


def get_cursor(connection: Connection) -> Cursor | None:
    row = connection.execute(sa.select(cursor)).first()
    return None if row is None else Cursor(row.block, row.hash, row.timestamp)


def set_cursor(connection: Connection, position: Cursor) -> None:
    connection.execute(sa.delete(cursor))
    connection.execute(
        sa.insert(cursor),
        {"id": 1, "block": position.block, "hash": position.hash, "timestamp": position.timestamp},
    )


def add_blocks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    connection.execute(sa.insert(blocks), list(rows))
    last = max(int(row["number"]) for row in rows)
    connection.execute(sa.delete(blocks).where(blocks.c.number < last - BLOCKS_KEPT))


def known_blocks(connection: Connection) -> list[sa.Row[Any]]:
    """The blocks whose hashes are kept, newest first."""
    return list(connection.execute(sa.select(blocks).order_by(blocks.c.number.desc())))


def block_hash(connection: Connection, block: int) -> bytes | None:
    return connection.execute(sa.select(blocks.c.hash).where(blocks.c.number == block)).scalar()


# ---------------------------------------------------------------------------------------------------
# Manifests


def insert_manifest(connection: Connection, row: Mapping[str, Any], parcel_ids: Sequence[bytes]) -> int:
    row_id = int(connection.execute(sa.insert(manifests).returning(manifests.c.id), dict(row)).scalar_one())
    connection.execute(
        sa.insert(parcels),
        [
            {"parcel_id": parcel, "manifest_row": row_id, "position": position}
            for position, parcel in enumerate(parcel_ids)
        ],
    )
    return row_id


def manifests_by_id(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, sa.Row[Any]]:
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = sa.select(manifests).where(manifests.c.manifest.in_(part))
        found.update({row.manifest: row for row in connection.execute(query)})
    return found


def manifest_row(connection: Connection, row_id: int) -> sa.Row[Any]:
    return connection.execute(sa.select(manifests).where(manifests.c.id == row_id)).one()


def update_manifest(connection: Connection, row_id: int, head: bytes, sets: Sets) -> None:
    connection.execute(
        sa.update(manifests)
        .where(manifests.c.id == row_id)
        .values(head=head, sets=blob_of(sets), occupied=occupied(sets))
    )


def insert_records(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(records), list(rows))


def records_of(connection: Connection, manifest_row: int) -> list[sa.Row[Any]]:
    """A manifest's history in order, its declaration first."""
    query = sa.select(records).where(records.c.manifest_row == manifest_row).order_by(records.c.id)
    return list(connection.execute(query))


def latest_at(connection: Connection, manifest_row: int, position: int, step: int) -> int | None:
    """When a step was last recorded of a manifest's parcel, or None."""
    query = (
        sa.select(records.c.at, records.c.parcels)
        .where(records.c.manifest_row == manifest_row, records.c.step == int(step))
        .order_by(records.c.id.desc())
    )
    return next((int(row.at) for row in connection.execute(query) if number(row.parcels) >> position & 1), None)


class Place:
    """Where a parcel is declared: its position in a manifest, whose row answers for everything else."""

    __slots__ = ("_manifest", "parcel_id", "position")

    def __init__(self, parcel_id: bytes, position: int, manifest: sa.Row[Any]) -> None:
        self.parcel_id = parcel_id
        self.position = position
        self._manifest = manifest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manifest, name)


def places_of(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, list[Place]]:
    """Where each parcel is declared, newest manifest first."""
    rows: list[sa.Row[Any]] = []
    for part in chunks(parcel_ids):
        query = sa.select(parcels.c.parcel_id, parcels.c.position, parcels.c.manifest_row).where(
            parcels.c.parcel_id.in_(part)
        )
        rows.extend(connection.execute(query))
    # A manifest row holds a kilobyte of sets: it is read once, however many of its parcels are asked for.
    found: dict[int, sa.Row[Any]] = {}
    for wanted in chunks(list({row.manifest_row for row in rows})):
        found.update(
            {row.id: row for row in connection.execute(sa.select(manifests).where(manifests.c.id.in_(wanted)))}
        )
    places: dict[bytes, list[Place]] = {}
    for row in sorted(rows, key=lambda row: (-int(row.manifest_row), int(row.position))):
        places.setdefault(row.parcel_id, []).append(Place(row.parcel_id, row.position, found[row.manifest_row]))
    return places


def parcels_of(connection: Connection, manifest_row: int) -> list[bytes]:
    """The parcel ids of a manifest in index order."""
    query = sa.select(parcels.c.parcel_id).where(parcels.c.manifest_row == manifest_row).order_by(parcels.c.position)
    return list(connection.execute(query).scalars())


def insert_refusals(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(refusals), list(rows))


def refusals_of_transactions(connection: Connection, hashes: Sequence[bytes]) -> list[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    for part in chunks(hashes):
        query = sa.select(refusals).where(refusals.c.transaction_hash.in_(part)).order_by(refusals.c.id)
        found.extend(connection.execute(query))
    return found


def insert_anchors(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(anchors), list(rows))


# ---------------------------------------------------------------------------------------------------
# Governance


def insert_governance(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(governance_events), list(rows))


def governance_history(connection: Connection) -> list[sa.Row[Any]]:
    query = sa.select(governance_events).order_by(governance_events.c.block, governance_events.c.log_index)
    return list(connection.execute(query))


# ---------------------------------------------------------------------------------------------------
# Going back


def roll_back(connection: Connection, ancestor: int) -> list[int]:
    """Takes away everything that came after a block; the manifests left whose state must be folded anew."""
    gone = list(connection.execute(sa.select(manifests.c.id).where(manifests.c.block > ancestor)).scalars())
    touched = set(
        connection.execute(sa.select(records.c.manifest_row).where(records.c.block > ancestor).distinct()).scalars()
    )
    for table in (records, refusals, anchors, governance_events):
        connection.execute(sa.delete(table).where(table.c.block > ancestor))
    for part in chunks(gone):
        connection.execute(sa.delete(parcels).where(parcels.c.manifest_row.in_(part)))
        connection.execute(sa.delete(manifests).where(manifests.c.id.in_(part)))
    connection.execute(sa.delete(blocks).where(blocks.c.number > ancestor))
    return sorted(touched - set(gone))


def clear(connection: Connection) -> None:
    """Empties the read model, cursor included."""
    for table in READ_MODEL:
        connection.execute(sa.delete(table))


def digest(connection: Connection) -> dict[str, str]:
    """One hash a table over its rows in a fixed order, row numbers aside: two read models of the same chain agree."""
    found = {}
    for table in READ_MODEL:
        if table in (blocks, cursor):
            continue
        if table is parcels:
            query = sa.select(manifests.c.manifest, parcels.c.position, parcels.c.parcel_id).join(
                manifests, manifests.c.id == parcels.c.manifest_row
            )
        elif table is records:
            columns = [c for c in records.c if c.name not in ("id", "manifest_row")]
            query = sa.select(manifests.c.manifest, *columns).join(manifests, manifests.c.id == records.c.manifest_row)
        else:
            query = sa.select(*(c for c in table.c if c.name != "id"))
        lines = sorted(repr(tuple(row)) for row in connection.execute(query))
        found[table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found
