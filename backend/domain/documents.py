"""The documents of a parcel: order, payment, waybill and declaration, whatever wire format brought them.

A document is its field names and texts exactly as its sender wrote them. What this module adds is meaning:
which fields make its business key, who must have sent it, which parcel it speaks of, what in it is personal.
Source of the field names and keys: specification 202205 of the unified CBEC system.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from backend.domain.lifecycle import Direction
from backend.domain.participants import Role


class DocumentKind(StrEnum):
    Order = "Order"
    Payment = "Payment"
    Waybill = "Waybill"
    Declaration = "Declaration"


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What one message type means: which document it carries and which fields identify that document."""

    kind: DocumentKind
    direction: Direction
    head: str
    line: str | None
    #: The fields whose values together are the document's key; the receipt repeats them.
    key: tuple[str, ...]
    #: The fields that may name the sender, the usual one first.
    senders: tuple[str, ...]
    #: The role that the sender holds.
    role: Role


MESSAGES: dict[str, MessageFacts] = {
    "311": MessageFacts(
        DocumentKind.Order, Direction.Import, "OrderHead", "OrderList",
        ("ebpCode", "orderNo"), ("ebpCode", "ebcCode"), Role.Platform,
    ),
    "411": MessageFacts(
        DocumentKind.Payment, Direction.Import, "PaymentHead", None,
        ("payCode", "payTransactionId"), ("payCode",), Role.Payment,
    ),
    "511": MessageFacts(
        DocumentKind.Waybill, Direction.Import, "LogisticsHead", None,
        ("logisticsCode", "logisticsNo"), ("logisticsCode",), Role.Logistics,
    ),
    "621": MessageFacts(
        DocumentKind.Declaration, Direction.Import, "InventoryHead", "InventoryList",
        ("agentCode", "copNo"), ("agentCode",), Role.Declarant,
    ),
    "303": MessageFacts(
        DocumentKind.Order, Direction.Export, "OrderHead", "OrderList",
        ("ebpCode", "orderNo"), ("ebpCode", "ebcCode"), Role.Platform,
    ),
    "403": MessageFacts(
        DocumentKind.Payment, Direction.Export, "Receipts", None,
        ("ebcCode", "orderNo", "payNo"), ("payCode", "ebcCode"), Role.Payment,
    ),
    "505": MessageFacts(
        DocumentKind.Waybill, Direction.Export, "Logistics", None,
        ("logisticsCode", "logisticsNo"), ("logisticsCode",), Role.Logistics,
    ),
    "603": MessageFacts(
        DocumentKind.Declaration, Direction.Export, "InventoryHead", "InventoryList",
        ("agentCode", "copNo"), ("agentCode",), Role.Declarant,
    ),
}  # fmt: skip

#: Fields that identify or locate a natural person (PIPL art. 4), with free texts that may hold such data.
#: Their values never reach logs, problem documents, receipts' texts or the public.
PERSONAL_FIELDS = frozenset(
    {
        "buyerRegNo",
        "buyerName",
        "buyerTelephone",
        "buyerIdNumber",
        "payerIdNumber",
        # the same as the interface calls it
        "id_number",
        "payerName",
        "telephone",
        "consignee",
        "consigneeTelephone",
        "consigneeAddress",
        "consigneeDistrict",
        "ebcTelephone",
        "reason",
        "note",
        # of an original payment record: whose account was paid, and what platform and payment enterprise said
        "recpAccount",
        "initalRequest",
        "initalResponse",
    }
)

#: What a buyer or the public may see of a declaration line: origin, HS heading, brand; never name or price.
#: `gcode.heading` and `gmodel.brand` are derived (see `Document.to_fields`), so that they can be revealed
#: while the ten-digit code and the full description stay closed.
PUBLIC_FIELDS = frozenset({"country", "gcode.heading", "gmodel.brand"})

#: What a transmission changes although the document stays the same.
TRANSMISSION_FIELDS = frozenset({"guid", "appTime"})

MASK = "***"

_DECIMAL = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)")
#: No field holds more than 19 digits; longer texts are not worth computing with.
_LONGEST_NUMBER = 64

_BRAND = re.compile(r"品牌[:：]\s*([^|;；,，]+)")


def masked(field: str, value: str) -> str:
    """The value as it may be shown to anyone: a personal one becomes `***`, a long one is cut at 60."""
    if field.rpartition(".")[2] in PERSONAL_FIELDS:
        return MASK if value else ""
    return value if len(value) <= 60 else value[:57] + "…"


def decimal_of(value: str | None) -> Decimal | None:
    """The value of a number field, or None where it is absent, no number, or longer than 64 characters."""
    stripped = (value or "").strip("\t\n\r ")
    if len(stripped) > _LONGEST_NUMBER or not _DECIMAL.fullmatch(stripped):
        return None
    return Decimal(stripped)


def business_key_of(message_type: str, names: Sequence[str], head: Mapping[str, str]) -> str:
    """`type|value|value` of these head fields. A `|` in a value is written `%7C`, so that no two keys run together."""
    values = (head.get(name, "").replace("%", "%25").replace("|", "%7C") for name in names)
    return "|".join((message_type, *values))


