"""Comparing an original payment record with the order and the payment that customs has: P01 to P15."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from backend.domain.documents import Document, decimal_of
from backend.domain.instants import wire_time
from backend.domain.matching.checks import Lacking
from backend.domain.matching.model import RuleLevel
from backend.domain.matching.report import Comparison
from backend.domain.matching.values import same_number, same_text
from backend.domain.payment_records import PaymentRecord

#: The farthest that the record's time may lie from the payment's before it is a warning.
FARTHEST = timedelta(hours=24)

#: Who confirmed the payment: UnionPay, NetsUnion, others.
VERIFYING_BODIES = frozenset({"1", "2", "3"})

_HEAD = "payExchangeInfoHead"
_LIST = "payExchangeInfoLists"

Found = Iterator[Comparison | Lacking]


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: the record, the documents that are there, and what was asked."""

    record: PaymentRecord
    order_no: str
    session_id: str
    order: Document | None
    payment: Document | None

    def lacking(self, *kinds: str) -> Iterator[Lacking]:
        there = {"order": self.order, "payment": self.payment}
        yield from (Lacking(kind) for kind in kinds if there[kind] is None)

    def stored(self, *names: str) -> Iterator[tuple[str, str]]:
        """(path, value) of `Order.name` and `Payment.name` fields, of those documents that are there."""
        for name in names:
            document = self.order if name.startswith("OrderHead.") else self.payment
            if document is not None:
                yield name, document.head.get(name.partition(".")[2], "")


@dataclass(frozen=True, slots=True)
class PaymentRule:
    """One row: what is compared, how grave a difference is, and how it is told."""

    id: str
    level: RuleLevel
    #: The record's field, then what it is compared with; nothing more where it only has to be filled.
    compares: tuple[str, ...]
    check: Callable[[Case], Found]
    zh: str
    en: str


# ---------------------------------------------------------------------------------------------------
# Checks


def _same(name: str, *theirs: str, if_named: bool = False) -> Callable[[Case], Found]:
    """A head field of the record against one of the order and one of the payment; `if_named` where they have it."""

    def check(case: Case) -> Found:
        yield from case.lacking(*(_KIND_OF[path.partition(".")[0]] for path in theirs))
        ours = case.record.head[name]
        for path, value in case.stored(*theirs):
            # Orders may come without payment enterprise and number; payments never do.
            if not (if_named and not value.strip()) and not same_text(ours, value):
                yield Comparison.of(f"{_HEAD}.{name}", ours, path, value)

    return check


_KIND_OF = {"OrderHead": "order", "PaymentHead": "payment"}


def _same_amount(theirs: str) -> Callable[[Case], Found]:
    """The amount against one order's: only where the payment is for this order alone."""

    def check(case: Case) -> Found:
        if len(case.record.order_numbers) > 1:
            yield Lacking("the amount of this order alone")
            return
        yield from case.lacking(_KIND_OF[theirs.partition(".")[0]])
        ours = case.record.head["totalAmount"]
        for path, value in case.stored(theirs):
            if not same_number(ours, value):
                yield Comparison.of(f"{_HEAD}.totalAmount", ours, path, value)

    return check


def _not_less(case: Case) -> Found:
    """One order's part is never more than the whole."""
    total = decimal_of(case.record.head["totalAmount"])
    if len(case.record.order_numbers) < 2 or total is None:
        return
    for path, value in case.stored("OrderHead.acturalPaid", "PaymentHead.amountPaid"):
        part = decimal_of(value)
        if part is None or part > total:
            yield Comparison.of(f"{_HEAD}.totalAmount", case.record.head["totalAmount"], path, value)


def _covers_order(case: Case) -> Found:
    if not case.record.paid_for(case.order_no):
        listed = ", ".join(case.record.order_numbers)
        yield Comparison.of(f"{_LIST}.orderNo", listed, "OrderHead.orderNo", case.order_no)


def _names_goods(case: Case) -> Found:
    """Every item of the order is among the goods that the record lists for it; blanks and case do not matter."""
    yield from case.lacking("order")
    entries = case.record.paid_for(case.order_no)
    if case.order is None or not entries:
        return
    names = [item["gname"] for entry in entries for item in entry.goods]
    known = {_plain(name) for name in names}
    for number, line in enumerate(case.order.lines, 1):
        name = line.get("itemName", "")
        if _plain(name) not in known:
            yield Comparison.of(f"{_LIST}.goodsInfo.gname", ", ".join(names), f"OrderList[{number}].itemName", name)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _near_in_time(case: Case) -> Found:
    yield from case.lacking("payment")
    ours = case.record.head["tradingTime"]
    for path, value in case.stored("PaymentHead.payTime"):
        told, paid = wire_time(ours), wire_time(value)
        if told is None or paid is None or abs(told - paid) > FARTHEST:
            yield Comparison.of(f"{_HEAD}.tradingTime", ours, path, value)


