"""What a comparison of documents is made of: levels, tolerances, facts from outside, settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from backend.domain.participants import Role
from backend.domain.quota import USUAL_LIMITS, Limits
from backend.domain.tax import ConsumptionFormula


class MatchOutcome(StrEnum):
    Matched = "matched"
    #: A rule of level reject is broken.
    Mismatch = "mismatch"
    #: Something is still missing, the declaration perhaps, and nothing that is there disagrees.
    Incomplete = "incomplete"
    #: Everything agrees, but a limit is broken: see the report's route.
    Routed = "routed"


class RuleLevel(StrEnum):
    Reject = "reject"
    #: May heal by itself: a document or an arrival is still to come. After the deadline it is a rejection.
    Wait = "wait"
    #: Does not keep the declaration from being accepted, but the parcel from being released before it heals.
    Hold = "hold"
    #: Feeds the risk score and stops nothing.
    Warn = "warn"
    #: Leaves the ordinary way: taxed in full, or general trade.
    Route = "route"


class Basis(StrEnum):
    #: The specification, an announcement or a receipt of customs states it.
    Stated = "stated"
    #: Practice articles describe it.
    Practice = "practice"
    #: This project proposes it.
    Proposed = "proposed"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may lie apart: the larger of an absolute difference and a share of the expected one.

    The absolute difference is in the document's unit: its currency, or kilograms.
    """

    absolute: Decimal = Decimal(0)
    share: Decimal = Decimal(0)

    def allows(self, found: Decimal, expected: Decimal) -> bool:
        return abs(found - expected) <= max(self.absolute, self.share * abs(expected))


EXACT = Tolerance()
ONE_CENT = Tolerance(Decimal("0.01"))


# ---------------------------------------------------------------------------------------------------
# Facts that no document holds


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """What the tariff says of an HS code."""

    unit1: str
    unit2: str | None
    #: Whether it stands in the positive list (正面清单).
    listed: bool


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """What the verification of one document's signature found."""

    valid: bool
    #: The enterprise code in the signer's certificate, where it names one.
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules cannot know by themselves. A fact that is None is not known: its rules are not judged."""

    #: HS code → facts, for those of the declaration's codes that the tariff knows.
    goods: Mapping[str, GoodsFacts] | None = None
    #: Enterprise code → roles, for those named in the documents that are registered.
    enterprises: Mapping[str, frozenset[Role]] | None = None
    #: Message type → verdict, for those documents whose signature was verified.
    signatures: Mapping[str, SignatureFact] | None = None
    #: Whether the real-name service confirms that the buyer's name and identity number belong together.
    real_name: bool | None = None
    #: Waybill number → bill number of the arrival (711 imports, 507 exports) that lists it.
    arrivals: Mapping[str, str] | None = None
    #: Waybill number → bill number of the master waybill (607) that lists it.
    masters: Mapping[str, str] | None = None
    #: Record number of the bonded account (账册备案料号) → quantity still there.
    stock: Mapping[str, Decimal] | None = None
    #: What the buyer's other parcels count to the year, in CNY.
    used_this_year: Decimal | None = None
    #: The comprehensive tax as computed here, in CNY.
    tax_due: Decimal | None = None
    #: The rate table that `goods` and `tax_due` come from.
    rates_version: str | None = None


# ---------------------------------------------------------------------------------------------------
# Settings


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What a district sets for one rule; None leaves what the rule's row says."""

    enabled: bool = True
    tolerance: Tolerance | None = None
    #: Reject or Warn, for rules of those two levels.
    level: RuleLevel | None = None


#: Exports under these modes still need a receipt of money (403). Not needed for 9610 and B2B since 2024-12-15
#: (announcement 2024 no.167).
RECEIPT_MODES = frozenset({"1210"})


@dataclass(frozen=True)
class MatchingConfig:
    """What a district may set. `version` is part of every decision made under it.

    Identities, numbers and the amount paid (M06) are compared exactly unless a setting says otherwise.
    """

    version: str = "1"
    #: Rule id → setting, for those that differ from the rows.
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    limits: Limits = USUAL_LIMITS
    receipt_modes: frozenset[str] = RECEIPT_MODES
    #: Most hours between the first and the last of order, payment and waybill before M21 warns.
    window_hours: int = 24
    #: How long a parcel waits for what is missing before it is rejected.
    deadline_hours: int = 24
    #: Whether the district's automatic account decides by itself.
    automatic: bool = False
    #: How the district computes consumption tax and VAT.
    consumption_formula: ConsumptionFormula = ConsumptionFormula.Composite

    def of(self, rule: str) -> RuleSetting:
        return self.rules.get(rule, _AS_THE_ROW_SAYS)


_AS_THE_ROW_SAYS = RuleSetting()
