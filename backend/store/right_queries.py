"""Questions to the read model about rights and licences, and what their commitments stand for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.rights import Application
from backend.domain.working_days import number_of
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.rights_folding import APPLY_RIGHTS
from backend.store.tables import governance_events, licences, marks, participants, profiles, rights

#: In the order in which a right passes through them; one that ended stays readable.
STATUSES = ("pending", "in_force", "expired", "refused", "withdrawn", "revoked")


@dataclass(frozen=True, slots=True)
class RightFilter:
    """Which rights are asked for; None asks for nothing. `text` is part of a recorded mark or of its holder's name.

    `undecided` asks for those of which headquarters has to decide something.
    """

    holder_no: int | None = None
    kind: int | None = None
    status: str | None = None
    undecided: bool = False
    text: str | None = None


# ---------------------------------------------------------------------------------------------------
# Rights


def right_row(connection: Connection, right_id: int) -> sa.Row[Any] | None:
    return connection.execute(_named().where(rights.c.right_id == right_id)).one_or_none()


def find_rights(
    connection: Connection, wanted: RightFilter, below_id: int | None, limit: int, now: int
) -> list[sa.Row[Any]]:
    """Rights with their holder's profile, newest first."""
    query = _named().order_by(rights.c.right_id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(rights.c.right_id < below_id)
    if wanted.holder_no is not None:
        query = query.where(rights.c.holder_no == wanted.holder_no)
    if wanted.kind is not None:
        query = query.where(rights.c.kind == wanted.kind)
    if wanted.status is not None:
        query = query.where(_of_status(wanted.status, now))
    if wanted.undecided:
        query = query.where(rights.c.pending != int(Application.Zero))
    if wanted.text:
        query = query.outerjoin(marks, marks.c.commitment == rights.c.marks).where(_matches(wanted.text))
    return list(connection.execute(query))


def rights_by_id(connection: Connection, ids: Collection[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(sorted(ids)):
        query = sa.select(rights).where(rights.c.right_id.in_(part))
        found.update({int(row.right_id): row for row in connection.execute(query)})
    return found


def rights_in_force(connection: Connection, now: int) -> list[sa.Row[Any]]:
    """Every right in force, by its number: whose it is, its kind, marks and headings."""
    column = rights.c
    query = sa.select(column.right_id, column.holder_no, column.kind, column.marks, column.headings, column.until)
    return list(connection.execute(query.where(_of_status("in_force", now)).order_by(column.right_id)))


def status_of(row: Any, now: int) -> str:
    """How a right stands, by its row."""
    if row.ended_at is not None:
        return str(row.ended_by)
    if row.recorded_at is None:
        return "pending"
    return "expired" if row.until <= now else "in_force"


def facts_of(connection: Connection, right_id: int) -> list[sa.Row[Any]]:
    """Everything that the chain says of a right and its licences, in its order."""
    query = (
        sa.select(governance_events)
        .where(
            governance_events.c.name.in_(sorted(APPLY_RIGHTS)),
            governance_events.c.arguments["right_id"].as_integer() == right_id,
        )
        .order_by(governance_events.c.block, governance_events.c.log_index)
    )
    return list(connection.execute(query))


def headquarters_no(connection: Connection) -> int:
    """The customs office that decides on recordals; zero while none is named."""
    query = (
        sa.select(governance_events.c.arguments)
        .where(governance_events.c.name == "HeadquartersSet")
        .order_by(governance_events.c.block.desc(), governance_events.c.log_index.desc())
        .limit(1)
    )
    arguments = connection.execute(query).scalar()
    return 0 if arguments is None else int(arguments["participant_no"])


def published_years(connection: Connection) -> dict[int, int]:
    """The years of working days that the chain has, each as its number, as last corrected."""
    query = (
        sa.select(governance_events.c.arguments)
        .where(governance_events.c.name == "YearPublished")
        .order_by(governance_events.c.block, governance_events.c.log_index)
    )
    found = connection.execute(query).scalars()
    return {int(a["year"]): number_of(int(a["first_days"]), int(a["last_days"])) for a in found}


# ---------------------------------------------------------------------------------------------------
# Licences


def licences_of_right(connection: Connection, right_id: int) -> list[sa.Row[Any]]:
    query = sa.select(licences).where(licences.c.right_id == right_id).order_by(licences.c.seller_no)
    return list(connection.execute(query))


def licence_row(connection: Connection, right_id: int, seller_no: int) -> sa.Row[Any] | None:
    query = sa.select(licences).where(licences.c.right_id == right_id, licences.c.seller_no == seller_no)
    return connection.execute(query).one_or_none()


def licences_of_sellers(connection: Connection, sellers: Collection[int]) -> list[sa.Row[Any]]:
    """Every licence that these sellers have or had, each with the right's holder."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(set(sellers))):
        found.extend(connection.execute(sa.select(licences).where(licences.c.seller_no.in_(part))))
    return found


# ---------------------------------------------------------------------------------------------------
# What commitments stand for


def keep_commitment(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(marks), dict(row))


def opened(connection: Connection, commitments: Collection[bytes | None]) -> dict[bytes, sa.Row[Any]]:
    """What is kept here behind these commitments; what another gateway took in is not."""
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(sorted({each for each in commitments if each is not None})):
        query = sa.select(marks).where(marks.c.commitment.in_(part))
        found.update({bytes(row.commitment): row for row in connection.execute(query)})
    return found


# ---------------------------------------------------------------------------------------------------


def _named() -> sa.Select[Any]:
    return (
        sa.select(rights, profiles.c.name_zh, profiles.c.name_en)
        .join(participants, participants.c.participant_no == rights.c.holder_no)
        .outerjoin(profiles, profiles.c.legal_identity == participants.c.legal_identity)
    )


def _of_status(status: str, now: int) -> sa.ColumnElement[bool]:
    standing = sa.and_(rights.c.ended_at.is_(None), rights.c.recorded_at.is_not(None))
    match status:
        case "pending":
            return sa.and_(rights.c.ended_at.is_(None), rights.c.recorded_at.is_(None))
        case "in_force":
            return sa.and_(standing, rights.c.until > now)
        case "expired":
            return sa.and_(standing, rights.c.until <= now)
    if status not in STATUSES:
        raise ValueError(status)
    return rights.c.ended_by == status


def _matches(text: str) -> sa.ColumnElement[bool]:
    wanted: Sequence[sa.ColumnElement[bool]] = [
        sa.func.lower(sa.cast(marks.c.content, sa.Text)).contains(text.lower(), autoescape=True),
        profiles.c.name_zh.contains(text, autoescape=True),
        sa.func.lower(profiles.c.name_en).contains(text.lower(), autoescape=True),
    ]
    return sa.or_(*wanted)
