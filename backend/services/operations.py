"""What became of a submission: followed, waited for, tried again, given up."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domain.errors import ConfirmationTimedOut, NotFound, OperationNotPossible
from backend.domain.instants import iso
from backend.domain.lifecycle import Step
from backend.services import decisions, notices
from backend.services.gateway import Gateway
from backend.store import consignments, documents, notice_queries, outbox
from backend.store import proceeding_queries as proceedings
from backend.store.database import Connection
from backend.store.readmodel import number

#: An operation's status is that of its least advanced item; these in order of what a submitter must know first.
_WORST_FIRST = ("quarantined", "waiting", "stored", "sent", "confirmed", "cancelled")

#: Subjects of notices that are shown one by one.
MOST_SUBJECTS = 100

#: Events by which a call makes something new, and what its number is called.
_MAKING = {
    "AnomalyRaised": "anomaly_id",
    "ComplaintLodged": "case_id",
    "HolderNotified": "case_id",
    "LaneProposed": "lane_id",
    "ListingImposed": "listing_id",
    "RecordalAppliedFor": "right_id",
}

#: Seconds between looks while somebody waits for the chain.
LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class OperationView:
    """One submission as its submitter sees it.

    `status`: stored, sent, confirmed, quarantined or cancelled. Each item says the same for one thing that is to
    reach the chain, with its transaction and, where the chain refused, the reason. `subjects` are the parcels that
    notices name, the first hundred of them, and how each of their lines stands; `waiting` counts those that wait for
    their parcel. `made`: the numbers that the chain gave to what is new, from a case to an anomaly.
    """

    operation_id: str
    kind: str
    participant_no: int
    status: str
    created_at: int
    summary: dict[str, Any]
    items: tuple[dict[str, Any], ...]
    documents: tuple[dict[str, Any], ...]
    subjects: tuple[dict[str, Any], ...] = ()
    waiting: int = 0
    made: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "operation_id": self.operation_id,
            "kind": self.kind,
            "participant_no": self.participant_no,
            "status": self.status,
            "created_at": iso(self.created_at),
            "summary": self.summary,
            "items": list(self.items),
            "documents": list(self.documents),
            "subjects": list(self.subjects),
            "subjects_waiting": self.waiting,
            "made": dict(self.made),
        }


def view(gateway: Gateway, operation_id: str, participant_no: int | None) -> OperationView:
    """An operation; another participant's is not found. `participant_no` None sees all (governance)."""
    with gateway.database.read() as connection:
        row = _operation(connection, operation_id, participant_no)
        items = [_item(item) for item in outbox.items_of(connection, operation_id)]
        found = documents.documents_of_operation(connection, operation_id)
        named = notice_queries.subjects_of(connection, [document.id for document in found])
        made = _made(connection, items)
    return OperationView(
        row.id,
        row.kind,
        row.participant_no,
        status_of([item["status"] for item in items]),
        row.created_at,
        row.summary,
        tuple(items),
        tuple(
            {
                "guid": document.guid,
                "kind": document.kind,
                "business_key": document.business_key,
                "parcel_id": document.parcel_id.hex() if document.parcel_id else None,
                "attested": document.attested_in is not None,
            }
            for document in found
        ),
        tuple(_subject(subject) for subject in named[:MOST_SUBJECTS]),
        sum(subject.status == "waiting" for subject in named),
        made,
    )


def status_of(statuses: list[str]) -> str:
    """An operation's status from its items'; one without items has been stored and needs nothing from the chain."""
    for status in _WORST_FIRST:
        if status in statuses:
            return "stored" if status == "waiting" else status
    return "confirmed"


def retry(gateway: Gateway, operation_id: str, participant_no: int | None) -> OperationView:
    """Sends what was quarantined once more. Raises OperationNotPossible where nothing was."""
    _change(gateway, operation_id, participant_no, "quarantined", "retried")
    return view(gateway, operation_id, participant_no)


def cancel(gateway: Gateway, operation_id: str, participant_no: int | None) -> OperationView:
    """Gives up what is waiting or quarantined; what is sent stays. Raises OperationNotPossible."""
    _change(gateway, operation_id, participant_no, "waiting", "cancelled")
    return view(gateway, operation_id, participant_no)


def wait_confirmed(gateway: Gateway, operation_id: str, participant_no: int | None, seconds: float) -> OperationView:
    """The operation once the chain has decided all of it. Raises ConfirmationTimedOut."""
    deadline = time.monotonic() + seconds
    while True:
        found = view(gateway, operation_id, participant_no)
        if found.status not in ("stored", "sent") and not any(
            item["status"] in ("stored", "sent") for item in found.items
        ):
            return found
        if time.monotonic() >= deadline:
            raise ConfirmationTimedOut(operation_id=operation_id, seconds=int(seconds))
        time.sleep(LOOK_EVERY)


def _operation(connection: Connection, operation_id: str, participant_no: int | None) -> Any:
    row = outbox.operation_row(connection, operation_id)
    if row is None or participant_no not in (None, row.participant_no):
        raise NotFound(what="operation", value=operation_id)
    return row


def _change(gateway: Gateway, operation_id: str, participant_no: int | None, status: str, action: str) -> None:
    now = gateway.now()
    with gateway.database.write() as connection:
        _operation(connection, operation_id, participant_no)
        rows = outbox.rows_of_operation(connection, operation_id, "quarantined")
        if action == "cancelled":
            rows += outbox.rows_of_operation(connection, operation_id, "waiting")
        if not rows:
            items = outbox.items_of(connection, operation_id)
            raise OperationNotPossible(
                operation_id=operation_id, status=status_of([row.status for row in items]), action=action
            )
        ids = [row.id for row in rows]
        if action == "cancelled":
            outbox.set_status(connection, ids, "cancelled", now)
            for row in rows:
                if row.action == "record" and row.status == "waiting":
                    decisions.take_back(connection, row, number(row.parcels), now)
        else:
            outbox.send_again(connection, ids, now, smaller=False)
        notices.follow_rows(connection, ids, "withdrawn" if action == "cancelled" else "queued", now)


def _item(row: Any) -> dict[str, Any]:
    step = "Declaration" if row.action == "declare" else Step(row.step).name if row.step is not None else None
    return {
        "action": row.action,
        "step": step,
        "manifest": "0x" + row.manifest.hex() if row.manifest else None,
        "parcels": number(row.parcels).bit_count() if row.parcels else 0,
        "status": "stored" if row.status == "waiting" else row.status,
        "transaction": "0x" + row.transaction_hash.hex() if row.transaction_hash else None,
        "block": row.block,
        "refusal": row.refusal,
    }


def _made(connection: Connection, items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """What the calls among these items made, once it is read from the chain."""
    found: dict[str, int] = {}
    for item in items:
        if item["action"] != "call" or item["block"] is None:
            continue
        place = (item["block"], bytes.fromhex(item["transaction"][2:]))
        for event in (*proceedings.events_in(connection, *place), *consignments.events_in(connection, *place)):
            if name := _MAKING.get(event.name):
                found[name] = int(event.arguments[name])
    return found


def _subject(row: Any) -> dict[str, Any]:
    return {
        "line": row.line,
        "parcel_id": row.parcel_id.hex() if row.parcel_id else None,
        "waybill": row.waybill_key,
        "list_no": row.list_no,
        "bill_no": row.bill_no,
        "step": None if row.step is None else Step(row.step).name,
        "status": row.status,
        "reason": row.reason,
    }
