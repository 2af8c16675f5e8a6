"""The catalogue of rules: whole, settable row by row, and blind to none of the fields that it compares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest

from backend.domain.documents import DocumentKind
from backend.domain.lifecycle import Direction
from backend.domain.matching import (
    RULES,
    Comparison,
    Context,
    MatchingConfig,
    MatchOutcome,
    MatchReport,
    Rule,
    RuleFailure,
    RuleLevel,
    RuleSetting,
    SignatureFact,
    Tolerance,
    Unjudged,
    match,
)
from backend.domain.matching.checks import Case, Check, Fields, Lacking, Lines, Together
from backend.domain.quota import Route
from backend.services.comparing import evidence_of
from backend.services.evidence import MOST_FIELDS, flattened
from backend.services.simulation.model import SimulatedParcel
from tests.support.matching import (
    EXPORTED,
    IMPORTED,
    drop,
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
    assert evidence_of(report)["switched_off"] == "M07"


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
    assert all(len(text) < 300 for _, text in flattened(evidence_of(judge(documents))))


def test_a_level_of_every_kind_stands_in_the_catalogue_and_what_holds_is_what_arrives() -> None:
    assert {rule.level for rule in RULES} == set(RuleLevel)
    assert sorted(rule.id for rule in RULES if rule.level is RuleLevel.Hold) == ["M23", "X07"]


# ---------------------------------------------------------------------------------------------------
# Before the declaration is there


def cases_without_declaration(rule: Rule) -> Iterator[Case]:
    """Every combination of the other documents, with every fact known and with none."""
    parcel = IMPORTED if rule.direction is Direction.Import else EXPORTED
    others = [each for each in parcel.documents.values() if each.kind is not DocumentKind.Declaration]
    known = Context(
        goods={}, enterprises={}, signatures={}, real_name=False, arrivals={}, masters={}, stock={},
        used_this_year=Decimal(0), tax_due=Decimal(1),
    )  # fmt: skip
    for count in range(1, len(others) + 1):
        for chosen in combinations(others, count):
            for context in (Context(), known):
                yield Case({each.kind: each for each in chosen}, context, MatchingConfig())


def reads_the_declaration(rule: Rule, case: Case) -> bool:
    try:
        return rule.applies(case) and Lacking("declaration") in list(rule.check(case, Tolerance()))
    except KeyError as error:
        return error.args == (DocumentKind.Declaration,)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.en[:20]}")
def test_a_row_reads_the_declaration_exactly_if_it_says_that_it_needs_it(rule: Rule) -> None:
    reads = [reads_the_declaration(rule, case) for case in cases_without_declaration(rule)]
    assert any(reads) == rule.needs_declaration


@pytest.mark.parametrize("parcel", [IMPORTED, EXPORTED], ids=["import", "export"])
def test_without_the_declaration_what_reads_it_is_named_and_the_rest_is_judged(parcel: SimulatedParcel) -> None:
    documents = {kind: each for kind, each in parcel.documents.items() if kind not in ("621", "603")}
    report = judge(documents)
    (direction,) = {each.direction for each in documents.values()}
    needing = {rule.id for rule in RULES if rule.needs_declaration and rule.direction is direction}
    assert report.outcome is MatchOutcome.Incomplete
    assert not report.is_acceptable
    assert {each.rule for each in report.unjudged if "declaration" in each.lacks} == needing
    assert report.failures == ()


def test_without_the_declaration_a_difference_between_the_others_is_a_mismatch_all_the_same() -> None:
    documents = {kind: each for kind, each in IMPORTED.documents.items() if kind in ("311", "411")}
    set_head("411", amountPaid="0.01")(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Mismatch
    assert [failure.inner_code for failure in report.failures] == ["1332"]


@pytest.mark.parametrize("message_type", ["311", "411", "511", "303", "403", "505"])
def test_a_document_alone_is_incomplete(message_type: str) -> None:
    parcel = IMPORTED if message_type in IMPORTED.documents else EXPORTED
    report = judge({message_type: parcel.documents[message_type]})
    assert report.outcome is MatchOutcome.Incomplete
    assert report.failures == ()


def test_nothing_at_all_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="at least one"):
        match(None, None, None, None)


# ---------------------------------------------------------------------------------------------------
# As evidence


def everything_wrong(parcel: SimulatedParcel, lines: int) -> MatchReport:
    """A report in which as much as possible is broken, in documents of many lines."""
    declaration = "621" if parcel is IMPORTED else "603"
    documents = dict(parcel.documents)
    for message_type, document in documents.items():
        head = {name: f"{message_type}{place}" for place, name in enumerate(sorted(document.head))}
        names = document.lines[0] if document.lines else {}
        wrong = tuple(dict.fromkeys(names, f"{message_type}{n}") for n in range(lines))
        documents[message_type] = replace(document, head=head, lines=wrong if names else ())
    set_head(declaration, tradeMode=parcel.trade_mode, netWeight="9", grossWeight="1")(documents)
    drop("511" if parcel is IMPORTED else "505")(documents)
    context = Context(goods={}, enterprises={}, real_name=False, arrivals={}, masters={}, stock={},
                      signatures={kind: SignatureFact(False) for kind in documents})  # fmt: skip
    return judge(documents, context=context)


@pytest.mark.parametrize("parcel", [IMPORTED, EXPORTED], ids=["import", "export"])
@pytest.mark.parametrize("lines", [1, 99])
def test_evidence_of_any_report_fits_and_counts_what_it_leaves_out(parcel: SimulatedParcel, lines: int) -> None:
    report = everything_wrong(parcel, lines)
    told = evidence_of(report)
    fields = flattened(told)
    assert len(fields) <= MOST_FIELDS
    found = (*report.failures, *report.holds, *report.warnings)
    shown = [each for name in ("failures", "holds", "warnings") for each in told.get(name, [])]
    assert [each["rule"] for each in shown] == [each.rule for each in found]
    assert all(each["differences"] for each in shown)
    left_out = sum(len(each.fields) for each in found) - sum(len(each["differences"]) for each in shown)
    assert told.get("differences_left_out", 0) == left_out
    assert (left_out > 0) == (lines == 99)


def test_evidence_fits_even_if_every_row_of_a_direction_were_broken_and_in_doubt() -> None:
    for direction in Direction:
        rules = [rule for rule in RULES if rule.direction is direction]
        pairs = tuple(Comparison("a", "1", "b", "2") for _ in range(500))
        failures = tuple(
            RuleFailure(rule.id, rule.level, pairs, rule.inner_code or "-", rule.zh, rule.en) for rule in rules
        )
        ids = tuple(sorted({rule.id for rule in rules}))
        doubts = tuple(Unjudged(rule, ("declaration", "order", "payment", "waybill")) for rule in ids)
        report = MatchReport(
            MatchOutcome.Mismatch, failures, "v", unjudged=doubts, switched_off=ids,
            route=Route.FullTax, rates_version="r", tax_due=Decimal(1),
        )  # fmt: skip
        told = evidence_of(report)
        assert len(flattened(told)) <= MOST_FIELDS
        assert all(each["differences"] for each in told["failures"])
