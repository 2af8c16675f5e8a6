"""Webhooks as their participant manages them: made, tried out, played again, and what never arrived."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from backend.domain.errors import InvalidInput, NotFound, WebhooksTooMany
from backend.domain.instants import iso
from backend.domain.webhooks import MOST_WEBHOOKS, REASONS, checked_url, is_address, is_public
from backend.services.gateway import Gateway
from backend.services.paging import cursor_of, numbers_of
from backend.services.posting import Answer, post_signed
from backend.store import deliveries, receipts, release_instructions, webhooks
from backend.store.database import Connection

#: Bytes of a secret; Standard Webhooks asks for 24 to 64.
SECRET_BYTES = 32


def create(gateway: Gateway, participant_no: int, url: str, since: int | None) -> dict[str, Any]:
    """A new webhook with its secret, which no other answer shows. Raises InvalidInput or WebhooksTooMany."""
    parts = checked_url(url)
    host = parts.hostname or ""
    if is_address(host) and not gateway.settings.sends_to_private and not is_public(host):
        raise InvalidInput(field="url", value=host, rule="an address of the open internet")
    secret = secrets.token_bytes(SECRET_BYTES)
    with gateway.database.write() as connection:
        if len(webhooks.webhooks_of(connection, participant_no)) >= MOST_WEBHOOKS:
            raise WebhooksTooMany(participant_no=participant_no, most=MOST_WEBHOOKS)
        webhook_id = webhooks.insert_webhook(
            connection,
            participant_no=participant_no,
            url=url,
            secret=secret,
            after_receipt=(after := _checked_since(connection, since)),
            after_fact=_fact_behind(connection, None if since is None else after),
            now=gateway.now(),
        )
        made = _view(connection, webhook_id)
    return {**made, "secret": "whsec_" + base64.b64encode(secret).decode()}


def every(gateway: Gateway, participant_no: int) -> list[dict[str, Any]]:
    """A participant's webhooks with what waits for each and what is dead."""
    with gateway.database.read() as connection:
        return _views(connection, webhooks.webhooks_of(connection, participant_no))


def remove(gateway: Gateway, participant_no: int, webhook_id: int) -> None:
    """Ends a webhook; what was still to be sent to it is not sent. Raises NotFound."""
    with gateway.database.write() as connection:
        _own(connection, participant_no, webhook_id)
        webhooks.remove(connection, webhook_id, gateway.now())


def replay(gateway: Gateway, participant_no: int, webhook_id: int, since: int) -> dict[str, Any]:
    """Sends everything after a receipt anew, in order; a webhook that was switched off is active again.

    Raises NotFound, or InvalidInput for a receipt that is still to come.
    """
    with gateway.database.write() as connection:
        _own(connection, participant_no, webhook_id)
        after = _checked_since(connection, since)
        webhooks.start_again(connection, webhook_id, after, _fact_behind(connection, after))
        return _view(connection, webhook_id)


def ping(gateway: Gateway, participant_no: int, webhook_id: int) -> Answer:
    """Posts a signed message of type `ping` at once; what the receiver said. Raises NotFound."""
    with gateway.database.read() as connection:
        webhook = _own(connection, participant_no, webhook_id)
    return post_signed(
        webhook.url,
        webhook.secret,
        f"ping_{secrets.token_hex(12)}",
        orjson.dumps({"type": "ping", "webhook_id": webhook_id}),
        gateway.now(),
        to_private=gateway.settings.sends_to_private,
    )


def dead(gateway: Gateway, participant_no: int, webhook_id: int, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the deliveries that were given up, newest first. Raises NotFound."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        _own(connection, participant_no, webhook_id)
        rows = deliveries.dead_of(connection, webhook_id, below, limit + 1)
    page = rows[:limit]
    return {
        "items": [
            {
                "delivery_id": row.delivery_id,
                "receipt_id": row.receipt_id,
                "instruction_id": row.instruction_id,
                "fact": row.fact,
                "receipt_type": row.receipt_type,
                "status": row.receipt_status,
                "parcel_id": row.parcel_id.hex() if row.parcel_id else None,
                "attempts": row.attempts,
                "answer": row.answer,
                "created_at": iso(row.created_at),
                "died_at": iso(row.updated_at),
            }
            for row in page
        ],
        "next": cursor_of(page[-1].id) if len(rows) > limit else None,
    }


def retry(gateway: Gateway, participant_no: int, webhook_id: int, delivery_id: str) -> dict[str, Any]:
    """Has a dead delivery tried again, under the same id. Raises NotFound."""
    now = gateway.now()
    with gateway.database.write() as connection:
        _own(connection, participant_no, webhook_id)
        row = deliveries.dead_delivery(connection, webhook_id, delivery_id)
        if row is None:
            raise NotFound(what="dead delivery", value=delivery_id)
        deliveries.raise_from_dead(connection, row.id, now)
    return {"delivery_id": delivery_id, "receipt_id": row.receipt_id, "fact_id": row.fact_id, "status": "waiting"}


def _own(connection: Connection, participant_no: int, webhook_id: int) -> Any:
    """A participant's own webhook; another's is not found."""
    row = webhooks.webhook_row(connection, webhook_id)
    if row is None or row.participant_no != participant_no:
        raise NotFound(what="webhook", value=webhook_id)
    return row


def _checked_since(connection: Connection, since: int | None) -> int:
    """Behind a receipt that has not been given yet the ones before it would be passed over."""
    newest = receipts.newest_id(connection)
    if since is not None and since > newest:
        raise InvalidInput(field="since", value=str(since), rule="no receipt later than the newest")
    return newest if since is None else since


def _fact_behind(connection: Connection, receipt_id: int | None) -> int:
    """Behind which fact of an instruction all stand that happened since a receipt; without one, the newest of all.

    What happened in the second of the receipt comes with it: nothing is passed over.
    """
    if receipt_id is None:
        return release_instructions.newest_fact(connection)
    found = receipts.receipts_by_id(connection, [receipt_id]).get(receipt_id)
    return 0 if found is None else release_instructions.last_fact_before(connection, int(found.at_ms) // 1000)


def _view(connection: Connection, webhook_id: int) -> dict[str, Any]:
    row = webhooks.webhook_row(connection, webhook_id)
    return _views(connection, [row])[0]


def _views(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    counts = deliveries.counts_of(connection, [row.id for row in rows])
    return [_as_json(row, counts) for row in rows]


def _as_json(row: Any, counts: Mapping[tuple[int, str], int]) -> dict[str, Any]:
    zh, en = REASONS.get(row.reason, (None, None))
    return {
        "webhook_id": row.id,
        "url": row.url,
        "is_active": row.is_active,
        "reason": row.reason,
        "reason_zh": zh,
        "reason_en": en,
        "after_receipt": row.after_receipt,
        "waiting": counts.get((row.id, "waiting"), 0),
        "dead": counts.get((row.id, "dead"), 0),
        "created_at": iso(row.created_at),
    }
