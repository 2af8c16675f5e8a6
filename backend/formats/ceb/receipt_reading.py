"""Receipts from bytes, read leniently: customs' answers are facts, and no fact is refused for its form.

What breaks the field table is noted on its row; elements that no table knows are kept, return statuses that no
list knows stay as they came. Only what cannot be read at all, or is no receipt, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from backend.domain.calendar import CHINA
from backend.domain.errors import MessageStructureInvalid, MessageTypeUnknown
from backend.formats.ceb.faults import FRAME, Fault, fault
from backend.formats.ceb.fields import NAMESPACE, RECEIPTS, ReceiptLayout
from backend.formats.ceb.messages import Envelope, open_envelope
from backend.formats.ceb.reading import DocumentReader, tag
from backend.formats.ceb.xml import DEFAULT_LIMITS, XmlLimits

#: One official sample (214) lacks the word Message.
_ROOT = re.compile(r"CEB(\d{3})(?:Message)?")
_CODE = "[Code:"

#: How many broken rules are noted on a row: a receipt has some twenty fields.
_MOST_FAULTS = 100
#: A text has one inner code, seldom a few.
_MOST_CODES = 50

_READERS = {layout.type: DocumentReader(layout) for layout in RECEIPTS.values()}


@dataclass(frozen=True, slots=True)
class InnerCode:
    """A reason in customs' own numbering, `[Code:1332;Desc:…],[detail],[detail]`."""

    code: str
    description: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptRowRead:
    """One row: what customs says of one document.

    `fields` are all its elements as written, the known ones by name; a repeated one is `name#2`, one within
    another `outer.inner`, one of a foreign namespace `{namespace}name`. `lines` are a tax bill's or a summary
    result's lines. `status` is the return status as it came, `""` if there is none; `at` its time, None if it
    does not spell one. `faults`, all of level warning, say where the row differs from its table.
    """

    index: int
    fields: dict[str, str]
    lines: tuple[dict[str, str], ...]
    status: str
    info: str
    codes: tuple[InnerCode, ...]
    at: datetime | None
    faults: tuple[Fault, ...]

    def is_later_than(self, at: datetime | None) -> bool:
        """Whether it may change what an answer of that time said: an equal or unknown time changes nothing."""
        return at is None or (self.at is not None and self.at > at)


@dataclass(frozen=True, slots=True)
class ReceiptMessage:
    """`answers` is the type of the request answered, None for what customs sends of its own accord."""

    type: str
    answers: str | None
    guid: str
    rows: tuple[ReceiptRowRead, ...]
    envelope: Envelope | None


def read_receipt(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> ReceiptMessage:
    """The receipt, bare or in its DxpMsg envelope.

    Raises MessageTooLarge, DtdForbidden, MessageMalformed, MessageTypeUnknown (not a receipt), or
    MessageStructureInvalid for a receipt without a row.
    """
    root, envelope = open_envelope(data, limits)
    layout = _layout_of(root)
    rows = tuple(
        _read_row(node, index, layout)
        for index, node in enumerate(each for each in root if each.tag == tag(layout.node))
    )
    if not rows:
        missing = fault(FRAME, layout.node, "", "missing")
        raise MessageStructureInvalid(
            faults=[missing.as_json()],
            summary_zh=f"{layout.node} {missing.zh}",
            summary_en=f"{layout.node}: {missing.en}",
        )
    return ReceiptMessage(layout.type, layout.answers, (root.get("guid") or "")[:255], rows, envelope)


def inner_codes(info: str) -> tuple[InnerCode, ...]:
    """The inner codes of a receipt's text, in order; brackets within a description or a detail are kept."""
    found: list[InnerCode] = []
    place = info.find(_CODE)
    while place >= 0 and len(found) < _MOST_CODES:
        text, end = _bracket(info, place)
        code, _, description = text[len(_CODE) - 1 :].partition(";")
        details: list[str] = []
        while info.startswith(",[", end) and not info.startswith("," + _CODE, end):
            detail, end = _bracket(info, end + 1)
            details.append(detail)
        description = description.strip().removeprefix("Desc:").rstrip(";；").strip()
        found.append(InnerCode(code.strip(), description, tuple(details)))
        place = info.find(_CODE, end)
    return tuple(found)


def _bracket(text: str, start: int) -> tuple[str, int]:
    """What stands between the bracket at `start` and its partner, and where the text goes on after it.

    A bracket without a partner reaches to the end.
    """
    depth = 0
    for place in range(start, len(text)):
        if text[place] == "[":
            depth += 1
        elif text[place] == "]":
            depth -= 1
            if not depth:
                return text[start + 1 : place], place + 1
    return text[start + 1 :], len(text)


def time_of(text: str) -> datetime | None:
    """The moment that fourteen digits, or seventeen with milliseconds, spell in China Standard Time."""
    if not text.isascii() or not text.isdigit() or len(text) not in (14, 17):
        return None
    try:
        # The library wants microseconds in six digits.
        moment = datetime.strptime(text.ljust(17, "0") + "000", "%Y%m%d%H%M%S%f")
    except ValueError:
        return None
    return moment.replace(tzinfo=CHINA)


def _layout_of(root: etree._Element) -> ReceiptLayout:
    name = etree.QName(root)
    match = _ROOT.fullmatch(name.localname)
    if match is None or name.namespace != NAMESPACE or match.group(1) not in RECEIPTS:
        raise MessageTypeUnknown(type=name.localname[:60], namespace=(name.namespace or "")[:120])
    return RECEIPTS[match.group(1)]


def _read_row(node: etree._Element, index: int, layout: ReceiptLayout) -> ReceiptRowRead:
    _, _, faults = _READERS[layout.type].read(node, index, _MOST_FAULTS)
    fields: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    if layout.head_wrapped:
        for block in node:
            if block.tag == tag(layout.head_name) and not fields:
                _collect(block, "", fields)
            elif layout.line_name and block.tag == tag(layout.line_name):
                line: dict[str, str] = {}
                _collect(block, "", line)
                lines.append(line)
            else:
                _collect(block, f"{_name_of(block)}.", fields)
    else:
        _collect(node, "", fields)
    info = fields.get(layout.info_field, "")
    return ReceiptRowRead(
        index,
        fields,
        tuple(lines),
        fields.get(layout.status_field, "").strip(),
        info,
        inner_codes(info),
        time_of(fields.get(layout.time_field, "").strip()),
        tuple(replace(found, level="warning") for found in faults),
    )


def _collect(element: etree._Element, prefix: str, values: dict[str, str]) -> None:
    for child in element:
        name = prefix + _name_of(child)
        if len(child):
            _collect(child, f"{name}.", values)
            continue
        key, count = name, 1
        while key in values:
            count += 1
            key = f"{name}#{count}"
        values[key] = child.text or ""


def _name_of(element: etree._Element) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == NAMESPACE else f"{{{name.namespace or ''}}}{name.localname}"
