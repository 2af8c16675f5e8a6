"""What is answered to a message: one outcome a document, as JSON or as the receipt customs would send."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from backend.formats.ceb.messages import ParsedDocument
from backend.formats.ceb.receipts import ReceiptRow, write_receipt


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of one document. `standing`: stored, known, refused, or acceptable where nothing was to be stored."""

    index: int
    guid: str
    kind: str
    business_key: str
    standing: str
    parcel_id: str | None
    return_status: str
    info: str
    faults: tuple[Mapping[str, Any], ...] = ()
    #: In a dry run, whether the parcel's documents would agree with this one in place (a match report as JSON).
    match: Mapping[str, Any] | None = None

    @property
    def is_refused(self) -> bool:
        return self.standing == "refused"

    def as_json(self) -> dict[str, Any]:
        told = {
            "index": self.index,
            "guid": self.guid,
            "kind": self.kind,
            "business_key": self.business_key,
            "standing": self.standing,
            "parcel_id": self.parcel_id,
            "return_status": self.return_status,
            "info": self.info,
            "faults": list(self.faults),
        }
        return told if self.match is None else told | {"match": self.match}


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """The answer to a message: one outcome a document, and the operation that the stored ones belong to."""

    operation_id: str | None
    message_type: str
    guid: str
    documents: tuple[DocumentOutcome, ...]
    received_at: int
    parsed: tuple[ParsedDocument, ...] = field(repr=False)

    @property
    def is_refused(self) -> bool:
        """Whether not a single document was taken."""
        return all(outcome.is_refused for outcome in self.documents)

    def as_json(self) -> dict[str, Any]:
        return {
            "operation_id": self.operation_id,
            "message_type": self.message_type,
            "guid": self.guid,
            "documents": [outcome.as_json() for outcome in self.documents],
        }

    def as_receipt(self) -> bytes:
        """The receipt message customs would answer with, valid against its schema."""
        at = datetime.fromtimestamp(self.received_at, UTC)
        rows = [
            ReceiptRow(document, outcome.return_status, outcome.info, at)
            for document, outcome in zip(self.parsed, self.documents, strict=True)
        ]
        guid = uuid.uuid5(uuid.NAMESPACE_OID, f"receipt:{self.guid}:{self.received_at}")
        return write_receipt(self.message_type, rows, str(guid).upper())


def refusal_as_fault(index: int, refusal: tuple[str, str], details: Sequence[str]) -> dict[str, Any]:
    """A refusal (status, Chinese sentence) in the form of a fault, for the list that a document's outcome has."""
    return {
        "document": index,
        "path": "",
        "value": ", ".join(details),
        "rule": refusal[0],
        "zh": refusal[1],
        "en": REFUSALS_EN.get(refusal[1], refusal[1]),
        "level": "error",
    }


#: The sentences of refusals in English, by their Chinese one.
REFUSALS_EN = {
    "已存在相同编号的订单": "an order with this number is known with another content",
    "已存在相同编号的支付单": "a payment with this number is known with another content",
    "物流运单已存在": "a waybill with this number is known with another content",
    "清单已经申报过，请勿重复申报": "the parcel is declared already",
    "接收报文为旧报文数据，不做处理": "the document can no longer be changed",
    "运单标识不正确，未找到操作的运单": "the waybill can no longer be changed",
    "清单的申报状态不符合改单申报的条件": "the list can no longer be changed",
    "无效企业代码": "the enterprise named as sender is not the caller",
    "没有权限进行操作": "the caller may not send this list",
    "企业未在海关登记": "an enterprise named here is not registered",
    "电商企业未登记为商家": "the e-commerce enterprise is not a registered seller",
    "清单报文校验失败": "the list breaks a rule",
}
