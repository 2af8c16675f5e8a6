"""Documents and notices as their senders wrote them, from the fields that are kept of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from backend.domain.documents import MESSAGES, Document, document_of
from backend.domain.notices import NOTICES, Notice, notice_of

#: Head fields, and the lines' in their order.
_Blocks = tuple[dict[str, str], list[dict[str, str]]]


def stored_document(message_type: str, fields: bytes) -> Document:
    """The document that was kept as these fields; KeyError for a type that carries none."""
    facts = MESSAGES[message_type]
    return document_of(message_type, *_blocks(facts.head, facts.line, json.loads(fields)))


def stored_notice(message_type: str, fields: bytes) -> Notice:
    """As `stored_document`, for notices."""
    facts = NOTICES[message_type]
    return notice_of(message_type, *_blocks(facts.head, facts.line, json.loads(fields)))


def _blocks(head: str, line: str | None, fields: Iterable[tuple[str, str]]) -> _Blocks:
    of_head: dict[str, str] = {}
    of_lines: dict[int, dict[str, str]] = {}
    # Derived parts of a field, `gcode.heading` say, do not match: the field itself is there too.
    of_a_line = re.compile(rf"{line}\.(\d+)\.(\w+)") if line else None
    for path, value in fields:
        if path.startswith(f"{head}."):
            of_head[path.removeprefix(f"{head}.")] = value
        elif of_a_line is not None and (place := of_a_line.fullmatch(path)):
            of_lines.setdefault(int(place[1]), {})[place[2]] = value
    return of_head, [of_lines[number] for number in sorted(of_lines)]
