"""What was said about one parcel beside its documents: receipts, notices, the automatic examination, tax bills."""

from __future__ import annotations

from typing import Any

from backend.domain.instants import iso
from backend.domain.lifecycle import Step
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.receipt_feed import receipt_json
from backend.services.sight import sees_all_documents
from backend.services.tax_bills import list_bills
from backend.store import examinations, notice_queries, readmodel, receipts


def conversation_about(gateway: Gateway, parcel_id: bytes, caller: Caller) -> dict[str, Any]:
    """As much of it as a caller may read; a parcel that is not here has none.

    `receipts` (newest first), `notices` and `bills`: an enterprise's own, and all to customs of the parcel's two
    districts. `examinations`: also to who declared the parcel, since it waits for them.
    """
    own = caller.participant_no
    with gateway.database.read() as connection:
        places = readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])
        reads_all = bool(places) and sees_all_documents(places[0], caller)
        is_declarant = bool(places) and own is not None and places[0].declarant_no == own
        given = receipts.receipts_of_parcel(connection, parcel_id)
        told = notice_queries.of_parcel(connection, parcel_id)
        looked = examinations.of_parcel(connection, parcel_id) if reads_all or is_declarant else []
    every = reads_all or caller.sees_every_operation
    return {
        "receipts": [receipt_json(row) for row in reversed(given) if every or row.participant_no == own],
        "notices": [_notice(row) for row in told if reads_all or row.participant_no == own],
        "examinations": [_examination(row) for row in looked if places and row.manifest == places[0].manifest],
        "bills": [] if own is None else list_bills(gateway, caller, parcel_id=parcel_id)["items"],
    }


def _notice(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "message_type": row.message_type,
        "business_key": row.business_key,
        "received_at": iso(row.received_at),
        "step": None if row.step is None else Step(row.step).name,
        "status": row.status,
        "reason": row.reason,
    }


def _examination(row: Any) -> dict[str, Any]:
    """`status`: waiting (until `due_at`), decided, over (somebody else decided, or it was declared anew)."""
    return {
        "status": row.status,
        "outcome": row.outcome,
        "rules": (row.rules or "").split(),
        "config_version": row.config_version,
        "due_at": iso(row.due_at),
        "updated_at": iso(row.updated_at),
    }
