"""What a comparison of documents is made of: levels, facts from outside, settings, failures, the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from backend.domain.documents import masked
from backend.domain.participants import Role
from backend.domain.quota import USUAL_LIMITS, Limits, Route


class MatchOutcome(StrEnum):
    Matched = "matched"
    #: A rule of level reject is broken.
    Mismatch = "mismatch"
    #: Something is still missing and nothing that is there disagrees.
    Incomplete = "incomplete"
    #: Everything agrees, but a limit is broken: see the report's route.
    Routed = "routed"


class RuleLevel(StrEnum):
    Reject = "reject"
    #: May heal by itself: a document or an arrival is still to come. After the deadline it is a rejection.
    Wait = "wait"
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

    def of(self, rule: str) -> RuleSetting:
        return self.rules.get(rule, _AS_THE_ROW_SAYS)


_AS_THE_ROW_SAYS = RuleSetting()


# ---------------------------------------------------------------------------------------------------
# The report


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field on both sides, as it may be shown: personal values read `***`."""

    left: str
    left_value: str
    right: str
    right_value: str

    @classmethod
    def of(cls, left: str, left_value: str, right: str, right_value: str) -> Self:
        """Two fields with their values as sent; personal and long ones are hidden here."""
        return cls(left, masked(left, left_value), right, masked(right, right_value))


@dataclass(frozen=True, slots=True)
class RuleFailure:
    rule: str
    level: RuleLevel
    fields: tuple[Comparison, ...]
    #: The code that customs' receipts carry for this failure, where one was observed.
    inner_code: str | None
    zh: str
    en: str
    basis: Basis = Basis.Stated
    #: 0 unless it is a warning.
    risk_weight: int = 0

    @property
    def receipt_text(self) -> str:
        """The failure as customs' receipts write it: `[Code:1332;Desc:…],[left:value,right:value]`.

        Where no inner code is known the rule's own id stands in its place.
        """
        pairs = "".join(f",[{pair.left}:{pair.left_value},{pair.right}:{pair.right_value}]" for pair in self.fields)
        return f"[Code:{self.inner_code or self.rule};Desc:{self.zh}]{pairs}"

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "level": self.level.value,
            "basis": self.basis.value,
            "inner_code": self.inner_code,
            "zh": self.zh,
            "en": self.en,
            "fields": [asdict(pair) for pair in self.fields],
        }


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A rule that could not be judged, or not wholly, and what it lacked: facts of the context, documents."""

    rule: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchReport:
    outcome: MatchOutcome
    #: Every failed rule of level reject, wait or route, not only the first.
    failures: tuple[RuleFailure, ...]
    config_version: str
    warnings: tuple[RuleFailure, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    #: Rules that the configuration switches off.
    switched_off: tuple[str, ...] = ()
    #: Where the parcel goes if a limit is broken.
    route: Route | None = None

    @property
    def risk_weight(self) -> int:
        """What the warnings add to the parcel's risk score."""
        return sum(warning.risk_weight for warning in self.warnings)

    @property
    def is_acceptable(self) -> bool:
        """Whether customs may take the declaration in: it matched, or is only to be taxed in full."""
        if self.outcome is MatchOutcome.Routed:
            return self.route is Route.FullTax
        return self.outcome is MatchOutcome.Matched

    def as_json(self) -> dict[str, Any]:
        """The report for whoever asked: an answer to a dry run, a page, a log."""
        return {
            "outcome": self.outcome.value,
            "acceptable": self.is_acceptable,
            "route": self.route.value if self.route else None,
            "config_version": self.config_version,
            "failures": [failure.as_json() for failure in self.failures],
            "warnings": [warning.as_json() for warning in self.warnings],
            "risk_weight": self.risk_weight,
            "not_judged": [{"rule": each.rule, "lacks": list(each.lacks)} for each in self.unjudged],
            "switched_off": list(self.switched_off),
        }

    def to_fields(self) -> list[tuple[str, str]]:
        """The report as (path, text) for its evidence; nothing personal stands in it."""
        fields = [("outcome", self.outcome.value), ("configVersion", self.config_version)]
        if self.route is not None:
            fields.append(("route", self.route.value))
        for name, found in (("failure", self.failures), ("warning", self.warnings)):
            for number, failure in enumerate(found, 1):
                fields += _failure_fields(f"{name}.{number}", failure)
        fields += [
            (f"notJudged.{number}", f"{each.rule}: {', '.join(each.lacks)}")
            for number, each in enumerate(self.unjudged, 1)
        ]
        if self.switched_off:
            fields.append(("switchedOff", ", ".join(self.switched_off)))
        return fields


def _failure_fields(path: str, failure: RuleFailure) -> list[tuple[str, str]]:
    fields = [(f"{path}.rule", failure.rule), (f"{path}.level", failure.level.value)]
    if failure.inner_code:
        fields.append((f"{path}.innerCode", failure.inner_code))
    for place, pair in enumerate(failure.fields, 1):
        text = f"{pair.left}={pair.left_value} / {pair.right}={pair.right_value}"
        fields.append((f"{path}.difference.{place}", text))
    return fields
