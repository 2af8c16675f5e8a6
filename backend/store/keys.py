"""API keys as they are kept: a digest, whom the key speaks for, what it may do, and when it was revoked."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import api_keys, participants


@dataclass(frozen=True, slots=True)
class KeptKey:
    """One API key; the token itself is nowhere. `participant_no` is None for governance and operators."""

    key_id: int
    participant_no: int | None
    scopes: tuple[str, ...]
    label: str
    last_four: str
    created_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key that was found by its digest, with its participant's standing in the read model."""

    key: KeptKey
    digest: bytes
    roles: int
    district: int
    suspended: bool


def add_key(
    connection: Connection,
    *,
    digest: bytes,
    last_four: str,
    participant_no: int | None,
    scopes: tuple[str, ...],
    label: str,
    now: int,
) -> int:
    """Keeps a new key and gives its id."""
    result = connection.execute(
        sa.insert(api_keys)
        .returning(api_keys.c.id)
        .values(
            digest=digest,
            last_four=last_four,
            participant_no=participant_no,
            scopes=" ".join(scopes),
            label=label,
            created_at=now,
        )
    )
    return int(result.scalar_one())


def holder_of(connection: Connection, digest: bytes) -> KeyHolder | None:
    """The key with that digest, revoked or not."""
    row = connection.execute(
        sa.select(api_keys, participants.c.roles, participants.c.district, participants.c.suspended)
        .outerjoin(participants, participants.c.participant_no == api_keys.c.participant_no)
        .where(api_keys.c.digest == digest)
    ).one_or_none()
    if row is None:
        return None
    return KeyHolder(_kept(row), row.digest, row.roles or 0, row.district or 0, bool(row.suspended))


def key_with_id(connection: Connection, key_id: int) -> KeptKey | None:
    row = connection.execute(sa.select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    return None if row is None else _kept(row)


def keys_of(connection: Connection, participant_no: int | None, *, every: bool = False) -> list[KeptKey]:
    """The keys of one participant (None: of governance and operators), or all of them, oldest first."""
    query = sa.select(api_keys).order_by(api_keys.c.id)
    if not every:
        query = query.where(api_keys.c.participant_no.is_not_distinct_from(participant_no))
    return [_kept(row) for row in connection.execute(query)]


def revoke(connection: Connection, key_id: int, now: int) -> None:
    """Ends a key; one that is revoked already keeps its first time."""
    connection.execute(
        sa.update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def _kept(row: sa.Row[tuple[object, ...]]) -> KeptKey:
    return KeptKey(
        key_id=row.id,
        participant_no=row.participant_no,
        scopes=tuple(row.scopes.split()),
        label=row.label,
        last_four=row.last_four,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
