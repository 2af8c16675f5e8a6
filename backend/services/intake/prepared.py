"""One document or notice of a message, checked by itself and committed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.commitments import document_root, new_secret, parcel_id
from backend.domain.documents import Document
from backend.domain.notices import Notice
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import ParsedDocument
from backend.formats.ceb.receipts import fault_info
from backend.formats.ceb.refusals import FORMAT_WRONG
from backend.services.outcomes import DocumentOutcome


@dataclass(slots=True)
class Prepared:
    """A document or notice that has passed every check of its own, with its commitment made."""

    parsed: ParsedDocument
    document: Document | Notice
    fields: list[tuple[str, str]]
    secret: bytes
    root: bytes
    digest: bytes
    warnings: tuple[Mapping[str, Any], ...]
    parcel_id: bytes | None = None
    waybill_key: str | None = None
    seller_no: int | None = None
    group_key: str | None = None
    version: int = 1
    replaces: int | None = None

    @property
    def kind(self) -> str:
        return str(self.document.kind)

    @property
    def is_staged(self) -> bool:
        """Whether its sender only stages it (appStatus 1): nothing follows until it is declared."""
        return self.document.head.get("appStatus", "").strip() == "1"

    @property
    def is_withdrawal(self) -> bool:
        return self.document.head.get("appType", "").strip() == "3"


def kind_of(parsed: ParsedDocument) -> str:
    """What kind of document or notice it is, by its message type."""
    return str(parsed.to_notice().kind if parsed.is_notice else parsed.kind)


def prepare(consortium_key: bytes, parsed: ParsedDocument) -> Prepared | DocumentOutcome:
    """Checks one document by itself and commits to it; all its faults where it has any."""
    faults = (*parsed.faults, *check_document(parsed))
    errors = [fault for fault in faults if fault.level == "error"]
    if errors:
        refusal = FORMAT_WRONG.for_type(parsed.type)
        return DocumentOutcome(
            parsed.index,
            parsed.guid,
            kind_of(parsed),
            "",
            "refused",
            None,
            refusal[0],
            fault_info(refusal, errors),
            tuple(fault.as_json() for fault in faults),
        )
    document: Document | Notice = parsed.to_notice() if parsed.is_notice else parsed.to_document()
    fields, secret = document.to_fields(), new_secret()
    prepared = Prepared(
        parsed,
        document,
        fields,
        secret,
        document_root(secret, fields),
        document.content_digest(),
        tuple(fault.as_json() for fault in faults),
    )
    if isinstance(document, Document):
        reference, waybill = document.order_reference, document.waybill_reference
        prepared.parcel_id = parcel_id(consortium_key, *reference) if reference else None
        prepared.waybill_key = "|".join(waybill) if waybill else None
    return prepared
