"""Names and codes of organisations, and the way from a code in a customs message to a participant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.domain.participants import Role, has_role
from backend.store.database import Connection
from backend.store.tables import participants, profiles


@dataclass(frozen=True, slots=True)
class Profile:
    """What the gateway knows of a legal entity besides the chain's commitment to it."""

    legal_identity: bytes
    uscc: str
    customs_code: str | None
    name_zh: str
    name_en: str
    #: The short name of its role in the demo (`customs_pudong`), where it has one.
    key_name: str | None = None


def save_profile(connection: Connection, profile: Profile, now: int) -> None:
    """Adds the profile, or renews names and codes of one that is there; the first time of entry stays."""
    values = {
        "legal_identity": profile.legal_identity,
        "key_name": profile.key_name,
        "uscc": profile.uscc,
        "customs_code": profile.customs_code,
        "name_zh": profile.name_zh,
        "name_en": profile.name_en,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(profiles).values(**values, created_at=now)
    renewed = {name: values[name] for name in ("uscc", "customs_code", "name_zh", "name_en")}
    if profile.key_name is not None:
        renewed["key_name"] = profile.key_name
    connection.execute(statement.on_conflict_do_update(index_elements=["legal_identity"], set_=renewed))


def profile_of(connection: Connection, legal_identity: bytes) -> Profile | None:
    row = connection.execute(sa.select(profiles).where(profiles.c.legal_identity == legal_identity)).one_or_none()
    if row is None:
        return None
    return Profile(row.legal_identity, row.uscc, row.customs_code, row.name_zh, row.name_en, row.key_name)


def numbers_of_codes(connection: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The participants behind enterprise codes (USCC or customs registration), by code, in one query.

    A code that nobody bears, or whose registration the read model has not seen yet, is left out. Codes are
    compared as they stand: the wire formats prescribe upper case.
    """
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(profiles.c.uscc, profiles.c.customs_code, participants.c.participant_no)
        .join(participants, participants.c.legal_identity == profiles.c.legal_identity)
        .where(sa.or_(profiles.c.uscc.in_(wanted), profiles.c.customs_code.in_(wanted)))
    ).all()
    # The USCC is the entity's own number and wins where a customs code should ever read the same.
    numbers = {row.customs_code: row.participant_no for row in rows if row.customs_code in wanted}
    numbers.update({row.uscc: row.participant_no for row in rows if row.uscc in wanted})
    return numbers


#: The names of the contracts that act in the ledger, in Chinese and English.
CONTRACTS = {
    Role.CaseRegister: ("侵权案件合约", "infringement case contract"),
    Role.Carriage: ("运输批合约", "consignment contract"),
}


@dataclass(frozen=True, slots=True)
class ParticipantName:
    """How a participant is called: names are empty where only another gateway knows them."""

    participant_no: int
    name_zh: str
    name_en: str
    roles: int
    district: int
    suspended: bool


def names_of(connection: Connection, numbers: Collection[int]) -> dict[int, ParticipantName]:
    """Names and standing of participants by number, in one query; unknown numbers are left out."""
    if not numbers:
        return {}
    rows = connection.execute(
        sa.select(
            participants.c.participant_no,
            participants.c.roles,
            participants.c.district,
            participants.c.suspended,
            profiles.c.name_zh,
            profiles.c.name_en,
        )
        .outerjoin(profiles, profiles.c.legal_identity == participants.c.legal_identity)
        .where(participants.c.participant_no.in_(sorted(set(numbers))))
    ).all()
    return {row.participant_no: _named(row) for row in rows}


def _named(row: Any) -> ParticipantName:
    """A contract is no organisation and has no profile: it is called what it is."""
    own = (row.name_zh or "", row.name_en or "")
    zh, en = next((name for role, name in CONTRACTS.items() if has_role(row.roles, role)), own)
    return ParticipantName(row.participant_no, zh, en, row.roles, row.district, row.suspended)
