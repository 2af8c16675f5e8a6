"""Receipts as somebody at a desk looks for them: the newest first, or those that came after one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.services.gateway import Gateway
from backend.services.paging import cursor_of, numbers_of
from backend.services.receipt_feed import check_type, read_feed, receipt_json
from backend.store import receipts

#: Asks for the receipts that say no.
REFUSALS = receipts.REFUSALS


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts are asked for; None asks for nothing. `status` may be `REFUSALS`."""

    receipt_type: str | None = None
    status: str | None = None
    parcel_id: str | None = None


def newest_receipts(
    gateway: Gateway, participant_no: int | None, wanted: ReceiptFilter, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page of a participant's receipts (everybody's for None), newest first. Raises InvalidInput.

    A page may hold fewer than `limit`, and still name a `next`: what is rare is looked for part by part.
    """
    check_type(wanted.receipt_type)
    with gateway.database.read() as connection:
        rows, below = receipts.receipts_before(
            connection,
            numbers_of(cursor, 1)[0] if cursor else None,
            limit,
            participant_no=participant_no,
            receipt_type=wanted.receipt_type,
            parcel_id=bytes.fromhex(wanted.parcel_id) if wanted.parcel_id else None,
            status=wanted.status,
        )
    return {"items": [receipt_json(row) for row in rows], "next": None if below is None else cursor_of(below)}


def receipts_since(
    gateway: Gateway, participant_no: int | None, wanted: ReceiptFilter, since: int, limit: int
) -> dict[str, Any]:
    """As the feed gives them: those after a receipt, oldest first; `next` is the receipt to go on behind."""
    feed = read_feed(
        gateway,
        participant_no,
        since,
        limit,
        receipt_type=wanted.receipt_type,
        parcel_id=wanted.parcel_id,
        status=wanted.status,
    )
    return {"items": [receipt_json(row) for row in feed.rows], "next": feed.next_id if feed.more else None}
