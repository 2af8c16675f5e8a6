"""Findings about returned goods, and the parcels that followed returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import return_findings, return_sequels

_FINDING = return_findings.c
_SEQUEL = return_sequels.c


def findings_of(connection: Connection, parcel_id: bytes, manifest: bytes) -> list[sa.Row[Any]]:
    """What was found of a parcel's return, in order; the last counts."""
    query = sa.select(return_findings).where(_FINDING.parcel_id == parcel_id, _FINDING.manifest == manifest)
    return list(connection.execute(query.order_by(_FINDING.number)))


def freed_by_finding(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, dict[Decimal, Decimal]]:
    """What the last finding about each parcel frees of tax, quantities by line; parcels without one are left out."""
    found: dict[bytes, dict[Decimal, Decimal]] = {}
    for part in chunks(parcel_ids):
        query = sa.select(_FINDING.parcel_id, _FINDING.freed).where(_FINDING.parcel_id.in_(part)).order_by(_FINDING.id)
        for row in connection.execute(query):
            found[row.parcel_id] = {Decimal(number): Decimal(quantity) for number, quantity in row.freed}
    return found


def insert_finding(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(return_findings), dict(row))


def sequels_of(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """What followed a parcel's return, in order."""
    query = sa.select(return_sequels).where(_SEQUEL.parcel_id == parcel_id).order_by(_SEQUEL.id)
    return list(connection.execute(query))


def sequel_to(connection: Connection, successor: bytes) -> sa.Row[Any] | None:
    """The return that a parcel follows."""
    return connection.execute(sa.select(return_sequels).where(_SEQUEL.successor == successor)).first()


def insert_sequel(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(return_sequels), dict(row))
