"""Rules on notices (arrivals, departures, cancellations, returns …) that the schema does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backend.domain.documents import decimal_of
from backend.domain.notices import NOTICES, SIGNED_FOR, NoticeKind
from backend.formats.ceb.faults import Fault, Level, fault
from backend.formats.ceb.messages import ParsedDocument

#: Per message type: field → (allowed values, level). A status of 513 other than "signed for" leads to nothing
#: (the official sample has one). The supervision mode of a return is told in two ways: 9661 and 1261 in the
#: specification's table of modes, the mode of the export in its notes on 213.
NOTICE_CODES: dict[str, dict[str, tuple[tuple[str, ...], Level]]] = {
    "513": {"logisticsStatus": ((SIGNED_FOR,), "warning")},
    "623": {"buyerIdType": (("1",), "warning")},
    "625": {"buyerIdType": (("1",), "warning")},
    "711": {"ieFlag": (("I",), "error")},
    "507": {"ieFlag": (("E",), "error")},
    "213": {"ieFlag": (("I",), "error"), "tradeMode": (("9661", "1261", "9610", "1210", "1239"), "warning")},
    "215": {"ieFlag": (("I",), "error")},
    "701": {"summaryFlag": (("1", "2"), "error")},
}

_CHINA = "142"


def notice_faults(document: ParsedDocument) -> Iterator[Fault]:
    """What a notice breaks beyond the rules that hold for each field alone."""
    yield from _numbering(document)
    yield from _repetitions(document)
    yield from _part(document)
    head = document.head
    facts = NOTICES[document.type]
    if document.type == "213" and head.get("country", "").strip() == _CHINA:
        yield fault(document.index, f"{facts.head}.country", _CHINA, "not_allowed", _CHINA)
    if document.type == "507" and not document.lines and not head.get("billNo", "").strip():
        yield fault(document.index, str(facts.line), "", "names_nothing", "billNo")
    if document.type == "701":
        yield from _period(document)


def is_time(value: str, pattern: str) -> bool:
    """Whether ASCII digits spell a moment that exists, in exactly this form."""
    if not value.isascii() or not value.isdigit():
        return False
    try:
        return datetime.strptime(value, pattern).strftime(pattern) == value
    except ValueError:
        return False


def _numbering(document: ParsedDocument) -> Iterator[Fault]:
    """Lines count 1, 2, 3 …; those of a return bear the numbers of the list they return from, each once.

    A later part of a split notice may count on from the part before it.
    """
    facts = NOTICES[document.type]
    numbers = [decimal_of(line.get("gnum")) for line in document.lines]
    if facts.kind is NoticeKind.ReturnRequest:
        seen: dict[object, int] = {}
        for place, number in enumerate(numbers, 1):
            path = f"{facts.line}[{place}].gnum"
            if number is not None and number < 1:
                yield fault(document.index, path, document.lines[place - 1]["gnum"], "not_positive")
            elif number is not None and seen.setdefault(number, place) != place:
                yield fault(document.index, path, document.lines[place - 1]["gnum"], "repeated_value", seen[number])
        return
    first = 1
    if (decimal_of(document.head.get("msgSeqNo")) or 0) > 1 and numbers and numbers[0] is not None:
        first = max(int(numbers[0]), 1)
    for place, number in enumerate(numbers):
        if number is not None and number != first + place:
            path = f"{facts.line}[{place + 1}].gnum"
            yield fault(document.index, path, document.lines[place]["gnum"], "sequence", first + place)


def _repetitions(document: ParsedDocument) -> Iterator[Fault]:
    """The same waybill, or the same list, twice in one notice: harmless, and most likely a mistake."""
    facts = NOTICES[document.type]
    name = "invtNo" if facts.kind is NoticeKind.SummaryRequest else "logisticsNo"
    seen: dict[str, int] = {}
    for place, line in enumerate(document.lines, 1):
        value = line.get(name, "").strip()
        if value and seen.setdefault(value, place) != place:
            yield fault(
                document.index, f"{facts.line}[{place}].{name}", value, "repeated_value", seen[value], level="warning"
            )


def _part(document: ParsedDocument) -> Iterator[Fault]:
    """`msgSeqNo` of `msgCount`; both 0 is how some senders say that nothing was split."""
    count, part = (decimal_of(document.head.get(name)) for name in ("msgCount", "msgSeqNo"))
    if count is None or part is None or count == part == 0:
        return
    if not 1 <= part <= count:
        path = f"{NOTICES[document.type].head}.msgSeqNo"
        yield fault(document.index, path, document.head["msgSeqNo"], "part", count)


def _period(document: ParsedDocument) -> Iterator[Fault]:
    """A summary request names lists or a period of time."""
    start, end = (document.head.get(name, "").strip() for name in ("startTime", "endTime"))
    facts = NOTICES[document.type]
    if bool(start) != bool(end) or end < start:
        yield fault(document.index, f"{facts.head}.endTime", end, "period")
    if not document.lines and not start:
        yield fault(document.index, str(facts.line), "", "names_nothing", "startTime")
