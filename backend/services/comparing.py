"""A parcel's documents as its customs district reads them, compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backend.domain.documents import MESSAGES, Document, DocumentKind, document_of
from backend.domain.matching import MatchReport, match


def judge(view: Mapping[str, Any]) -> MatchReport:
    """The comparison of the documents that a parcel's view shows to its customs district."""
    # Evidence of decisions is among them and has no message type.
    messages = [shown for shown in view.get("documents", []) if shown["message_type"] in MESSAGES]
    found = {document.kind: document for document in map(_document, messages)}
    return match(
        found[DocumentKind.Declaration],
        found.get(DocumentKind.Order),
        found.get(DocumentKind.Payment),
        found.get(DocumentKind.Waybill),
    )


def evidence_of(report: MatchReport) -> dict[str, Any]:
    """The report as the evidence document of a rejection; nothing personal stands in it."""
    return {
        "outcome": report.outcome.value,
        "config_version": report.config_version,
        "failures": [
            {
                "rule": failure.rule,
                "level": failure.level.value,
                "differences": [
                    f"{pair.left}={pair.left_value} / {pair.right}={pair.right_value}" for pair in failure.fields
                ],
            }
            for failure in report.failures
        ],
    }


def _document(view: Mapping[str, Any]) -> Document:
    return document_from(view["message_type"], [(field["path"], field["value"]) for field in view["fields"]])


def document_from(message_type: str, fields: Iterable[tuple[str, str]]) -> Document:
    """A document from its fields as they are kept: `OrderHead.orderNo`, `OrderList.2.qty`."""
    facts = MESSAGES[message_type]
    line = re.compile(rf"{facts.line}\.(\d+)\.(\w+)") if facts.line else None
    head: dict[str, str] = {}
    lines: dict[int, dict[str, str]] = {}
    for path, value in fields:
        if path.startswith(facts.head + "."):
            head[path.removeprefix(facts.head + ".")] = value
        # Derived parts of a field, `gcode.heading` say, do not match: the field itself is there too.
        elif line is not None and (place := line.fullmatch(path)):
            lines.setdefault(int(place[1]), {})[place[2]] = value
    return document_of(message_type, head, [lines[number] for number in sorted(lines)])
