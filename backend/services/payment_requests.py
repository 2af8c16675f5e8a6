"""Original payment records on demand: customs asks, the platform answers, both and the comparison go on the chain.

A request, its answer and the result of comparing are evidence documents, each anchored by whose it is: the chain
shows who said it and when, and nothing of what was said. Stored with the documents and queued in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.documents import Document, DocumentKind
from backend.domain.errors import Conflict, DistrictNotCompetent, InvalidInput, NotFound, NotHosted
from backend.domain.instants import iso
from backend.domain.lifecycle import Direction
from backend.domain.participants import Role
from backend.domain.payment_records import ASKED, PaymentRecord, is_same_record, read_record
from backend.domain.payment_report import PaymentReport, compare
from backend.services import evidence as evidences
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.services.parcel_documents import fields_of
from backend.services.payment_request_views import session_of
from backend.services.stored_documents import document_from
from backend.store import outbox, readmodel
from backend.store import payment_requests as store
from backend.store.database import Connection
from backend.store.parcel_queries import current_documents
from backend.store.participant_queries import participant_row
from backend.store.profiles import numbers_of_codes

USUAL_HOURS = 24
MOST_HOURS = 30 * 24
LONGEST_REASON = 500

_WHAT = "payment request"


def open_request(
    gateway: Gateway, customs_no: int, parcel_id: bytes, reason: str, hours: int = USUAL_HOURS
) -> tuple[str, int]:
    """Asks the platform of an import for the record of its payment; operation and request.

    One request of a parcel is open at a time: the same again is answered as before. Raises InvalidInput, NotFound,
    RoleMissing, DistrictNotCompetent, Conflict, and NotHosted where the platform could not answer here.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(field="reason", value="", rule=f"1 to {LONGEST_REASON} characters")
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidInput(field="hours", value=hours, rule=f"1 to {MOST_HOURS} hours")
    digest = hashlib.sha256(orjson.dumps([parcel_id.hex(), reason, hours])).digest()
    now = gateway.now()
    with gateway.database.write() as connection:
        require_role(connection, customs_no, Role.Customs)
        district = _competent_district(connection, customs_no, parcel_id)
        before = store.open_request_of(connection, parcel_id)
        if before is not None:
            operation = outbox.operation_row(connection, before.request_operation)
            if operation is None or (operation.participant_no, operation.digest) != (customs_no, digest):
                raise Conflict(what=_WHAT, key=parcel_id.hex())
            return str(operation.id), int(before.id)
        order_no, platform_no = _order_of(connection, parcel_id)
        account_of(connection, platform_no)
        summary = {"parcel_id": parcel_id.hex(), "hours": hours}
        operation_id = new_operation(connection, "payment_request", customs_no, summary, now, digest=digest)
        due_at = now + hours * 3600
        fields = [
            ("sessionID", session_of(operation_id)),
            ("orderNo", order_no),
            ("reason", reason),
            ("requestedAt", iso(now)),
            ("dueAt", iso(due_at)),
            *((f"asked.{number}", name) for number, name in enumerate(ASKED, 1)),
        ]
        request_document = _record(
            connection, operation_id, customs_no, parcel_id, fields, AnchorKind.PaymentRequest, now
        )
        row = {
            "parcel_id": parcel_id,
            "order_no": order_no,
            "district": district,
            "customs_no": customs_no,
            "platform_no": platform_no,
            "status": "open",
            "requested_at": now,
            "due_at": due_at,
            "request_document": request_document,
        }
        return operation_id, store.insert_request(connection, row)


def answer_request(gateway: Gateway, platform_no: int, request_id: int, body: bytes) -> str:
    """Takes in the record with which a platform answers and compares it at once; the operation.

    The same record again is answered as before; an answer after the deadline is taken and is late. Raises what
    makes the record unreadable, NotFound for another's request, Conflict for another record.
    """
    record = read_record(body)
    now = gateway.now()
    with gateway.database.write() as connection:
        row = store.request_with_id(connection, request_id)
        if row is None or row.platform_no != platform_no:
            raise NotFound(what=_WHAT, value=request_id)
        require_role(connection, platform_no, Role.Platform)
        fields = record.to_fields()
        if row.status != "open":
            kept = store.fields_behind(connection, row.answer_document)
            if kept is None or not is_same_record(map(tuple, orjson.loads(kept)), fields):
                raise Conflict(what="answer", key=request_id)
            return str(row.answer_operation)
        summary = {"payment_request_id": request_id}
        operation_id = new_operation(connection, "payment_answer", platform_no, summary, now)
        answer_document = _record(
            connection, operation_id, platform_no, row.parcel_id, fields, AnchorKind.PaymentRecord, now
        )
        report = _compared(connection, row, record)
        values = {
            "status": "answered",
            "answered_at": now,
            "answer_document": answer_document,
            "result_document": _record_result(connection, row, report, now),
            "outcome": report.outcome.value,
        }
        store.note_answer(connection, request_id, values)
    return operation_id


