"""Documents and notices as their senders wrote them, from the fields that are kept of them."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from backend.domain.documents import MESSAGES, Document, document_of
from backend.domain.notices import NOTICES, Notice, notice_of

#: Head fields, and the lines' in their order.
_Blocks = tuple[dict[str, str], list[dict[str, str]]]


def stored_document(message_type: str, fields: bytes) -> Document:
    """The document that was kept as these fields; KeyError for a type that carries none."""
    return document_from(message_type, orjson.loads(fields))


def stored_notice(message_type: str, fields: bytes) -> Notice:
    """As `stored_document`, for notices."""
    facts = NOTICES[message_type]
    return notice_of(message_type, *_blocks(facts.head, facts.line, orjson.loads(fields)))


def document_from(message_type: str, fields: Iterable[tuple[str, str]]) -> Document:
    """A document from its fields as (path, text): `OrderHead.orderNo`, `OrderList.2.qty`."""
    facts = MESSAGES[message_type]
    return document_of(message_type, *_blocks(facts.head, facts.line, fields))


def _blocks(head: str, line: str | None, fields: Iterable[tuple[str, str]]) -> _Blocks:
    of_head: dict[str, str] = {}
    of_lines: dict[int, dict[str, str]] = {}
    for path, value in fields:
        block, _, name = path.partition(".")
        if block == head:
            of_head[name] = value
        elif block == line:
            number, _, name = name.partition(".")
            # Derived parts of a field, `gcode.heading` say, are left out: the field itself is there too.
            if "." not in name:
                of_lines.setdefault(int(number), {})[name] = value
    return of_head, [of_lines[number] for number in sorted(of_lines)]
