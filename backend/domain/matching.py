"""Comparing the three documents with the declaration (三单对碰): every rule, every difference.

Rule ids, levels and customs' inner codes as in the domain reference (specification 202205, observed
receipts). The import rules are M…, the export rules X….
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.domain.documents import Document, decimal_of, masked
from backend.domain.lifecycle import Direction


class MatchOutcome(StrEnum):
    Matched = "matched"
    #: A rule of level reject is broken.
    Mismatch = "mismatch"
    #: A document is still missing and nothing that is there disagrees.
    Incomplete = "incomplete"


class RuleLevel(StrEnum):
    Reject = "reject"
    Wait = "wait"


@dataclass(frozen=True, slots=True)
class MatchingConfig:
    """What a district may set. `version` is part of every decision made under it.

    `sum_tolerance` is in the document's currency and applies to sums (M05, M14, X06) only: identities,
    numbers and the paid amount (M06) are compared exactly.
    """

    version: str = "1"
    sum_tolerance: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field on both sides, as it may be shown: personal values read `***`."""

    left: str
    left_value: str
    right: str
    right_value: str


@dataclass(frozen=True, slots=True)
class RuleFailure:
    rule: str
    level: RuleLevel
    fields: tuple[Comparison, ...]
    #: The code that customs' receipts carry for this failure, where one was observed.
    inner_code: str | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class MatchReport:
    outcome: MatchOutcome
    failures: tuple[RuleFailure, ...]
    config_version: str

    def to_fields(self) -> list[tuple[str, str]]:
        """The report as (path, text) for its evidence; nothing personal stands in it."""
        fields = [("outcome", self.outcome.value), ("configVersion", self.config_version)]
        for number, failure in enumerate(self.failures, 1):
            fields.append((f"failure.{number}.rule", failure.rule))
            fields.append((f"failure.{number}.level", failure.level.value))
            for place, pair in enumerate(failure.fields, 1):
                text = f"{pair.left}={pair.left_value} / {pair.right}={pair.right_value}"
                fields.append((f"failure.{number}.difference.{place}", text))
        return fields


#: Rule → (Chinese, English).
SENTENCES: dict[str, tuple[str, str]] = {
    "M01": ("缺少单证，等待中：{what}", "A document has not arrived yet: {what}"),
    "M02": ("订单编号或电商平台不一致", "Order number or platform differ between the documents"),
    "M03": ("支付企业不一致", "The payment enterprise differs between order and payment"),
    "M04": ("支付交易编号不一致", "The payment transaction number differs between order and payment"),
    "M05": ("实际支付金额与订单各项金额之和不符", "The amount paid is not goods + freight + tax - discount"),
    "M06": ("支付单支付金额与订单支付金额不一致", "The payment's amount is not the order's amount paid"),
    "M07": ("支付人与订购人不一致", "The payer is not the buyer"),
    "M08": ("清单上的订购人信息与订单不一致", "The declaration's buyer is not the order's"),
    "M10": ("运单收货人信息与订单不一致", "The waybill's consignee is not the order's"),
    "M11": ("清单的物流企业或运单编号与运单不一致", "Carrier or waybill number differ from the waybill"),
    "M12": (
        "清单表体商品项与订单表体商品项的项数不一致",
        "Declaration and order differ in their number of lines",
    ),
    "M13": ("订单清单表体商品项不一致", "A line of the declaration differs from the order's"),
    "M14": (
        "总价与单价乘数量、或商品金额与各项之和不符",
        "A total is not price times quantity, or the goods' sum differs",
    ),
    "X01": ("缺少出口订单", "The export order has not arrived yet"),
    "X02": ("缺少出口运单", "The export waybill has not arrived yet"),
    "X04": (
        "出口单证的订单编号或电商企业不一致",
        "Order number or seller differ between the export documents",
    ),
    "X05": (
        "出口清单的物流企业或运单编号与运单不一致",
        "Carrier or waybill number differ from the export waybill",
    ),
    "X06": ("出口清单与订单的商品项不一致", "The export declaration's lines differ from the order's"),
}


def match(
    declaration: Document,
    order: Document | None,
    payment: Document | None,
    waybill: Document | None,
    config: MatchingConfig = MatchingConfig(),
) -> MatchReport:
    """Every failed rule, not only the first; what is absent is reported once and compared with nothing.

    An export needs no payment: since 2024-12-15 (announcement 2024 no.167) receipts of money are optional;
    one that is there is compared.
    """
    rules = _Import if declaration.direction is Direction.Import else _Export
    failures = tuple(rules(declaration, order, payment, waybill, config).failures())
    if any(failure.level is RuleLevel.Reject for failure in failures):
        outcome = MatchOutcome.Mismatch
    elif failures:
        outcome = MatchOutcome.Incomplete
    else:
        outcome = MatchOutcome.Matched
    return MatchReport(outcome, failures, config.version)


