"""Deliveries: one row for each receipt or fact of an instruction on its way to a webhook, in lanes that keep order.

The rows of a lane that wait are due at one time, that of the first: a lane behind a failing row costs no look-up
until its turn comes.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.release_instructions import facts_after, newest_fact
from backend.store.tables import deliveries, receipts, release_instruction_facts, webhooks
from backend.store.webhooks import move_after, move_after_fact

#: How long what was delivered stays on record, in seconds.
KEPT = 7 * 24 * 3600


def lane_of(parcel_id: bytes | None, document_id: int) -> bytes:
    """What must stay in order: the receipts about a parcel, or about a document that is of none."""
    return parcel_id or hashlib.sha256(document_id.to_bytes(8, "big")).digest()


def lane_of_instruction(instruction_id: int) -> bytes:
    return hashlib.sha256(b"release instruction" + instruction_id.to_bytes(8, "big")).digest()


def make_out(connection: Connection, webhook_id: int, limit: int, now: int) -> int:
    """Makes out deliveries for the next receipts and facts of a webhook and moves it on; how many.

    All in the caller's transaction: what is to be told has its delivery, or its turn is still to come.
    """
    webhook = connection.execute(
        sa.select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.is_active)
    ).one_or_none()
    if webhook is None:
        return 0
    given = connection.execute(
        sa.select(receipts.c.id, receipts.c.parcel_id, receipts.c.document_id)
        .where(receipts.c.participant_no == webhook.participant_no, receipts.c.id > webhook.after_receipt)
        .order_by(receipts.c.id)
        .limit(limit)
    ).all()
    facts = facts_after(connection, webhook.participant_no, webhook.after_fact, limit)
    # What is for others is passed over once and not looked at again; writers hold one lock, so nothing comes between.
    seen = facts[-1].id if len(facts) == limit else newest_fact(connection)
    if seen > webhook.after_fact:
        move_after_fact(connection, webhook_id, seen)
    rows: list[tuple[int | None, int | None, bytes]] = [
        *((row.id, None, lane_of(row.parcel_id, row.document_id)) for row in given),
        *((None, row.id, lane_of_instruction(row.instruction_id)) for row in facts),
    ]
    if not rows:
        return 0
    due = _due_of_lanes(connection, webhook_id, {lane for _, _, lane in rows})
    connection.execute(
        sa.insert(deliveries),
        [
            {
                "webhook_id": webhook_id,
                "receipt_id": receipt_id,
                "fact_id": fact_id,
                "lane": lane,
                "delivery_id": str(uuid.uuid4()),
                "status": "waiting",
                "attempts": 0,
                "next_at": due.get(lane, now),
                "created_at": now,
                "updated_at": now,
            }
            for receipt_id, fact_id, lane in rows
        ],
    )
    if given:
        move_after(connection, webhook_id, given[-1].id)
    return len(rows)


def count_due(connection: Connection, webhook_id: int, now: int, most: int) -> int:
    """How many deliveries of a webhook could be sent by their time; counts no further than `most`."""
    due = sa.select(deliveries.c.id).where(_due(webhook_id, now)).limit(most).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(due)).scalar_one())


def first_due(connection: Connection, webhook_id: int, now: int, limit: int) -> list[sa.Row[Any]]:
    """The deliveries of a webhook whose turn it is: the first that waits of each lane, longest due first."""
    earlier = deliveries.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.webhook_id == deliveries.c.webhook_id,
        earlier.c.lane == deliveries.c.lane,
        earlier.c.id < deliveries.c.id,
        earlier.c.status == "waiting",
    )
    query = sa.select(deliveries).where(_due(webhook_id, now), ~blocked)
    return list(connection.execute(query.order_by(deliveries.c.next_at, deliveries.c.id).limit(limit)))


def waiting_delivery(connection: Connection, delivery_id: str) -> sa.Row[Any] | None:
    """A delivery that still waits; None for one that was delivered, died or was withdrawn meanwhile.

    By its name: SQLite gives a deleted row's number to the next one.
    """
    query = sa.select(deliveries).where(deliveries.c.delivery_id == delivery_id, deliveries.c.status == "waiting")
    return connection.execute(query).one_or_none()


def note_delivered(connection: Connection, delivery: Any, answer: str, now: int) -> None:
    _note(connection, delivery, status="delivered", answer=answer, updated_at=now)


def note_failed(connection: Connection, delivery: Any, answer: str, next_at: int, now: int) -> None:
    """An attempt failed: the whole lane waits until `next_at`."""
    _note(connection, delivery, answer=answer, updated_at=now)
    _move_lane(connection, delivery, next_at)


def note_dead(connection: Connection, delivery: Any, answer: str, now: int) -> None:
    """The last attempt failed: the rest of the lane goes on."""
    _note(connection, delivery, status="dead", answer=answer, updated_at=now)
    _move_lane(connection, delivery, now)


def dead_delivery(connection: Connection, webhook_id: int, delivery_id: str) -> sa.Row[Any] | None:
    query = sa.select(deliveries).where(
        deliveries.c.delivery_id == delivery_id,
        deliveries.c.webhook_id == webhook_id,
        deliveries.c.status == "dead",
    )
    return connection.execute(query).one_or_none()


def raise_from_dead(connection: Connection, row_id: int, now: int) -> None:
    """Has a dead delivery tried again, with all its attempts before it."""
    values = {"status": "waiting", "attempts": 0, "next_at": now, "updated_at": now}
    connection.execute(sa.update(deliveries).where(deliveries.c.id == row_id).values(values))


def dead_of(connection: Connection, webhook_id: int, below: int | None, limit: int) -> list[sa.Row[Any]]:
    """The dead deliveries of a webhook with what they were to tell, newest first."""
    query = (
        sa.select(
            deliveries,
            receipts.c.receipt_type,
            receipts.c.parcel_id,
            receipts.c.status.label("receipt_status"),
            release_instruction_facts.c.instruction_id,
            release_instruction_facts.c.name.label("fact"),
        )
        .outerjoin(receipts, receipts.c.id == deliveries.c.receipt_id)
        .outerjoin(release_instruction_facts, release_instruction_facts.c.id == deliveries.c.fact_id)
        .where(deliveries.c.webhook_id == webhook_id, deliveries.c.status == "dead")
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    if below is not None:
        query = query.where(deliveries.c.id < below)
    return list(connection.execute(query))


def counts_of(connection: Connection, webhook_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """How many deliveries of these webhooks stand how, by webhook and status."""
    number = sa.func.count().label("number")
    query = (
        sa.select(deliveries.c.webhook_id, deliveries.c.status, number)
        .where(deliveries.c.webhook_id.in_(webhook_ids), deliveries.c.status.in_(("waiting", "dead")))
        .group_by(deliveries.c.webhook_id, deliveries.c.status)
    )
    return {(row.webhook_id, row.status): int(row.number) for row in connection.execute(query)}


def forget_delivered(connection: Connection, webhook_id: int, now: int) -> None:
    """Deletes what was delivered long ago."""
    connection.execute(
        sa.delete(deliveries).where(
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.status == "delivered",
            deliveries.c.next_at < now - KEPT,
        )
    )


def _due(webhook_id: int, now: int) -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.webhook_id == webhook_id, deliveries.c.status == "waiting", deliveries.c.next_at <= now)


def _due_of_lanes(connection: Connection, webhook_id: int, lanes: set[bytes]) -> dict[bytes, int]:
    """When the lanes in which something waits are due."""
    query = (
        sa.select(deliveries.c.lane, sa.func.max(deliveries.c.next_at).label("next_at"))
        .where(deliveries.c.webhook_id == webhook_id, deliveries.c.lane.in_(lanes), deliveries.c.status == "waiting")
        .group_by(deliveries.c.lane)
    )
    return {row.lane: row.next_at for row in connection.execute(query)}


def _note(connection: Connection, delivery: Any, **values: Any) -> None:
    values["attempts"] = delivery.attempts + 1
    connection.execute(sa.update(deliveries).where(deliveries.c.id == delivery.id).values(values))


def _move_lane(connection: Connection, delivery: Any, next_at: int) -> None:
    connection.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.webhook_id == delivery.webhook_id,
            deliveries.c.lane == delivery.lane,
            deliveries.c.status == "waiting",
        )
        .values(next_at=next_at)
    )
