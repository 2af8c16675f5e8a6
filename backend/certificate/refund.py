"""Checking the evidence for the tax refund of one export order, with no network.

    from backend.certificate.refund import check_refund

    found = check_refund(Path("refund.json").read_bytes(), trust, now)
    found.status, [each.as_json() for each in found.findings]

The file holds the parcel's certificate with order, list and receipt opened, and the proof that the list is in a month's
sums. The certificate is checked as any other; on top of it stands what a refund rests on. Format: `docs/summaries.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.certificate.answers import Status
from backend.certificate.model import Certificate, Trust
from backend.certificate.reading import Malformed, VersionUnknown, parsed, read_certificate
from backend.certificate.verifying import verify
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import State, Step
from backend.domain.summaries import check_file, month_of

FORMAT = "guanlian-refund"
MOST_BYTES = 4 * 1024 * 1024

#: The documents that a refund rests on: the step that vouches for each, and its block of head fields.
DOCUMENTS = {
    "order": (Step.OrderAttested, "OrderHead"),
    "list": (Step.Declaration, "InventoryHead"),
    "receipt": (Step.PaymentAttested, "Receipts"),
}
#: Fields by which the three are of one order of one seller.
_SHARED = ("ebpCode", "orderNo", "ebcCode")
#: Where goods stand that have left the country and not come back.
GONE = frozenset({State.Departed.name, State.Closed.name})

_SENTENCES = {
    "read": {
        "malformed": (
            "文件不是完整的退税凭证：{field} 不符合规则（{rule}）。",
            "The file is no complete refund evidence: {field} breaks the rule ({rule}).",
        ),
        "version-unknown": (
            "文件格式版本为 {version}，本程序只认识版本 1。",
            "The file follows version {version} of the format and this program knows version 1.",
        ),
    },
    "documents": {
        "opened": (
            "订单、清单、收款单属于同一订单 {order}，均与账本所存的凭证相符；清单后续有报关单。",
            "Order, list and receipt are of one order, {order}, each as the ledger commits to it; a declaration "
            "follows the list.",
        ),
        "import": ("该包裹为进口，不涉及出口退税。", "The parcel is an import: no export refund concerns it."),
        "missing": (
            "缺少 {document} 的 {name}，或公开的不是最新版本。",
            "Field {name} of the {document} is not opened, or not in its newest version.",
        ),
        "differ": (
            "{name} 在订单、清单、收款单中不一致。",
            "Order, list and receipt do not have the same {name}.",
        ),
        "simplified": (
            "该清单为简化申报清单，不形成报关单，不参与退税。",
            "The list is a simplified one: no declaration follows it, and it takes part in no refund.",
        ),
    },
    "departed": {
        "gone": ("货物已放行并离境，未退回。", "The goods were released, have left the country and not come back."),
        "not-gone": (
            "货物没有放行和离境的记录，或已退回、被扣：状态为 {state}。",
            "The goods were not released and gone, or have come back or been seized: they stand at {state}.",
        ),
    },
    "summary": {
        "in-sums": (
            "清单计入 {month} 的汇总；请在链上核对锚定值 {anchor}。",
            "The list is in the sums of {month}; look for the anchor {anchor} on the chain.",
        ),
        "none": (
            "文件没有月度汇总的证明：该月当时尚未汇总。",
            "The file proves no summary: the month was not closed when it was made.",
        ),
        "invalid": ("汇总证明不成立：{field}（{rule}）。", "The proof of the summary fails: {field} ({rule})."),
        "other-list": (
            "汇总证明属于另一份清单、另一关区或另一月份。",
            "The proof is of another list, another district or another month.",
        ),
    },
    "not-read": {
        "not-shown": ("证书未通过检查，因此无从判断。", "The certificate did not pass, so nothing can be said."),
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One question with its answer in both languages."""

    question: str
    status: Status
    code: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"status": str(self.status), "code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Refund:
    """What a file shows: the certificate's three answers, then documents, departure and summary."""

    findings: tuple[Finding, ...]
    #: By document, each opened field; empty where the certificate does not hold.
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """Invalid where anything is, valid where all is."""
        found = {each.status for each in self.findings}
        if Status.Invalid in found:
            return Status.Invalid
        return Status.CannotTell if Status.CannotTell in found else Status.Valid