Equal = Callable[[str, str], bool]


def _same_text(left: str, right: str) -> bool:
    return left.strip() == right.strip()


def _same_number(left: str, right: str) -> bool:
    """Equal values, `10` and `10.00` alike; two texts that are no numbers are equal as texts."""
    one, other = decimal_of(left), decimal_of(right)
    return one == other if one is not None and other is not None else _same_text(left, right)


def _failure(
    rule: str,
    fields: list[Comparison],
    inner_code: str | None = None,
    level: RuleLevel = RuleLevel.Reject,
    what: str = "",
) -> RuleFailure:
    zh, en = SENTENCES[rule]
    return RuleFailure(rule, level, tuple(fields), inner_code, zh.format(what=what), en.format(what=what))


class _Rules:
    def __init__(
        self,
        declaration: Document,
        order: Document | None,
        payment: Document | None,
        waybill: Document | None,
        config: MatchingConfig,
    ) -> None:
        self.declaration, self.order, self.payment, self.waybill = declaration, order, payment, waybill
        self.tolerance = config.sum_tolerance

    def _differences(
        self,
        left: Document | None,
        right: Document | None,
        names: Mapping[str, str],
        same: Equal = _same_text,
    ) -> list[Comparison]:
        """Where the named head fields of two documents differ; nothing if either document is absent."""
        if left is None or right is None:
            return []
        found = []
        for ours, theirs in names.items():
            one, other = left.head.get(ours, ""), right.head.get(theirs, "")
            if not same(one, other):
                found.append(
                    _comparison(f"{left.facts.head}.{ours}", one, f"{right.facts.head}.{theirs}", other)
                )
        return found

    def _line_differences(self, texts: Mapping[str, str], numbers: tuple[str, ...]) -> list[Comparison]:
        """Line n of the declaration against line n of the order."""
        if self.order is None:
            return []
        found = []
        pairs = zip(self.declaration.lines, self.order.lines, strict=False)
        for number, (declared, ordered) in enumerate(pairs, 1):
            checks = [(ours, theirs, _same_text) for ours, theirs in texts.items()]
            checks += [(name, name, _same_number) for name in numbers]
            for ours, theirs, same in checks:
                one, other = declared.get(ours, ""), ordered.get(theirs, "")
                if not same(one, other):
                    left, right = f"InventoryList[{number}].{ours}", f"OrderList[{number}].{theirs}"
                    found.append(_comparison(left, one, right, other))
        return found

    def _line_counts(self) -> list[Comparison]:
        if self.order is None or len(self.order.lines) == len(self.declaration.lines):
            return []
        counts = (str(len(self.declaration.lines)), str(len(self.order.lines)))
        return [Comparison("InventoryList", counts[0], "OrderList", counts[1])]

    def _sum_differences(self) -> list[Comparison]:
        """Lines whose total is not price × quantity, and goods values that are not the sum of the lines."""
        found = []
        for document in (self.order, self.declaration):
            if document is None:
                continue
            for number, line in enumerate(document.lines, 1):
                total, price, quantity = (decimal_of(line.get(n)) for n in ("totalPrice", "price", "qty"))
                if total is None or price is None or quantity is None:
                    continue
                if abs(total - price * quantity) > self.tolerance:
                    path = f"{document.facts.line}[{number}]"
                    product = f"{(price * quantity).normalize():f}"
                    found.append(
                        Comparison(f"{path}.totalPrice", line["totalPrice"], f"{path}.price×qty", product)
                    )
        goods = decimal_of(self.order.head.get("goodsValue")) if self.order else None
        totals = [decimal_of(line.get("totalPrice")) for line in self.declaration.lines]
        if goods is not None and self.order is not None:
            declared = sum((total for total in totals if total is not None), Decimal(0))
            if abs(declared - goods) > self.tolerance:
                value = self.order.head["goodsValue"]
                found.append(
                    Comparison("InventoryList.totalPrice", f"{declared:f}", "OrderHead.goodsValue", value)
                )
        return found


