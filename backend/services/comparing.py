"""Whether the documents of parcels agree, under the rules that are in force and with all that is known here.

    reports = compare(connection, parcel_ids)          # as they are stored
    compare(connection, [parcel], replacing={parcel: order})   # as it would be with this order

Hundreds of parcels at once: the number of queries does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.documents import MESSAGES, Document, DocumentKind
from backend.domain.matching import MatchReport, RuleFailure, SignatureFact, match
from backend.services.match_facts import Facts, Parcel, Used
from backend.services.stored_documents import document_from, stored_document
from backend.store import comparison
from backend.store.database import Connection

Kind = DocumentKind
_Four = tuple[Document | None, Document | None, Document | None, Document | None]


def nobody_knows(_parcel_id: bytes, _declaration: Document) -> None:
    """No account of buyers' years: the yearly limit is judged by what one parcel breaks by itself."""


def compare(
    connection: Connection,
    parcel_ids: Sequence[bytes],
    *,
    replacing: Mapping[bytes, Document] | None = None,
    used: Used = nobody_knows,
) -> dict[bytes, MatchReport]:
    """The report on each parcel of which a document is here, by parcel.

    `replacing` puts one document in the place of the stored one of its kind. `used` says what the buyer's other
    parcels count to the year.
    """
    fresh = replacing or {}
    items = [(parcel_id, fresh.get(parcel_id)) for parcel_id in dict.fromkeys(parcel_ids)]
    reports = zip(items, _compared(connection, items, used), strict=True)
    return {parcel_id: report for (parcel_id, _), report in reports if report is not None}


def compare_each(
    connection: Connection, items: Sequence[tuple[bytes | None, Document]], *, used: Used = nobody_knows
) -> list[MatchReport]:
    """The report on the parcel of each document, as it would stand with this document alone put in place.

    A document whose parcel is not known yet (a waybill before its declaration) is judged by itself.
    """
    return [report for report in _compared(connection, items, used) if report is not None]


# ---------------------------------------------------------------------------------------------------
# Which documents belong together


@dataclass(frozen=True, slots=True)
class _Held:
    """A stored document."""

    document: Document
    signature: SignatureFact | None

    @classmethod
    def of(cls, row: Any) -> _Held:
        fact = None if row.signature_valid is None else SignatureFact(bool(row.signature_valid), row.signer)
        return cls(stored_document(row.message_type, row.fields), fact)


def _compared(
    connection: Connection, items: Sequence[tuple[bytes | None, Document | None]], used: Used
) -> list[MatchReport | None]:
    held: dict[bytes, list[_Held]] = {}
    for row in comparison.documents_of(connection, [parcel_id for parcel_id, _ in items if parcel_id]):
        held.setdefault(row.parcel_id, []).append(_Held.of(row))
    parcels = [_together(parcel_id, held.get(parcel_id or b"", []), fresh) for parcel_id, fresh in items]
    replaced = [fresh is not None and fresh.kind is Kind.Waybill for _, fresh in items]
    _add_waybills(connection, [parcel for parcel, is_there in zip(parcels, replaced, strict=True) if not is_there])
    judged = [parcel for parcel in parcels if parcel.documents]
    facts = Facts(connection, judged, used)
    return [_report(parcel, facts) if parcel.documents else None for parcel in parcels]


def _report(parcel: Parcel, facts: Facts) -> MatchReport:
    return match(*_in_order(parcel.documents), facts.config_of(parcel), facts.of(parcel))


def _in_order(documents: Mapping[Kind, Document]) -> _Four:
    of = documents.get
    return of(Kind.Declaration), of(Kind.Order), of(Kind.Payment), of(Kind.Waybill)


def _together(parcel_id: bytes | None, held: Sequence[_Held], fresh: Document | None) -> Parcel:
    """One document of each kind, the newest of several, all of one direction: the fresh one's, or the declaration's."""
    documents = [each.document for each in held] if fresh is None else [fresh]
    leading = next((each for each in reversed(documents) if each.kind is Kind.Declaration), None)
    direction = (leading or documents[-1]).direction if documents else None
    fitting = [each for each in held if each.document.direction is direction]
    parcel = Parcel(parcel_id, {})
    for each in fitting:
        _put(parcel, each)
    if fresh is not None:
        _put(parcel, _Held(fresh, None))
    order = parcel.documents.get(Kind.Order)
    if order is not None and (fresh is None or fresh.kind is not Kind.Payment):
        for each in fitting:
            # An order may have been paid more than once: the payment that it names counts.
            if each.document.kind is Kind.Payment and _is_payment_of(each.document, order):
                _put(parcel, each)
    return parcel


def _is_payment_of(payment: Document, order: Document) -> bool:
    names = ("payCode", "payTransactionId")
    return all(order.head.get(name) and order.head[name] == payment.head.get(name) for name in names)


def _add_waybills(connection: Connection, parcels: Iterable[Parcel]) -> None:
    """The waybill that each declaration names, which may not be linked to its parcel yet, in place of any other.

    One that is named and not here has not arrived, whatever an earlier declaration named.
    """
    declared = [(parcel, parcel.declaration) for parcel in parcels if parcel.declaration is not None]
    keys = {"|".join(each.waybill_reference) for _, each in declared if each.waybill_reference}
    rows = {
        (row.waybill_key, MESSAGES[row.message_type].direction): row
        for row in comparison.waybills_named(connection, keys)
    }
    for parcel, declaration in declared:
        there = parcel.documents.get(Kind.Waybill)
        if there is not None and there.waybill_reference == declaration.waybill_reference:
            continue
        parcel.documents.pop(Kind.Waybill, None)
        if row := rows.get(("|".join(declaration.waybill_reference or ()), declaration.direction)):
            _put(parcel, _Held.of(row))


def _put(parcel: Parcel, held: _Held) -> None:
    document = held.document
    parcel.documents[document.kind] = document
    parcel.signatures.pop(document.type, None)
    if held.signature is not None:
        parcel.signatures[document.type] = held.signature


def judge(view: Mapping[str, Any]) -> MatchReport:
    """The comparison of the documents in a parcel's view, for who has nothing but the view: customs over HTTP."""
    shown = (
        document_from(each["message_type"], [(field["path"], field["value"]) for field in each["fields"]])
        for each in view.get("documents", [])
        if each["message_type"] in MESSAGES and not each["erased"]
    )
    return match(*_in_order({document.kind: document for document in shown}))


# ---------------------------------------------------------------------------------------------------
# As an answer


def told_to_sender(report: MatchReport, document: Document) -> dict[str, Any]:
    """The report for whoever sent one document: which fields differ, with that document's own values alone."""
    others = {
        block
        for facts in MESSAGES.values()
        if facts.kind is not document.kind
        for block in (facts.head, facts.line)
        if block is not None
    }
    told = report.as_json()
    for failure in (*told["failures"], *told["holds"], *told["warnings"]):
        for pair in failure["fields"]:
            for side in ("left", "right"):
                if pair[f"{side}_value"] and any(_names(pair[side], block) for block in others):
                    pair[f"{side}_value"] = HIDDEN
    return told


def _names(field: str, block: str) -> bool:
    return any(part.startswith((f"{block}.", f"{block}[")) or part == block for part in field.split("+"))


#: Stands for a value that is another's.
HIDDEN = "…"


# ---------------------------------------------------------------------------------------------------
# As evidence


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
