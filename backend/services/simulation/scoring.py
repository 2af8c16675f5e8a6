"""How well the comparing of documents finds what was built into simulated parcels: rule by rule, in counts.

    score = score_simulation(10_000, seed=7, anomalies=0.3)
    score.rule("M06").precision, score.rule("M06").recall, score.parcels_per_second

Nothing here knows a rule: what is expected stands in the labels, what is found in the reports of `match`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.matching import RULES
from backend.services.simulation.generator import simulate
from backend.services.simulation.judging import Finding, judge_set
from backend.services.simulation.labels import Anomaly, Expected
from backend.services.simulation.model import Mode, Report, SimulatedParcel

#: Facts that no message and no table holds: who bears a name, what a certificate says, what an account still holds.
UNKNOWABLE = frozenset({"real_name", "signatures", "stock"})


@dataclass(frozen=True, slots=True)
class RuleScore:
    """One rule in counts of parcels."""

    rule: str
    #: Labelled as breaking it, found to break it, both.
    expected: int
    found: int
    true_positives: int

    @property
    def false_positives(self) -> int:
        return self.found - self.true_positives

    @property
    def false_negatives(self) -> int:
        return self.expected - self.true_positives

    @property
    def precision(self) -> float | None:
        """The share of what was found that is so; None where nothing was found."""
        return self.true_positives / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what is so that was found; None where nothing is."""
        return self.true_positives / self.expected if self.expected else None

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "expected": self.expected,
            "found": self.found,
            "true_positives": self.true_positives,
            "false_positives": self.false_positives,
            "false_negatives": self.false_negatives,
            "precision": self.precision,
            "recall": self.recall,
        }


@dataclass(frozen=True, slots=True)
class Miss:
    """A parcel that was found to be otherwise than its label says."""

    order_no: str
    anomaly: Anomaly | None
    expected: Expected
    outcome: Expected
    #: Rules expected and not found, found and not expected.
    missed: tuple[str, ...]
    surplus: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "order_no": self.order_no,
            "anomaly": self.anomaly.value if self.anomaly else None,
            "expected": self.expected.value,
            "outcome": self.outcome.value,
            "missed": list(self.missed),
            "surplus": list(self.surplus),
        }


@dataclass(frozen=True)
class Score:
    """The counts over all parcels. `total` adds the rules up."""

    parcels: int
    rules: tuple[RuleScore, ...]
    #: (expected, found) → parcels.
    outcomes: Mapping[tuple[Expected, Expected], int]
    #: Anomaly → parcels that bear it.
    anomalies: Mapping[Anomaly, int]
    misses: tuple[Miss, ...]
    #: Rule → facts that nobody can have here, for which it is not judged, or not wholly.
    not_judged: Mapping[str, tuple[str, ...]]
    seconds_simulating: float = 0.0
    seconds_judging: float = 0.0

    def rule(self, rule: str) -> RuleScore:
        return next(each for each in self.rules if each.rule == rule)

    @property
    def total(self) -> RuleScore:
        sums = (sum(getattr(each, name) for each in self.rules) for name in ("expected", "found", "true_positives"))
        return RuleScore("all", *sums)

    @property
    def parcels_per_second(self) -> float:
        """Messages read and parcels judged, without the time that simulating them took."""
        return self.parcels / self.seconds_judging if self.seconds_judging else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "parcels": self.parcels,
            "rules": [each.as_json() for each in self.rules],
            "total": self.total.as_json(),
            "not_judged": [{"rule": rule, "lacks": list(lacks)} for rule, lacks in self.not_judged.items()],
            "outcomes": [
                {"expected": expected.value, "found": found.value, "parcels": count}
                for (expected, found), count in self.outcomes.items()
            ],
            "anomalies": {anomaly.value: count for anomaly, count in self.anomalies.items()},
            "misses": [miss.as_json() for miss in self.misses],
            "seconds_simulating": round(self.seconds_simulating, 2),
            "seconds_judging": round(self.seconds_judging, 2),
            "parcels_per_second": round(self.parcels_per_second),
        }


def score_simulation(parcels: int, seed: int, anomalies: float, report: Report | None = None) -> Score:
    """So many parcels, half of them imports, simulated, judged with all that can be known, and counted."""
    pairs: list[tuple[SimulatedParcel, Finding]] = []
    simulating = judging = 0.0
    counts: dict[Mode, int] = {"import": parcels - parcels // 2, "export": parcels // 2}
    for mode, count in counts.items():
        began = time.perf_counter()
        made = simulate(count, seed, mode, anomalies, report=report)
        simulated = time.perf_counter()
        pairs += zip(made.parcels, judge_set(made, report=report), strict=True)
        simulating, judging = simulating + simulated - began, judging + time.perf_counter() - simulated
    return score_findings(pairs, simulating, judging)


def score_findings(
    pairs: Sequence[tuple[SimulatedParcel, Finding]], seconds_simulating: float = 0.0, seconds_judging: float = 0.0
) -> Score:
    """Labels against findings."""
    expected = Counter(rule for parcel, _ in pairs for rule in parcel.expected_rules)
    found = Counter(rule for _, finding in pairs for rule in finding.rules)
    both = Counter(rule for parcel, finding in pairs for rule in parcel.expected_rules & finding.rules)
    names = dict.fromkeys([*(rule.id for rule in RULES), *expected, *found])
    return Score(
        len(pairs),
        tuple(RuleScore(name, expected[name], found[name], both[name]) for name in names),
        dict(sorted(Counter((parcel.expected, finding.outcome) for parcel, finding in pairs).items())),
        dict(sorted(Counter(parcel.anomaly for parcel, _ in pairs if parcel.anomaly).items())),
        tuple(_misses(pairs)),
        _not_judged(finding for _, finding in pairs),
        seconds_simulating,
        seconds_judging,
    )


def _misses(pairs: Sequence[tuple[SimulatedParcel, Finding]]) -> Iterable[Miss]:
    for parcel, finding in pairs:
        if parcel.expected is not finding.outcome or parcel.expected_rules != finding.rules:
            missed, surplus = parcel.expected_rules - finding.rules, finding.rules - parcel.expected_rules
            yield Miss(
                parcel.order_no,
                parcel.anomaly,
                parcel.expected,
                finding.outcome,
                tuple(sorted(missed)),
                tuple(sorted(surplus)),
            )


def _not_judged(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    lacks: dict[str, set[str]] = {}
    for finding in findings:
        for each in finding.unjudged:
            if names := UNKNOWABLE.intersection(each.lacks):
                lacks.setdefault(each.rule, set()).update(names)
    return {rule: tuple(sorted(names)) for rule, names in sorted(lacks.items())}
