"""Comparing an original payment record with order and payment: every rule, and what must never show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.documents import Document
from backend.domain.matching import MatchOutcome, RuleLevel
from backend.domain.payment_records import read_record
from backend.domain.payment_report import PaymentReport, compare, told
from backend.domain.payment_rules import PAYMENT_RULES
from backend.services.simulation import simulate
from backend.services.simulation.payment_records import payment_record
from tests.support.payment_records import ACCOUNT, body_of, changed, record_for

_PARCEL = next(p for p in simulate(40, 2, "import", 0.0, barred=()).parcels if len(p.documents["311"].lines) > 1)
ORDER, PAYMENT = _PARCEL.documents["311"], _PARCEL.documents["411"]
SESSION = "9D55BA71-22DE-41F4-8B50-C36C83B3B530"
GOOD = record_for(ORDER, PAYMENT, SESSION)
HEAD, LIST = "payExchangeInfoHead", "payExchangeInfoLists.0"


def judge(
    record: dict[str, Any] = GOOD, order: Document | None = ORDER, payment: Document | None = PAYMENT
) -> PaymentReport:
    return compare(read_record(body_of(record)), _PARCEL.order_no, SESSION, order, payment)


def found_in(report: PaymentReport) -> set[str]:
    return {failure.rule for failure in (*report.failures, *report.warnings)}


def with_head(document: Document, **values: str) -> Document:
    return replace(document, head={**document.head, **values})


def with_other_order(record: dict[str, Any]) -> dict[str, Any]:
    other = {**record["payExchangeInfoLists"][0], "orderNo": "ANOTHER"}
    return {**record, "payExchangeInfoLists": [*record["payExchangeInfoLists"], other]}


def test_a_record_of_this_very_payment_matches_in_every_rule() -> None:
    assert judge() == PaymentReport(MatchOutcome.Matched, (), (), ())


@pytest.mark.parametrize(
    ("path", "value", "rules"),
    [
        (f"{HEAD}.payCode", "9901969999", {"P01"}),
        (f"{HEAD}.payTransactionId", "PAY-OTHER", {"P02"}),
        (f"{HEAD}.totalAmount", 0.01, {"P03", "P04"}),
        (f"{HEAD}.currency", "502", {"P06"}),
        (f"{HEAD}.ebpCode", "9901969999", {"P07"}),
        (f"{LIST}.orderNo", "ANOTHER", {"P08"}),
        (f"{LIST}.orderNo", "１２３", {"P08"}),
        (f"{LIST}.goodsInfo", [{"gname": "something else", "itemLink": ""}], {"P09"}),
        (f"{LIST}.goodsInfo", [{"gname": ORDER.lines[0]["itemName"], "itemLink": ""}], {"P09"}),
        (f"{HEAD}.tradingTime", "20200101000000", {"P10"}),
        (f"{LIST}.recpCode", " ", {"P11"}),
        (f"{HEAD}.verDept", "", {"P12"}),
        (f"{HEAD}.verDept", "4", {"P12"}),
        (f"{HEAD}.verDept", "３", {"P12"}),
        (f"{HEAD}.guid", " ", {"P13"}),
        (f"{HEAD}.initalRequest", "", {"P14"}),
        (f"{HEAD}.initalResponse", "\n", {"P14"}),
        ("sessionID", "another", {"P15"}),
    ],
)
def test_one_difference_fails_its_own_rules_and_no_other(path: str, value: Any, rules: set[str]) -> None:
    report = judge(changed(GOOD, path, value))
    assert found_in(report) == rules
    is_warning = {rule.id for rule in PAYMENT_RULES if rule.level is RuleLevel.Warn} >= rules
    assert report.outcome is (MatchOutcome.Matched if is_warning else MatchOutcome.Mismatch)


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (lambda: (with_head(ORDER, acturalPaid="0.01"), PAYMENT), {"P04"}),
        (lambda: (ORDER, with_head(PAYMENT, amountPaid="0.01")), {"P03"}),
        (lambda: (with_head(ORDER, payCode="1", payTransactionId="1"), PAYMENT), {"P01", "P02"}),
        (lambda: (with_head(ORDER, payCode="", payTransactionId=""), PAYMENT), set()),
        (lambda: (ORDER, with_head(PAYMENT, ebpCode="1")), {"P07"}),
        (lambda: (ORDER, with_head(PAYMENT, payTime="none")), {"P10"}),
    ],
)
def test_either_document_may_be_the_one_that_differs(
    change: Callable[[], tuple[Document, Document]], rules: set[str]
) -> None:
    assert found_in(judge(GOOD, *change())) == rules


def test_numbers_are_compared_by_value_and_names_without_blanks_and_case() -> None:
    paid = ORDER.head["acturalPaid"]
    names = [{"gname": f" {line['itemName'].upper()}  ", "itemLink": ""} for line in reversed(ORDER.lines)]
    record = changed(changed(GOOD, f"{HEAD}.totalAmount", f"{paid}000"), f"{LIST}.goodsInfo", names)
    assert judge(record).outcome is MatchOutcome.Matched
    assert found_in(judge(record)) == set()


@pytest.mark.parametrize(("seconds", "rules"), [("235959", set()), ("000001", {"P10"})])
def test_a_day_between_the_times_is_the_farthest(seconds: str, rules: set[str]) -> None:
    payment = with_head(PAYMENT, payTime="20260301000000")
    day = "20260301" if seconds == "235959" else "20260302"
    assert found_in(judge(changed(GOOD, f"{HEAD}.tradingTime", day + seconds), payment=payment)) == rules


def test_a_payment_for_several_orders_is_not_judged_by_one_orders_amount() -> None:
    more = with_other_order(changed(GOOD, f"{HEAD}.totalAmount", 99_999))
    report = judge(more)
    assert report.outcome is MatchOutcome.Matched
    assert [each.rule for each in report.unjudged] == ["P03", "P04"]


def test_a_payment_for_several_orders_is_not_less_than_one_of_them() -> None:
    assert found_in(judge(with_other_order(changed(GOOD, f"{HEAD}.totalAmount", 0.01)))) == {"P05"}


def test_the_same_order_listed_twice_is_one_order() -> None:
    twice = {**GOOD, "payExchangeInfoLists": GOOD["payExchangeInfoLists"] * 2}
    assert judge(twice) == judge()


@pytest.mark.parametrize(("order", "payment"), [(None, PAYMENT), (ORDER, None), (None, None)])
def test_without_a_document_nothing_is_called_matched(order: Document | None, payment: Document | None) -> None:
    report = judge(GOOD, order, payment)
    assert report.outcome is MatchOutcome.Incomplete
    assert report.failures == report.warnings == ()
    assert {name for each in report.unjudged for name in each.lacks} == {
        name for name, document in (("order", order), ("payment", payment)) if document is None
    }
    wrong = judge(changed(GOOD, f"{HEAD}.guid", ""), order, payment)
    assert wrong.outcome is MatchOutcome.Mismatch


def test_rules_have_ids_of_their_own_and_both_languages() -> None:
    assert [rule.id for rule in PAYMENT_RULES] == [f"P{number:02}" for number in range(1, len(PAYMENT_RULES) + 1)]
    for rule in PAYMENT_RULES:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.zh)
        assert rule.en.isascii()
        assert rule.compares


def test_a_report_reads_from_its_evidence_as_it_was_written() -> None:
    record = changed(changed(with_other_order(GOOD), f"{HEAD}.payCode", "1"), f"{LIST}.recpCode", "")
    report = judge(record, payment=None)
    found = told(report.to_fields(), with_values=True)
    assert [each["rule"] for each in found["failures"]] == [failure.rule for failure in report.failures] == ["P01"]
    assert [each["rule"] for each in found["warnings"]] == [failure.rule for failure in report.warnings] == ["P11"]
    assert found["failures"][0]["differences"] == [f"{HEAD}.payCode=1 / OrderHead.payCode={ORDER.head['payCode']}"]
    assert found["failures"][0]["zh"] == report.failures[0].zh
    lacks = {each["rule"]: each["lacks"] for each in found["not_judged"]}
    assert lacks == {each.rule: list(each.lacks) for each in report.unjudged}
    assert "differences" not in str(told(report.to_fields(), with_values=False))


_TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(
    values=st.dictionaries(
        st.sampled_from(["guid", "initalRequest", "initalResponse", "verDept", "payType", "note"]),
        st.sampled_from(["", " ", "1", "9", "x"]),
    ),
    amount=st.decimals(min_value=0, max_value=10**9, places=2).map(str),
    order_no=_TEXTS.filter(lambda text: bool(text.strip())),
    payee=_TEXTS,
)
def test_a_report_never_shows_account_or_original_texts(
    values: dict[str, str], amount: str, order_no: str, payee: str
) -> None:
    record = changed(GOOD, f"{HEAD}.totalAmount", amount)
    record[HEAD] |= values
    record["payExchangeInfoLists"].append(
        {**record["payExchangeInfoLists"][0], "orderNo": order_no, "recpName": payee, "recpCode": ""}
    )
    report = judge(record)
    text = str(report.to_fields())
    assert ACCOUNT not in text
    assert "pay.example" not in text
    assert "buyer_logon_id" not in text
    assert (report.outcome is MatchOutcome.Mismatch) == bool(report.failures)
    assert {failure.level for failure in report.failures} <= {RuleLevel.Reject}
    assert {failure.level for failure in report.warnings} <= {RuleLevel.Warn}


@given(cents=st.integers(min_value=0, max_value=10**7))
def test_any_other_amount_is_found_and_only_that_one_passes(cents: int) -> None:
    amount = f"{cents // 100}.{cents % 100:02}"
    passes = float(amount) == float(ORDER.head["acturalPaid"])
    assert (found_in(judge(changed(GOOD, f"{HEAD}.totalAmount", amount))) == set()) is passes


def test_a_simulated_payment_record_agrees_with_its_order_and_payment() -> None:
    for parcel in simulate(30, 5, "import", 0.0).parcels:
        order, payment = parcel.documents["311"], parcel.documents["411"]
        record = payment_record(order, payment, SESSION)
        assert record == payment_record(order, payment, SESSION)
        report = compare(read_record(body_of(record)), parcel.order_no, SESSION, order, payment)
        assert (report.outcome, report.warnings, report.unjudged) == (MatchOutcome.Matched, (), ())
