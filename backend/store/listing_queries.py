"""Questions to the read model about the blacklist."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.events import Level
from backend.store.database import Connection
from backend.store.tables import (
    accounts,
    documents,
    evidence_documents,
    listings,
    participants,
    profiles,
    rule_proposals,
)


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which listings are asked for; None asks for nothing. `text` is part of a name, a code or a number.

    `spoken_for_by`: those of a participant and of whom it registered and who has no key.
    """

    participant_no: int | None = None
    level: int | None = None
    status: str | None = None
    text: str | None = None
    spoken_for_by: int | None = None


def find_listings(
    connection: Connection, wanted: ListingFilter, below_id: int | None, limit: int, now: int
) -> list[sa.Row[Any]]:
    """Listings with the listed participant's profile, newest first."""
    query = _joined().order_by(listings.c.listing_id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(listings.c.listing_id < below_id)
    if wanted.participant_no is not None:
        query = query.where(listings.c.participant_no == wanted.participant_no)
    if wanted.level is not None:
        query = query.where(listings.c.level == wanted.level)
    if wanted.status is not None:
        query = query.where(_of_status(wanted.status, now))
    if wanted.text:
        query = query.where(_matches(wanted.text))
    if wanted.spoken_for_by is not None:
        query = query.where(_spoken_for_by(wanted.spoken_for_by))
    return list(connection.execute(query))


def listing_row(connection: Connection, listing_id: int) -> sa.Row[Any] | None:
    return connection.execute(_joined().where(listings.c.listing_id == listing_id)).one_or_none()


def listings_of(connection: Connection, participant_no: int) -> list[sa.Row[Any]]:
    """Every listing of a participant, in the order in which they were proposed."""
    query = sa.select(listings).where(listings.c.participant_no == participant_no)
    return list(connection.execute(query.order_by(listings.c.listing_id)))


def rules_behind(connection: Connection, evidence: Collection[bytes]) -> dict[bytes, sa.Row[Any]]:
    """By the evidence of a listing, the rule by which this gateway proposed it, where it was one."""
    if not evidence:
        return {}
    query = sa.select(rule_proposals).where(rule_proposals.c.evidence.in_(sorted(set(evidence))))
    return {bytes(row.evidence): row for row in connection.execute(query)}


def levels_in_force(connection: Connection, numbers: Collection[int], now: int) -> dict[int, Level]:
    """The highest level in force against each of these participants; those with none are left out."""
    if not numbers:
        return {}
    rows = connection.execute(
        sa.select(listings.c.participant_no, sa.func.max(listings.c.level).label("level"))
        .where(listings.c.participant_no.in_(sorted(set(numbers))), _of_status("in_force", now))
        .group_by(listings.c.participant_no)
    )
    return {row.participant_no: Level(row.level) for row in rows}


def evidence_fields(connection: Connection, evidence: Collection[bytes]) -> dict[bytes, list[sa.Row[Any]]]:
    """The evidence documents this gateway holds behind each commitment, in the order of its tree."""
    found: dict[bytes, list[sa.Row[Any]]] = {}
    if evidence:
        query = (
            sa.select(evidence_documents.c.evidence, documents)
            .join(documents, evidence_documents.c.document_id == documents.c.id)
            .where(evidence_documents.c.evidence.in_(sorted(set(evidence))))
            .order_by(evidence_documents.c.evidence, evidence_documents.c.position)
        )
        for row in connection.execute(query):
            found.setdefault(row.evidence, []).append(row)
    return found


def _joined() -> sa.Select[Any]:
    return (
        sa.select(listings, profiles.c.name_zh, profiles.c.name_en, profiles.c.uscc, profiles.c.customs_code)
        .join(participants, participants.c.participant_no == listings.c.participant_no)
        .outerjoin(profiles, profiles.c.legal_identity == participants.c.legal_identity)
    )


def _spoken_for_by(speaker_no: int) -> sa.ColumnElement[bool]:
    keyed = sa.exists().where(accounts.c.participant_no == participants.c.participant_no)
    registered = sa.and_(participants.c.registrar_no == speaker_no, ~keyed)
    return sa.or_(listings.c.participant_no == speaker_no, registered)


def _of_status(status: str, now: int) -> sa.ColumnElement[bool]:
    lifted, in_force = listings.c.lifted_at.is_not(None), listings.c.in_force_at.is_not(None)
    expired = listings.c.until <= now
    match status:
        case "lifted":
            return lifted
        case "expired":
            return sa.and_(~lifted, expired)
        case "in_force":
            return sa.and_(~lifted, ~expired, in_force)
        case "proposed":
            return sa.and_(~lifted, ~expired, ~in_force)
    raise ValueError(status)


def _matches(text: str) -> sa.ColumnElement[bool]:
    found = [
        profiles.c.name_zh.contains(text, autoescape=True),
        sa.func.lower(profiles.c.name_en).contains(text.lower(), autoescape=True),
        profiles.c.uscc == text.upper(),
        profiles.c.customs_code == text.upper(),
    ]
    if text.isascii() and text.isdigit() and len(text) < 10:
        found.append(listings.c.participant_no == int(text))
    return sa.or_(*found)