def content_digest_of(message_type: str, head: Mapping[str, str], lines: Sequence[Mapping[str, str]]) -> bytes:
    """SHA-256 over everything that is said, without what a transmission changes (TRANSMISSION_FIELDS)."""
    content = [
        message_type,
        {name: value for name, value in head.items() if name not in TRANSMISSION_FIELDS},
        [dict(line) for line in lines],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def is_personal(path: str) -> bool:
    """Whether the field at a path such as `OrderHead.buyerName` is personal."""
    return path.rpartition(".")[2] in PERSONAL_FIELDS


def is_public(path: str) -> bool:
    """Whether the field at a path such as `InventoryList.1.gcode.heading` may be shown to a buyer."""
    block, _, name = path.partition(".")
    if block != "InventoryList":
        return False
    return name.partition(".")[2] in PUBLIC_FIELDS


@dataclass(frozen=True)
class Document:
    """One document of one parcel, equal to another only if every field is."""

    kind: DocumentKind
    direction: Direction
    type: str
    head: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]

    @property
    def facts(self) -> MessageFacts:
        return MESSAGES[self.type]

    @cached_property
    def business_key(self) -> str:
        """`type|value|value`: two documents with one key are the same document or in conflict.

        A declaration without the declarant's own number (optional on 621) is keyed by its order.
        """
        names = self.facts.key
        if self.kind is DocumentKind.Declaration and not self.head.get("copNo"):
            names = ("agentCode", "ebpCode", "orderNo")
        return business_key_of(self.type, names, self.head)

    @property
    def sender_codes(self) -> tuple[str, ...]:
        """The enterprise codes that may send this document, the usual one first; empty ones are left out."""
        return tuple(code for name in self.facts.senders if (code := self.head.get(name, "")))

    @property
    def sender_code(self) -> str:
        return next(iter(self.sender_codes), "")

    @property
    def order_no(self) -> str | None:
        """None on the export waybill (505), which names no order: its declaration links the two."""
        return self.head.get("orderNo") or None

    @property
    def platform_code(self) -> str | None:
        """None on waybills, which name no platform."""
        return self.head.get("ebpCode") or None

    @property
    def logistics_code(self) -> str | None:
        return self.head.get("logisticsCode") or None

    @property
    def logistics_no(self) -> str | None:
        return self.head.get("logisticsNo") or None

    @property
    def seller_code(self) -> str | None:
        """`ebcCode`, the e-commerce enterprise; None where the message does not carry it (411, 511)."""
        return self.head.get("ebcCode") or None

    @property
    def customs_code(self) -> str | None:
        """The declaring district, on declarations."""
        return self.head.get("customsCode") or None

    @property
    def port_code(self) -> str | None:
        """The port district, on declarations."""
        return self.head.get("portCode") or None

    @property
    def trade_mode(self) -> str | None:
        """The supervision mode (9610, 1210 …), on declarations."""
        return self.head.get("tradeMode") or None

    @property
    def order_reference(self) -> tuple[str, str] | None:
        """(platform code, order number), from which the parcel's id is computed; None if either is absent."""
        if self.platform_code and self.order_no:
            return self.platform_code, self.order_no
        return None

    @property
    def waybill_reference(self) -> tuple[str, str] | None:
        """(logistics code, waybill number); None if the document names no waybill."""
        if self.logistics_code and self.logistics_no:
            return self.logistics_code, self.logistics_no
        return None

    def to_fields(self) -> list[tuple[str, str]]:
        """Every field as (path, text), in the order in which evidence commits to them.

        Head before lines, lines as they stand, names sorted within a block, so that the order depends on the
        content alone. A declaration line also has `gcode.heading` (the first four digits) and, where the
        description names a brand, `gmodel.brand`.
        """
        facts = self.facts
        fields = [(f"{facts.head}.{name}", self.head[name]) for name in sorted(self.head)]
        for number, line in enumerate(self.lines, 1):
            prefix = f"{facts.line}.{number}."
            values = dict(line)
            if self.kind is DocumentKind.Declaration:
                values["gcode.heading"] = line.get("gcode", "")[:4]
                if brand := _BRAND.search(line.get("gmodel", "")):
                    values["gmodel.brand"] = brand.group(1).strip()
            fields += [(prefix + name, values[name]) for name in sorted(values)]
        return fields

    def content_digest(self) -> bytes:
        """32 bytes, equal for two transmissions of the same document (all but `guid` and `appTime` equal)."""
        return content_digest_of(self.type, self.head, self.lines)

    def is_same_as(self, other: Document) -> bool:
        """Whether the other is this document sent again."""
        return self.content_digest() == other.content_digest()


def document_of(message_type: str, head: Mapping[str, str], lines: Sequence[Mapping[str, str]] = ()) -> Document:
    """The document that a message of this type carries; KeyError for a type that carries none."""
    facts = MESSAGES[message_type]
    return Document(facts.kind, facts.direction, message_type, dict(head), tuple(dict(line) for line in lines))
