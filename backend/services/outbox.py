"""Putting things in the outbox: the one door to the chain for every use case."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.errors import Conflict, NotHosted
from backend.store import outbox as store
from backend.store.database import Connection
from backend.store.readmodel import word

GOVERNANCE = 0


def new_operation(
    connection: Connection,
    kind: str,
    participant_no: int,
    summary: Mapping[str, Any],
    now: int,
    *,
    reference: str | None = None,
    digest: bytes | None = None,
) -> str:
    """Opens an operation: what a submitter follows. Its id is 32 hex digits that sort by time."""
    operation_id = f"{time.time_ns() // 1000:016x}{os.urandom(8).hex()}"
    store.insert_operation(
        connection,
        {
            "id": operation_id,
            "kind": kind,
            "participant_no": participant_no,
            "summary": dict(summary),
            "reference": reference,
            "digest": digest,
            "created_at": now,
        },
    )
    return operation_id


def submitted_before(connection: Connection, participant_no: int, reference: str, digest: bytes) -> str | None:
    """The operation that a submitter's own reference stands for, if any. Raises Conflict for another content."""
    before = store.operation_by_reference(connection, participant_no, reference)
    if before is None:
        return None
    if before.digest != digest:
        raise Conflict(what="submission", key=reference)
    return str(before.id)


def account_of(connection: Connection, participant_no: int) -> str:
    """The account that signs here for a participant (0 is governance). Raises NotHosted."""
    if participant_no == GOVERNANCE:
        account = store.governance_account(connection)
    else:
        account = store.account_of_participant(connection, participant_no)
    if account is None:
        raise NotHosted(participant_no=participant_no)
    return account


@dataclass(frozen=True, slots=True)
class Entry:
    """What an outbox row needs besides its action: whose it is and since when."""

    operation_id: str
    account: str
    participant_no: int
    now: int

    def row(self, action: str, **values: Any) -> dict[str, Any]:
        return {
            "operation_id": self.operation_id,
            "account": self.account,
            "participant_no": self.participant_no,
            "action": action,
            "group_key": None,
            "document_id": None,
            "manifest": None,
            "step": None,
            "parcels": None,
            "evidence": None,
            "contract": None,
            "calldata": None,
            "status": "waiting",
            "attempts": 0,
            "created_at": self.now,
            "updated_at": self.now,
        } | values

    def record(self, manifest: bytes, step: int, parcels: int, evidence: bytes) -> dict[str, Any]:
        """A step of some parcels of one manifest."""
        return self.row("record", manifest=manifest, step=step, parcels=word(parcels), evidence=evidence)

    def declaration(self, group_key: str, document_id: int) -> dict[str, Any]:
        """A list document that waits for its manifest to fill."""
        return self.row("declare", group_key=group_key, document_id=document_id)

    def call(self, contract: str, calldata: bytes) -> dict[str, Any]:
        return self.row("call", contract=contract, calldata=calldata)


def enqueue(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Queues rows in their order; their ids."""
    return store.insert_rows(connection, list(rows))


def enqueue_call(
    connection: Connection,
    *,
    operation_id: str,
    account: str,
    participant_no: int,
    contract: str,
    calldata: bytes,
    now: int,
) -> None:
    """Queues one call of a contract that is neither a declaration nor a record."""
    enqueue(connection, [Entry(operation_id, account, participant_no, now).call(contract, calldata)])
