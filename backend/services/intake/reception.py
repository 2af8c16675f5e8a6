"""One message against what is stored, whatever it carries: judged first, then stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson

from backend.domain.documents import Document
from backend.domain.errors import ParticipantNotYours
from backend.domain.notices import Notice
from backend.domain.participants import Role, has_role
from backend.formats.ceb import standings
from backend.formats.ceb.fields import RECEIPTS_FOR
from backend.formats.ceb.messages import Message
from backend.formats.ceb.receipts import answered_fields, coded_info, pre_entry_number
from backend.formats.ceb.refusals import DUPLICATE, SENDER_NOT_ALLOWED
from backend.services.answers import Answers, china_moment
from backend.services.gateway import Gateway
from backend.services.intake.prepared import Prepared
from backend.services.outbox import Entry, account_of, new_operation
from backend.services.outcomes import DocumentOutcome, refusal_as_fault
from backend.services.signatures import UNVERIFIED, SignatureFinding
from backend.store import documents
from backend.store.database import Connection
from backend.store.profiles import names_of, numbers_of_codes

#: What foreign export platforms write where they have no code.
NO_CODE = "无"


class Reception:
    """The part that documents and notices have in common; subclasses say what else is checked and what follows."""

    #: Codes of enterprises in the head; each that is filled must be a registered participant.
    ENTERPRISE_FIELDS: ClassVar[tuple[str, ...]] = ()

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
        self.accepted: list[Prepared] = []
        self.withdrawn: list[int] = []
        self.known_operation: str | None = None

    def judge(self, judged: Sequence[Prepared | DocumentOutcome]) -> tuple[DocumentOutcome, ...]:
        """An outcome for every document, in their order; what may be stored is kept in `accepted`."""
        prepared = [item for item in judged if isinstance(item, Prepared)]
        self.look_up(prepared)
        if prepared and not any(self.is_senders(item) for item in prepared):
            facts = prepared[0].document.facts
            raise ParticipantNotYours(
                field=f"{facts.head}.{facts.senders[0]}",
                value=next(iter(prepared[0].document.sender_codes), ""),
                participant_no=self.participant_no,
            )
        return tuple(item if isinstance(item, DocumentOutcome) else self._judge(item) for item in judged)

    def store(self) -> str | None:
        """Stores what was accepted and queues what follows; the operation's id, or None for nothing."""
        self.withdraw()
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
        self.follow(Entry(operation_id, account, self.participant_no, self.now), ids, replaced)
        answers = Answers(self.connection, self.now)
        for item, document_id in zip(self.accepted, ids, strict=True):
            answers.add(
                document_id,
                self.participant_no,
                item.parcel_id,
                item.document.type,
                standings.STAGED if item.is_staged else standings.TAKEN,
            )
        answers.store()
        return operation_id

    # What subclasses say

    def look_up(self, prepared: Sequence[Prepared]) -> None:
        """Everything the verdicts need, asked once for the whole message."""
        codes = {code for item in prepared for code in (*self.codes(item).values(), *item.document.sender_codes)}
        self.numbers = numbers_of_codes(self.connection, codes)
        self.standing = names_of(self.connection, {*self.numbers.values(), self.participant_no})
        kind = prepared[0].kind if prepared else "Order"
        keys = [item.document.business_key for item in prepared]
        self.current = documents.current_versions(self.connection, kind, keys)
        self.in_message: dict[str, Prepared] = {}

    def roles(self, item: Prepared) -> tuple[Role, ...]:
        """Any of which its sender must hold."""
        return (item.document.facts.role,)

    def change(self, item: Prepared, before: Any) -> DocumentOutcome | None:
        """A document under a known key: why it may not take the other's place, or None."""
        raise NotImplementedError

    def check(self, item: Prepared) -> DocumentOutcome | None:
        """What else must hold; None where it does."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """What follows from the documents that this message takes back."""

    def follow(self, entry: Entry, ids: Sequence[int], replaced: Sequence[int]) -> None:
        """Queues what follows from the accepted documents, whose ids these are in their order."""
        raise NotImplementedError

    # -----------------------------------------------------------------------------------------------

    def codes(self, item: Prepared) -> dict[str, str]:
        head = item.document.head
        return {name: code for name in self.ENTERPRISE_FIELDS if (code := head.get(name, "")) and code != NO_CODE}

    def is_senders(self, item: Prepared) -> bool:
        return any(self.numbers.get(code) == self.participant_no for code in item.document.sender_codes)

    def _may_replace(self, document: Document | Notice, before: Any) -> bool:
        """Whether the sender may change or take back what stands: its own, or what another sent in its place."""
        usual, *_ = document.sender_codes
        return self.participant_no in (before.participant_no, self.numbers.get(usual))

    def _judge(self, item: Prepared) -> DocumentOutcome:
        document = item.document
        if not self.is_senders(item):
            return self.refused(item, SENDER_NOT_ALLOWED.for_type(document.type))
        sender, roles = self.standing.get(self.participant_no), self.roles(item)
        if sender is None or not any(has_role(sender.roles, role) for role in roles):
            names = " / ".join(role.name for role in roles)
            return self.refused(item, SENDER_NOT_ALLOWED.for_type(document.type), f"{names} 角色")
        unknown = [f"{name} {code}" for name, code in self.codes(item).items() if code not in self.numbers]
        if unknown:
            refusal = (SENDER_NOT_ALLOWED.order[0], "企业未在海关登记")
            return self.refused(item, refusal, *unknown)
        twin = self.in_message.get(document.business_key)
        if twin is not None and twin.digest != item.digest:
            return self.refused(item, DUPLICATE.for_type(document.type), document.business_key)
        before = self.current.get(document.business_key)
        if twin is not None or (before is not None and before.current and before.content_digest == item.digest):
            if before is not None:
                self.known_operation = self.known_operation or before.operation_id
            return self.outcome(item, "known")
        if before is not None and before.current and not self._may_replace(document, before):
            return self.refused(item, SENDER_NOT_ALLOWED.for_type(document.type), document.business_key)
        refused = self.change(item, before) if before is not None else None
        if refused is None:
            refused = self.check(item)
        if refused is not None:
            return refused
        self.in_message[document.business_key] = item
        self.take(item, before)
        return self.outcome(item, "acceptable")

    def take(self, item: Prepared, before: Any) -> None:
        """Keeps an acceptable document to be stored; a withdrawal takes back what it names instead."""
        if not item.is_withdrawal:
            self.accepted.append(item)
        elif before is not None:
            self.withdrawn.append(before.id)

    def _row(self, item: Prepared, operation_id: str) -> dict[str, Any]:
        document = item.document
        return {
            "kind": item.kind,
            "message_type": document.type,
            "business_key": document.business_key,
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
            **self.signature.columns(document.sender_codes),
            "answered": orjson.dumps(answered_fields(document.type, document.head)),
            "pre_no": self._pre_no(item),
            "received_at": self.now,
        }

    def _pre_no(self, item: Prepared) -> str | None:
        """The number under which the port enters what it has to decide about; other documents get none."""
        document = item.document
        if "preNo" not in {field.name for field in RECEIPTS_FOR[document.type].head}:
            return None
        return document.head.get("preNo", "").strip() or pre_entry_number(item.parsed.guid, china_moment(self.now))

    def outcome(self, item: Prepared, standing: str) -> DocumentOutcome:
        status = standings.STAGED if item.is_staged else standings.TAKEN
        return DocumentOutcome(
            item.parsed.index,
            item.parsed.guid,
            item.kind,
            item.document.business_key,
            standing,
            item.parcel_id.hex() if item.parcel_id else None,
            status.status,
            status.info,
            item.warnings,
        )

    def refused(self, item: Prepared, refusal: tuple[str, str], *details: str) -> DocumentOutcome:
        return DocumentOutcome(
            item.parsed.index,
            item.parsed.guid,
            item.kind,
            item.document.business_key,
            "refused",
            item.parcel_id.hex() if item.parcel_id else None,
            refusal[0],
            coded_info(refusal[0], refusal[1], *details),
            (refusal_as_fault(item.parsed.index, refusal, details),),
        )
