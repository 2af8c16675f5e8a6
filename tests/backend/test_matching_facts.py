"""Rules that need more than the documents: each judged by its fact, and named where the fact is absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from backend.domain.documents import Document, DocumentKind
from backend.domain.matching import (
    Context,
    GoodsFacts,
    MatchingConfig,
    MatchOutcome,
    MatchReport,
    RuleSetting,
    SignatureFact,
    goods_facts,
    match,
    tax_expected,
)
from backend.domain.participants import Role
from backend.domain.quota import Route
from backend.domain.rates import example_rates
from backend.domain.roster import ROSTER
from backend.domain.tax import ConsumptionFormula, TaxTreatment, tax_bill
from backend.services.comparing import evidence_of
from backend.services.simulation import SimulatedParcel, simulate

Documents = dict[str, Document]

PARCELS = simulate(60, 11).parcels
DIRECT = next(parcel for parcel in PARCELS if parcel.trade_mode == "9610")
BONDED = next(parcel for parcel in PARCELS if parcel.trade_mode == "1210" and len(parcel.documents["621"].lines) > 1)
EXPORTED = next(parcel for parcel in simulate(20, 11, "export").parcels if "403" in parcel.documents)

ENTERPRISES = {
    code: frozenset(Role[name] for name in enterprise.roles) for enterprise in ROSTER for code in enterprise.codes
}


def judge(documents: Documents, context: Context, config: MatchingConfig | None = None) -> MatchReport:
    """The report on a parcel's documents, which are by message type."""
    by_kind = {document.kind: document for document in documents.values()}
    others = (by_kind.get(kind) for kind in (DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill))
    return match(by_kind[DocumentKind.Declaration], *others, config or MatchingConfig(), context)


def everything_known(parcel: SimulatedParcel) -> Context:
    """Facts under which a clean parcel passes every rule."""
    documents = parcel.documents
    declaration = documents["621"]
    waybill, bill = declaration.head["logisticsNo"], declaration.head.get("billNo", "")
    return Context(
        goods=goods_facts(example_rates()),
        enterprises=ENTERPRISES,
        signatures={kind: SignatureFact(True, each.sender_code) for kind, each in documents.items()},
        real_name=True,
        arrivals={waybill: bill},
        stock={line["itemRecordNo"]: Decimal(99) for line in declaration.lines if "itemRecordNo" in line},
        used_this_year=Decimal(0),
        tax_due=Decimal(documents["311"].head["taxTotal"]),
    )


def failed(report: MatchReport) -> list[str]:
    return [failure.rule for failure in report.failures]


def with_head(documents: Documents, message_type: str, **values: str) -> Documents:
    document = documents[message_type]
    return documents | {message_type: replace(document, head={**document.head, **values})}


def with_lines(documents: Documents, message_type: str, **values: str) -> Documents:
    document = documents[message_type]
    return documents | {message_type: replace(document, lines=tuple({**line, **values} for line in document.lines))}


@pytest.mark.parametrize("parcel", [DIRECT, BONDED], ids=["direct", "bonded"])
def test_with_every_fact_known_every_rule_is_judged_and_a_clean_parcel_passes(parcel: SimulatedParcel) -> None:
    report = judge(dict(parcel.documents), everything_known(parcel))
    assert report.outcome is MatchOutcome.Matched
    assert report.failures == report.warnings == report.unjudged == ()


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("goods", "M18"), ("enterprises", "M19"), ("signatures", "M20"), ("real_name", "M09"), ("arrivals", "M23"),
        ("used_this_year", "M17"), ("tax_due", "T01"),
    ],
)  # fmt: skip
def test_a_fact_that_is_absent_is_named_with_its_rule(fact: str, rule: str) -> None:
    report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), **{fact: None}))
    assert report.outcome is MatchOutcome.Matched
    assert [(each.rule, each.lacks) for each in report.unjudged] == [(rule, (fact,))]


def test_stock_is_a_fact_for_bonded_goods_only() -> None:
    unknown = replace(everything_known(BONDED), stock=None)
    assert [each.rule for each in judge(dict(BONDED.documents), unknown).unjudged] == ["M22"]
    assert judge(dict(DIRECT.documents), replace(everything_known(DIRECT), stock=None)).unjudged == ()


# ---------------------------------------------------------------------------------------------------
# One fact wrong at a time


