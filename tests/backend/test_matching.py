"""Three documents against the declaration: each rule alone, all failures together, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from backend.domain.documents import Document
from backend.domain.matching import MatchingConfig, MatchOutcome, MatchReport, match
from backend.services.simulation import simulate

Documents = dict[str, Document]

IMPORTED = next(p for p in simulate(40, 2, "import").parcels if len(p.documents["311"].lines) > 1)
EXPORTED = next(
    p for p in simulate(60, 2, "export").parcels if len(p.documents["303"].lines) > 1 and "403" in p.documents
)


def judge(documents: Documents, config: MatchingConfig | None = None) -> MatchReport:
    types = ("621", "311", "411", "511") if "621" in documents else ("603", "303", "403", "505")
    declaration, *others = (documents.get(kind) for kind in types)
    assert declaration is not None
    order, payment, waybill = others
    return match(declaration, order, payment, waybill, config or MatchingConfig())


def set_head(message_type: str, **values: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        documents[message_type] = replace(document, head={**document.head, **values})

    return change


def set_line(message_type: str, **values: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        lines = ({**document.lines[0], **values}, *document.lines[1:])
        documents[message_type] = replace(document, lines=lines)

    return change


def drop_line(message_type: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        documents[message_type] = replace(document, lines=document.lines[:-1])

    return change


def drop(*message_types: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        for message_type in message_types:
            del documents[message_type]

    return change


def test_documents_that_belong_together_match() -> None:
    for parcel in (IMPORTED, EXPORTED):
        report = judge(dict(parcel.documents))
        assert report.outcome is MatchOutcome.Matched
        assert report.failures == ()


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
    assert [failure.rule for failure in report.failures] == ["M01"]


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
    text = repr(report) + repr(report.to_fields())
    head = documents["311"].head
    for personal in (
        "甲乙丙丁", "110101199001011234", "真实地址", "13800000000",
        head["buyerName"], head["buyerIdNumber"], head["consigneeAddress"], head["buyerTelephone"],
    ):  # fmt: skip
        assert personal not in text


def test_tolerance_applies_to_sums_and_never_to_the_amount_paid() -> None:
    documents = dict(IMPORTED.documents)
    head = documents["311"].head
    set_head("311", taxTotal=str(Decimal(head["taxTotal"]) + Decimal("0.05")))(documents)
    assert judge(documents).outcome is MatchOutcome.Mismatch
    loose = MatchingConfig(version="2", sum_tolerance=Decimal("0.05"))
    assert judge(documents, loose).outcome is MatchOutcome.Matched
    assert judge(documents, loose).config_version == "2"
    set_head("411", amountPaid=str(Decimal(head["acturalPaid"]) + Decimal("0.01")))(documents)
    assert [failure.rule for failure in judge(documents, loose).failures] == ["M06"]