def check_refund(data: bytes, trust: Trust | None, now: int) -> Refund:
    """What a file shows of a refund, and how far to believe it. Never raises, whatever the file holds."""
    try:
        top = _top(data)
    except Malformed as fault:
        return Refund((_finding("read", Status.Invalid, "malformed", field=fault.field or "JSON", rule=fault.rule),))
    except VersionUnknown as unknown:
        return Refund((_finding("read", Status.CannotTell, "version-unknown", version=unknown.version),))
    certified = _bytes(top["certificate"])
    answers = verify(certified, trust, now)
    told = tuple(
        Finding(each.question, each.status, each.code, said["zh"], said["en"])
        for each in answers.all
        for said in (each.as_json(),)
    )
    if not (answers.unchanged.is_valid and answers.says.is_valid):
        unread = tuple(_finding(each, Status.CannotTell, "not-shown") for each in ("documents", "departed", "summary"))
        return Refund((*told, *unread))
    certificate, facts = read_certificate(certified), answers.says.facts
    documents: dict[str, dict[str, str]] = {}
    for name, fields in _opened(certificate):
        documents.setdefault(name, {}).update(fields)
    rest = (_documents(documents, facts), _departed(facts), _summary(top["summary"], certificate, facts))
    return Refund((*told, *rest), documents)


# ---------------------------------------------------------------------------------------------------


def _finding(question: str, status: Status, code: str, **words: object) -> Finding:
    zh, en = _SENTENCES["not-read" if code == "not-shown" else question][code]
    return Finding(question, status, code, zh.format(**words), en.format(**words))


def _top(data: bytes) -> dict[str, Any]:
    """The file's parts. Raises Malformed, VersionUnknown."""
    if len(data) > MOST_BYTES:
        raise Malformed("", f"at most {MOST_BYTES} bytes")
    top = parsed(data, FORMAT)
    for name in ("certificate", "summary"):
        if name not in top:
            raise Malformed(name, "there")
    for name in top:
        if name not in ("certificate", "summary"):
            raise Malformed(name, "a name that the format knows")
    if not isinstance(top["certificate"], dict):
        raise Malformed("certificate", "an object")
    _bytes(top)
    return dict(top)


def _bytes(part: Any) -> bytes:
    """A part of the file as it was read. Raises Malformed for what no text holds."""
    try:
        return json.dumps(part, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise Malformed("", "JSON of well-formed Unicode") from None


def _opened(certificate: Certificate) -> Iterator[tuple[str, dict[str, str]]]:
    """Each document as it was vouched for last: a version that was amended since counts for nothing."""
    for name, (step, _) in DOCUMENTS.items():
        place = _last(certificate, step)
        for document in certificate.revealed:
            if document.record == place:
                yield name, {each.path: each.value for each in document.fields}


def _last(certificate: Certificate, step: Step) -> int | None:
    moving = [
        place
        for place, record in enumerate(certificate.records)
        if record.step == step and record.parcels >> certificate.index & 1
    ]
    return moving[-1] if moving else None


def _documents(documents: Mapping[str, Mapping[str, str]], facts: Mapping[str, Any]) -> Finding:
    def refused(code: str, **words: object) -> Finding:
        return _finding("documents", Status.Invalid, code, **words)

    if facts["direction"] != "Export":
        return refused("import")
    for shared in _SHARED:
        values = set()
        for name, (_, head) in DOCUMENTS.items():
            value = documents.get(name, {}).get(f"{head}.{shared}", "").strip()
            if not value:
                return refused("missing", document=name, name=shared)
            values.add(value)
        if len(values) != 1:
            return refused("differ", name=shared)
    flag = documents["list"].get("InventoryHead.statisticsFlag", "").strip()
    if not flag:
        return refused("missing", document="list", name="statisticsFlag")
    if flag != "B":
        return refused("simplified")
    return _finding("documents", Status.Valid, "opened", order=documents["list"]["InventoryHead.orderNo"].strip())


def _departed(facts: Mapping[str, Any]) -> Finding:
    steps = {each["step"] for each in facts["history"]}
    held = {"HeldDeclaring", "HeldPort"} & set(facts["flags"])
    if held or facts["state"] not in GONE or not {"Release", "Departure"} <= steps:
        return _finding("departed", Status.Invalid, "not-gone", state=facts["state"])
    return _finding("departed", Status.Valid, "gone")


def _summary(summary: Any, certificate: Certificate, facts: Mapping[str, Any]) -> Finding:
    if summary is None:
        return _finding("summary", Status.CannotTell, "none")
    try:
        anchor, said, proven = check_file(_bytes(summary))
    except InvalidInput as fault:
        details = fault.details
        return _finding("summary", Status.Invalid, "invalid", field=details["field"], rule=details["rule"])
    place = _last(certificate, Step.Declaration)
    roots = {"0x" + each.root.hex() for each in certificate.revealed if each.record == place}
    released = [each["at"] for each in facts["history"] if each["step"] == "Release"]
    if (
        not proven
        or summary["membership"]["list"] not in roots
        or said["district"] != f"{facts['declaring_district']:04d}"
        or said["month"] not in {month_of(at) for at in released}
    ):
        return _finding("summary", Status.Invalid, "other-list")
    return _finding("summary", Status.Valid, "in-sums", month=said["month"], anchor="0x" + anchor.hex())