def test_a_name_that_does_not_belong_to_its_number_is_refused_without_showing_either() -> None:
    report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), real_name=False))
    assert failed(report) == ["M09"]
    assert DIRECT.documents["621"].head["buyerIdNumber"] not in repr(report)


def test_signatures_must_be_valid_and_the_senders_own() -> None:
    context = everything_known(DIRECT)
    assert context.signatures is not None
    for fact in (SignatureFact(False), SignatureFact(True, "9900000000")):
        report = judge(dict(DIRECT.documents), replace(context, signatures={**context.signatures, "621": fact}))
        assert failed(report) == ["M20"]
        assert report.failures[0].inner_code == "-301020"


def test_a_signature_that_names_no_signer_counts_by_its_validity() -> None:
    context = everything_known(DIRECT)
    signatures = dict.fromkeys(DIRECT.documents, SignatureFact(True))
    assert judge(dict(DIRECT.documents), replace(context, signatures=signatures)).outcome is MatchOutcome.Matched


def test_a_document_whose_signature_nobody_verified_is_named() -> None:
    report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), signatures={}))
    assert report.unjudged[0].rule == "M20"
    assert len(report.unjudged[0].lacks) == 4


@pytest.mark.parametrize("code_field", ["ebpCode", "ebcCode", "agentCode"])
def test_an_enterprise_must_be_registered_for_its_part(code_field: str) -> None:
    code = DIRECT.documents["621"].head[code_field]
    for registered in ({**ENTERPRISES, code: frozenset({Role.RightsHolder})}, _without(code)):
        report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), enterprises=registered))
        assert failed(report) == ["M19"]
        assert report.failures[0].fields[0].left == f"InventoryHead.{code_field}"


def _without(code: str) -> dict[str, frozenset[Role]]:
    return {each: roles for each, roles in ENTERPRISES.items() if each != code}


def test_payment_and_carrier_must_be_registered_too() -> None:
    report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), enterprises={}))
    lefts = [pair.left for pair in report.failures[0].fields]
    assert {"PaymentHead.payCode", "LogisticsHead.logisticsCode"} <= set(lefts)


@pytest.mark.parametrize("guarantor", ["", "9900000000"])
def test_only_a_party_of_the_declaration_may_guarantee(guarantor: str) -> None:
    documents = with_head(dict(DIRECT.documents), "621", assureCode=guarantor)
    assert failed(judge(documents, everything_known(DIRECT))) == ["M19"]
    assert failed(judge(documents, Context())) == ["M19"]


@pytest.mark.parametrize(
    "change",
    [
        {"gcode": "190110"},
        {"gcode": "１９０１１０１０９０"},
        {"gcode": "9999999999"},
        {"unit1": "001"},
        {"unit2": "001", "qty2": "1"},
    ],
)
def test_goods_must_be_classified_and_counted_as_the_tariff_says(change: dict[str, str]) -> None:
    documents = with_lines(dict(DIRECT.documents), "621", **change)
    assert failed(judge(documents, everything_known(DIRECT))) == ["M18"]


@pytest.mark.parametrize(
    "change", [{"gcode": "19"}, {"unit2": "", "qty2": "1"}, {"unit2": "011", "qty2": ""}, {"unit2": "011", "qty2": "0"}]
)
def test_what_a_line_says_wrongly_by_itself_needs_no_tariff(change: dict[str, str]) -> None:
    documents = with_lines(dict(DIRECT.documents), "621", **change)
    assert failed(judge(documents, Context())) == ["M18"]


def test_goods_outside_the_positive_list_are_refused() -> None:
    tariff = {hs: GoodsFacts(each.unit1, each.unit2, False) for hs, each in goods_facts(example_rates()).items()}
    report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), goods=tariff))
    assert failed(report) == ["M18"]
    assert report.failures[0].fields[0].right == "positive list"


# ---------------------------------------------------------------------------------------------------
# Bonded and direct imports, exports


@pytest.mark.parametrize(
    ("parcel", "field", "rule"),
    [
        (BONDED, "emsNo", "M22"), (BONDED, "areaCode", "M22"),
        (DIRECT, "trafNo", "M23"), (DIRECT, "voyageNo", "M23"), (DIRECT, "billNo", "M23"),
    ],
)  # fmt: skip
def test_each_mode_has_its_required_fields(parcel: SimulatedParcel, field: str, rule: str) -> None:
    report = judge(with_head(dict(parcel.documents), "621", **{field: " "}), Context())
    assert report.outcome is MatchOutcome.Mismatch
    assert failed(report) == [rule]


