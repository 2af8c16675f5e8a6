"""Taking in customs messages: parsed once, judged document by document, stored with all that follows from it.

One database transaction stores the documents with their secrets, the receipt, and what is to reach the chain; a
gateway killed at any line has taken the whole message or nothing of it. The same bytes again are answered as
before; the same document in another message is known; another content under its key is a conflict unless the
message says it is a change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.commitments import document_root, new_secret, parcel_id, record_evidence
from backend.domain.documents import MESSAGES, Document, DocumentKind
from backend.domain.errors import ParticipantNotYours
from backend.domain.lifecycle import SUPERVISION_MODES
from backend.domain.participants import Role, has_role
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import Message, ParsedDocument, parse_message
from backend.formats.ceb.receipts import coded_info, fault_info
from backend.formats.ceb.refusals import DUPLICATE, FORMAT_WRONG, OUTDATED, SENDER_NOT_ALLOWED
from backend.formats.ceb.statuses import ReturnStatus
from backend.formats.ceb.xml import XmlLimits
from backend.services import signatures
from backend.services.attestation import attest
from backend.services.comparing import compare_each
from backend.services.declaring import FREE, ListStanding, list_standings
from backend.services.gateway import Gateway
from backend.services.outbox import Entry, account_of, enqueue, new_operation
from backend.services.outcomes import DocumentOutcome, MessageOutcome, refusal_as_fault
from backend.services.planning import Group
from backend.services.signatures import UNVERIFIED, SignatureFinding
from backend.store import documents, outbox
from backend.store.database import Connection
from backend.store.profiles import names_of, numbers_of_codes

#: Codes of enterprises in a document's head; each that is filled must be a registered participant.
ENTERPRISE_FIELDS = ("ebpCode", "ebcCode", "payCode", "logisticsCode", "agentCode")

#: What foreign export platforms write where they have no code.
NO_CODE = "无"


@dataclass(slots=True)
class _Prepared:
    """A document that has passed every check of its own, with its commitment made."""

    parsed: ParsedDocument
    document: Document
    fields: list[tuple[str, str]]
    secret: bytes
    root: bytes
    digest: bytes
    parcel_id: bytes | None
    waybill_key: str | None
    warnings: tuple[Mapping[str, Any], ...]
    seller_no: int | None = None
    group_key: str | None = None
    version: int = 1
    replaces: int | None = None


def receive_message(gateway: Gateway, participant_no: int, body: bytes, *, dry_run: bool = False) -> MessageOutcome:
    """Takes in one message on behalf of a participant.

    Raises what makes the message as a whole unreadable (MessageMalformed, MessageTooLarge, …), and
    ParticipantNotYours where none of its documents is the caller's to send. Everything else is in the outcome. A dry
    run stores nothing and adds to each document that may come whether its parcel's documents would agree.
    """
    message = parse_message(body, XmlLimits(bytes=gateway.settings.largest_message), accept=MESSAGES)
    judged = [_prepare(gateway, parsed) for parsed in message.documents]
    now = gateway.now()
    with gateway.database.read() as connection:
        signature = signatures.verify_message(connection, participant_no, body, message, now)
    if dry_run:
        if signature.refusal is not None:
            return signatures.refused(message, signature.refusal, now)
        with gateway.database.read() as connection:
            outcomes = _Intake(gateway, connection, participant_no, message, now).judge(judged)
            outcomes = _with_reports(connection, judged, outcomes)
        return MessageOutcome(None, message.type, message.guid, outcomes, now, message.documents)
    digest = hashlib.sha256(body).digest()
    with gateway.database.write() as connection:
        before = documents.message_again(connection, participant_no, digest)
        if before is not None:
            return _answered_before(message, before)
        if signature.refusal is not None:
            signatures.record_refusal(connection, participant_no, message, digest, signature.refusal, now)
            return signatures.refused(message, signature.refusal, now)
        intake = _Intake(gateway, connection, participant_no, message, now, signature)
        outcomes = intake.judge(judged)
        operation_id = intake.store()
        outcomes = tuple(
            replace(outcome, standing="stored") if outcome.standing == "acceptable" else outcome for outcome in outcomes
        )
        outcome = MessageOutcome(
            operation_id or intake.known_operation,
            message.type,
            message.guid,
            outcomes,
            now,
            message.documents,
        )
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
    connection: Connection,
    judged: Sequence[_Prepared | DocumentOutcome],
    outcomes: Sequence[DocumentOutcome],
) -> tuple[DocumentOutcome, ...]:
    """The outcomes, each of a document that may come with the report on its parcel as it would stand with it."""
    told = list(outcomes)
    asked = [
        (item, place)
        for place, (item, outcome) in enumerate(zip(judged, outcomes, strict=True))
        if isinstance(item, _Prepared) and not outcome.is_refused and item.document.head.get("appType") != "3"
    ]
    reports = compare_each(connection, [(item.parcel_id, item.document) for item, _ in asked])
    for (_, place), report in zip(asked, reports, strict=True):
        told[place] = replace(told[place], match=report.as_json())
    return tuple(told)


def _answered_before(message: Message, row: Any) -> MessageOutcome:
    outcomes = tuple(DocumentOutcome(**{**item, "faults": tuple(item["faults"])}) for item in row.receipt["documents"])
    return MessageOutcome(
        row.receipt["operation_id"], message.type, message.guid, outcomes, row.received_at, message.documents
    )


def _prepare(gateway: Gateway, parsed: ParsedDocument) -> _Prepared | DocumentOutcome:
    """Checks one document by itself and commits to it; all its faults where it has any."""
    faults = (*parsed.faults, *check_document(parsed))
    errors = [fault for fault in faults if fault.level == "error"]
    if errors:
        refusal = FORMAT_WRONG.for_kind(parsed.kind)
        return DocumentOutcome(
            parsed.index,
            parsed.guid,
            str(parsed.kind),
            "",
            "refused",
            None,
            refusal[0],
            fault_info(refusal, errors),
            tuple(fault.as_json() for fault in faults),
        )
    document = parsed.to_document()
    fields, secret = document.to_fields(), new_secret()
    reference, waybill = document.order_reference, document.waybill_reference
    return _Prepared(
        parsed,
        document,
        fields,
        secret,
        document_root(secret, fields),
        document.content_digest(),
        parcel_id(gateway.consortium_key, *reference) if reference else None,
        "|".join(waybill) if waybill else None,
        tuple(fault.as_json() for fault in faults),
    )


class _Intake:
    """One message against what is stored: judged first, then stored."""

    def __init__(
        self,
        gateway: Gateway,
        connection: Connection,
        participant_no: int,
        message: Message,
        now: int,
        signature: SignatureFinding = UNVERIFIED,
    ) -> None:
        self.gateway = gateway
        self.connection = connection
        self.participant_no = participant_no
        self.message = message
        self.now = now
        self.signature = signature
        self.accepted: list[_Prepared] = []
        self.withdrawn: list[int] = []
        self.known_operation: str | None = None

    def judge(self, judged: Sequence[_Prepared | DocumentOutcome]) -> tuple[DocumentOutcome, ...]:
        """An outcome for every document, in their order; what may be stored is kept in `accepted`."""
        prepared = [item for item in judged if isinstance(item, _Prepared)]
        self._look_up(prepared)
        if prepared and not any(self._is_senders(item) for item in prepared):
            facts = prepared[0].document.facts
            raise ParticipantNotYours(
                field=f"{facts.head}.{facts.senders[0]}",
                value=prepared[0].document.sender_code,
                participant_no=self.participant_no,
            )
        return tuple(item if isinstance(item, DocumentOutcome) else self._judge(item) for item in judged)

    def store(self) -> str | None:
        """Stores what was accepted and queues what follows; the operation's id, or None for nothing."""
        outbox.cancel_declarations(self.connection, self.withdrawn, self.now)
        if not self.accepted:
            documents.supersede(self.connection, self.withdrawn)
            return None
        summary = {
            "message_type": self.message.type,
            "guid": self.message.guid,
            "documents": len(self.accepted),
        }
        operation_id = new_operation(self.connection, "message", self.participant_no, summary, self.now)
        replaced = [item.replaces for item in self.accepted if item.replaces is not None]
        documents.supersede(self.connection, [*replaced, *self.withdrawn])
        ids = documents.insert_documents(self.connection, [self._row(item, operation_id) for item in self.accepted])
        account = account_of(self.connection, self.participant_no)
        entry = Entry(operation_id, account, self.participant_no, self.now)
        if self.accepted[0].document.kind is DocumentKind.Declaration:
            self._declare(entry, ids, replaced)
        else:
            self._vouch(entry, ids)
        return operation_id

    # -----------------------------------------------------------------------------------------------

    def _look_up(self, prepared: Sequence[_Prepared]) -> None:
        """Everything the verdicts need, asked once for the whole message."""
        codes = {code for item in prepared for code in (*self._codes(item).values(), *item.document.sender_codes)}
        self.numbers = numbers_of_codes(self.connection, codes)
        self.standing = names_of(self.connection, {*self.numbers.values(), self.participant_no})
        kind = prepared[0].document.kind if prepared else DocumentKind.Order
        keys = [item.document.business_key for item in prepared]
        self.current = documents.current_versions(self.connection, str(kind), keys)
        self.in_message: dict[str, _Prepared] = {}
        self.lists: dict[bytes, ListStanding] = {}
        if kind is DocumentKind.Declaration:
            parcels = [item.parcel_id for item in prepared if item.parcel_id]
            self.lists = list_standings(self.connection, parcels)
        elif kind is DocumentKind.Waybill:
            parcel_of = documents.parcels_of_waybills(
                self.connection, [item.waybill_key for item in prepared if item.waybill_key]
            )
            for item in prepared:
                item.parcel_id = parcel_of.get(item.waybill_key or "", item.parcel_id)

    @staticmethod
    def _codes(item: _Prepared) -> dict[str, str]:
        head = item.document.head
        return {name: code for name in ENTERPRISE_FIELDS if (code := head.get(name, "")) and code != NO_CODE}

    def _is_senders(self, item: _Prepared) -> bool:
        return any(self.numbers.get(code) == self.participant_no for code in item.document.sender_codes)

    def _judge(self, item: _Prepared) -> DocumentOutcome:
        document = item.document
        if not self._is_senders(item):
            return self._refused(item, SENDER_NOT_ALLOWED.for_kind(document.kind))
        sender = self.standing.get(self.participant_no)
        if sender is None or not has_role(sender.roles, document.facts.role):
            refusal = SENDER_NOT_ALLOWED.for_kind(document.kind)
            return self._refused(item, refusal, f"{document.facts.role.name} 角色")
        unknown = [f"{name} {code}" for name, code in self._codes(item).items() if code not in self.numbers]
        if unknown:
            refusal = (SENDER_NOT_ALLOWED.order[0], "企业未在海关登记")
            return self._refused(item, refusal, *unknown)
        twin = self.in_message.get(document.business_key)
        if twin is not None and twin.digest != item.digest:
            return self._refused(item, DUPLICATE.for_kind(document.kind), document.business_key)
        before = self.current.get(document.business_key)
        if twin is not None or (before is not None and before.current and before.content_digest == item.digest):
            if before is not None:
                self.known_operation = self.known_operation or before.operation_id
            return self._outcome(item, "known")
        refused = self._change(item, before) if before is not None else None
        if refused is None and document.kind is DocumentKind.Declaration:
            refused = self._check_list(item)
        if refused is not None:
            return refused
        self.in_message[document.business_key] = item
        if document.head.get("appType") == "3":
            if before is not None:
                self.withdrawn.append(before.id)
        else:
            self.accepted.append(item)
        return self._outcome(item, "acceptable")

    def _change(self, item: _Prepared, before: Any) -> DocumentOutcome | None:
        """A document under a known key: allowed as a change or a deletion, and while it is still open."""
        document = item.document
        staged = before.kind == "Declaration" and _head_of(before.fields, "appStatus") == "1"
        if before.current and document.head.get("appType") == "1" and not staged:
            return self._refused(item, DUPLICATE.for_kind(document.kind), document.business_key)
        if document.head.get("appType") == "3" and before.attested_in is not None:
            return self._refused(item, OUTDATED.for_kind(document.kind), document.business_key)
        item.version, item.replaces = before.version + 1, before.id
        return None

    def _check_list(self, item: _Prepared) -> DocumentOutcome | None:
        """A list must name a seller, districts and a mode that exist, and a parcel that is free to be declared."""
        document = item.document
        item.seller_no = self.numbers.get(document.seller_code or "")
        seller = self.standing.get(item.seller_no or 0)
        if item.seller_no is None or seller is None or not has_role(seller.roles, Role.Seller):
            refusal = (SENDER_NOT_ALLOWED.order[0], "电商企业未登记为商家")
            return self._refused(item, refusal, f"ebcCode {document.seller_code}")
        mode = document.trade_mode or ""
        if not mode.isdigit() or int(mode) not in SUPERVISION_MODES[document.direction]:
            return self._refused(item, FORMAT_WRONG.declaration, f"tradeMode {mode}")
        districts = (document.customs_code or "", document.port_code or "")
        if not all(len(code) == 4 and code.isdigit() and int(code) for code in districts):
            return self._refused(item, FORMAT_WRONG.declaration, "customsCode / portCode")
        declaring, port = map(int, districts)
        item.group_key = Group(item.seller_no, declaring, port, int(mode), document.direction).key()
        if item.parcel_id is None:
            return self._refused(item, FORMAT_WRONG.declaration, "ebpCode / orderNo")
        listed = self.lists.get(item.parcel_id)
        if listed is not None and not listed.may_be_declared(item.replaces):
            return self._refused(item, DUPLICATE.declaration, document.business_key)
        self.lists[item.parcel_id] = ListStanding(None, FREE, item.parcel_id, taken_by=document.business_key)
        return None

    def _declare(self, entry: Entry, ids: Sequence[int], replaced: Sequence[int]) -> None:
        outbox.cancel_declarations(self.connection, replaced, self.now)
        enqueue(
            self.connection,
            [
                entry.declaration(item.group_key or "", document_id)
                for item, document_id in zip(self.accepted, ids, strict=True)
                # A staged list (appStatus 1) waits for its declarant to declare it.
                if item.document.head.get("appStatus") != "1"
            ],
        )
        parcel_of = {item.waybill_key: item.parcel_id for item in self.accepted if item.waybill_key and item.parcel_id}
        documents.link_waybills(self.connection, parcel_of)

    def _vouch(self, entry: Entry, ids: Sequence[int]) -> None:
        """Attests what has its manifest already, puts the rest on record so that its time is known."""
        parcels = [item.parcel_id for item in self.accepted if item.parcel_id]
        attested = attest(self.connection, parcels, self.now)
        early = [
            (item, document_id)
            for item, document_id in zip(self.accepted, ids, strict=True)
            if document_id not in attested
        ]
        if not early:
            return
        root = record_evidence([item.root for item, _ in early])
        documents.keep_evidence(self.connection, [(root, [document_id for _, document_id in early])])
        kind = AnchorKind[self.accepted[0].document.kind.name]
        enqueue(self.connection, [entry.call("ParcelLedger", calls.anchor(kind, root, len(early)))])

    def _row(self, item: _Prepared, operation_id: str) -> dict[str, Any]:
        return {
            "kind": str(item.document.kind),
            "message_type": item.document.type,
            "business_key": item.document.business_key,
            "version": item.version,
            "current": True,
            "guid": item.parsed.guid,
            "participant_no": self.participant_no,
            "operation_id": operation_id,
            "parcel_id": item.parcel_id,
            "waybill_key": item.waybill_key,
            "seller_no": item.seller_no,
            "secret": item.secret,
            "fields": orjson.dumps(item.fields),
            "root": item.root,
            "content_digest": item.digest,
            "attested_in": None,
            **self.signature.columns(item.document.sender_codes),
            "received_at": self.now,
        }

    def _outcome(self, item: _Prepared, standing: str) -> DocumentOutcome:
        status = ReturnStatus.Staged if item.document.head.get("appStatus") == "1" else ReturnStatus.Taken
        return DocumentOutcome(
            item.parsed.index,
            item.parsed.guid,
            str(item.document.kind),
            item.document.business_key,
            standing,
            item.parcel_id.hex() if item.parcel_id else None,
            str(status),
            coded_info("1", "电子口岸申报中"),
            item.warnings,
        )

    def _refused(self, item: _Prepared, refusal: tuple[str, str], *details: str) -> DocumentOutcome:
        return DocumentOutcome(
            item.parsed.index,
            item.parsed.guid,
            str(item.document.kind),
            item.document.business_key,
            "refused",
            item.parcel_id.hex() if item.parcel_id else None,
            refusal[0],
            coded_info(refusal[0], refusal[1], *details),
            (refusal_as_fault(item.parsed.index, refusal, details),),
        )


def _head_of(fields: bytes | None, name: str) -> str | None:
    """A field of a stored document's head."""
    pairs: Iterable[tuple[str, str]] = orjson.loads(fields) if fields else ()
    return next((value for path, value in pairs if path.partition(".")[2] == name), None)