class _Import(_Rules):
    def failures(self) -> Iterator[RuleFailure]:
        yield from self._presence()
        if found := self._references():
            yield _failure("M02", found)
        if found := self._if_named("payCode"):
            yield _failure("M03", found, "13035")
        if found := self._if_named("payTransactionId"):
            yield _failure("M04", found)
        if found := self._paid_sum():
            yield _failure("M05", found)
        if found := self._differences(self.order, self.payment, {"acturalPaid": "amountPaid"}, _same_number):
            yield _failure("M06", found, "1332")
        payer = {"buyerName": "payerName", "buyerIdNumber": "payerIdNumber"}
        if found := self._differences(self.order, self.payment, payer):
            yield _failure("M07", found)
        yield from self._buyer()
        consignee = {name: name for name in ("consignee", "consigneeTelephone", "consigneeAddress")}
        if found := self._differences(self.order, self.waybill, consignee):
            yield _failure("M10", found)
        carrier = {"logisticsNo": "logisticsNo", "logisticsCode": "logisticsCode"}
        if found := self._differences(self.declaration, self.waybill, carrier):
            yield _failure("M11", found)
        if found := self._line_counts():
            yield _failure("M12", found, "1320")
        texts = {"gname": "itemName", "country": "country", "unit": "unit"}
        if found := self._line_differences(texts, ("qty", "price", "totalPrice")):
            yield _failure("M13", found, "1322")
        if found := self._sum_differences():
            yield _failure("M14", found)

    def _if_named(self, name: str) -> list[Comparison]:
        """Order against payment in a field that the order may leave out."""
        if self.order is None or not self.order.head.get(name):
            return []
        return self._differences(self.order, self.payment, {name: name})

    def _presence(self) -> Iterator[RuleFailure]:
        present = {"order": self.order, "payment": self.payment, "waybill": self.waybill}
        missing = [name for name, document in present.items() if document is None]
        if missing:
            yield _failure("M01", [], level=RuleLevel.Wait, what=", ".join(missing))

    def _references(self) -> list[Comparison]:
        found = []
        both = {"orderNo": "orderNo", "ebpCode": "ebpCode"}
        found += self._differences(self.declaration, self.order, {**both, "ebcCode": "ebcCode"})
        found += self._differences(self.declaration, self.payment, both)
        found += self._differences(self.declaration, self.waybill, {"orderNo": "orderNo"})
        return found

    def _paid_sum(self) -> list[Comparison]:
        if self.order is None:
            return []
        head = self.order.head
        names = ("goodsValue", "freight", "taxTotal", "discount", "acturalPaid")
        amounts = [decimal_of(head.get(name)) for name in names]
        if any(amount is None for amount in amounts):
            return []
        goods, freight, tax, discount, paid = (amount or Decimal(0) for amount in amounts)
        expected = goods + freight + tax - discount
        if abs(expected - paid) <= self.tolerance:
            return []
        formula = "goodsValue+freight+taxTotal-discount"
        return [
            Comparison("OrderHead.acturalPaid", head["acturalPaid"], f"OrderHead.{formula}", f"{expected:f}")
        ]

    def _buyer(self) -> Iterator[RuleFailure]:
        # Customs answers a wrong name and a wrong telephone with different codes.
        identity = {"buyerName": "buyerName", "buyerIdNumber": "buyerIdNumber"}
        if found := self._differences(self.declaration, self.order, identity):
            yield _failure("M08", found, "13127")
        if found := self._differences(self.declaration, self.order, {"buyerTelephone": "buyerTelephone"}):
            yield _failure("M08", found, "130126")


class _Export(_Rules):
    def failures(self) -> Iterator[RuleFailure]:
        if self.order is None:
            yield _failure("X01", [], level=RuleLevel.Wait)
        if self.waybill is None:
            yield _failure("X02", [], level=RuleLevel.Wait)
        same = {"orderNo": "orderNo", "ebcCode": "ebcCode"}
        found = self._differences(self.declaration, self.order, {**same, "ebpCode": "ebpCode"})
        found += self._differences(self.declaration, self.payment, same)
        if found:
            yield _failure("X04", found)
        carrier = {"logisticsNo": "logisticsNo", "logisticsCode": "logisticsCode"}
        if found := self._differences(self.declaration, self.waybill, carrier):
            yield _failure("X05", found)
        found = self._line_counts()
        found += self._line_differences({"itemNo": "itemNo", "unit": "unit"}, ("qty", "price", "totalPrice"))
        found += self._sum_differences()
        if found:
            yield _failure("X06", found)


def _comparison(left: str, left_value: str, right: str, right_value: str) -> Comparison:
    return Comparison(left, masked(left, left_value), right, masked(right, right_value))