def test_bonded_lines_name_their_record() -> None:
    documents = with_lines(dict(BONDED.documents), "621", itemRecordNo="")
    report = judge(documents, Context())
    assert failed(report) == ["M22"]
    assert len(report.failures[0].fields) == len(documents["621"].lines)


def test_lines_that_draw_on_one_record_need_stock_for_all_of_them() -> None:
    documents = with_lines(dict(BONDED.documents), "621", itemRecordNo="R1")
    wanted = sum(Decimal(line["qty"]) for line in documents["621"].lines)
    enough, short = (
        judge(documents, replace(everything_known(BONDED), stock={"R1": quantity})) for quantity in (wanted, wanted - 1)
    )
    assert enough.outcome is MatchOutcome.Matched
    assert failed(short) == ["M22"]
    assert failed(judge(documents, replace(everything_known(BONDED), stock={}))) == ["M22"]


def test_a_direct_import_is_accepted_but_held_until_its_bills_arrival_lists_it() -> None:
    waybill = DIRECT.documents["621"].head["logisticsNo"]
    for arrivals in ({}, {waybill: "another bill"}):
        report = judge(dict(DIRECT.documents), replace(everything_known(DIRECT), arrivals=arrivals))
        assert report.outcome is MatchOutcome.Matched
        assert report.is_acceptable
        assert report.failures == ()
        assert [hold.rule for hold in report.holds] == ["M23"]
        assert [hold["rule"] for hold in report.as_json()["holds"]] == ["M23"]
        assert [hold["rule"] for hold in evidence_of(report)["holds"]] == ["M23"]


def test_an_export_is_held_until_arrival_and_master_waybill_of_its_bill_list_it() -> None:
    head = EXPORTED.documents["603"].head
    here = {head["logisticsNo"]: head["billNo"]}
    by_post = {head["logisticsNo"]: ""}
    for arrivals, masters, rules in ((here, here, []), (by_post, here, []), ({}, here, ["X07"]), (here, {}, ["X07"])):
        report = judge(dict(EXPORTED.documents), Context(arrivals=arrivals, masters=masters))
        assert report.outcome is MatchOutcome.Matched
        assert [hold.rule for hold in report.holds] == rules
        assert report.unjudged == ()


def test_tax_withheld_far_from_the_tax_due_is_a_warning() -> None:
    due = tax_bill(DIRECT.documents["621"], example_rates()).totals.total
    for share, rules in (("1.04", []), ("1.06", ["T01"]), ("0", ["T01"])):
        documents = with_head(dict(DIRECT.documents), "311", taxTotal=str(due * Decimal(share)))
        report = judge(documents, replace(everything_known(DIRECT), tax_due=due), _without_sums())
        assert [warning.rule for warning in report.warnings] == rules


def test_the_tax_expected_follows_the_way_that_the_limits_give_the_parcel() -> None:
    declaration, rates = DIRECT.documents["621"], example_rates()
    config = MatchingConfig()
    within = tax_expected(declaration, rates, config, Decimal(0))
    assert within == tax_bill(declaration, rates)
    single = priced("6000")["621"]
    in_full = tax_expected(single, rates, config, Decimal(0))
    assert in_full == tax_bill(single, rates, TaxTreatment.Full)
    assert tax_expected(single, rates, config, Decimal(25000)) is None, "general trade"
    other = tax_expected(declaration, rates, replace(config, consumption_formula=ConsumptionFormula.ReducedBase), None)
    assert other is not None
    assert other.formula is ConsumptionFormula.ReducedBase
    unreadable = with_lines({"621": declaration}, "621", totalPrice="NaN")["621"]
    assert tax_expected(unreadable, rates, config, None) is None


def test_a_report_names_the_rates_and_the_tax_that_it_was_made_with() -> None:
    context = replace(everything_known(DIRECT), rates_version="2026-07", tax_due=Decimal("12.30"))
    report = judge(dict(DIRECT.documents), context)
    assert (report.rates_version, report.tax_due) == ("2026-07", Decimal("12.30"))
    for told in (report.as_json(), evidence_of(report)):
        assert (told["rates_version"], told["tax_due"]) == ("2026-07", "12.30")


def _without_sums() -> MatchingConfig:
    """The tax is part of the amount paid; these tests change the one alone."""
    return MatchingConfig("sums off", {"M05": RuleSetting(enabled=False)})