def _names_payee(case: Case) -> Found:
    for entry in case.record.paid_for(case.order_no):
        if not entry.payee["recpCode"].strip():
            yield Comparison.of(f"{_LIST}.recpCode", "", "required", "")


def _verified(case: Case) -> Found:
    given = case.record.head["verDept"]
    if given.strip() not in VERIFYING_BODIES:
        yield Comparison.of(f"{_HEAD}.verDept", given, "required", "1, 2, 3")


def _filled(*names: str) -> Callable[[Case], Found]:
    def check(case: Case) -> Found:
        for name in names:
            if not case.record.head[name].strip():
                yield Comparison.of(f"{_HEAD}.{name}", "", "required", "")

    return check


def _answers_request(case: Case) -> Found:
    given = case.record.frame["sessionID"]
    if given.strip().upper() != case.session_id.upper():
        yield Comparison.of("sessionID", given, "request.sessionID", case.session_id)


# ---------------------------------------------------------------------------------------------------
# The rows

REJECT, WARN = RuleLevel.Reject, RuleLevel.Warn

PAYMENT_RULES: tuple[PaymentRule, ...] = (
    PaymentRule(
        "P01", REJECT, ("payCode", "OrderHead.payCode", "PaymentHead.payCode"),
        _same("payCode", "OrderHead.payCode", "PaymentHead.payCode", if_named=True),
        "支付企业与订单或支付单不一致", "The payment enterprise is not that of order or payment",
    ),
    PaymentRule(
        "P02", REJECT, ("payTransactionId", "OrderHead.payTransactionId", "PaymentHead.payTransactionId"),
        _same("payTransactionId", "OrderHead.payTransactionId", "PaymentHead.payTransactionId", if_named=True),
        "交易流水号与订单或支付单不一致", "The transaction number is not that of order or payment",
    ),
    PaymentRule(
        "P03", REJECT, ("totalAmount", "PaymentHead.amountPaid"), _same_amount("PaymentHead.amountPaid"),
        "交易金额与支付单支付金额不一致", "The amount is not the payment's",
    ),
    PaymentRule(
        "P04", REJECT, ("totalAmount", "OrderHead.acturalPaid"), _same_amount("OrderHead.acturalPaid"),
        "交易金额与订单实际支付金额不一致", "The amount is not what was paid for the order",
    ),
    PaymentRule(
        "P05", REJECT, ("totalAmount", "OrderHead.acturalPaid", "PaymentHead.amountPaid"), _not_less,
        "合并支付的交易金额小于其中一笔订单", "The amount for several orders is less than one of them",
    ),
    PaymentRule(
        "P06", REJECT, ("currency", "OrderHead.currency", "PaymentHead.currency"),
        _same("currency", "OrderHead.currency", "PaymentHead.currency"),
        "币制与订单或支付单不一致", "The currency is not that of order or payment",
    ),
    PaymentRule(
        "P07", REJECT, ("ebpCode", "OrderHead.ebpCode", "PaymentHead.ebpCode"),
        _same("ebpCode", "OrderHead.ebpCode", "PaymentHead.ebpCode"),
        "电商平台与订单或支付单不一致", "The platform is not that of order or payment",
    ),
    PaymentRule(
        "P08", REJECT, ("orderNo", "OrderHead.orderNo"), _covers_order,
        "支付原始数据不含该订单", "The record does not cover the order",
    ),
    PaymentRule(
        "P09", WARN, ("gname", "OrderList.itemName"), _names_goods,
        "支付原始数据的商品名称未包含订单全部商品", "The record's goods lack an item of the order",
    ),
    PaymentRule(
        "P10", WARN, ("tradingTime", "PaymentHead.payTime"), _near_in_time,
        "交易成功时间与支付单支付时间相差超过 24 小时", "The record's time is over 24 hours from the payment's",
    ),
    # A payee abroad has no code of a Chinese registry: records without one are seen in practice.
    PaymentRule(
        "P11", WARN, ("recpCode",), _names_payee,
        "未填收款企业代码", "The payee's code is missing",
    ),
    PaymentRule(
        "P12", REJECT, ("verDept", "1", "2", "3"), _verified,
        "验核机构不是银联、网联或其他", "The verifying body is none of UnionPay, NetsUnion and others",
    ),
    PaymentRule(
        "P13", REJECT, ("guid",), _filled("guid"), "未填系统唯一序号", "The record has no number",
    ),
    PaymentRule(
        "P14", REJECT, ("initalRequest, initalResponse",),
        _filled("initalRequest", "initalResponse"),
        "缺少原始请求或原始响应", "The payment enterprise's original request or response is missing",
    ),
    PaymentRule(
        "P15", WARN, ("sessionID", "the request's"), _answers_request,
        "会话编号与海关请求不一致", "The session is not that of customs' request",
    ),
)  # fmt: skip
