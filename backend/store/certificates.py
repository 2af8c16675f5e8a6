"""Certificates that participants sign with, how strictly their messages are judged, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Connection
from backend.store.tables import certificates, signature_policies, signature_refusals


def add_certificate(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(certificates), dict(row))


def certificates_of(connection: Connection, participant_no: int) -> list[sa.Row[Any]]:
    """All that a participant ever registered, newest first."""
    query = sa.select(certificates).where(certificates.c.participant_no == participant_no)
    return list(connection.execute(query.order_by(certificates.c.id.desc())))


def certificate_of(connection: Connection, participant_no: int, fingerprint: bytes) -> sa.Row[Any] | None:
    query = sa.select(certificates).where(
        certificates.c.participant_no == participant_no, certificates.c.fingerprint == fingerprint
    )
    return connection.execute(query).one_or_none()


def other_holder(connection: Connection, participant_no: int, fingerprint: bytes) -> int | None:
    """Another participant that has registered this certificate and not revoked it."""
    query = sa.select(certificates.c.participant_no).where(
        certificates.c.fingerprint == fingerprint,
        certificates.c.participant_no != participant_no,
        certificates.c.revoked_at.is_(None),
    )
    return connection.execute(query.limit(1)).scalar()


def revoke_certificate(connection: Connection, participant_no: int, fingerprint: bytes, now: int) -> None:
    """Ends a certificate; one that is revoked already keeps its first time."""
    connection.execute(
        sa.update(certificates)
        .where(
            certificates.c.participant_no == participant_no,
            certificates.c.fingerprint == fingerprint,
            certificates.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def policy_of(connection: Connection, participant_no: int) -> sa.Row[Any] | None:
    query = sa.select(signature_policies).where(signature_policies.c.participant_no == participant_no)
    return connection.execute(query).one_or_none()


def save_policy(connection: Connection, participant_no: int, policy: str, set_by: int, now: int) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"policy": policy, "set_by": set_by, "set_at": now}
    statement = insert(signature_policies).values(participant_no=participant_no, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["participant_no"], set_=values))


def add_refusal(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(signature_refusals), dict(row))


def refusals_of(connection: Connection, participant_no: int, below_id: int | None, limit: int) -> list[sa.Row[Any]]:
    """Messages refused for their signature, newest first."""
    query = sa.select(signature_refusals).where(signature_refusals.c.participant_no == participant_no)
    if below_id is not None:
        query = query.where(signature_refusals.c.id < below_id)
    return list(connection.execute(query.order_by(signature_refusals.c.id.desc()).limit(limit)))
