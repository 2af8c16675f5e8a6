"""What the pages say in English of summaries.

Every key stands in `zh_summaries.py` too; a test compares them.
"""

from __future__ import annotations

EN_SUMMARIES: dict[str, str] = {
    "console.nav.summaries": "Summaries",
    "summary.title": "Summary declarations",
    "summary.lead": "The export lists that customs released in a month, merged where consignor, producer, transport, "
    "destination, exit and mode are the same. Each summary's sums are provably those of its lists.",
    "summary.none": "No month is closed yet.",
    "summary.one": "Summary {number}",
    "summary.closing": "Month {month}, district {district}",
    "summary.month": "Month",
    "summary.district": "District",
    "summary.declarant": "Declarant",
    "summary.country": "Destination",
    "summary.lists": "Lists",
    "summary.gross": "Gross, kg",
    "summary.net": "Net, kg",
    "summary.value": "Value (currency)",
    "summary.key": "What its lists share",
    "summary.anchor": "Anchor on the chain",
    "summary.supersedes": "Supersedes",
    "summary.superseded": "superseded",
    "summary.inforce": "in force",
    "summary.declared": "A declaration follows.",
    "summary.statistics": "For statistics alone: no declaration follows.",
    "summary.closed": "Closed",
    "summary.block": "Read up to block",
    "summary.reason": "Reason, where the month was closed before",
    "summary.close": "Close a month",
    "summary.close.lead": "All or nothing. What was closed is corrected by closing again, with a reason; the new "
    "summaries name those that they supersede.",
    "summary.proof": "Proof file",
    "summary.proof.list": "of this list",
    "summary.parcel": "Parcel",
    "summary.leftout": "Released, and left out",
    "leftout.detained": "detained",
    "leftout.returned": "on its way back, or returned",
    "leftout.seized": "seized",
    "leftout.unreadable": "its content was erased",
    "leftout.many_currencies": "lines in several currencies",
    "leftout.figures": "weights or prices that cannot be summed",
    "summary.message": "Request to customs (701)",
    "summary.message.lead": "Names every list that a declaration follows. Unsigned: "
    "your card signs it before you send it.",
    "summary.dxp": "Your address at customs' exchange (dxpId)",
    "summary.part": "Part",
    "summary.message.get": "Keep the message",
    "summary.answers": "What customs answered",
    "summary.answers.none": "Nothing has come back yet.",
    "summary.sumno": "customs' number",
    "summary.entry": "declaration",
    "refund.title": "Refund evidence",
    "refund.lead": "Order, list, receipt and departure, proven in one file for the tax refund; "
    "guanlian check-refund checks it.",
    "refund.get": "Keep the evidence",
}
