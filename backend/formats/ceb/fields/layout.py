"""The words in which the field tables are written: fields, blocks, messages, receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from backend.domain.documents import MESSAGES, MessageFacts
from backend.domain.lifecycle import Direction
from backend.domain.notices import NOTICES, NoticeFacts

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"

# Written so that no text, however long, makes the match backtrack more than once over it.
_DECIMAL = re.compile(r"[+-]?([0-9]*+)(?:\.([0-9]*+))?")
_SPACE = re.compile(r"[\t\n\r ]+")
_INTEGER = re.compile(r"[+-]?([0-9]++)")


class Form(Enum):
    Text = "text"
    Decimal = "decimal"
    Integer = "integer"


@dataclass(frozen=True, slots=True)
class Field:
    """One element with text: its name on the wire, its Chinese name and what its text may be.

    `least` and `most` count characters of a text; `digits` and `decimals` limit a number as the XSD facets
    totalDigits and fractionDigits do. `collapse`: white space is folded before the text is measured.
    `blank`: the element is required but its text may be empty. `fixed`: the only text allowed.
    """

    name: str
    title: str
    form: Form
    required: bool
    least: int = 0
    most: int | None = None
    digits: int | None = None
    decimals: int = 0
    collapse: bool = False
    blank: bool = False
    fixed: str | None = None

    def broken_rule(self, value: str) -> str | None:
        """The code of the first rule that the text breaks, or None.

        Same verdict as the official schema, and one rule more: a required text must hold something other
        than white space. The 2022 export schema lost that rule, its 2018 edition had it.
        """
        if self.form is Form.Text:
            length = len(_SPACE.sub(" ", value).strip(" ") if self.collapse else value)
            if self.required and not self.blank and not value.strip():
                return "empty"
            if self.fixed is not None and value != self.fixed:
                return "wrong_value"
            if length < self.least:
                return "wrong_length" if self.least == self.most else "too_short"
            if self.most is not None and length > self.most:
                return "wrong_length" if self.least == self.most else "too_long"
            return None
        if self.form is Form.Decimal:
            return self._broken_decimal(value.strip("\t\n\r "))
        return self._broken_integer(value.strip("\t\n\r "))

    def _broken_decimal(self, text: str) -> str | None:
        match = _DECIMAL.fullmatch(text)
        if match is None or text.strip("+-") in ("", "."):
            return "empty" if not text else "not_a_number"
        whole, fraction = match.group(1).lstrip("0"), (match.group(2) or "").rstrip("0")
        if len(fraction) > self.decimals:
            return "too_many_decimals"
        if self.digits is not None and len(whole) + len(fraction) > self.digits:
            return "too_many_digits"
        return None

    def _broken_integer(self, text: str) -> str | None:
        match = _INTEGER.fullmatch(text)
        if match is None:
            return "empty" if not text else "not_an_integer"
        magnitude = match.group(1).lstrip("0") or "0"
        # xs:int has 32 bits.
        if len(magnitude) > 10 or not -(1 << 31) <= int(("-" if text[0] == "-" else "") + magnitude) < 1 << 31:
            return "too_many_digits"
        if self.digits is not None and len(magnitude) > self.digits:
            return "too_many_digits"
        return None


def text(
    name: str, title: str, most: int | None, *, least: int = 0, optional: bool = False,
    collapse: bool = False, blank: bool = False,
) -> Field:  # fmt: skip
    """A text of up to `most` characters."""
    return Field(name, title, Form.Text, not optional, least, most, collapse=collapse, blank=blank)


def exact(name: str, title: str, length: int, *, optional: bool = False, collapse: bool = False) -> Field:
    """A text of exactly `length` characters."""
    return Field(name, title, Form.Text, not optional, length, length, collapse=collapse)


def fixed(name: str, title: str, value: str) -> Field:
    """A text that must be this one."""
    return Field(name, title, Form.Text, True, len(value), len(value), fixed=value)


def number(name: str, title: str, *, optional: bool = False) -> Field:
    """A decimal of up to 19 digits, 5 of them after the point: amounts, weights, quantities."""
    return Field(name, title, Form.Decimal, not optional, digits=19, decimals=5)


def integer(name: str, title: str, *, digits: int | None = None, optional: bool = False) -> Field:
    """A 32-bit integer of up to `digits` digits."""
    return Field(name, title, Form.Integer, not optional, digits=digits)


#: Lines a document may have where the schema sets no bound: as many as fit a message with room to spare.
#: Longer ones are split, as the specification provides (msgCount, msgSeqNo).
MOST_LINES = 20_000


@dataclass(frozen=True)
class _Layout:
    """One message: the tree of its elements, in their order on the wire.

    A message holds 1 to `most_documents` elements `node`; each holds one block `head_name` and `least_lines`
    to `most_lines` blocks `line_name`, or, where `head_wrapped` is false, the head's fields themselves.
    """

    type: str
    title: str
    #: The message's name in English; fields are known by their names on the wire.
    english: str
    node: str
    head: tuple[Field, ...]
    lines: tuple[Field, ...] = ()
    most_lines: int = 99
    least_lines: int = 1
    most_documents: int = 100

    @property
    def root(self) -> str:
        return f"CEB{self.type}Message"

    @property
    def head_name(self) -> str:
        raise NotImplementedError

    @property
    def line_name(self) -> str | None:
        raise NotImplementedError

    @property
    def head_wrapped(self) -> bool:
        return self.head_name != self.node


@dataclass(frozen=True)
class MessageLayout(_Layout):
    """One request message; what it means stands in the domain, under the same type."""

    signature_required: bool = False

    @property
    def facts(self) -> MessageFacts | NoticeFacts:
        return MESSAGES.get(self.type) or NOTICES[self.type]

    @property
    def head_name(self) -> str:
        return self.facts.head

    @property
    def line_name(self) -> str | None:
        return self.facts.line

    @property
    def tail(self) -> tuple[str, ...]:
        """What may follow the documents, in order: export messages are signed before their extension."""
        if self.facts.direction is Direction.Import:
            return ("BaseTransfer", "BaseSubscribe", "ExtendMessage", "Signature")
        return ("BaseTransfer", "BaseSubscribe", "Signature", "ExtendMessage")


@dataclass(frozen=True)
class ReceiptLayout(_Layout):
    """One receipt message: `answers` is the request's type, None for what customs sends of its own accord.

    The other names say which fields hold the status, the time and the text of a row.
    """

    answers: str | None = None
    head_block: str | None = None
    line_block: str | None = None
    status_field: str = "returnStatus"
    time_field: str = "returnTime"
    info_field: str = "returnInfo"

    @property
    def head_name(self) -> str:
        return self.head_block or self.node

    @property
    def line_name(self) -> str | None:
        return self.line_block
