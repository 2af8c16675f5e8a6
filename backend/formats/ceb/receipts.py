"""Receipts: what the gateway answers to a message, in the shape customs' own answers have.

Status 2 means taken in for processing; 120 means accepted into the database, never released; a negative
status is a refusal before anything was stored (specification 202205, tables of return status; code ranges
of its annex on errors).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from backend.domain.documents import DocumentKind
from backend.formats.ceb.faults import Fault
from backend.formats.ceb.fields import NAMESPACE, RECEIPTS, RECEIPTS_FOR, Field
from backend.formats.ceb.messages import ParsedDocument
from backend.formats.ceb.writer import escaped

#: Customs' clocks show China Standard Time.
CHINA_TIME = timezone(timedelta(hours=8))

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: Stands where a required key is absent from the refused document.
_ABSENT = "无"


class ReturnStatus(StrEnum):
    """The return statuses that this gateway itself gives; customs' others are read as they come."""

    Staged = "1"
    Taken = "2"
    Sent = "3"
    NotSent = "4"
    Rejected = "100"
    Accepted = "120"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document was not taken: the negative status and its sentence, by kind of document."""

    order: tuple[str, str]
    payment: tuple[str, str]
    waybill: tuple[str, str]
    declaration: tuple[str, str]

    def for_kind(self, kind: DocumentKind) -> tuple[str, str]:
        """(return status, Chinese sentence)."""
        match kind:
            case DocumentKind.Order:
                return self.order
            case DocumentKind.Payment:
                return self.payment
            case DocumentKind.Waybill:
                return self.waybill
            case DocumentKind.Declaration:
                return self.declaration


#: A field breaks a rule.
FORMAT_WRONG = Refusal(
    ("-301008", "参数校验不通过"),
    ("-401009", "参数校验不通过"),
    ("-504011", "参数校验不通过"),
    ("-621001", "清单报文校验失败"),
)

#: The business key already stands for another document.
DUPLICATE = Refusal(
    ("-301010", "已存在相同编号的订单"),
    ("-401007", "已存在相同编号的支付单"),
    ("-504012", "物流运单已存在"),
    ("-621004", "清单已经申报过，请勿重复申报"),
)

#: An older message than the one already held.
OUTDATED = Refusal(
    ("-301014", "接收报文为旧报文数据，不做处理"),
    ("-401012", "接收报文为旧报文数据，不做处理"),
    ("-504014", "运单标识不正确，未找到操作的运单"),
    ("-621012", "清单的申报状态不符合改单申报的条件"),
)

#: The gateway itself failed; the sender may try again.
FAILED = Refusal(
    ("-301013", "订单报文处理失败，系统异常"),
    ("-401011", "支付单报文处理失败，系统异常"),
    ("-504000", "运单报文处理失败，系统异常"),
    ("-621017", "系统发生异常"),
)

_NOT_ALLOWED = ("-10102", "无效企业代码")
#: The enterprise named as sender is unknown or not the caller.
SENDER_NOT_ALLOWED = Refusal(_NOT_ALLOWED, _NOT_ALLOWED, _NOT_ALLOWED, ("-621016", "没有权限进行操作"))

#: Return status of the receipt 900 for a message that could not be read or has the wrong frame.
UNREADABLE = "0001"
SCHEMA_VIOLATED = "0002"


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """The answer to one document: which one, and what became of it.

    `info` is the text a person reads, for instance `[Code:1800;Desc:逻辑校验通过]`; it must hold nothing
    personal. `extra` adds receipt fields the document does not carry (`invtNo`).
    """

    document: ParsedDocument
    status: str
    info: str
    at: datetime
    extra: Mapping[str, str] | None = None


def coded_info(code: str, description: str, *details: str) -> str:
    """`[Code:1332;Desc:…],[detail]`, the form in which customs' receipts carry an inner code."""
    return ",".join((f"[Code:{code};Desc:{description}]", *(f"[{detail}]" for detail in details)))


