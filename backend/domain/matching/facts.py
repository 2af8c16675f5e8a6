"""Checks against what no document holds: tariff, registered enterprises, signatures, identity, arrivals, stock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from backend.domain.documents import Document, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.matching.checks import Calculated, Case, Found, Lacking
from backend.domain.matching.model import Context, GoodsFacts, MatchingConfig, Tolerance
from backend.domain.matching.report import Comparison
from backend.domain.matching.values import number_text, same_text
from backend.domain.participants import Role
from backend.domain.quota import Route
from backend.domain.rates import RateTable
from backend.domain.tax import TaxBill, TaxTreatment, tax_bill


def goods_facts(rates: RateTable) -> dict[str, GoodsFacts]:
    """A rate table as the tariff of a context: units and positive list by HS code."""
    return {hs: GoodsFacts(rate.unit1, rate.unit2, rate.listed) for hs, rate in rates.rates.items()}


def tax_expected(
    declaration: Document, rates: RateTable, config: MatchingConfig, used_this_year: Decimal | None
) -> TaxBill | None:
    """The tax on an import, reduced or in full as the limits have it.

    None for what leaves the retail channel, and where a rate is absent or an amount cannot be read.
    """
    route = Case({declaration.kind: declaration}, Context(used_this_year=used_this_year), config).route
    if route is Route.GeneralTrade:
        return None
    treatment = TaxTreatment.Full if route is Route.FullTax else TaxTreatment.Reduced
    try:
        return tax_bill(declaration, rates, treatment, config.consumption_formula)
    except InvalidInput:
        return None


def _real_name(case: Case, tolerance: Tolerance) -> Found:
    confirmed = case.context.real_name
    if confirmed is None:
        yield Lacking("real_name")
    elif not confirmed:
        head = case.declaration.head
        name, number = head.get("buyerName", ""), head.get("buyerIdNumber", "")
        yield Comparison.of("InventoryHead.buyerName", name, "InventoryHead.buyerIdNumber", number)


def _goods(case: Case, tolerance: Tolerance) -> Found:
    """Ten digits; a second quantity exactly where there is a second unit; what the tariff says of the code."""
    known = case.context.goods
    if known is None:
        yield Lacking("goods")
    for number, line in enumerate(case.declaration.lines, 1):
        path = f"InventoryList[{number}]"
        code = line.get("gcode", "").strip()
        if len(code) != 10 or not (code.isascii() and code.isdigit()):
            yield Comparison.of(f"{path}.gcode", code[:40], "required", "10 digits")
            continue
        yield from _second_quantity(path, line)
        if known is None:
            continue
        facts = known.get(code)
        if facts is None:
            yield Comparison.of(f"{path}.gcode", code, "tariff", "")
            continue
        if not facts.listed:
            yield Comparison.of(f"{path}.gcode", code, "positive list", "")
        for name, unit in (("unit1", facts.unit1), ("unit2", facts.unit2 or "")):
            declared = line.get(name, "")
            if not same_text(declared, unit):
                yield Comparison.of(f"{path}.{name}", declared, f"tariff.{name}", unit)


def _second_quantity(path: str, line: Mapping[str, str]) -> Found:
    """-625009: without a second unit no second quantity, with one a positive quantity."""
    unit, text = line.get("unit2", "").strip(), line.get("qty2", "").strip()
    quantity = decimal_of(text)
    if (not unit and text) or (unit and (quantity is None or quantity <= 0)):
        yield Comparison.of(f"{path}.qty2", text, f"{path}.unit2", unit)


#: Message type, field, the role that the enterprise named there must have.
_PARTIES: tuple[tuple[str, str, Role], ...] = (
    ("621", "ebpCode", Role.Platform),
    ("621", "ebcCode", Role.Seller),
    ("621", "agentCode", Role.Declarant),
    ("621", "areaCode", Role.SiteOperator),
    ("411", "payCode", Role.Payment),
    ("511", "logisticsCode", Role.Logistics),
)

#: Whom the list may name as guarantor, by the fields that name them.
_GUARANTORS = ("agentCode", "ebcCode", "ebpCode", "logisticsCode")


def enterprise_codes(document: Document) -> set[str]:
    """The codes of those enterprises whose registration is judged."""
    named = (document.head.get(name, "").strip() for kind, name, _ in _PARTIES if kind == document.type)
    return {code for code in named if code}


def _enterprises(case: Case, tolerance: Tolerance) -> Found:
    registered = case.context.enterprises
    if registered is None:
        yield Lacking("enterprises")
    else:
        for message_type, name, role in _PARTIES:
            document = case.document(message_type)
            code = document.head.get(name, "").strip() if document else ""
            roles = registered.get(code)
            if document is None or not code or (roles is not None and role in roles):
                continue
            told = "not registered" if roles is None else ", ".join(sorted(each.name for each in roles))
            yield Comparison.of(f"{document.facts.head}.{name}", code, f"registered as {role.name}", told)
    yield from _guarantor(case.declaration)


def _guarantor(declaration: Document) -> Found:
    guarantor = declaration.head.get("assureCode", "").strip()
    if guarantor not in {declaration.head.get(name, "").strip() for name in _GUARANTORS}:
        names = "InventoryHead." + "/".join(_GUARANTORS)
        yield Comparison.of("InventoryHead.assureCode", guarantor, names, "")


def _signatures(case: Case, tolerance: Tolerance) -> Found:
    """Valid, and by an enterprise that the document names as its sender."""
    facts = case.context.signatures
    if facts is None:
        yield Lacking("signatures")
        return
    for document in case.documents.values():
        fact = facts.get(document.type)
        path = f"CEB{document.type}.Signature"
        if fact is None:
            yield Lacking(f"signature of {document.type}")
        elif not fact.valid:
            yield Comparison.of(path, "invalid", "required", "valid")
        elif fact.signer is not None and fact.signer not in document.sender_codes:
            names = "/".join(document.facts.senders)
            yield Comparison.of(f"{path}.signer", fact.signer, f"{document.facts.head}.{names}", document.sender_code)


def _stock(case: Case, tolerance: Tolerance) -> Found:
    """Lines may draw on one record together: their quantities are added up."""
    stock = case.context.stock
    if stock is None:
        yield Lacking("stock")
        return
    wanted: dict[str, Decimal] = {}
    for line in case.declaration.lines:
        if record := line.get("itemRecordNo", "").strip():
            wanted[record] = wanted.get(record, Decimal(0)) + (decimal_of(line.get("qty")) or 0)
    for record, quantity in wanted.items():
        left = stock.get(record, Decimal(0))
        if quantity > left:
            yield Comparison.of(f"InventoryList.qty of {record}", number_text(quantity), "stock", number_text(left))


def _reported(facts: Mapping[str, str] | None, name: str, right: str, case: Case) -> Found:
    """That a report lists the declaration's waybill, under the declaration's bill."""
    if facts is None:
        yield Lacking(name)
        return
    head = case.declaration.head
    waybill, bill = head.get("logisticsNo", "").strip(), head.get("billNo", "").strip()
    if waybill not in facts:
        yield Comparison.of("InventoryHead.logisticsNo", waybill, f"{right}List.logisticsNo", "")
    elif not same_text(facts[waybill], bill):
        yield Comparison.of("InventoryHead.billNo", bill, f"{right}Head.billNo", facts[waybill])


def _import_arrival(case: Case, tolerance: Tolerance) -> Found:
    yield from _reported(case.context.arrivals, "arrivals", "Delivery", case)


def _export_arrival(case: Case, tolerance: Tolerance) -> Found:
    """Goods by post arrive without a bill (507): where the arrival names none, the waybill is enough."""
    arrivals = case.context.arrivals
    bill = case.declaration.head.get("billNo", "")
    known = None if arrivals is None else {waybill: under or bill for waybill, under in arrivals.items()}
    yield from _reported(known, "arrivals", "Arrival", case)
    yield from _reported(case.context.masters, "masters", "WayBill", case)


REAL_NAME = Calculated(("InventoryHead.buyerName, buyerIdNumber = real_name",), _real_name)
GOODS = Calculated(("InventoryList.gcode, unit1, unit2 = tariff", "InventoryList.qty2 = unit2"), _goods)
ENTERPRISES = Calculated(
    (
        *(f"{name} = registered as {role.name}" for _, name, role in _PARTIES),
        "InventoryHead.assureCode = " + "/".join(_GUARANTORS),
    ),
    _enterprises,
)
SIGNATURES = Calculated(("Signature = valid", "signer = sender"), _signatures, needs_declaration=False)
STOCK = Calculated(("InventoryList.qty <= stock of itemRecordNo",), _stock)
IMPORT_ARRIVAL = Calculated(
    ("InventoryHead.logisticsNo = DeliveryList.logisticsNo", "InventoryHead.billNo = DeliveryHead.billNo"),
    _import_arrival,
)
EXPORT_ARRIVAL = Calculated(
    (
        "InventoryHead.logisticsNo = ArrivalList.logisticsNo",
        "InventoryHead.billNo = ArrivalHead.billNo",
        "InventoryHead.logisticsNo = WayBillList.logisticsNo",
        "InventoryHead.billNo = WayBillHead.billNo",
    ),
    _export_arrival,
)
