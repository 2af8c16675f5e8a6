"""Judging an incoming message by its signature, as its sender's policy prescribes.

Verified before the message is looked at against what is stored, so that no lock is held meanwhile. A message that
was taken before is answered as before, whatever has become of its certificate since.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from backend.domain.documents import MESSAGES
from backend.domain.matching import SignatureFact
from backend.domain.notices import NOTICES
from backend.domain.signatures import SignatureFault, SignaturePolicy
from backend.formats.ceb.messages import Message, ParsedDocument, open_envelope
from backend.formats.ceb.receipts import coded_info
from backend.formats.ceb.refusals import SIGNATURE_WRONG
from backend.formats.ceb.signature_checking import RegisteredCertificate, check_signature
from backend.formats.ceb.xml import XmlLimits
from backend.formats.certificates import read_certificate
from backend.services.certificates import MOST_CERTIFICATES, policy_of
from backend.services.outcomes import DocumentOutcome, MessageOutcome
from backend.store import certificates as store
from backend.store.database import Connection
from backend.store.participant_queries import participant_row


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """What was found of a message's signature. Neither a refusal nor a fingerprint: nothing was verified."""

    #: Why the message is refused.
    refusal: SignatureFault | None = None
    #: The certificate that it was verified with, and the enterprise codes of the participant that registered it.
    fingerprint: bytes | None = None
    codes: tuple[str, ...] = ()

    def fact(self, sender_codes: Collection[str] = ()) -> SignatureFact | None:
        """What the comparison of documents may know of it; None where nothing was verified.

        A participant has up to two codes. The signer is called by the one that the document calls its sender by.
        """
        if self.fingerprint is None:
            return None
        theirs = [code for code in self.codes if code in sender_codes] or self.codes
        return SignatureFact(True, next(iter(theirs), None))

    def columns(self, sender_codes: Collection[str]) -> dict[str, Any]:
        """The columns of a stored document."""
        fact = self.fact(sender_codes)
        return {"signature_valid": fact and fact.valid, "signer": fact and fact.signer}


UNVERIFIED = SignatureFinding()


def verify_message(
    connection: Connection, participant_no: int, body: bytes, message: Message, now: int
) -> SignatureFinding:
    """The finding for a message that `participant_no` transmits; `message` is what `body` was parsed into."""
    policy = policy_of(connection, participant_no)
    if policy is SignaturePolicy.off or (policy is SignaturePolicy.optional and not message.is_signed):
        return UNVERIFIED
    # Those in use, and as many of the ended ones as tell an old key from a wrong one.
    rows = store.certificates_of(connection, participant_no)
    rows.sort(key=lambda row: row.revoked_at is not None or not row.not_before <= now <= row.not_after)
    registered = [
        RegisteredCertificate(read_certificate(row.der), row.revoked_at) for row in rows[: 2 * MOST_CERTIFICATES]
    ]
    # The body was within the gateway's limits, and what an envelope holds is shorter than the envelope.
    root, _ = open_envelope(body, XmlLimits(bytes=len(body)))
    verdict = check_signature(root, registered, now)
    if verdict.fault is not None:
        return SignatureFinding(verdict.fault)
    return SignatureFinding(None, verdict.fingerprint, _codes_of(connection, participant_no))


def refused(message: Message, fault: SignatureFault, now: int) -> MessageOutcome:
    """The answer to a message whose signature is refused: every document bears the code of its type."""
    outcomes = tuple(_refused_document(document, fault) for document in message.documents)
    return MessageOutcome(None, message.type, message.guid, outcomes, now, message.documents)


def record_refusal(
    connection: Connection, participant_no: int, message: Message, digest: bytes, fault: SignatureFault, now: int
) -> None:
    """Keeps that a message was refused, and why; nothing of its content. `digest` is the SHA-256 of its bytes."""
    store.add_refusal(
        connection,
        {
            "participant_no": participant_no,
            "message_type": message.type,
            "guid": message.guid,
            "digest": digest,
            "reason": fault.value,
            "at": now,
        },
    )


def _codes_of(connection: Connection, participant_no: int) -> tuple[str, ...]:
    row = participant_row(connection, participant_no)
    codes = () if row is None else (row.uscc, row.customs_code)
    return tuple(code for code in codes if code)


def _refused_document(document: ParsedDocument, fault: SignatureFault) -> DocumentOutcome:
    status, sentence = SIGNATURE_WRONG.for_type(document.type)
    facts = MESSAGES.get(document.type) or NOTICES[document.type]
    found = {
        "document": document.index,
        "path": "Signature",
        "value": fault.value,
        "rule": status,
        "zh": f"{sentence}：{fault.zh}",
        "en": f"the signature is not accepted: {fault.en}",
        "level": "error",
    }
    info = coded_info(status, sentence, fault.zh)
    return DocumentOutcome(document.index, document.guid, str(facts.kind), "", "refused", None, status, info, (found,))
