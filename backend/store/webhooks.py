"""Webhooks: where a participant wants its receipts sent, and up to which receipt deliveries were made out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import deliveries, receipts, release_instruction_facts, webhooks


def insert_webhook(
    connection: Connection,
    *,
    participant_no: int,
    url: str,
    secret: bytes,
    after_receipt: int,
    after_fact: int,
    now: int,
) -> int:
    """Keeps a new, active webhook and gives its id."""
    values = {
        "participant_no": participant_no,
        "url": url,
        "secret": secret,
        "is_active": True,
        "deaths": 0,
        "after_receipt": after_receipt,
        "after_fact": after_fact,
        "created_at": now,
    }
    return int(connection.execute(sa.insert(webhooks).values(values).returning(webhooks.c.id)).scalar_one())


def webhooks_of(connection: Connection, participant_no: int) -> list[sa.Row[Any]]:
    """A participant's webhooks, oldest first; removed ones are gone."""
    query = sa.select(webhooks).where(webhooks.c.participant_no == participant_no, webhooks.c.removed_at.is_(None))
    return list(connection.execute(query.order_by(webhooks.c.id)))


def webhook_row(connection: Connection, webhook_id: int) -> sa.Row[Any] | None:
    """A webhook that is not removed."""
    query = sa.select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.removed_at.is_(None))
    return connection.execute(query).one_or_none()


def active_webhooks(connection: Connection) -> list[sa.Row[Any]]:
    return list(connection.execute(sa.select(webhooks).where(webhooks.c.is_active).order_by(webhooks.c.id)))


def webhooks_behind(connection: Connection) -> list[int]:
    """The active webhooks for which there may be receipts or facts without a delivery made out.

    Whom a fact is told stands with its instruction: every newer one counts here, and each webhook looks at it once.
    """
    newer = sa.exists().where(
        receipts.c.participant_no == webhooks.c.participant_no, receipts.c.id > webhooks.c.after_receipt
    )
    fact = sa.exists().where(release_instruction_facts.c.id > webhooks.c.after_fact)
    behind = sa.select(webhooks.c.id).where(webhooks.c.is_active, sa.or_(newer, fact))
    return list(connection.execute(behind).scalars())


def move_after(connection: Connection, webhook_id: int, receipt_id: int) -> None:
    """Deliveries are made out up to this receipt."""
    _change(connection, webhook_id, after_receipt=receipt_id)


def move_after_fact(connection: Connection, webhook_id: int, fact_id: int) -> None:
    """Deliveries are made out up to this fact of a release instruction."""
    _change(connection, webhook_id, after_fact=fact_id)


def start_again(connection: Connection, webhook_id: int, receipt_id: int, fact_id: int) -> None:
    """Makes a webhook active and has deliveries made out anew from behind a receipt and a fact.

    What waits or is dead behind it goes: it is made out again, in its place.
    """
    _change(connection, webhook_id, after_receipt=receipt_id, after_fact=fact_id, is_active=True, reason=None, deaths=0)
    connection.execute(
        sa.delete(deliveries).where(
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.status.in_(("waiting", "dead")),
            sa.or_(deliveries.c.receipt_id > receipt_id, deliveries.c.fact_id > fact_id),
        )
    )


def count_death(connection: Connection, webhook_id: int) -> int:
    """One more delivery has died; how many have since one arrived."""
    query = sa.update(webhooks).where(webhooks.c.id == webhook_id).values(deaths=webhooks.c.deaths + 1)
    return int(connection.execute(query.returning(webhooks.c.deaths)).scalar_one())


def clear_deaths(connection: Connection, webhook_ids: Sequence[int]) -> None:
    """A delivery has arrived at each of these."""
    connection.execute(
        sa.update(webhooks).where(webhooks.c.id.in_(webhook_ids), webhooks.c.deaths > 0).values(deaths=0)
    )


def switch_off(connection: Connection, webhook_id: int, reason: str) -> None:
    """Nothing is sent any more until it is started again; what waits stays."""
    _change(connection, webhook_id, is_active=False, reason=reason)


def remove(connection: Connection, webhook_id: int, now: int) -> None:
    """Ends a webhook for good: its secret and its deliveries are gone."""
    _change(connection, webhook_id, is_active=False, removed_at=now, secret=b"")
    connection.execute(sa.delete(deliveries).where(deliveries.c.webhook_id == webhook_id))


def _change(connection: Connection, webhook_id: int, **values: Any) -> None:
    given: Mapping[str, Any] = values
    connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(given))