# ---------------------------------------------------------------------------------------------------
# Limits


def priced(value: str, quantity: str = "1") -> Documents:
    """Consistent documents of one line that is worth so much, without freight or tax."""
    documents = dict(DIRECT.documents)
    for message_type in ("311", "621"):
        document = documents[message_type]
        price = str(Decimal(value) / Decimal(quantity))
        line = {**document.lines[0], "qty": quantity, "price": price, "totalPrice": value}
        documents[message_type] = replace(document, lines=(line,))
    documents = with_head(documents, "311", goodsValue=value, freight="0", taxTotal="0", discount="0")
    documents = with_head(documents, "311", acturalPaid=value)
    documents = with_head(documents, "621", freight="0", insuredFee="0")
    documents = with_head(documents, "511", freight="0", insuredFee="0")
    return with_head(documents, "411", amountPaid=value)


@pytest.mark.parametrize(
    ("documents", "used", "route", "codes", "acceptable"),
    [
        (priced("5000"), "0", None, [], True),
        (priced("5000.01"), "0", Route.FullTax, ["-621005"], True),
        (priced("5000.02", "2"), "0", Route.GeneralTrade, ["-621005"], False),
        (priced("114.44"), "26000", Route.GeneralTrade, ["1313"], False),
        (priced("6000"), "21000", Route.GeneralTrade, ["1313", "-621005"], False),
    ],
)
def test_a_broken_limit_routes_the_parcel_with_customs_code(
    documents: Documents, used: str, route: Route | None, codes: list[str], acceptable: bool
) -> None:
    report = judge(documents, replace(everything_known(DIRECT), used_this_year=Decimal(used), tax_due=None))
    assert report.outcome is (MatchOutcome.Routed if route else MatchOutcome.Matched)
    assert report.route is route
    assert [failure.inner_code for failure in report.failures] == codes
    assert report.is_acceptable is acceptable
    assert evidence_of(report).get("route") == (route.value if route else None)


def test_the_yearly_limit_is_told_as_customs_tells_it() -> None:
    report = judge(priced("114.44"), Context(used_this_year=Decimal(26000)))
    pair = report.failures[0].fields[0]
    assert (pair.left, pair.left_value, pair.right_value) == ("totalPrice", "26114.44", "26000")


def test_a_difference_outweighs_a_broken_limit_but_the_way_is_told() -> None:
    documents = with_head(priced("6000"), "411", payerName="示例他人")
    report = judge(documents, Context())
    assert report.outcome is MatchOutcome.Mismatch
    assert report.route is Route.FullTax
    assert not report.is_acceptable


def test_a_parcel_above_a_limit_still_waits_for_its_documents() -> None:
    documents = priced("6000")
    del documents["411"]
    assert judge(documents, Context()).outcome is MatchOutcome.Incomplete


def test_limits_of_which_an_amount_cannot_be_read_are_not_judged() -> None:
    documents = with_head(priced("100"), "621", insuredFee="NaN")
    report = judge(documents, Context(used_this_year=Decimal(0)))
    assert ("M17", ("dutiable_value",)) in [(each.rule, each.lacks) for each in report.unjudged]


def test_a_report_shows_no_personal_value_whatever_fails() -> None:
    documents = dict(DIRECT.documents)
    for message_type in ("411", "511"):
        names = ("payerName", "payerIdNumber", "consignee", "consigneeAddress", "consigneeTelephone")
        here = {name: f"secret {name}" for name in names if name in documents[message_type].head}
        documents = with_head(documents, message_type, **here)
    report = judge(documents, Context(real_name=False, enterprises={}, goods={}, arrivals={}, signatures={}))
    told = repr(report) + "".join(failure.receipt_text for failure in report.failures)
    head = DIRECT.documents["311"].head
    assert "secret" not in told
    for name in ("buyerName", "buyerIdNumber", "buyerTelephone", "consigneeAddress"):
        assert head[name] not in told


@pytest.mark.parametrize("change", [str.strip, lambda text: f" {text}\n"])
def test_white_space_around_a_value_is_no_difference(change: Callable[[str], str]) -> None:
    documents = dict(DIRECT.documents)
    order_no = documents["411"].head["orderNo"]
    assert judge(with_head(documents, "411", orderNo=change(order_no)), Context()).outcome is MatchOutcome.Matched
