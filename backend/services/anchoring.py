"""A decision that is no step of a parcel, put on record: its evidence kept, the commitment queued as an anchor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.services import evidence as evidences
from backend.services.outbox import Entry, account_of, enqueue
from backend.store.database import Connection


def keep_and_anchor(
    connection: Connection,
    *,
    operation_id: str,
    participant_no: int,
    kind: AnchorKind,
    content: Mapping[str, Any],
    now: int,
    parcel_id: bytes | None = None,
) -> None:
    """Both in the caller's transaction. Raises NotHosted, and what evidence that is too large or deep raises."""
    evidence = evidences.keep(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        contents=[content],
        parcel_ids=[parcel_id],
        now=now,
    )
    entry = Entry(operation_id, account_of(connection, participant_no), participant_no, now)
    enqueue(connection, [entry.call("ParcelLedger", calls.anchor(kind, evidence, 1))])
