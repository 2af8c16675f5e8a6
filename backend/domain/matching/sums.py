"""Checks that calculate: sums, weights, times, limits, tax."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from backend.domain.documents import decimal_of
from backend.domain.instants import wire_time
from backend.domain.matching.checks import Calculated, Case, Found, Lacking, lacking
from backend.domain.matching.model import Tolerance
from backend.domain.matching.report import Comparison
from backend.domain.matching.values import number_text, numbers_of, unreadable


def _paid_sum(case: Case, tolerance: Tolerance) -> Found:
    yield from lacking(case, "311")
    if (order := case.document("311")) is None:
        return
    names = ("goodsValue", "freight", "taxTotal", "discount", "acturalPaid")
    amounts = numbers_of(order.head, names)
    if amounts is None:
        yield from unreadable(order.head, "OrderHead", names)
        return
    expected = amounts["goodsValue"] + amounts["freight"] + amounts["taxTotal"] - amounts["discount"]
    if not tolerance.allows(amounts["acturalPaid"], expected):
        formula = "OrderHead.goodsValue+freight+taxTotal-discount"
        yield Comparison.of("OrderHead.acturalPaid", order.head["acturalPaid"], formula, number_text(expected))


def _totals(order_type: str, case: Case, tolerance: Tolerance) -> Found:
    """Each line's total is price × quantity; the declared totals add up to the goods' value of the order."""
    yield from lacking(case, order_type)
    order = case.document(order_type)
    for document in (order, case.declaration):
        for number, line in enumerate(document.lines if document else (), 1):
            path = f"{document.facts.line}[{number}]" if document else ""
            amounts = numbers_of(line, ("totalPrice", "price", "qty"))
            if amounts is None:
                yield from unreadable(line, path, ("totalPrice", "price", "qty"))
                continue
            product = amounts["price"] * amounts["qty"]
            if not tolerance.allows(amounts["totalPrice"], product):
                yield Comparison.of(f"{path}.totalPrice", line["totalPrice"], f"{path}.price×qty", number_text(product))
    if order is None:
        return
    goods = decimal_of(order.head.get("goodsValue"))
    if goods is None:
        yield from unreadable(order.head, "OrderHead", ("goodsValue",))
        return
    totals = (decimal_of(line.get("totalPrice")) for line in case.declaration.lines)
    declared = sum((total for total in totals if total is not None), Decimal(0))
    if not tolerance.allows(declared, goods):
        value = order.head["goodsValue"]
        yield Comparison.of("InventoryList.totalPrice", number_text(declared), "OrderHead.goodsValue", value)


def _weights(case: Case, tolerance: Tolerance) -> Found:
    """Gross weights of list and waybill are near each other; the net weight is never above the gross."""
    declaration = case.declaration.head
    weights = numbers_of(declaration, ("grossWeight", "netWeight"))
    if weights is None:
        yield from unreadable(declaration, "InventoryHead", ("grossWeight", "netWeight"))
        return
    gross, net = declaration["grossWeight"], declaration["netWeight"]
    if weights["netWeight"] > weights["grossWeight"]:
        yield Comparison.of("InventoryHead.netWeight", net, "InventoryHead.grossWeight", gross)
    yield from lacking(case, "511")
    if (waybill := case.document("511")) is None:
        return
    weighed = decimal_of(waybill.head.get("weight"))
    if weighed is None or not tolerance.allows(weights["grossWeight"], weighed):
        shown = waybill.head.get("weight", "")
        yield Comparison.of("InventoryHead.grossWeight", gross, "LogisticsHead.weight", shown)


#: Wire name of each document's own time, in the order of the events.
_TIMES = (("311", "OrderHead", "appTime"), ("411", "PaymentHead", "payTime"), ("511", "LogisticsHead", "appTime"))


def _times(case: Case, tolerance: Tolerance) -> Found:
    """Paid not before it was ordered; order, payment and waybill within the window."""
    yield from lacking(case, "311", "411", "511")
    told: list[tuple[str, str, datetime]] = []
    for message_type, head, name in _TIMES:
        if (document := case.document(message_type)) is None:
            continue
        text = document.head.get(name, "")
        at = wire_time(text)
        if at is None:
            yield Comparison.of(f"{head}.{name}", text, "time", "YYYYMMDDhhmmss")
        else:
            told.append((f"{head}.{name}", text, at))
    times = {name: (text, at) for name, text, at in told}
    ordered, paid = times.get("OrderHead.appTime"), times.get("PaymentHead.payTime")
    if ordered and paid and paid[1] < ordered[1]:
        yield Comparison.of("PaymentHead.payTime", paid[0], "OrderHead.appTime", ordered[0])
    if told:
        first, last = min(told, key=lambda each: each[2]), max(told, key=lambda each: each[2])
        if last[2] - first[2] > timedelta(hours=case.config.window_hours):
            yield Comparison.of(first[0], first[1], last[0], last[1])


_VALUE = "InventoryList.totalPrice+InventoryHead.freight+insuredFee"


def _transaction_limit(case: Case, tolerance: Tolerance) -> Found:
    limit = case.config.limits.transaction
    if case.value is None:
        yield Lacking("dutiable_value")
    elif case.value > limit:
        yield Comparison.of(_VALUE, number_text(case.value), "limit.transaction", number_text(limit))


def _year_limit(case: Case, tolerance: Tolerance) -> Found:
    limit, used = case.config.limits.year, case.context.used_this_year
    if used is None:
        yield Lacking("used_this_year")
    if case.value is None:
        yield Lacking("dutiable_value")
        return
    if case.value + (used or 0) > limit:
        # As customs writes it: what would be used with this purchase, against the limit.
        total = number_text(case.value + (used or 0))
        yield Comparison.of("totalPrice", total, "limit.year", number_text(limit))


def _tax(case: Case, tolerance: Tolerance) -> Found:
    due = case.context.tax_due
    if due is None:
        yield Lacking("tax_due")
    yield from lacking(case, "311")
    if (order := case.document("311")) is None or due is None:
        return
    withheld = decimal_of(order.head.get("taxTotal"))
    if withheld is None or not tolerance.allows(withheld, due):
        shown = order.head.get("taxTotal", "")
        yield Comparison.of("OrderHead.taxTotal", shown, "tax_due", number_text(due))


def _charge(case: Case, tolerance: Tolerance) -> Found:
    """An export's money received against goods and freight; amounts in two currencies cannot be compared."""
    yield from lacking(case, "303", "403")
    order, receipt = case.document("303"), case.document("403")
    if order is None or receipt is None:
        return
    ours, theirs = receipt.head.get("currency", ""), order.head.get("currency", "")
    if ours != theirs:
        yield Comparison.of("Receipts.currency", ours, "OrderHead.currency", theirs)
        return
    amounts, charge = numbers_of(order.head, ("goodsValue", "freight")), decimal_of(receipt.head.get("charge"))
    if amounts is None:
        yield from unreadable(order.head, "OrderHead", ("goodsValue", "freight"))
        return
    expected = amounts["goodsValue"] + amounts["freight"]
    if charge is None or not tolerance.allows(charge, expected):
        shown = receipt.head.get("charge", "")
        yield Comparison.of("Receipts.charge", shown, "OrderHead.goodsValue+freight", number_text(expected))


