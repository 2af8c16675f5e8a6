"""The catalogue of rules: whole, settable row by row, and blind to none of the fields that it compares."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from backend.domain.matching import (
    RULES,
    MatchingConfig,
    MatchOutcome,
    Rule,
    RuleLevel,
    RuleSetting,
    Tolerance,
)
from backend.domain.matching.checks import Check, Fields, Lines, Together
from tests.support.matching import (
    EXPORTED,
    IMPORTED,
    judge,
    set_head,
    set_line,
)


def test_tolerance_is_set_per_rule_and_the_amount_paid_stays_exact() -> None:
    documents = dict(IMPORTED.documents)
    head = documents["311"].head
    set_head("311", taxTotal=str(Decimal(head["taxTotal"]) + Decimal("0.05")))(documents)
    assert judge(documents).outcome is MatchOutcome.Mismatch
    loose = MatchingConfig("2", {"M05": RuleSetting(tolerance=Tolerance(Decimal("0.05")))})
    assert judge(documents, loose).outcome is MatchOutcome.Matched
    assert judge(documents, loose).config_version == "2"
    set_head("411", amountPaid=str(Decimal(head["acturalPaid"]) + Decimal("0.01")))(documents)
    assert [failure.rule for failure in judge(documents, loose).failures] == ["M06"]


def test_a_tolerance_is_the_larger_of_an_amount_and_a_share() -> None:
    tolerance = Tolerance(Decimal("0.1"), Decimal("0.1"))
    assert tolerance.allows(Decimal("0.3"), Decimal("0.2"))
    assert tolerance.allows(Decimal(11), Decimal(10))
    assert not tolerance.allows(Decimal("11.1"), Decimal(10))


def test_a_rule_that_is_switched_off_is_named_and_finds_nothing() -> None:
    documents = dict(IMPORTED.documents)
    set_head("411", payerName="示例他人")(documents)
    report = judge(documents, MatchingConfig("3", {"M07": RuleSetting(enabled=False)}))
    assert report.outcome is MatchOutcome.Matched
    assert report.switched_off == ("M07",)
    assert ("switchedOff", "M07") in report.to_fields()


def test_a_rejection_that_a_district_makes_a_warning_counts_for_risk_alone() -> None:
    documents = dict(IMPORTED.documents)
    set_head("411", payerName="示例他人")(documents)
    report = judge(documents, MatchingConfig("3", {"M07": RuleSetting(level=RuleLevel.Warn)}))
    assert report.outcome is MatchOutcome.Matched
    assert [warning.rule for warning in report.warnings] == ["M07"]
    assert report.risk_weight == report.warnings[0].risk_weight > 0


def test_the_rows_are_the_whole_catalogue_each_with_its_fields_and_two_languages() -> None:
    catalogue = [f"M{n:02d}" for n in range(1, 24)] + ["T01"] + [f"X{n:02d}" for n in range(1, 10)]
    assert sorted({rule.id for rule in RULES}) == catalogue
    for rule in RULES:
        assert rule.compares, rule.id
        assert re.search("[\u4e00-\u9fff]", rule.zh), rule.id
        assert not re.search("[\u4e00-\u9fff]", rule.en), rule.id


def head_comparisons() -> list[tuple[str, str, str]]:
    """Every (rule, message type, head field) that a row of the catalogue compares with another document."""
    found = []
    for rule in RULES:
        for check in parts_of(rule):
            if isinstance(check, Fields):
                found += [(rule.id, check.left, ours) for ours in check.names]
                found += [(rule.id, check.right, theirs) for theirs in check.names.values()]
    return found


def parts_of(rule: Rule) -> tuple[Check, ...]:
    return rule.check.checks if isinstance(rule.check, Together) else (rule.check,)


@pytest.mark.parametrize(("rule", "message_type", "field"), head_comparisons())
def test_no_field_that_a_row_compares_can_differ_unseen(rule: str, message_type: str, field: str) -> None:
    documents = dict((IMPORTED if rule.startswith("M") else EXPORTED).documents)
    set_head(message_type, **{field: "77"})(documents)
    report = judge(documents)
    assert rule in {failure.rule for failure in (*report.failures, *report.warnings)}


@pytest.mark.parametrize(("rule", "declaration"), [("M13", "621"), ("X06", "603")])
def test_no_field_of_a_line_that_is_compared_can_differ_unseen(rule: str, declaration: str) -> None:
    parcel = IMPORTED if declaration == "621" else EXPORTED
    rows = [part for row in RULES if row.id == rule for part in parts_of(row)]
    lines = next(part for part in rows if isinstance(part, Lines))
    for name in (*lines.texts, *lines.numbers):
        documents = dict(parcel.documents)
        *first, last = documents[declaration].lines
        documents[declaration] = replace(documents[declaration], lines=(*first, {**last, name: "77"}))
        assert rule in {failure.rule for failure in judge(documents).failures}, name


def test_a_report_never_shows_more_of_a_value_than_a_line() -> None:
    documents = dict(IMPORTED.documents)
    set_head("621", assureCode="9" * 5000, logisticsNo="8" * 5000)(documents)
    set_line("621", gcode="7" * 5000, unit="6" * 5000)(documents)
    assert all(len(text) < 300 for _, text in judge(documents).to_fields())
