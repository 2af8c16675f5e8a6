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
from datetime import datetime
from typing import Protocol

from lxml import etree

from backend.domain.calendar import CHINA
from backend.domain.documents import MESSAGES
from backend.domain.errors import DocumentsTooMany, MessageStructureInvalid
from backend.formats.ceb.faults import Fault
from backend.formats.ceb.fields import NAMESPACE, RECEIPTS, RECEIPTS_FOR, Field, Form, ReceiptLayout
from backend.formats.ceb.reading import DocumentReader, tag
from backend.formats.ceb.writer import escaped, escaped_attribute

#: Of the frame around the messages of a feed.
FEED_NAMESPACE = "urn:guanlian:receipts"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: Stands where a required key is absent from the refused document.
_ABSENT = "无"


#: Return status of the receipt 900 for a message that could not be read or has the wrong frame.
UNREADABLE = "0001"
SCHEMA_VIOLATED = "0002"


class Answered(Protocol):
    """What a receipt answers: a document or notice, parsed or of the domain, by the fields of its head."""

    @property
    def head(self) -> Mapping[str, str]:
        """Field name → text."""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """The answer to one document or notice: which one, and what became of it.

    `info` is the text a person reads, for instance `[Code:1800;Desc:逻辑校验通过]`; it must hold nothing
    personal. `extra` adds receipt fields the document does not carry (`invtNo`).
    """

    document: Answered
    status: str
    info: str
    at: datetime
    extra: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RowValues:
    """A row given field by field: a tax bill (816, 818), a summary result (792), or any other receipt's row."""

    head: Mapping[str, str]
    lines: Sequence[Mapping[str, str]] = ()


def coded_info(code: str, description: str, *details: str) -> str:
    """`[Code:1332;Desc:…],[detail]`, the form in which customs' receipts carry an inner code."""
    return ",".join((f"[Code:{code};Desc:{description}]", *(f"[{detail}]" for detail in details)))


def fault_info(refusal: tuple[str, str], faults: Sequence[Fault]) -> str:
    """The refusal's sentence with every fault, as `[Code:…;Desc:…],[path 规则]`; values are left out."""
    return coded_info(refusal[0], refusal[1], *(f"{each.path} {each.zh}" for each in faults))


#: What a receipt says of its own, beside what it repeats of the document.
_SAID = frozenset({"returnStatus", "returnTime", "returnInfo"})
_GIVEN = frozenset({"preNo", "invtNo"})


def answered_fields(message_type: str, head: Mapping[str, str]) -> dict[str, str]:
    """What the receipts of a document or notice repeat of it, each value as the receipt can hold it.

    The numbers that customs gives (`preNo`, `invtNo`) are left out, but for those that a notice names itself.
    """
    values = {**head, "copNo": head.get("copNo", "") or head.get("orderNo", "")}
    is_notice = message_type not in MESSAGES
    found = {}
    for field in RECEIPTS_FOR[message_type].head:
        if field.name in _SAID or (field.name in _GIVEN and not (is_notice and head.get(field.name))):
            continue
        value = _fitted(field, values)
        if value is not None:
            found[field.name] = value
    return found


def write_receipt(message_type: str, rows: Sequence[ReceiptRow], guid: str) -> bytes:
    """The receipt message that answers a request of this type ("311" → 312), one row per document or notice.

    A key that the refused document lacks, or that is too long for the receipt, is written as `无` or cut,
    so that the receipt itself is always valid.
    """
    layout = RECEIPTS_FOR[message_type]
    body = "".join(f"<{layout.node}>{_write_row(layout.head, _row_values(row))}</{layout.node}>" for row in rows)
    return _envelope(layout.root, guid, body)


def row_fields(message_type: str, row: ReceiptRow) -> dict[str, str]:
    """The elements of a row as `write_receipt` writes them, by name."""
    values = _row_values(row)
    fitted = {field.name: _fitted(field, values) for field in RECEIPTS_FOR[message_type].head}
    return {name: value for name, value in fitted.items() if value is not None}


