"""Persons' years: one entry a parcel, under a key that does not tell who the person is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.domain.quota import EntryState, QuotaEntry
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import quota_entries

#: A person's key and a calendar year in China.
PersonYear = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """What a parcel takes of whose year. `updated_at`: when it last changed; 0 for one that is not stored yet."""

    parcel_id: bytes
    person: bytes
    year: int
    entry: QuotaEntry
    updated_at: int = 0


def entries_of(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, KeptEntry]:
    """The entry of each parcel that has one."""
    found: dict[bytes, KeptEntry] = {}
    for part in chunks(parcel_ids):
        query = sa.select(quota_entries).where(quota_entries.c.parcel_id.in_(part))
        found.update({row.parcel_id: _kept(row) for row in connection.execute(query)})
    return found


def entries_in(connection: Connection, years: Collection[PersonYear]) -> list[KeptEntry]:
    """Every entry of these persons' years, in no order."""
    persons: dict[int, list[bytes]] = {}
    for person, year in set(years):
        persons.setdefault(year, []).append(person)
    found: list[KeptEntry] = []
    for year, wanted in persons.items():
        for part in chunks(wanted):
            query = sa.select(quota_entries).where(quota_entries.c.person.in_(part), quota_entries.c.year == year)
            found += [_kept(row) for row in connection.execute(query)]
    return found


def save_entries(connection: Connection, entries: Iterable[KeptEntry], now: int) -> None:
    """Stores entries, each in place of what its parcel had before."""
    rows = [
        {
            "parcel_id": kept.parcel_id,
            "person": kept.person,
            "year": kept.year,
            "amount": f"{kept.entry.amount:f}",
            "state": kept.entry.state.value,
            "returns": [[application, f"{amount:f}"] for application, amount in kept.entry.returns],
            "updated_at": now,
        }
        for kept in entries
    ]
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(quota_entries)
    renewed = {name: statement.excluded[name] for name in rows[0] if name != "parcel_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["parcel_id"], set_=renewed), rows)


def _kept(row: sa.Row[Any]) -> KeptEntry:
    returns = tuple((application, Decimal(amount)) for application, amount in row.returns)
    entry = QuotaEntry(Decimal(row.amount), EntryState(row.state), returns)
    return KeptEntry(row.parcel_id, row.person, row.year, entry, row.updated_at)
