"""Versions of the rule by which findings propose listings, newest in force, and what was proposed by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import listings, outbox, proposal_rules, rule_proposals


def newest_rule(connection: Connection) -> sa.Row[Any] | None:
    return connection.execute(sa.select(proposal_rules).order_by(proposal_rules.c.id.desc()).limit(1)).first()


def rule_named(connection: Connection, version: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(proposal_rules).where(proposal_rules.c.version == version)).first()


def rule_history(connection: Connection, limit: int) -> list[sa.Row[Any]]:
    """The versions without their texts, newest first."""
    column = proposal_rules.c
    query = sa.select(column.version, column.participant_no, column.created_at)
    return list(connection.execute(query.order_by(column.id.desc()).limit(limit)))


def add_rule(connection: Connection, *, version: str, text: bytes, participant_no: int, now: int) -> None:
    row = {"version": version, "text": text, "participant_no": participant_no, "created_at": now}
    connection.execute(sa.insert(proposal_rules), row)


def add_proposal(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(rule_proposals), dict(row))


def pending_levels(connection: Connection, participant_no: int) -> list[int]:
    """The levels of proposals against a participant that the chain has not answered, or whose answer is not read."""
    column = rule_proposals.c
    query = (
        sa.select(column.level)
        .join(outbox, outbox.c.operation_id == column.operation_id)
        .outerjoin(listings, listings.c.evidence == column.evidence)
        .where(
            column.participant_no == participant_no,
            listings.c.listing_id.is_(None),
            outbox.c.status.in_(("waiting", "sent", "confirmed")),
        )
    )
    return list(connection.execute(query).scalars())
