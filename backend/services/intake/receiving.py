"""A message from its bytes to its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backend.domain.documents import Document
from backend.domain.notices import NOTICES
from backend.formats.ceb.messages import Message, parse_message
from backend.formats.ceb.xml import XmlLimits
from backend.services import signatures
from backend.services.answers import Answers
from backend.services.comparing import compare_each, told_to_sender
from backend.services.gateway import Gateway
from backend.services.intake.documents import DocumentReception
from backend.services.intake.notices import NoticeReception
from backend.services.intake.prepared import Prepared, prepare
from backend.services.intake.reception import Reception
from backend.services.outcomes import DocumentOutcome, MessageOutcome
from backend.store import documents
from backend.store.database import Connection


def receive_message(gateway: Gateway, participant_no: int, body: bytes, *, dry_run: bool = False) -> MessageOutcome:
    """Takes in one message on behalf of a participant.

    Raises what makes the message as a whole unreadable (MessageMalformed, MessageTooLarge, …), and
    ParticipantNotYours where none of its documents is the caller's to send. Everything else is in the outcome. A dry
    run stores nothing and adds to each document that may come whether its parcel's documents would agree.
    """
    message = parse_message(body, XmlLimits(bytes=gateway.settings.largest_message))
    judged = [prepare(gateway.consortium_key, parsed) for parsed in message.documents]
    reception = NoticeReception if message.type in NOTICES else DocumentReception
    now = gateway.now()
    with gateway.database.read() as connection:
        signature = signatures.verify_message(connection, participant_no, body, message, now)
    if dry_run:
        if signature.refusal is not None:
            return signatures.refused(message, signature.refusal, now)
        with gateway.database.read() as connection:
            outcomes = reception(gateway, connection, participant_no, message, now).judge(judged)
            outcomes = _with_reports(connection, judged, outcomes)
        return MessageOutcome(None, message.type, message.guid, outcomes, now, message.documents)
    digest = hashlib.sha256(body).digest()
    with gateway.database.write() as connection:
        before = documents.message_again(connection, participant_no, digest)
        if before is not None:
            return _answered_before(message, before)
        if signature.refusal is not None:
            signatures.record_refusal(connection, participant_no, message, digest, signature.refusal, now)
            outcome = signatures.refused(message, signature.refusal, now)
        else:
            received = reception(gateway, connection, participant_no, message, now, signature)
            outcome = _stored(received, received.judge(judged))
        _answer_refused(connection, participant_no, outcome, digest, now)
        if not outcome.is_refused:
            documents.insert_message(
                connection,
                {
                    "operation_id": outcome.operation_id or "",
                    "participant_no": participant_no,
                    "message_type": message.type,
                    "guid": message.guid,
                    "digest": digest,
                    "receipt": outcome.as_json(),
                    "received_at": now,
                },
            )
    return outcome


def _with_reports(
    connection: Connection, judged: Sequence[Prepared | DocumentOutcome], outcomes: Sequence[DocumentOutcome]
) -> tuple[DocumentOutcome, ...]:
    """The outcomes, each of a document that may come with the report on its parcel as it would stand with it.

    Nobody learns from a question what others have sent: their values are left out, and what a buyer has used of the
    year is not asked for.
    """
    told = list(outcomes)
    asked = [
        (item.parcel_id, item.document, place)
        for place, (item, outcome) in enumerate(zip(judged, outcomes, strict=True))
        if isinstance(item, Prepared)
        and isinstance(item.document, Document)
        and not outcome.is_refused
        and not item.is_withdrawal
    ]
    reports = compare_each(connection, [(parcel, document) for parcel, document, _ in asked])
    for (_, document, place), report in zip(asked, reports, strict=True):
        told[place] = replace(told[place], match=told_to_sender(report, document))
    return tuple(told)


def _stored(received: Reception, judged: Sequence[DocumentOutcome]) -> MessageOutcome:
    operation_id = received.store()
    outcomes = tuple(
        replace(outcome, standing="stored") if outcome.standing == "acceptable" else outcome for outcome in judged
    )
    message = received.message
    known = operation_id or received.known_operation
    return MessageOutcome(known, message.type, message.guid, outcomes, received.now, message.documents)


def _answered_before(message: Message, row: Any) -> MessageOutcome:
    outcomes = tuple(DocumentOutcome(**{**item, "faults": tuple(item["faults"])}) for item in row.receipt["documents"])
    return MessageOutcome(
        row.receipt["operation_id"], message.type, message.guid, outcomes, row.received_at, message.documents
    )


def _answer_refused(
    connection: Connection, participant_no: int, outcome: MessageOutcome, digest: bytes, now: int
) -> None:
    """Refused documents are not kept, but their receipts are: whoever follows the receipts misses none."""
    answers = Answers(connection, now)
    for parsed, one in zip(outcome.parsed, outcome.documents, strict=True):
        if one.is_refused:
            answers.add_refused(participant_no, outcome.message_type, parsed.head, one, digest)
    answers.store()
