"""What the comparison of an original payment record found, as it is kept in evidence and read back from there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.domain.documents import Document
from backend.domain.matching.checks import Lacking
from backend.domain.matching.model import MatchOutcome, RuleLevel
from backend.domain.matching.report import Comparison, RuleFailure, Unjudged
from backend.domain.payment_records import PaymentRecord
from backend.domain.payment_rules import PAYMENT_RULES, Case

_BY_ID = {rule.id: rule for rule in PAYMENT_RULES}


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """What the comparison found. Incomplete: nothing disagrees, but order or payment were not there."""

    outcome: MatchOutcome
    failures: tuple[RuleFailure, ...]
    warnings: tuple[RuleFailure, ...]
    unjudged: tuple[Unjudged, ...]

    def to_fields(self) -> list[tuple[str, str]]:
        """The report as (path, text) for its evidence; nothing personal stands in it."""
        fields = [("outcome", self.outcome.value)]
        for name, found in (("failure", self.failures), ("warning", self.warnings)):
            for number, failure in enumerate(found, 1):
                fields.append((f"{name}.{number}.rule", failure.rule))
                for place, pair in enumerate(failure.fields, 1):
                    text = f"{pair.left}={pair.left_value} / {pair.right}={pair.right_value}"
                    fields.append((f"{name}.{number}.difference.{place}", text))
        for number, each in enumerate(self.unjudged, 1):
            fields += [(f"notJudged.{number}.rule", each.rule), (f"notJudged.{number}.lacks", ", ".join(each.lacks))]
        return fields


def compare(
    record: PaymentRecord, order_no: str, session_id: str, order: Document | None, payment: Document | None
) -> PaymentReport:
    """Whether a record tells of the payment that customs knows: every failed rule, not only the first."""
    case = Case(record, order_no, session_id, order, payment)
    failures: list[RuleFailure] = []
    warnings: list[RuleFailure] = []
    unjudged: list[Unjudged] = []
    for rule in PAYMENT_RULES:
        found = list(rule.check(case))
        lacks = tuple(dict.fromkeys(each.name for each in found if isinstance(each, Lacking)))
        pairs = tuple(each for each in found if isinstance(each, Comparison))
        if lacks:
            unjudged.append(Unjudged(rule.id, lacks))
        if pairs:
            failure = RuleFailure(rule.id, rule.level, pairs, None, rule.zh, rule.en)
            (failures if rule.level is RuleLevel.Reject else warnings).append(failure)
    is_complete = order is not None and payment is not None
    good = MatchOutcome.Matched if is_complete else MatchOutcome.Incomplete
    outcome = MatchOutcome.Mismatch if failures else good
    return PaymentReport(outcome, tuple(failures), tuple(warnings), tuple(unjudged))


_PLACE = re.compile(r"(failure|warning|notJudged)\.([0-9]+)\.(rule|lacks|difference)(?:\.[0-9]+)?")


def told(fields: Iterable[tuple[str, str]], *, with_values: bool) -> dict[str, list[dict[str, Any]]]:
    """`failures`, `warnings` and `not_judged` of a report, out of the fields of its evidence.

    `with_values`: with the differing values, which are out of documents that not every reader may see.
    """
    found: dict[str, dict[int, dict[str, Any]]] = {"failure": {}, "warning": {}, "notJudged": {}}
    for path, value in fields:
        place = _PLACE.fullmatch(path)
        if place is None:
            continue
        entry = found[place[1]].setdefault(int(place[2]), {})
        if place[3] == "rule":
            # Evidence outlives rules: one that is gone is told by its id alone.
            rule = _BY_ID.get(value)
            entry["rule"] = value
            if rule is not None:
                entry |= {"level": rule.level.value, "zh": rule.zh, "en": rule.en}
        elif place[3] == "lacks":
            entry["lacks"] = value.split(", ")
        elif with_values:
            entry.setdefault("differences", []).append(value)
    return {
        "failures": list(found["failure"].values()),
        "warnings": list(found["warning"].values()),
        "not_judged": list(found["notJudged"].values()),
    }
