"""What a comparison found: fields that differ, failed rules, rules that could not be judged, and the outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from backend.domain.documents import masked
from backend.domain.matching.model import Basis, MatchOutcome, RuleLevel
from backend.domain.quota import Route


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
    """Everything that was found of one parcel, under one version of the settings and of the rates."""

    outcome: MatchOutcome
    #: Every failed rule of level reject, wait or route, not only the first.
    failures: tuple[RuleFailure, ...]
    config_version: str
    #: Failed rules of level hold: the parcel may be accepted, and released once they have healed.
    holds: tuple[RuleFailure, ...] = ()
    warnings: tuple[RuleFailure, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    #: Rules that the configuration switches off.
    switched_off: tuple[str, ...] = ()
    #: Where the parcel goes if a limit is broken.
    route: Route | None = None
    #: The rate table under which goods and tax were judged, and the tax due by it; None where not known.
    rates_version: str | None = None
    tax_due: Decimal | None = None

    @property
    def risk_weight(self) -> int:
        """What the warnings add to the parcel's risk score."""
        return sum(warning.risk_weight for warning in self.warnings)

    @property
    def is_acceptable(self) -> bool:
        """Whether customs may take the declaration in: it matched, or is only to be taxed in full.

        What holds it back afterwards (`holds`) is no reason not to.
        """
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
            "rates_version": self.rates_version,
            "tax_due": None if self.tax_due is None else f"{self.tax_due:f}",
            "failures": [failure.as_json() for failure in self.failures],
            "holds": [hold.as_json() for hold in self.holds],
            "warnings": [warning.as_json() for warning in self.warnings],
            "risk_weight": self.risk_weight,
            "not_judged": [{"rule": each.rule, "lacks": list(each.lacks)} for each in self.unjudged],
            "switched_off": list(self.switched_off),
        }