def fault_info(refusal: tuple[str, str], faults: Sequence[Fault]) -> str:
    """The refusal's sentence with every fault, as `[Code:…;Desc:…],[path 规则]`; values are left out."""
    return coded_info(refusal[0], refusal[1], *(f"{each.path} {each.zh}" for each in faults))


def write_receipt(message_type: str, rows: Sequence[ReceiptRow], guid: str) -> bytes:
    """The receipt message that answers a request of this type ("311" → 312), one row per document.

    A key that the refused document lacks, or that is too long for the receipt, is written as `无` or cut,
    so that the receipt itself is always valid.
    """
    layout = RECEIPTS_FOR[message_type]
    body = "".join(f"<{layout.node}>{_write_row(layout.head, _row_values(row))}</{layout.node}>" for row in rows)
    return _envelope(layout.root, guid, body)


def write_unreadable(
    info: str,
    at: datetime,
    guid: str,
    *,
    status: str = UNREADABLE,
    message_type: str = "",
    envelope_id: str = "",
) -> bytes:
    """The receipt 900 for a message that has no rows to answer; the message itself is not echoed."""
    layout = RECEIPTS["900"]
    values = {
        "guid": guid,
        "returnStatus": status,
        "returnInfo": info,
        "returnTime": return_time(at),
        "oriCopMsgId": envelope_id,
        "oriMessageType": f"CEB{message_type}Message" if message_type else "",
        "oriBizMessage": "",
    }
    row = _write_row(layout.head, values)
    return _envelope(layout.root, guid, f"<{layout.node}>{row}</{layout.node}>")


def return_time(at: datetime) -> str:
    """Seventeen digits, yyyyMMddHHmmssSSS in China Standard Time; `at` must know its zone."""
    local = at.astimezone(CHINA_TIME)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def pre_entry_number(guid: str, at: datetime) -> str:
    """The 18-character pre-entry number of a list: `B`, the date, nine digits derived from the guid."""
    digits = int.from_bytes(hashlib.sha256(guid.encode()).digest()[:8], "big") % 10**9
    return f"B{at.astimezone(CHINA_TIME):%Y%m%d}{digits:09d}"


def _row_values(row: ReceiptRow) -> dict[str, str]:
    head = row.document.head
    derived = {
        "preNo": head.get("preNo", "") or pre_entry_number(row.document.guid, row.at),
        "copNo": head.get("copNo", "") or head.get("orderNo", ""),
        "guid": head.get("guid", ""),
        "returnStatus": row.status,
        "returnTime": return_time(row.at),
        "returnInfo": row.info,
    }
    return {**head, **derived, **(row.extra or {})}


def _write_row(fields: Sequence[Field], values: Mapping[str, str]) -> str:
    parts = []
    for field in fields:
        value = _fitted(field, values)
        if value is not None:
            parts.append(f"<{field.name}>{escaped(value)}</{field.name}>")
    return "".join(parts)


def _fitted(field: Field, values: Mapping[str, str]) -> str | None:
    """The value as the receipt can hold it; None to leave an optional element out."""
    value = values.get(field.name, "")
    if field.broken_rule(value) is None and (value or field.required):
        return value
    if not field.required:
        return None
    if field.least == field.most and field.most:
        if field.name == "guid":
            # A refused document may have no usable guid; the row then carries one derived from what it had.
            return str(uuid.uuid5(uuid.NAMESPACE_OID, value)).upper()
        if field.name == "preNo":
            return f"B{value:0>17}"[: field.most]
        return (value or "-").ljust(field.most, "-")[: field.most]
    return value[: field.most] if value.strip() else _ABSENT


def _envelope(root: str, guid: str, body: str) -> bytes:
    return f'{_DECLARATION}<{root} xmlns="{NAMESPACE}" guid="{guid}" version="1.0">{body}</{root}>'.encode()
