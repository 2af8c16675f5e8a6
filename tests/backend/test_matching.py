"""Three documents against the declaration: each rule alone, all failures together, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from backend.domain.matching import (
    MatchingConfig,
    MatchOutcome,
    Unjudged,
)
from backend.services.comparing import evidence_of
from tests.support.matching import (
    EXPORTED,
    HEADS,
    IMPORTED,
    Documents,
    drop,
    drop_line,
    judge,
    set_head,
    set_line,
)


def test_documents_that_belong_together_match() -> None:
    for parcel in (IMPORTED, EXPORTED):
        report = judge(dict(parcel.documents))
        assert report.outcome is MatchOutcome.Matched
        assert report.failures == report.warnings == ()
        assert report.is_acceptable


def test_equal_numbers_written_differently_match() -> None:
    documents = dict(IMPORTED.documents)
    paid = documents["411"].head["amountPaid"]
    set_head("411", amountPaid=f"+00{paid}{'' if '.' in paid else '.'}000"[:19])(documents)
    set_line("621", qty=documents["621"].lines[0]["qty"] + ".00000")(documents)
    assert judge(documents).outcome is MatchOutcome.Matched


@pytest.mark.parametrize(
    ("change", "rules", "codes"),
    [
        (set_head("311", orderNo="other"), {"M02"}, {None}),
        (set_head("411", orderNo="other"), {"M02"}, {None}),
        (set_head("511", orderNo="other"), {"M02"}, {None}),
        (set_head("411", ebpCode="9999999999"), {"M02"}, {None}),
        (set_head("411", payCode="9999999999"), {"M03"}, {"13035"}),
        (set_head("411", payTransactionId="other"), {"M04"}, {None}),
        (set_head("311", taxTotal="4000"), {"M05"}, {None}),
        (set_head("411", amountPaid="0.01"), {"M06"}, {"1332"}),
        (set_head("411", payerName="示例他人"), {"M07"}, {None}),
        (set_head("411", payerIdNumber="99"), {"M07"}, {None}),
        (set_head("621", buyerName="示例他人"), {"M08"}, {"13127"}),
        (set_head("621", buyerIdNumber="99"), {"M08"}, {"13127"}),
        (set_head("621", buyerTelephone="000"), {"M08"}, {"130126"}),
        (set_head("511", consignee="示例他人"), {"M10"}, {None}),
        (set_head("511", consigneeTelephone="000"), {"M10"}, {None}),
        (set_head("511", consigneeAddress="别处"), {"M10"}, {None}),
        (set_head("621", logisticsNo="other"), {"M11"}, {None}),
        (set_head("621", logisticsCode="9999999999"), {"M11"}, {None}),
        (drop_line("621"), {"M12", "M14"}, {"1320", None}),
        (set_line("621", gname="别的商品"), {"M13"}, {"1322"}),
        (set_line("621", country="502x"), {"M13"}, {"1322"}),
        (set_line("621", unit="000"), {"M13"}, {"1322"}),
        (set_line("621", price="0.5"), {"M13", "M14"}, {"1322", None}),
        (set_line("621", totalPrice="0.5"), {"M13", "M14"}, {"1322", None}),
    ],
)
def test_each_import_rule_fails_alone_with_customs_code(
    change: Callable[[Documents], None], rules: set[str], codes: set[str | None]
) -> None:
    documents = dict(IMPORTED.documents)
    change(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Mismatch
    assert {failure.rule for failure in report.failures} == rules
    assert {failure.inner_code for failure in report.failures} == codes
    assert all(failure.zh and failure.en and failure.fields for failure in report.failures)


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (set_head("303", orderNo="other"), {"X04"}),
        (set_head("303", ebcCode="9999999999"), {"X04"}),
        (set_head("403", orderNo="other"), {"X04"}),
        (set_head("403", ebcCode="9999999999"), {"X04"}),
        (set_head("505", logisticsNo="other"), {"X05"}),
        (set_head("603", logisticsCode="9999999999"), {"X05"}),
        (set_line("603", itemNo="other"), {"X06"}),
        (set_line("603", qty="99"), {"X06"}),
        (drop_line("303"), {"X06"}),
    ],
)
def test_each_export_rule_fails_alone(change: Callable[[Documents], None], rules: set[str]) -> None:
    documents = dict(EXPORTED.documents)
    change(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Mismatch
    assert {failure.rule for failure in report.failures} == rules


@pytest.mark.parametrize("missing", [("311",), ("411",), ("511",), ("311", "411"), ("311", "411", "511")])
def test_import_waits_for_missing_documents(missing: tuple[str, ...]) -> None:
    documents = dict(IMPORTED.documents)
    drop(*missing)(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Incomplete
    assert [failure.rule for failure in report.failures] == ["M01"] * len(missing)
    waits_for = [failure.fields[0].right.partition(".")[0] for failure in report.failures]
    assert waits_for == [HEADS[message_type] for message_type in missing]


@pytest.mark.parametrize(
    ("missing", "rules"), [(("303",), ["X01"]), (("505",), ["X02"]), (("303", "505"), ["X01", "X02"])]
)
def test_export_waits_for_order_and_waybill(missing: tuple[str, ...], rules: list[str]) -> None:
    documents = dict(EXPORTED.documents)
    drop(*missing)(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Incomplete
    assert [failure.rule for failure in report.failures] == rules


def test_export_needs_no_payment() -> None:
    documents = dict(EXPORTED.documents)
    drop("403")(documents)
    assert judge(documents).outcome is MatchOutcome.Matched


def test_difference_in_what_is_there_outweighs_what_is_missing() -> None:
    documents = dict(IMPORTED.documents)
    drop("411")(documents)
    set_head("621", buyerName="示例他人")(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Mismatch
    assert {failure.rule for failure in report.failures} == {"M01", "M08"}


def test_every_failure_is_reported_not_only_the_first() -> None:
    documents = dict(IMPORTED.documents)
    for change in (
        set_head("411", amountPaid="1", payerName="示例他人"),
        set_head("511", consignee="示例他人", logisticsNo="other"),
        set_line("621", gname="别的商品"),
    ):
        change(documents)
    assert {failure.rule for failure in judge(documents).failures} == {"M06", "M07", "M10", "M11", "M13"}


def test_personal_values_never_stand_in_a_report() -> None:
    documents = dict(IMPORTED.documents)
    set_head("411", payerName="甲乙丙丁", payerIdNumber="110101199001011234")(documents)
    set_head("511", consigneeAddress="真实地址")(documents)
    set_head("621", buyerTelephone="13800000000")(documents)
    report = judge(documents)
    text = repr(report) + repr(evidence_of(report))
    head = documents["311"].head
    for personal in (
        "甲乙丙丁", "110101199001011234", "真实地址", "13800000000",
        head["buyerName"], head["buyerIdNumber"], head["consigneeAddress"], head["buyerTelephone"],
    ):  # fmt: skip
        assert personal not in text


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (set_head("621", freight="999"), "M15"),
        (set_head("511", freight="999"), "M15"),
        (set_head("511", insuredFee="1"), "M15"),
        (set_head("511", weight="999"), "M16"),
        (set_head("511", weight="none"), "M16"),
        (set_head("621", netWeight="999"), "M16"),
        (set_head("411", payTime="20200101000000"), "M21"),
        (set_head("411", payTime="20260230000000"), "M21"),
        (set_head("511", appTime="20270101000000"), "M21"),
    ],
)
def test_each_import_warning_stops_nothing_and_feeds_the_risk(change: Callable[[Documents], None], rule: str) -> None:
    documents = dict(IMPORTED.documents)
    change(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Matched
    assert {warning.rule for warning in report.warnings} == {rule}
    assert report.risk_weight > 0
    assert evidence_of(report)["warnings"][0]["rule"] == rule


@pytest.mark.parametrize("change", [{"charge": "1"}, {"currency": "142"}, {"charge": "much"}])
def test_an_exports_money_that_is_not_the_orders_is_a_warning(change: dict[str, str]) -> None:
    documents = dict(EXPORTED.documents)
    set_head("403", **change)(documents)
    report = judge(documents)
    assert report.outcome is MatchOutcome.Matched
    assert [warning.rule for warning in report.warnings] == ["X08"]


def test_a_weight_within_the_tolerance_is_no_warning() -> None:
    documents = dict(IMPORTED.documents)
    gross = Decimal(documents["621"].head["grossWeight"])
    set_head("511", weight=str(gross + Decimal("0.1")))(documents)
    assert judge(documents).warnings == ()


def test_what_a_waybill_does_not_state_is_not_compared() -> None:
    documents = dict(IMPORTED.documents)
    head = {name: value for name, value in documents["511"].head.items() if name not in {"freight", "insuredFee"}}
    documents["511"] = replace(documents["511"], head=head)
    assert judge(documents).warnings == ()


@pytest.mark.parametrize("value", ["", "NaN", "１２", "1e3", "12,5"])
def test_an_amount_that_is_no_number_never_passes(value: str) -> None:
    for name, rule in (("taxTotal", "M05"), ("goodsValue", "M14")):
        documents = dict(IMPORTED.documents)
        set_head("311", **{name: value})(documents)
        assert rule in {failure.rule for failure in judge(documents).failures}
    documents = dict(IMPORTED.documents)
    for message_type in ("311", "621"):
        set_line(message_type, qty=value)(documents)
    assert {failure.rule for failure in judge(documents).failures} == {"M14"}


def test_lines_pair_by_their_number_whatever_their_order() -> None:
    documents = dict(IMPORTED.documents)
    documents["621"] = replace(documents["621"], lines=documents["621"].lines[::-1])
    assert judge(documents).outcome is MatchOutcome.Matched


@pytest.mark.parametrize("number", ["9", "", "2"])
def test_lines_numbered_otherwise_than_the_orders_never_pass_unseen(number: str) -> None:
    documents = dict(IMPORTED.documents)
    set_line("621", gnum=number)(documents)
    assert {failure.rule for failure in judge(documents).failures} == {"M13"}


def test_what_was_not_judged_is_named_with_what_it_lacked() -> None:
    documents = dict(IMPORTED.documents)
    drop("411")(documents)
    report = judge(documents)
    assert Unjudged("M06", ("payment",)) in report.unjudged
    assert Unjudged("M09", ("real_name",)) in report.unjudged
    assert evidence_of(report)["not_judged"]["M02"] == "payment"


@pytest.mark.parametrize(("mode", "order_type", "rules"), [
    ("9710", "B", []), ("9710", "E", ["X09"]), ("9810", "W", []), ("9810", "B", ["X09"]), ("9610", "E", []),
])  # fmt: skip
def test_the_orders_type_belongs_to_the_supervision_mode(mode: str, order_type: str, rules: list[str]) -> None:
    documents = dict(EXPORTED.documents)
    set_head("603", tradeMode=mode)(documents)
    set_head("303", orderType=order_type)(documents)
    assert [failure.rule for failure in judge(documents).failures] == rules


def test_an_export_waits_for_its_money_only_under_the_modes_that_ask_for_it() -> None:
    documents = dict(EXPORTED.documents)
    drop("403")(documents)
    for mode, rules in (("9610", []), ("1210", ["X03"])):
        set_head("603", tradeMode=mode)(documents)
        assert [failure.rule for failure in judge(documents).failures] == rules
    nobody_asks = MatchingConfig("4", receipt_modes=frozenset())
    assert judge(documents, nobody_asks).outcome is MatchOutcome.Matched


def test_a_report_is_plain_json() -> None:
    documents = dict(IMPORTED.documents)
    set_head("411", amountPaid="1")(documents)
    set_head("511", weight="999")(documents)
    told = json.loads(json.dumps(judge(documents).as_json()))
    assert (told["outcome"], told["acceptable"], told["route"]) == ("mismatch", False, None)
    assert [failure["inner_code"] for failure in told["failures"]] == ["1332"]
    assert told["failures"][0]["fields"][0]["right_value"] == "1"
    assert [warning["rule"] for warning in told["warnings"]] == ["M16"]
    assert {"rule": "M09", "lacks": ["real_name"]} in told["not_judged"]


def test_sums_are_exact_however_long_their_numbers_are() -> None:
    documents = dict(IMPORTED.documents)
    huge = "9" * 50
    set_head("311", goodsValue=huge, freight="5", taxTotal="0", discount="0", acturalPaid=huge)(documents)
    assert "M05" in {failure.rule for failure in judge(documents).failures}


def test_a_failure_reads_like_customs_receipts() -> None:
    documents = dict(IMPORTED.documents)
    set_head("411", amountPaid="3197.95", payerName="示例他人")(documents)
    paid = documents["311"].head["acturalPaid"]
    texts = [failure.receipt_text for failure in judge(documents).failures]
    assert texts[0] == (
        "[Code:1332;Desc:支付单支付金额与订单支付金额不一致]"
        f",[OrderHead.acturalPaid:{paid},PaymentHead.amountPaid:3197.95]"
    )
    assert texts[1].endswith("[OrderHead.buyerName:***,PaymentHead.payerName:***]")
