"""What enterprises ask of customs about declared parcels: cancellations and returns, listed and decided."""

from __future__ import annotations

from typing import Any

from backend.domain.anchors import AnchorKind
from backend.domain.errors import DistrictNotCompetent, NotFound, OperationNotPossible
from backend.domain.instants import iso
from backend.domain.lifecycle import Flag, Step
from backend.domain.notices import NoticeKind
from backend.domain.reasons import reason_in
from backend.formats.ceb import standings
from backend.services.access import Caller
from backend.services.anchoring import keep_and_anchor
from backend.services.answers import Answers
from backend.services.gateway import Gateway
from backend.services.outbox import new_operation
from backend.services.paging import cursor_of, place_of
from backend.services.parcels import completeness
from backend.services.steps import queue_step
from backend.store import notice_queries, readmodel
from backend.store.database import Connection

#: The step that grants a request, and the step that refuses it; a refused cancellation changes nothing on the chain.
DECISIONS: dict[NoticeKind, tuple[Step, Step | None]] = {
    NoticeKind.CancellationRequest: (Step.Cancellation, None),
    NoticeKind.ReturnRequest: (Step.ReturnApproved, Step.ReturnRefused),
}

LONGEST_REASON = 300

#: Pages looked through for one answer: most returns are decided already.
_MOST_PAGES = 20


def list_requests(
    gateway: Gateway, district: int | None, kind: NoticeKind | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """The undecided requests about parcels declared in a district (in all, for None), oldest first, paged."""
    after = int(place_of(cursor, 1)[0]) if cursor else 0
    kinds = [str(each) for each in ([kind] if kind else DECISIONS)]
    items: list[dict[str, Any]] = []
    with gateway.database.read() as connection:
        complete = completeness(connection)
        more = True
        for _ in range(_MOST_PAGES):
            rows = notice_queries.requests(connection, kinds, district, ("waiting", "queued", "done"), after, limit + 1)
            for row in rows[:limit]:
                if len(items) == limit:
                    break
                after = row.id
                if _is_open(connection, row):
                    items.append(_as_json(row))
            more = len(rows) > limit or len(items) == limit
            if len(items) == limit or len(rows) <= limit:
                break
    return {"items": items, "next": cursor_of(str(after)) if more and items else None, **complete}


def decide(gateway: Gateway, caller: Caller, request_id: int, *, grant: bool, reason: str) -> str:
    """Customs of the declaring district grant or refuse a request; the operation's id.

    Raises InvalidInput, NotFound, DistrictNotCompetent, OperationNotPossible (decided already) and what the chain
    would refuse the step with.
    """
    reason = reason_in(reason, LONGEST_REASON, lines=False)
    with gateway.database.write() as connection:
        row = notice_queries.request(connection, request_id)
        if row is None:
            raise NotFound(what="request", value=request_id)
        kind = NoticeKind(row.kind)
        granted, refused = DECISIONS[kind]
        step = granted if grant else refused
        if caller.district != row.declaring_district:
            raise DistrictNotCompetent(
                manifest="0x" + row.manifest.hex(),
                step=(step or granted).name,
                participant_no=caller.acting_no,
                district=caller.district,
            )
        if not _is_open(connection, row):
            raise OperationNotPossible(operation_id=row.operation_id, status=row.status, action="decided")
        content = {"decision": "granted" if grant else "refused", "request": row.root.hex(), "reason": reason}
        if step is not None:
            return queue_step(connection, gateway, caller.acting_no, step, [row.parcel_id], evidence=content)
        return _refuse(connection, gateway, caller.acting_no, row, content)


def _refuse(connection: Connection, gateway: Gateway, customs_no: int, row: Any, content: dict[str, str]) -> str:
    """Answers the request and puts the refusal on record as evidence."""
    now = gateway.now()
    operation_id = new_operation(connection, "refusal", customs_no, {"request": row.id, "kind": row.kind}, now)
    keep_and_anchor(
        connection,
        operation_id=operation_id,
        participant_no=customs_no,
        kind=AnchorKind.RequestRefusal,
        content=content,
        now=now,
    )
    notice_queries.change(connection, [row.id], now, status="refused", reason={"zh": content["reason"]})
    answers = Answers(connection, now)
    standing = standings.rejected(content["reason"])
    answers.add(row.document_id, row.participant_no, row.parcel_id, row.message_type, standing, "refused", row.id)
    answers.store()
    return operation_id


def _is_open(connection: Connection, row: Any) -> bool:
    """Whether customs has still to decide: a cancellation that waits, a return that the chain shows as pending."""
    if row.kind == NoticeKind.CancellationRequest:
        return bool(row.status == "waiting")
    places = readmodel.places_of(connection, [row.parcel_id]).get(row.parcel_id, [])
    if row.status != "done" or not places:
        return False
    sets = readmodel.sets_of_blob(places[0].size, places[0].sets)
    return Flag.ReturnPending in sets.flags_of(places[0].position)


def _as_json(row: Any) -> dict[str, Any]:
    return {
        "request_id": row.id,
        "kind": row.kind,
        "message_type": row.message_type,
        "parcel_id": row.parcel_id.hex(),
        "participant_no": row.participant_no,
        "declaring_district": f"{row.declaring_district:04d}",
        "pre_no": row.pre_no,
        "received_at": iso(row.received_at),
        "root": "0x" + row.root.hex(),
    }
