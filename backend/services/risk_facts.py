"""What the factors of a risk score ask about many parcels, gathered from the ledger and from their documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.domain.documents import Document, DocumentKind, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Direction, Flag, Sets, State
from backend.domain.matching import MatchingConfig, MatchReport
from backend.domain.participants import CreditGrade
from backend.domain.risk import RiskFacts
from backend.domain.risk.credit import PERIOD
from backend.domain.tax import dutiable_value
from backend.services import quota
from backend.services.credit import CreditBook, Part
from backend.services.gateway import Gateway
from backend.services.stored_documents import stored_document
from backend.store import comparison, credit, readmodel, risk
from backend.store.database import Connection
from backend.store.listing_queries import levels_in_force

#: Inspected parcels of a heading that are its history, the newest.
MOST_INSPECTED = 300
#: Seconds in which one buyer's purchases are counted.
BUYERS_PERIOD = 30 * 86_400

#: States that say that an inspection found something, and flags that do.
_FOUND_STATES = frozenset({State.Rejected, State.Confiscated, State.Destroyed, State.Disposed, State.ReturnedAbroad})
_FOUND_FLAGS = frozenset({Flag.HeldDeclaring, Flag.HeldPort, Flag.Infringing})


@dataclass(slots=True)
class _Papers:
    """The documents of a parcel that its assessment reads."""

    declaration: Document | None = None
    waybill: Document | None = None
    carrier_no: int | None = None


class Facts:
    """What the factors ask about many parcels: a handful of queries, and one for each participant and heading."""

    def __init__(
        self,
        connection: Connection,
        gateway: Gateway,
        matching: MatchingConfig,
        places: Mapping[bytes, Any],
        now: int,
    ) -> None:
        self._connection = connection
        self._limits = matching.limits
        self._now = now
        self._papers = _papers(connection, list(places))
        sellers = {place.seller_no for place in places.values()}
        self._grades = credit.grades_of(connection, sellers)
        self._levels = levels_in_force(connection, sellers, now)
        self._book = CreditBook(connection, now)
        self._bought = risk.bought_since(connection, list(places), now - BUYERS_PERIOD)
        imports = {
            parcel: papers.declaration
            for parcel, papers in self._papers.items()
            if papers.declaration is not None and papers.declaration.direction is Direction.Import
        }
        self._used = quota.used_by(connection, gateway.consortium_key, imports, now)
        self._headings: dict[str, tuple[int, int]] = {}

    def of(self, parcel: bytes, place: Any, report: MatchReport, suspected: int | None) -> tuple[RiskFacts, str]:
        papers = self._papers.get(parcel, _Papers())
        heading = _heading_of(papers.declaration)
        inspected, found = self._history(heading)
        value, year = self._shares(parcel, papers.declaration)
        seller = self._book.record_of(Part.Seller, place.seller_no)
        carrier = None if papers.carrier_no is None else self._book.record_of(Part.Carrier, papers.carrier_no)
        facts = RiskFacts(
            seller_grade=self._grades.get(place.seller_no, CreditGrade.Regular),
            seller_record=seller.score,
            declarant_record=self._book.record_of(Part.Declarant, place.declarant_no).score,
            carrier_record=None if carrier is None else carrier.score,
            seller_declared=max(0, seller.declared - int(place.size)),
            listing=self._levels.get(place.seller_no),
            warnings=tuple((warning.rule, warning.risk_weight) for warning in report.warnings),
            suspected_rights=suspected,
            value_share=value,
            year_share=year,
            heading=heading,
            heading_inspected=inspected,
            heading_found=found,
            weight_deviation=_deviation(papers),
            buyer_parcels=self._bought.get(parcel),
        )
        return facts, heading

    def _shares(self, parcel: bytes, declaration: Document | None) -> tuple[Decimal | None, Decimal | None]:
        """The value as shares of the limit for one transaction and, with the buyer's others, of the year's."""
        if declaration is None or parcel not in self._used:
            return None, None
        try:
            value = dutiable_value(declaration)
        except InvalidInput:
            return None, None
        limits = self._limits
        if not limits.transaction or not limits.year:
            return None, None
        return value / limits.transaction, (value + self._used[parcel]) / limits.year

    def _history(self, heading: str) -> tuple[int, int]:
        """How many parcels of a heading were inspected to an end here in twelve months, and found at fault."""
        if not heading:
            return 0, 0
        if heading not in self._headings:
            ended = found = 0
            for row in risk.inspected_under(self._connection, heading, self._now - PERIOD, MOST_INSPECTED):
                sets = readmodel.sets_of_blob(row.size, row.sets)
                wrong = _went_wrong(sets, row.position)
                found += wrong
                ended += wrong or Flag.Inspected in sets.flags_of(row.position)
            self._headings[heading] = (ended, found)
        return self._headings[heading]


def _went_wrong(sets: Sets, position: int) -> bool:
    return sets.state_of(position) in _FOUND_STATES or bool(_FOUND_FLAGS.intersection(sets.flags_of(position)))


def _papers(connection: Connection, parcels: Sequence[bytes]) -> dict[bytes, _Papers]:
    found: dict[bytes, _Papers] = {}
    for row in comparison.documents_of(connection, parcels):
        papers = found.setdefault(bytes(row.parcel_id), _Papers())
        if row.kind == DocumentKind.Declaration:
            papers.declaration = stored_document(row.message_type, row.fields)
        elif row.kind == DocumentKind.Waybill:
            papers.waybill = stored_document(row.message_type, row.fields)
            papers.carrier_no = int(row.participant_no)
    return found


def _heading_of(declaration: Document | None) -> str:
    """The four-digit heading of the line worth most; empty where the declaration names none."""
    lines = () if declaration is None else declaration.lines
    dearest = max(lines, key=lambda line: decimal_of(line.get("totalPrice")) or Decimal(0), default={})
    heading = dearest.get("gcode", "")[:4]
    return heading if len(heading) == 4 and heading.isascii() and heading.isdigit() else ""


def _deviation(papers: _Papers) -> Decimal | None:
    """How far the declared gross weight lies from the waybill's, as a share of the waybill's."""
    if papers.declaration is None or papers.waybill is None:
        return None
    head = papers.waybill.head
    declared = decimal_of(papers.declaration.head.get("grossWeight"))
    weighed = decimal_of(head.get("weight") or head.get("grossWeight"))
    if declared is None or not weighed:
        return None
    return abs(declared - weighed) / weighed
