"""Questions about participants: the read model's rows with the names and codes that this gateway knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import accounts, hosted_accounts, outbox, participants, profiles


@dataclass(frozen=True, slots=True)
class ParticipantFilter:
    """Which participants are asked for; None asks for nothing. `text` is part of a name, or a whole code."""

    role: int | None = None
    district: int | None = None
    code: str | None = None
    text: str | None = None


def find_participants(
    connection: Connection, wanted: ParticipantFilter, above_no: int, limit: int
) -> list[sa.Row[Any]]:
    """Participants with their profiles, by number."""
    query = _joined().where(participants.c.participant_no > above_no)
    if wanted.role is not None:
        query = query.where(participants.c.roles.op("&")(1 << wanted.role) != 0)
    if wanted.district is not None:
        query = query.where(participants.c.district == wanted.district)
    if wanted.code is not None:
        query = query.where(sa.or_(profiles.c.uscc == wanted.code, profiles.c.customs_code == wanted.code))
    if wanted.text:
        query = query.where(
            sa.or_(
                profiles.c.name_zh.contains(wanted.text, autoescape=True),
                sa.func.lower(profiles.c.name_en).contains(wanted.text.lower(), autoescape=True),
                profiles.c.uscc == wanted.text.upper(),
                profiles.c.customs_code == wanted.text.upper(),
            )
        )
    return list(connection.execute(query.order_by(participants.c.participant_no).limit(limit)))


def participant_row(connection: Connection, participant_no: int) -> sa.Row[Any] | None:
    return connection.execute(_joined().where(participants.c.participant_no == participant_no)).one_or_none()


def number_of_identity(connection: Connection, legal_identity: bytes) -> int | None:
    """The participant a legal entity is registered as, as far as the read model has come."""
    query = sa.select(participants.c.participant_no).where(participants.c.legal_identity == legal_identity)
    return connection.execute(query).scalar()


def accounts_of(connection: Connection, participant_no: int) -> list[sa.Row[Any]]:
    """The accounts that act for a participant; `signer` is empty where another holds the key."""
    query = (
        sa.select(accounts.c.address, hosted_accounts.c.signer)
        .outerjoin(hosted_accounts, hosted_accounts.c.address == accounts.c.address)
        .where(accounts.c.participant_no == participant_no)
        .order_by(accounts.c.address)
    )
    return list(connection.execute(query))


def participant_of_account(connection: Connection, address: str) -> int | None:
    query = sa.select(accounts.c.participant_no).where(accounts.c.address == address)
    return connection.execute(query).scalar()


def hosted_for(connection: Connection, legal_identity: bytes) -> list[str]:
    """The accounts this gateway signs with for a legal entity, registered or not yet."""
    query = sa.select(hosted_accounts.c.address).where(hosted_accounts.c.legal_identity == legal_identity)
    return list(connection.execute(query).scalars())


def development_references(connection: Connection) -> list[str]:
    """The places in the development mnemonic that are taken."""
    query = sa.select(hosted_accounts.c.reference).where(hosted_accounts.c.signer == "development")
    return list(connection.execute(query).scalars())


def pending_call(connection: Connection, account: str, calldata: bytes) -> str | None:
    """The operation of the very same call of an account that is still on its way to the chain."""
    query = (
        sa.select(outbox.c.operation_id)
        .where(
            outbox.c.account == account,
            outbox.c.status.in_(("waiting", "sent")),
            outbox.c.calldata == calldata,
        )
        .limit(1)
    )
    return connection.execute(query).scalar()


def bearer_of_code(connection: Connection, code: str) -> bytes | None:
    """The legal identity whose profile bears a code as its own number or as its customs registration."""
    query = sa.select(profiles.c.legal_identity).where(sa.or_(profiles.c.uscc == code, profiles.c.customs_code == code))
    return connection.execute(query.limit(1)).scalar()


def _joined() -> sa.Select[Any]:
    return sa.select(
        participants,
        profiles.c.uscc,
        profiles.c.customs_code,
        profiles.c.name_zh,
        profiles.c.name_en,
        profiles.c.key_name,
    ).outerjoin(profiles, profiles.c.legal_identity == participants.c.legal_identity)