PAID_SUM = Calculated(
    ("OrderHead.acturalPaid = goodsValue + freight + taxTotal - discount",), _paid_sum, needs_declaration=False
)
WEIGHTS = Calculated(
    ("InventoryHead.grossWeight = LogisticsHead.weight", "InventoryHead.netWeight <= grossWeight"), _weights
)
TIMES = Calculated(
    ("PaymentHead.payTime >= OrderHead.appTime", "OrderHead.appTime, PaymentHead.payTime, LogisticsHead.appTime"),
    _times,
    needs_declaration=False,
)
TRANSACTION_LIMIT = Calculated((f"{_VALUE} <= limit.transaction",), _transaction_limit)
YEAR_LIMIT = Calculated((f"{_VALUE} + used_this_year <= limit.year",), _year_limit)
#: The tax due follows from the declaration, but comes with the context.
TAX = Calculated(("OrderHead.taxTotal = tax_due",), _tax, needs_declaration=False)
CHARGE = Calculated(("Receipts.charge = OrderHead.goodsValue + freight",), _charge, needs_declaration=False)


def totals(order_type: str) -> Calculated:
    """The check of lines' and goods' totals for the order of this message type."""
    compares = ("totalPrice = price × qty", "InventoryList.totalPrice = OrderHead.goodsValue")
    return Calculated(compares, lambda case, tolerance: _totals(order_type, case, tolerance))