# ---------------------------------------------------------------------------------------------------


def _competent_district(connection: Connection, customs_no: int, parcel_id: bytes) -> int:
    """The district of customs that may ask about a parcel. Raises NotFound, DistrictNotCompetent, InvalidInput."""
    places = readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])
    if not places:
        raise NotFound(what="parcel", value=parcel_id.hex())
    manifest, customs = places[0], participant_row(connection, customs_no)
    district = 0 if customs is None else int(customs.district)
    if district not in (manifest.declaring_district, manifest.port_district):
        raise DistrictNotCompetent(
            manifest="0x" + manifest.manifest.hex(), step=_WHAT, participant_no=customs_no, district=district
        )
    # Announcement 2018 no. 165 is about retail imports; exports are not paid for through it.
    if manifest.direction != Direction.Import:
        raise InvalidInput(field="parcel_id", value=parcel_id.hex(), rule="a parcel of an import")
    return district


def _order_of(connection: Connection, parcel_id: bytes) -> tuple[str, int]:
    """Order number and platform of a parcel: who sent its order, or else whom its declaration names."""
    rows = {row.kind: row for row in current_documents(connection, parcel_id) if row.fields is not None}
    order = rows.get(DocumentKind.Order)
    source = order or rows.get(DocumentKind.Declaration)
    if source is not None:
        document = document_from(source.message_type, fields_of(source))
        code = document.platform_code or ""
        platform_no = order.participant_no if order else numbers_of_codes(connection, [code]).get(code)
        if document.order_no and platform_no:
            return document.order_no, int(platform_no)
    raise NotFound(what="order", value=parcel_id.hex())


def _compared(connection: Connection, row: Any, record: PaymentRecord) -> PaymentReport:
    """The record against the order and the payment that are current."""
    documents = current_documents(connection, row.parcel_id)
    orders, payments = (_readable(documents, kind) for kind in (DocumentKind.Order, DocumentKind.Payment))
    order = orders[-1] if orders else None
    # A payment sent anew under another number leaves the former one current: the order says which it means.
    named = "" if order is None else order.head.get("payTransactionId", "")
    meant = [payment for payment in payments if payment.head.get("payTransactionId") == named] or payments
    session_id = session_of(row.request_operation)
    return compare(record, row.order_no, session_id, order, meant[-1] if meant else None)


def _readable(rows: Sequence[Any], kind: DocumentKind) -> list[Document]:
    return [document_from(row.message_type, fields_of(row)) for row in rows if row.kind == kind and row.fields]


def _record_result(connection: Connection, row: Any, report: PaymentReport, now: int) -> int:
    """What customs finds, as its own evidence; anchored where this gateway signs for it. The document's id."""
    summary = {"payment_request_id": row.id, "outcome": report.outcome.value}
    operation_id = new_operation(connection, "payment_result", row.customs_no, summary, now)
    late = "true" if now > row.due_at else "false"
    fields = [
        ("sessionID", session_of(row.request_operation)),
        ("orderNo", row.order_no),
        ("answeredAt", iso(now)),
        ("late", late),
        *report.to_fields(),
    ]
    return _record(connection, operation_id, row.customs_no, row.parcel_id, fields, AnchorKind.PaymentComparison, now)


def _record(
    connection: Connection,
    operation_id: str,
    participant_no: int,
    parcel_id: bytes,
    fields: Sequence[tuple[str, str]],
    kind: AnchorKind,
    now: int,
) -> int:
    """Keeps an evidence document of a parcel and queues its anchor; the document's id."""
    evidence = evidences.keep_fields(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        documents=[fields],
        parcel_ids=[parcel_id],
        now=now,
    )
    try:
        account = account_of(connection, participant_no)
    except NotHosted:
        # Only customs' finding about an answer may come to this: its own gateway anchors what it decides.
        if kind is not AnchorKind.PaymentComparison:
            raise
    else:
        enqueue_call(
            connection,
            operation_id=operation_id,
            account=account,
            participant_no=participant_no,
            contract="ParcelLedger",
            calldata=calls.anchor(kind, evidence, 1),
            now=now,
        )
    return store.document_behind(connection, evidence)
