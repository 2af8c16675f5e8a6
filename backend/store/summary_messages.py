"""What the messages of summaries are made from, and what came back for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import documents, receipts, relayed_receipts, summaries, summary_closings, summary_lists

_LIST = summary_lists.c


def numbered_lists(connection: Connection, summary_id: int) -> list[sa.Row[Any]]:
    """Parcel and customs' number of each list of a summary, in the order of its leaves."""
    query = (
        sa.select(_LIST.parcel_id, documents.c.list_no)
        .outerjoin(documents, sa.and_(documents.c.parcel_id == _LIST.parcel_id, documents.c.root == _LIST.root))
        .where(_LIST.summary_id == summary_id)
        .order_by(_LIST.position)
    )
    return list(connection.execute(query))


def readable_list(connection: Connection, summary_id: int) -> Any | None:
    """Type and fields of the first list of a summary whose content is kept; None where all were erased."""
    query = (
        sa.select(documents.c.message_type, documents.c.fields)
        .join(summary_lists, sa.and_(documents.c.parcel_id == _LIST.parcel_id, documents.c.root == _LIST.root))
        .where(_LIST.summary_id == summary_id, documents.c.fields.is_not(None))
        .order_by(_LIST.position)
    )
    return connection.execute(query.limit(1)).first()


def summary_anchored(connection: Connection, declarant_no: int, anchor: bytes) -> Any | None:
    """The summary of a declarant that has this anchor."""
    query = (
        sa.select(summaries.c.id, summaries.c.anchor, summaries.c.statement)
        .join(summary_closings, summary_closings.c.id == summaries.c.closing_id)
        .where(summaries.c.anchor == anchor, summary_closings.c.declarant_no == declarant_no)
    )
    return connection.execute(query).first()


def relayed_of(connection: Connection, declarant_no: int, types: Sequence[str], since: int) -> list[sa.Row[Any]]:
    """What customs' national system sent of these types since an instant, as a declarant or an operator relayed it.

    What an operator relays and no document answers to is nobody's (0): whose it is, its content says.
    """
    column = relayed_receipts.c
    query = sa.select(column.receipt_type, column.status, column.at_ms, column.fields).where(
        column.participant_no.in_((declarant_no, 0)), column.receipt_type.in_(types), column.received_at >= since
    )
    return list(connection.execute(query.order_by(column.id)))


def receipts_of_keys(connection: Connection, declarant_no: int, keys: Sequence[str]) -> list[sa.Row[Any]]:
    """The receipts that this gateway gave on a declarant's documents with these keys, oldest first."""
    query = (
        sa.select(documents.c.business_key, receipts.c.receipt_type, receipts.c.status, receipts.c.at_ms)
        .join(documents, documents.c.id == receipts.c.document_id)
        .where(documents.c.business_key.in_(keys), documents.c.participant_no == declarant_no)
    )
    return list(connection.execute(query.order_by(receipts.c.id)))


def summary_of_list(connection: Connection, parcel_id: bytes, root: bytes) -> int | None:
    """The summary in force that a list is in; None where its month was not closed, or the list was left out."""
    query = (
        sa.select(summaries.c.id)
        .join(summary_lists, _LIST.summary_id == summaries.c.id)
        .where(_LIST.parcel_id == parcel_id, _LIST.root == root, ~summaries.c.superseded)
        .order_by(summaries.c.id.desc())
    )
    return connection.execute(query.limit(1)).scalar()
