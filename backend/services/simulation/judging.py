"""What customs would find in a simulated set: every message read, every parcel judged with all that can be known.

As far as one reads it from the messages alone, without a chain: documents are turned away for their format, for
enterprises that are in no registry or barred, and as duplicates. What is left of a parcel is compared by the real
rules, with tariff, registered enterprises, arrivals, what the buyer used of the year, and the tax that is due.

Which documents belong to a parcel is known here, whatever numbers they name: so a payment for another platform is
seen to differ. Whoever finds them by those numbers misses it instead: `by_reference` judges so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

from backend.domain.documents import Document, DocumentKind, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Direction
from backend.domain.matching import (
    Context,
    MatchOutcome,
    MatchReport,
    RuleFailure,
    RuleLevel,
    Unjudged,
    goods_facts,
    match,
)
from backend.domain.notices import subjects_of
from backend.domain.participants import Role
from backend.domain.quota import Route, route_of
from backend.domain.rates import example_rates
from backend.domain.roster import ROSTER, SELLER_TO_BAR, Roster, enterprise
from backend.domain.tax import TaxTreatment, dutiable_value, tax_bill
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import parse_message
from backend.services.simulation.labels import Expected
from backend.services.simulation.model import Report, SimulatedMessage, SimulatedSet, untold

#: Fields of a head that name an enterprise of the registry.
_ENTERPRISES = ("ebpCode", "ebcCode", "payCode", "logisticsCode", "agentCode")

#: What no arrival has named yet is held, whatever level the rule has and whichever list of the report tells it.
_ARRIVALS = frozenset({"M23", "X07"})

_THREE = (DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill)

#: Parcels between two reports of progress.
_STEP = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one parcel. `outcome` is one of `Expected`."""

    outcome: Expected
    rules: frozenset[str] = frozenset()
    unjudged: tuple[Unjudged, ...] = ()


@dataclass(slots=True)
class _Dossier:
    """A parcel's documents as they were read; `turned_away` if one of them was not taken."""

    documents: dict[DocumentKind, Document] = field(default_factory=dict)
    turned_away: bool = False


def judge_set(
    simulated: SimulatedSet,
    roster: Roster = ROSTER,
    barred: Sequence[str] = (SELLER_TO_BAR,),
    report: Report | None = None,
    *,
    by_reference: bool = False,
) -> list[Finding]:
    """A finding for each parcel, in the parcels' order.

    `by_reference`: a list finds its order and payment by platform and order number, its waybill by carrier and
    waybill number, as the gateway does.
    """
    tell = report or untold
    desk, mode = _Desk(simulated, roster, barred), simulated.mode
    messages, dossiers = simulated.messages, [_Dossier() for _ in simulated.parcels]
    tell(f"{mode} messages read", 0, len(messages))
    for done, message in enumerate(messages, 1):
        desk.read(message, dossiers)
        tell(f"{mode} messages read", done, len(messages))
    if by_reference:
        _join(dossiers)
    findings: list[Finding] = []
    tell(f"{mode} parcels judged", 0, len(dossiers))
    for dossier in dossiers:
        findings.append(desk.judge(dossier))
        if len(findings) % _STEP == 0 or len(findings) == len(dossiers):
            tell(f"{mode} parcels judged", len(findings), len(dossiers))
    return findings


