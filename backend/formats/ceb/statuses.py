"""Return statuses 回执状态: what customs' receipts say became of a document.

Source: the status tables of specification 202205, some of which end in "etc.": a status that stands in none,
or on a receipt that its table does not name, is still a status and is kept as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReturnStatus(StrEnum):
    """The statuses that customs publishes."""

    Staged = "1"
    Taken = "2"
    Sent = "3"
    NotSent = "4"
    Rejected = "100"
    Accepted = "120"
    Review = "300"
    ReviewClosed = "399"
    Inspection = "500"
    DetainedToClearance = "501"
    DetainedToAntiSmuggling = "502"
    DetainedToLegal = "503"
    HandedOver = "505"
    DetainedOtherwise = "599"
    Suspended = "600"
    ReturnedAbroad = "700"
    Released = "800"
    Closed = "899"


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What a status is called and on which receipts it is listed, or was observed."""

    zh: str
    en: str
    receipts: frozenset[str]


_SHORT = frozenset({"312", "412", "512", "514"})
_LIST = frozenset({"622"})
_REQUESTS = frozenset({"624", "626", "712"})
_EXPORT_SHORT = frozenset({"304", "404", "608"})
_MOVEMENTS = frozenset({"506", "508", "510"})
_EXPORT_LIST = frozenset({"604"})
_EXPORT_REQUESTS = frozenset({"606", "702"})
_RETURN = frozenset({"214"})
_RETURN_ARRIVAL = frozenset({"216"})
_EXPORTS = _EXPORT_SHORT | _MOVEMENTS | _EXPORT_LIST | _EXPORT_REQUESTS | _RETURN | _RETURN_ARRIVAL
_LATER = _LIST | _REQUESTS | _EXPORTS
_ALL = _SHORT | _LATER

STATUSES: dict[ReturnStatus, StatusFacts] = {
    ReturnStatus.Staged: StatusFacts("电子口岸已暂存", "staged", _LATER),
    ReturnStatus.Taken: StatusFacts("电子口岸申报中", "being declared", _ALL),
    ReturnStatus.Sent: StatusFacts("发送海关成功", "sent to customs", _ALL),
    ReturnStatus.NotSent: StatusFacts("发送海关失败", "could not be sent to customs", _ALL),
    ReturnStatus.Rejected: StatusFacts("海关退单", "rejected by customs", _ALL),
    ReturnStatus.Accepted: StatusFacts(
        "海关入库", "accepted by customs", _SHORT | _LIST | _REQUESTS | _EXPORT_SHORT | _EXPORT_LIST | _RETURN
    ),
    ReturnStatus.Review: StatusFacts("人工审核", "under manual review", _LIST | _EXPORT_LIST | _RETURN | {"626"}),
    ReturnStatus.ReviewClosed: StatusFacts(
        "海关审结",
        "review closed",
        _LIST | _REQUESTS | _MOVEMENTS | _EXPORT_LIST | _EXPORT_REQUESTS | _RETURN_ARRIVAL | {"514", "608"},
    ),
    ReturnStatus.Inspection: StatusFacts("查验", "to be inspected", _LIST | _EXPORT_LIST | _RETURN),
    ReturnStatus.DetainedToClearance: StatusFacts("扣留移送通关", "detained, handed to clearance", _LIST),
    ReturnStatus.DetainedToAntiSmuggling: StatusFacts("扣留移送缉私", "detained, handed to anti-smuggling", _LIST),
    ReturnStatus.DetainedToLegal: StatusFacts("扣留移送法规", "detained, handed to the legal department", _LIST),
    ReturnStatus.HandedOver: StatusFacts("移交", "handed over", _RETURN),
    ReturnStatus.DetainedOtherwise: StatusFacts("其它扣留", "detained otherwise", _LIST),
    ReturnStatus.Suspended: StatusFacts("挂起", "suspended", _LIST | _RETURN),
    ReturnStatus.ReturnedAbroad: StatusFacts("退运", "returned abroad", _LIST),
    ReturnStatus.Released: StatusFacts("放行", "released", _LIST | _EXPORT_LIST | _RETURN | {"626"}),
    ReturnStatus.Closed: StatusFacts("结关", "closed", _LIST | _EXPORT_LIST),
}

#: What an electronic tax bill's status says, on 816 and 818: these count the bill's own life.
_BILL_STATUSES = {"1": ("已生成", "made"), "2": ("已汇总", "collected"), "3": ("作废", "void")}
_BILLS = frozenset({"816", "818"})
#: A summary result's status is the export declaration's, which none of these tables names.
_SUMMARY_RESULT = "792"

_BY_TEXT = {status.value: facts for status, facts in STATUSES.items()}


def status_label(status: str) -> tuple[str, str] | None:
    """(Chinese, English) for a status as it came; None for one that no table knows."""
    text = status.strip()
    if text.startswith("-") and text[1:].isascii() and text[1:].isdigit():
        return "处理异常", "processing error"
    facts = _BY_TEXT.get(text)
    return (facts.zh, facts.en) if facts else None


def receipt_label(receipt_type: str, status: str) -> tuple[str, str] | None:
    """(Chinese, English) for a status on a receipt of this type; None for one that no table knows."""
    if receipt_type in _BILLS:
        return _BILL_STATUSES.get(status.strip())
    return None if receipt_type == _SUMMARY_RESULT else status_label(status)
