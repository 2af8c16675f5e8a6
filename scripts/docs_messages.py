"""The reference of customs messages, from the field tables: `scripts.docs` writes it into `docs/messages.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.domain.documents import MESSAGES, is_personal
from backend.domain.lifecycle import Direction
from backend.domain.notices import NOTICES
from backend.formats.ceb.faults import SENTENCES
from backend.formats.ceb.fields import (
    LAYOUTS,
    MOST_LINES,
    RECEIPTS,
    RECEIPTS_FOR,
    Field,
    Form,
    MessageLayout,
    ReceiptLayout,
)
from backend.formats.ceb.fields.common import EXTENSION, MOST_SUBSCRIPTIONS, SUBSCRIPTION, TRANSFER
from backend.formats.ceb.standings import (
    ACCEPTED,
    CANCELLED,
    CLOSED_REVIEW,
    DETENTIONS,
    EXPORT_RETURN_STANDINGS,
    LIST_STANDINGS,
    RETURN_STANDINGS,
    SENT,
    STAGED,
    TAKEN,
)
from backend.formats.ceb.statuses import STATUSES

#: The step that a document leads to once its parcel is declared; a declaration makes the parcel.
_DOCUMENT_STEPS = {
    "Order": "`OrderAttested`",
    "Payment": "`PaymentAttested`",
    "Waybill": "`WaybillAttested`",
    "Declaration": "`Declaration`",
}


def catalogue() -> str:
    """Every message in one line."""
    rows = []
    for layout in LAYOUTS.values():
        facts = layout.facts
        direction = "import" if facts.direction is Direction.Import else "export"
        rows.append(
            f"| [{layout.type}](#{_anchor(layout)}) | {layout.english} | {layout.title} | {direction} "
            f"| {facts.role.name} | {_step(layout)} | {RECEIPTS_FOR[layout.type].type} |"
        )
    requests = "\n".join(
        ["| Message | Name | 名称 | Direction | Sender | Step | Receipt |", "|---|---|---|---|---|---|---|", *rows]
    )
    rows = [
        f"| [{layout.type}](#{_anchor(layout)}) | {layout.english} | {layout.title} | {layout.answers or ''} |"
        for layout in RECEIPTS.values()
    ]
    receipts = "\n".join(["| Receipt | Name | 名称 | Answers |", "|---|---|---|---|", *rows])
    return f"{requests}\n\n{receipts}"


def rules() -> str:
    """Every rule that a fault may name."""
    rows = [f"| `{rule}` | {zh} | {en} |" for rule, (zh, en) in SENTENCES.items()]
    return "\n".join(["| Rule | 中文 | English |", "|---|---|---|", *rows])


def standings() -> str:
    """What each step is told as, on which receipts."""
    rows = [("taken in, staged", "all but 312, 412, 512, 514", STAGED), ("taken in", "all", TAKEN)]
    rows += [("on record before its parcel is declared", "312, 412, 512, 304, 404, 506", SENT)]
    rows += [("on record: master waybill, cancellation request", "608, 624", ACCEPTED)]
    rows += [("`OrderAttested`, `PaymentAttested`, `WaybillAttested`", "312, 412, 512, 304, 404", ACCEPTED)]
    rows += [("`WaybillAttested`", "506", CLOSED_REVIEW)]
    rows += [("every step of a notice recorded", "514, 712", ACCEPTED), ("the same", "508, 510, 216", CLOSED_REVIEW)]
    rows += [(f"`{step.name}`", "622, 604", standing) for step, standing in LIST_STANDINGS.items()]
    rows += [
        (f"a detention whose evidence has `transferred_to: {where}`", "622, 604", standing)
        for where, standing in DETENTIONS.items()
    ]
    rows += [("`Cancellation` of a list whose cancellation was asked for", "624, 606", CANCELLED)]
    rows += [(f"`{step.name}`", "626", standing) for step, standing in RETURN_STANDINGS.items()]
    rows += [(f"`{step.name}`", "214", standing) for step, standing in EXPORT_RETURN_STANDINGS.items()]
    lines = [f"| {what} | {where} | {standing.status} | {standing.info} |" for what, where, standing in rows]
    return "\n".join(["| What happened | Receipts | Status | Text |", "|---|---|---|---|", *lines])


def statuses() -> str:
    """Every return status that customs publishes."""
    rows = [
        f"| `{status.value}` | {facts.en} | {facts.zh} | {', '.join(sorted(facts.receipts))} |"
        for status, facts in STATUSES.items()
    ]
    return "\n".join(["| Status | Meaning | 含义 | On |", "|---|---|---|---|", *rows])


def reference() -> str:
    """Every message, element by element, in their order on the wire."""
    parts = [_section(layout) for layout in (*LAYOUTS.values(), *RECEIPTS.values())]
    return "\n\n".join([*parts, _common()])


def _section(layout: MessageLayout | ReceiptLayout) -> str:
    blocks = [(layout.head_name, layout.head)]
    if layout.line_name:
        blocks.append((layout.line_name, layout.lines))
    title = f"### {layout.root}: {layout.english} · {layout.title}"
    return "\n\n".join([title, " ".join(_facts(layout)), _table(blocks)])


def _facts(layout: MessageLayout | ReceiptLayout) -> Iterator[str]:
    most = "any number of" if layout.most_documents >= MOST_LINES else f"up to {layout.most_documents}"
    lines = ""
    if layout.line_name:
        bound = f"any number, here up to {MOST_LINES:,}" if layout.most_lines == MOST_LINES else str(layout.most_lines)
        lines = f", each with one `{layout.head_name}` and {layout.least_lines} to {bound} `{layout.line_name}`"
    elif layout.head_wrapped:
        lines = f", each with one `{layout.head_name}`"
    yield f"Holds {most} `{layout.node}`{lines}."
    if isinstance(layout, ReceiptLayout):
        yield f"Answers {layout.answers}." if layout.answers else "Customs sends it of its own accord."
        return
    facts = layout.facts
    yield f"Sent by the {facts.role.name} named in `{facts.senders[0]}`; its key is {_names(facts.key)}."
    if layout.type in NOTICES and NOTICES[layout.type].key_without_own_number:
        yield f"Without a number of the sender's own: {_names(NOTICES[layout.type].key_without_own_number)}."
    yield f"Answered by {RECEIPTS_FOR[layout.type].type}."
    if layout.signature_required:
        yield "Must be signed."


def _table(blocks: Sequence[tuple[str, Sequence[Field]]]) -> str:
    rows = ["| Block | Element | 中文 | Form | Required | Note |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {block} | `{field.name}` | {field.title} | {_form(field)} | {_required(field)} "
        f"| {'personal' if is_personal(field.name) else ''} |"
        for block, fields in blocks
        for field in fields
    ]
    return "\n".join(rows)


def _common() -> str:
    extension = _table([("ExtendMessage", EXTENSION)])
    return "\n\n".join(
        [
            "### What every request carries beside its documents",
            f"One `BaseTransfer`, up to {MOST_SUBSCRIPTIONS} `BaseSubscribe`, at most one `ExtendMessage` (these "
            "elements, then `Message` with one element of any kind) and one `ds:Signature`; imports are signed after "
            "their extension, exports before it.",
            _table([("BaseTransfer", TRANSFER), ("BaseSubscribe", SUBSCRIPTION)]),
            extension,
        ]
    )


def _step(layout: MessageLayout) -> str:
    if layout.type in MESSAGES:
        return _DOCUMENT_STEPS[MESSAGES[layout.type].kind]
    step = NOTICES[layout.type].step
    return f"`{step.name}`" if step is not None else "none"


def _form(field: Field) -> str:
    if field.fixed is not None:
        return f"`{field.fixed}`"
    if field.form is Form.Decimal:
        return f"N{field.digits},{field.decimals}"
    if field.form is Form.Integer:
        return f"int({field.digits})" if field.digits else "int"
    if field.most is None:
        return "C"
    if field.least == field.most:
        return f"C{field.most}"
    return f"C{field.least or ''}..{field.most}"


def _required(field: Field) -> str:
    if not field.required:
        return ""
    return "yes, may be empty" if field.blank else "yes"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _anchor(layout: MessageLayout | ReceiptLayout) -> str:
    """The heading's anchor as the usual renderers make it."""
    kept = "".join(c for c in f"{layout.root}: {layout.english} · {layout.title}".lower() if c.isalnum() or c == " ")
    return kept.replace(" ", "-")