class _Desk:
    def __init__(self, simulated: SimulatedSet, roster: Roster, barred: Sequence[str]) -> None:
        self.simulated = simulated
        self.rates = example_rates()
        self.tariff = goods_facts(self.rates)
        self.enterprises = {
            code: frozenset(Role[name] for name in each.roles) for each in roster for code in each.codes
        }
        self.barred = {code for key in barred for code in enterprise(key, roster).codes}
        self.arrivals = _listed(simulated.arrivals)
        self.masters = _listed(simulated.masters)
        self.used: dict[str, Decimal] = {}
        #: What was taken: business key → content, and the declared orders.
        self.taken: dict[str, bytes] = {}
        self.declared: set[tuple[str, str]] = set()

    def read(self, message: SimulatedMessage, dossiers: Sequence[_Dossier]) -> None:
        """Puts the documents of a message to those of their parcels; messages come in their sending order."""
        parsed = parse_message(message.data)
        for index, each in zip(message.parcels, parsed.documents, strict=True):
            faults = (*each.faults, *check_document(each))
            document = each.to_document()
            if any(fault.level == "error" for fault in faults) or not self._is_taken(document):
                dossiers[index].turned_away = True
            else:
                dossiers[index].documents[document.kind] = document

    def judge(self, dossier: _Dossier) -> Finding:
        if dossier.turned_away:
            return Finding(Expected.Refused)
        declaration = dossier.documents.get(DocumentKind.Declaration)
        if declaration is None:
            return Finding(Expected.Undeclared)
        order, payment, waybill = (dossier.documents.get(kind) for kind in _THREE)
        report = match(declaration, order, payment, waybill, context=self._context(declaration))
        self._count(declaration, report)
        failures = tuple(_failures_of(report))
        return Finding(_outcome(report, failures), frozenset(each.rule for each in failures), report.unjudged)

    # -----------------------------------------------------------------------------------------------

    def _is_taken(self, document: Document) -> bool:
        """Whether registry and chain let it in, and nothing that was taken before contradicts it."""
        head = document.head
        if any(head[name] not in self.enterprises for name in _ENTERPRISES if head.get(name)):
            return False
        if self.taken.setdefault(document.business_key, document.content_digest()) != document.content_digest():
            return False
        if document.kind is not DocumentKind.Declaration:
            return True
        order = document.order_reference
        if order is None or order in self.declared or document.seller_code in self.barred:
            return False
        self.declared.add(order)
        return True

    def _context(self, declaration: Document) -> Context:
        known = Context(goods=self.tariff, enterprises=self.enterprises, arrivals=self.arrivals, masters=self.masters)
        if declaration.direction is Direction.Export:
            return known
        used = self.used.get(declaration.head["buyerIdNumber"], Decimal(0))
        return replace(known, used_this_year=used, tax_due=self._tax_due(declaration, used))

    def _tax_due(self, declaration: Document, used: Decimal) -> Decimal | None:
        """None where the tariff has no rate, and where the parcel leaves the retail channel with its tax."""
        lines = declaration.lines
        single_item = len(lines) == 1 and decimal_of(lines[0].get("qty")) == 1
        route = route_of(dutiable_value(declaration), single_item=single_item, used=used)
        if route is Route.GeneralTrade:
            return None
        treatment = TaxTreatment.Full if route is Route.FullTax else TaxTreatment.Reduced
        try:
            return tax_bill(declaration, self.rates, treatment).totals.total
        except InvalidInput:
            return None

    def _count(self, declaration: Document, report: MatchReport) -> None:
        """What customs takes in counts to its buyer's year."""
        if declaration.direction is Direction.Import and report.is_acceptable:
            buyer = declaration.head["buyerIdNumber"]
            self.used[buyer] = self.used.get(buyer, Decimal(0)) + dutiable_value(declaration)


def _join(dossiers: Sequence[_Dossier]) -> None:
    """Gives each list the documents that it refers to, and takes away those that it does not."""
    found: dict[tuple[DocumentKind, tuple[str, str]], Document] = {}
    for dossier in dossiers:
        for kind, document in dossier.documents.items():
            if reference := _reference(kind, document):
                found[kind, reference] = document
    for dossier in dossiers:
        if declaration := dossier.documents.get(DocumentKind.Declaration):
            joined = {kind: found.get((kind, _reference(kind, declaration) or ("", ""))) for kind in _THREE}
            dossier.documents = {kind: document for kind, document in joined.items() if document}
            dossier.documents[DocumentKind.Declaration] = declaration


def _reference(kind: DocumentKind, document: Document) -> tuple[str, str] | None:
    """The numbers by which a document of this kind is found, as this document names them."""
    return document.waybill_reference if kind is DocumentKind.Waybill else document.order_reference


def _listed(messages: Sequence[SimulatedMessage]) -> dict[str, str]:
    """Waybill number → bill number, as these reports name them."""
    return {
        subject.waybill[1]: subject.bill_no or ""
        for message in messages
        for document in parse_message(message.data).documents
        for subject in subjects_of(document.to_notice())
        if subject.waybill
    }


def _failures_of(report: MatchReport) -> Iterator[RuleFailure]:
    """Every broken rule, whichever list of the report tells it."""
    for each in fields(report):
        value = getattr(report, each.name)
        if isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, RuleFailure))


def _outcome(report: MatchReport, failures: Sequence[RuleFailure]) -> Expected:
    grave = {each.rule for each in failures if each.level is not RuleLevel.Warn}
    if report.outcome is not MatchOutcome.Mismatch and grave and grave <= _ARRIVALS:
        return Expected.Held
    return Expected(report.outcome.value)
