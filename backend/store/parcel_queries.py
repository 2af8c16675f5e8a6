"""Questions to the read model about parcels: manifests are read whole, their sets taken apart in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Sets, Step
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.readmodel import Place, number, sets_of_blob
from backend.store.tables import documents, manifests, parcels, records, refusals


@dataclass(frozen=True, slots=True)
class ManifestFilter:
    """Which manifests a search reads; None asks for nothing. Instants are Unix seconds, both ends included.

    `district` fits the declaring or the port district. Each word in `occupied` is a bit set of set numbers
    of which at least one must hold a parcel.
    """

    manifest: bytes | None = None
    seller_no: int | None = None
    declarant_no: int | None = None
    district: int | None = None
    declared_since: int | None = None
    declared_until: int | None = None
    occupied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose manifests a reader may see: all, those of a district, and those of a participant."""

    everything: bool = False
    district: int | None = None
    participant_no: int | None = None


def size_of(manifest: sa.Row[Any]) -> int:
    """How many parcels a manifest row holds; a row's own `count` is the method of a tuple."""
    return int(manifest.size)


def sets_of(manifest: Any) -> Sets:
    return sets_of_blob(size_of(manifest), manifest.sets)


def find_manifests(
    connection: Connection, wanted: ManifestFilter, sight: Sight, up_to_row: int | None, limit: int
) -> list[sa.Row[Any]]:
    """Manifests that may hold parcels of the search, newest first, from row `up_to_row` downwards."""
    query = sa.select(manifests).order_by(manifests.c.id.desc()).limit(limit)
    column = manifests.c
    conditions: list[sa.ColumnElement[bool]] = []
    if up_to_row is not None:
        conditions.append(column.id <= up_to_row)
    if wanted.manifest is not None:
        conditions.append(column.manifest == wanted.manifest)
    if wanted.seller_no is not None:
        conditions.append(column.seller_no == wanted.seller_no)
    if wanted.declarant_no is not None:
        conditions.append(column.declarant_no == wanted.declarant_no)
    if wanted.district is not None:
        conditions.append(of_district(wanted.district))
    if wanted.declared_since is not None:
        conditions.append(column.declared_at >= wanted.declared_since)
    if wanted.declared_until is not None:
        conditions.append(column.declared_at <= wanted.declared_until)
    conditions += [column.occupied.op("&")(word) != 0 for word in wanted.occupied]
    if not sight.everything:
        conditions.append(in_sight(sight))
    return list(connection.execute(query.where(*conditions)))


def of_district(district: int) -> sa.ColumnElement[bool]:
    """Manifests that a district declares or that leave through it."""
    return sa.or_(manifests.c.declaring_district == district, manifests.c.port_district == district)


def in_sight(sight: Sight) -> sa.ColumnElement[bool]:
    """Manifests that a reader may see, for one that does not see everything."""
    seen: list[sa.ColumnElement[bool]] = []
    if sight.district is not None:
        seen.append(of_district(sight.district))
    if sight.participant_no is not None:
        own = sight.participant_no
        seen += [
            manifests.c.declarant_no == own,
            manifests.c.seller_no == own,
            sa.exists()
            .where(records.c.manifest_row == manifests.c.id, records.c.participant_no == own)
            .correlate(manifests),
        ]
    return sa.or_(sa.false(), *seen)


def recorded_by(connection: Connection, manifest_rows: Collection[int], participant_no: int) -> dict[int, int]:
    """The parcels of each manifest on which a participant has recorded a step, as sets."""
    found: dict[int, int] = {}
    for part in chunks(sorted(manifest_rows)):
        query = sa.select(records.c.manifest_row, records.c.parcels).where(
            records.c.manifest_row.in_(part), records.c.participant_no == participant_no
        )
        for row in connection.execute(query):
            found[row.manifest_row] = found.get(row.manifest_row, 0) | number(row.parcels)
    return found


def instants_of_steps(
    connection: Connection, places: Mapping[bytes, Place], steps: Collection[Step]
) -> dict[bytes, dict[Step, int]]:
    """When each of these steps was last recorded on each parcel, at its place: Unix seconds, by parcel and step."""
    by_manifest: dict[int, list[Place]] = {}
    for place in places.values():
        by_manifest.setdefault(place.id, []).append(place)
    found: dict[bytes, dict[Step, int]] = {parcel: {} for parcel in places}
    for part in chunks(sorted(by_manifest)):
        query = (
            sa.select(records.c.manifest_row, records.c.step, records.c.parcels, records.c.at)
            .where(records.c.manifest_row.in_(part), records.c.step.in_([int(step) for step in steps]))
            .order_by(records.c.id)
        )
        for row in connection.execute(query):
            moved = number(row.parcels)
            for place in by_manifest[row.manifest_row]:
                if moved >> place.position & 1:
                    found[place.parcel_id][Step(row.step)] = row.at
    return found


def parcel_ids_at(connection: Connection, places: Mapping[int, Sequence[int]]) -> dict[tuple[int, int], bytes]:
    """The parcel ids at positions of manifests, by (manifest row, position)."""
    found: dict[tuple[int, int], bytes] = {}
    for row_id, positions in places.items():
        query = sa.select(parcels.c.position, parcels.c.parcel_id).where(
            parcels.c.manifest_row == row_id, parcels.c.position.in_(list(positions))
        )
        found.update({(row_id, row.position): row.parcel_id for row in connection.execute(query)})
    return found


def refusals_on(connection: Connection, manifest: bytes) -> list[sa.Row[Any]]:
    """What the chain refused on a manifest, in its order."""
    query = sa.select(refusals).where(refusals.c.manifest == manifest).order_by(refusals.c.id)
    return list(connection.execute(query))


def current_documents(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """The current documents of a parcel that this gateway holds, oldest first."""
    query = sa.select(documents).where(documents.c.parcel_id == parcel_id, documents.c.current).order_by(documents.c.id)
    return list(connection.execute(query))


def count_parcels(connection: Connection) -> tuple[int, int]:
    """(manifests, parcels) in the read model."""
    row = connection.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(manifests.c.size), 0))).one()
    return int(row[0]), int(row[1])
