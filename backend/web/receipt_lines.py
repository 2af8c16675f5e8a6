"""Receipts and tax bills set out for reading: how one looks, the reasons that its text holds, what is to be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.formats.ceb.statuses import ReturnStatus, StatusFacts
from backend.web.texts import Language

#: As 816 names them.
TAXES = ("customsTax", "valueAddedTax", "consumptionTax")

_GOOD = frozenset({"120", "399", "800", "899"})
_HELD = frozenset({"300", "500", "501", "502", "503", "505", "599", "600", "700"})
#: Tax bills count their own statuses, none of which says yes or no.
_BILLS = frozenset({"816", "818"})


def receipt_lines(items: Iterable[Mapping[str, Any]], language: Language) -> list[dict[str, Any]]:
    """Receipts (services' JSON shape) with `tone`, the status's `label`, and `rest`: the text beside its codes."""
    return [
        {
            **item,
            "tone": tone_of(item["receipt_type"], item["status"]),
            "label": item[f"label_{language.value}"] or "",
            "rest": "" if _says_all(item["codes"], item["info"]) else item["info"],
        }
        for item in items
    ]


def bill_lines(bills: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tax bills (services' JSON shape), each with the `total` of its taxes, in CNY."""
    return [{**bill, "total": _total(bill["head"])} for bill in bills]


def tone_of(receipt_type: str, status: str) -> str:
    """How a receipt is to look: refused, held, good or plain."""
    if receipt_type in _BILLS:
        return "plain"
    if status.startswith("-") or status == ReturnStatus.Rejected:
        return "refused"
    return "good" if status in _GOOD else "held" if status in _HELD else "plain"


def statuses_by_name(facts: Mapping[ReturnStatus, StatusFacts], language: Language) -> list[tuple[str, str]]:
    """(status, name) of customs' statuses, in their order."""
    return [(status.value, one.zh if language is Language.Chinese else one.en) for status, one in facts.items()]


def _total(head: Mapping[str, str]) -> str:
    return f"{sum((Decimal(head[name]) for name in TAXES), Decimal(0)):.2f}"


def _says_all(codes: Sequence[Mapping[str, Any]], info: str) -> bool:
    """Whether a text holds nothing but the codes that were found in it."""
    told = "".join(
        f"[Code:{one['code']};Desc:{one['description']}]" + "".join(f",[{detail}]" for detail in one["details"])
        for one in codes
    )
    return bool(codes) and told == info.replace("],[Code:", "][Code:").strip()
