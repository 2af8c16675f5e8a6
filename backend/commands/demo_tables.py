"""What a run of the demo did, for a person to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.markup import escape

from backend.commands.common import answer, table

#: Rows of a table that tells parcels or refusals; what more there is stands in the JSON.
_MOST_ROWS = 20

_REQUESTS = {
    "623": "cancel an import list",
    "605": "cancel an export list",
    "625": "take back an import",
    "213": "take back an export",
    "701": "sum up export lists",
}


def show_told(told: Mapping[str, Any]) -> None:
    """Everything that `Demo.as_json` has, in the order of the story."""
    _cases(told["cases"])
    _settings(told["settings"])
    _states(told["by_state"])
    _trucks(told["trucks"])
    _findings(told["findings"])
    _refused(told["refused"], told["not_sent"])
    _requests(told["requests"])
    _payment(told["payment_request"])
    _tax(told["tax"])
    _receipts(told["receipts"])
    _series(told["series"])
    for scene in told["skipped"]:
        answer.print(f"[dim]left out:[/] {escape(scene)}")


def _cases(cases: Sequence[Mapping[str, Any]]) -> None:
    """Each case from the parcel's order to where it stands, in the days of the chain."""
    for case in cases:
        _heading(f"Case {case['case_id']}, {case['title']}")
        rows = table("at, UTC", "of", "what", "by")
        for row in case["rows"]:
            rows.add_row(row["at"].replace("T", " ").removesuffix("Z"), row["of"], row["what"], escape(row["by"]))
        answer.print(rows)
        words = f"outcome: {case['outcome'] or 'none yet'}; the parcel is {case['parcel_state']}"
        if case["listing_id"]:
            words += f"; its seller is listed under {case['listing_id']}"
        if case["waits_for"]:
            words += f"; {case['waits_for']['turn']} may act until {case['waits_for']['until']}"
        answer.print(words)


def _settings(settings: Sequence[Mapping[str, Any]]) -> None:
    _heading("Customs districts and their automatic accounts")
    rows = table("district", "decides by itself", "waits for what is missing", "settings")
    for one in settings:
        waits = f"{one['deadline_hours']} hours"
        rows.add_row(one["district"], "yes" if one["automatic"] else "no", waits, escape(one["version"]))
    answer.print(rows)


def _states(by_state: Mapping[str, int]) -> None:
    _heading("Where the parcels stand")
    rows = table("state", "parcels")
    for state, count in by_state.items():
        rows.add_row(state, str(count))
    answer.print(rows)


def _trucks(trucks: Sequence[Mapping[str, Any]]) -> None:
    if not trucks:
        return
    _heading("Trucks under seal to the port")
    rows = table("seal", "from", "to", "parcels", "went wrong")
    for one in trucks:
        rows.add_row(one["seal"], one["origin"], one["port"], str(one["parcels"]), one["mishap"] or "-")
    answer.print(rows)


def _findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """Reasons with how many parcels each decided, and whether what was built in was found."""
    reasons = Counter(
        (one["outcome"], reason["rule"], reason["zh"], reason["en"]) for one in findings for reason in one["reasons"]
    )
    if reasons:
        _heading("What the automatic accounts found")
        rows = table("parcels", "outcome", "rule", "in words")
        for (outcome, rule, zh, en), count in sorted(reasons.items())[:_MOST_ROWS]:
            rows.add_row(str(count), outcome, rule, f"{escape(en)}\n{escape(zh)}")
        answer.print(rows)
    built = [one["built_in"] for one in findings if one["built_in"]]
    judged = [one for one in built if one["as_labelled"] is not None]
    if judged:
        right = sum(one["as_labelled"] for one in judged)
        answer.print(f"{right} of {len(judged)} parcels with something wrong built in came to what that should come to")
    waiting = [one["due_at"] for one in findings if one["due_at"]]
    if waiting:
        answer.print(f"waiting for a document, and rejected without it at {min(waiting)} or later: {len(waiting)}")


def _refused(refused: Sequence[Mapping[str, Any]], not_sent: Mapping[str, Any] | None) -> None:
    if not refused:
        return
    _heading("What was refused")
    counts = Counter((one["what"], one["title"], one["en"]) for one in refused)
    rows = table("times", "refused", "why", "in words")
    for (what, title, en), count in counts.most_common(_MOST_ROWS):
        rows.add_row(str(count), *(escape(part) for part in (what, title, en)))
    answer.print(rows)
    if not_sent is not None:
        answer.print(
            f"the declarant reads it as a receipt {not_sent['receipt_type']} with status {not_sent['status']}: "
            f"{escape(not_sent['info'])}",
            soft_wrap=True,
        )


def _requests(requests: Sequence[Mapping[str, Any]]) -> None:
    if not requests:
        return
    _heading("What enterprises asked of customs")
    rows = table("message", "to", "list", "customs", "receipts")
    for one in requests:
        decision = one["decision"]
        said = "-" if decision is None else f"{'granted' if decision['grant'] else 'refused'}: {decision['reason']}"
        statuses = " ".join(receipt["status"] for receipt in one["receipts"])
        rows.add_row(one["message_type"], _REQUESTS[one["message_type"]], one["list_no"], escape(said), statuses)
    answer.print(rows)


def _payment(asked: Mapping[str, Any] | None) -> None:
    if asked is None:
        return
    _heading("How one order was paid")
    broken = [*asked["failures"], *asked["warnings"]]
    answer.print(
        f"customs asked the platform for the original payment record of order {asked['order_no']}; it was "
        f"{asked['status']}, and compared with order and payment it is [bold]{asked['outcome']}[/]",
        soft_wrap=True,
    )
    for rule in broken:
        answer.print(f"{rule['rule']} {escape(rule['en'])}", soft_wrap=True)


def _tax(tax: Mapping[str, Any]) -> None:
    _heading("Tax")
    answer.print(f"{tax['bills']} tax bills (816) over {tax['sum']} CNY, made by the releases of imports")
    if tax["void"]:
        answer.print(f"{tax['void']} of them void (818) after a return, {tax['void_sum']} CNY")
    if year := tax.get("buyers_year"):
        answer.print(
            f"the buyer who sent goods back had used {year['before_return']} CNY of the year, now "
            f"{year['after_return']} CNY"
        )


def _receipts(receipts: Iterable[Mapping[str, Any]]) -> None:
    _heading("Receipts that the enterprises have read")
    rows = table("type", "status and how many")
    by_type: dict[str, list[str]] = {}
    for one in receipts:
        words = f" {one['label_en']}" if one["label_en"] else ""
        by_type.setdefault(one["receipt_type"], []).append(f"{one['status']}{words} ×{one['count']}")
    for receipt_type, parts in by_type.items():
        rows.add_row(receipt_type, escape(", ".join(parts)))
    answer.print(rows)


def _series(series: Mapping[str, Any] | None) -> None:
    if series is None:
        return
    _heading(f"The receipts {series['receipt_type']} of list {series['list_no']}, one after another")
    rows = table("status", "in words", "text")
    for one in series["receipts"]:
        rows.add_row(one["status"], f"{one['label_en']} {one['label_zh']}", escape(one["info"]))
    answer.print(rows)


def _heading(text: str) -> None:
    answer.print(f"\n[bold]{escape(text)}[/]", soft_wrap=True)