def write_feed(messages: Sequence[bytes], *, next_id: int, more: bool) -> bytes:
    """Receipt messages one after another in one document; each of them, cut out, is a message of its own.

    `next_id` is where the feed goes on, `more` whether there is more already.
    """
    start = f'<Receipts xmlns="{FEED_NAMESPACE}" next="{next_id}" more="{str(more).lower()}">'
    parts = (message.removeprefix(_DECLARATION.encode()) for message in messages)
    return b"\n".join(((_DECLARATION + start).encode(), *parts, b"</Receipts>\n"))


def write_rows(receipt_type: str, rows: Sequence[RowValues], guid: str) -> bytes:
    """A receipt message of this type ("816" …) with exactly these values, valid against the schema.

    KeyError for an unknown type or field. DocumentsTooMany, or MessageStructureInvalid with every fault, where
    the values break the receipt's table.
    """
    layout = RECEIPTS[receipt_type]
    if len(rows) > layout.most_documents:
        raise DocumentsTooMany(count=len(rows), most=layout.most_documents)
    data = _envelope(layout.root, guid, "".join(_write_values(layout, row) for row in rows))
    _require_valid(layout, data, len(rows))
    return data


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
    local = at.astimezone(CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def pre_entry_number(guid: str, at: datetime) -> str:
    """The 18-character pre-entry number of a list: `B`, the date, nine digits derived from the guid."""
    digits = int.from_bytes(hashlib.sha256(guid.encode()).digest()[:8], "big") % 10**9
    return f"B{at.astimezone(CHINA):%Y%m%d}{digits:09d}"


def _write_values(layout: ReceiptLayout, row: RowValues) -> str:
    head = _plain_block(layout.head, row.head)
    if layout.head_wrapped:
        head = f"<{layout.head_name}>{head}</{layout.head_name}>"
    lines = "".join(
        f"<{layout.line_name}>{_plain_block(layout.lines, line)}</{layout.line_name}>" for line in row.lines
    )
    return f"<{layout.node}>{head}{lines}</{layout.node}>"


def _plain_block(fields: Sequence[Field], values: Mapping[str, str]) -> str:
    unknown = values.keys() - {field.name for field in fields}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return "".join(
        f"<{field.name}>{escaped(values[field.name])}</{field.name}>" for field in fields if field.name in values
    )


def _require_valid(layout: ReceiptLayout, data: bytes, rows: int) -> None:
    """What was written, read again by the same table."""
    reader = DocumentReader(layout)
    nodes = [node for node in etree.fromstring(data) if node.tag == tag(layout.node)]
    faults = [found for index, node in enumerate(nodes) for found in reader.read(node, index)[2]]
    if faults or not rows:
        raise MessageStructureInvalid(
            faults=[found.as_json() for found in faults],
            summary_zh="；".join(f"{found.path} {found.zh}" for found in faults[:5]) or f"缺少 {layout.node}",
            summary_en="; ".join(f"{found.path}: {found.en}" for found in faults[:5]) or f"no {layout.node}",
        )


def _row_values(row: ReceiptRow) -> dict[str, str]:
    head = row.document.head
    guid = head.get("guid", "")
    derived = {
        "preNo": head.get("preNo", "") or pre_entry_number(guid, row.at),
        "copNo": head.get("copNo", "") or head.get("orderNo", ""),
        "guid": guid,
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
    if field.form is not Form.Text:
        # A part number that the request did not give: the notice was not split.
        return "1"
    if field.least == field.most and field.most:
        if field.name == "guid":
            # A refused document may have no usable guid; the row then carries one derived from what it had.
            return str(uuid.uuid5(uuid.NAMESPACE_OID, value)).upper()
        if field.name == "preNo":
            return f"B{value:0>17}"[: field.most]
        return (value or "-").ljust(field.most, "-")[: field.most]
    return value[: field.most] if value.strip() else _ABSENT


def _envelope(root: str, guid: str, body: str) -> bytes:
    start = f'<{root} xmlns="{NAMESPACE}" guid="{escaped_attribute(guid)}" version="1.0">'
    return f"{_DECLARATION}{start}{body}</{root}>".encode()
