"""A parcel's documents as its customs district reads them, compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backend.domain.documents import MESSAGES, Document, DocumentKind, document_of
from backend.domain.matching import MatchReport, RuleFailure, match


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


#: Differences in one evidence document: with what else stands there they fit its bound on fields, and there are more
#: of them than rules, so that every broken rule shows at least one.
MOST_DIFFERENCES = 60


def evidence_of(report: MatchReport) -> dict[str, Any]:
    """The report as the evidence document of whatever was decided on it; nothing personal stands in it.

    Always within the bounds of an evidence document: of many differences the first of each rule stay, and
    `differences_left_out` counts the others.
    """
    kinds = {"failures": report.failures, "holds": report.holds, "warnings": report.warnings}
    content: dict[str, Any] = {
        "outcome": report.outcome.value,
        "route": report.route.value if report.route else None,
        "config_version": report.config_version,
        "rates_version": report.rates_version,
        "tax_due": None if report.tax_due is None else f"{report.tax_due:f}",
        "not_judged": {each.rule: ", ".join(each.lacks) for each in report.unjudged},
        "switched_off": ", ".join(report.switched_off),
    }
    # Every rule has its first difference; what is left beyond that goes to the rules in their order.
    spare, left_out = MOST_DIFFERENCES - sum(map(len, kinds.values())), 0
    for name, failures in kinds.items():
        content[name] = []
        for failure in failures:
            more = min(len(failure.fields) - 1, spare)
            spare, left_out = spare - more, left_out + len(failure.fields) - 1 - more
            content[name].append(_told(failure, 1 + more))
    content["differences_left_out"] = left_out
    return {name: value for name, value in content.items() if value}


def _told(failure: RuleFailure, most: int) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": failure.rule, "level": failure.level.value}
    if failure.inner_code:
        told["inner_code"] = failure.inner_code
    pairs = failure.fields[:most]
    return told | {"differences": [f"{one.left}={one.left_value} / {one.right}={one.right_value}" for one in pairs]}


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
