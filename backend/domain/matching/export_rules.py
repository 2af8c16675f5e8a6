"""X01 to X09: what is compared on an export. Sources as for imports."""

from __future__ import annotations

from backend.domain.matching import facts, sums
from backend.domain.matching.checks import (
    Calculated,
    Case,
    Fields,
    Found,
    LineCount,
    Lines,
    Present,
    Rule,
    Together,
    lacking,
)
from backend.domain.matching.model import ONE_CENT, Basis, RuleLevel, Tolerance
from backend.domain.matching.report import Comparison

REJECT, WAIT, HOLD, WARN = RuleLevel.Reject, RuleLevel.Wait, RuleLevel.Hold, RuleLevel.Warn
STATED, PROPOSED = Basis.Stated, Basis.Proposed

_PARTIES = {"orderNo": "orderNo", "ebcCode": "ebcCode"}

#: Supervision mode → the order type that belongs to it: B2B, and goods for an overseas warehouse.
_ORDER_TYPES = {"9710": "B", "9810": "W"}


def _needs_receipt(case: Case) -> bool:
    return case.mode in case.config.receipt_modes


def _is_to_business(case: Case) -> bool:
    return case.mode in _ORDER_TYPES


def _order_type(case: Case, tolerance: Tolerance) -> Found:
    yield from lacking(case, "303")
    order = case.document("303")
    expected = _ORDER_TYPES[case.mode]
    if order is not None and order.head.get("orderType", "") != expected:
        yield Comparison.of("OrderHead.orderType", order.head.get("orderType", ""), f"tradeMode {case.mode}", expected)


EXPORT_RULES: tuple[Rule, ...] = (
    Rule("X01", WAIT, STATED, Present("303", "orderNo"), "缺少出口订单", "The export order has not arrived yet"),
    Rule("X02", WAIT, STATED, Present("505", "logisticsNo"), "缺少出口运单", "The export waybill has not arrived yet"),
    Rule(
        "X03", WAIT, STATED, Present("403", "orderNo"),
        "缺少出口收款单", "The receipt of money has not arrived yet", applies=_needs_receipt,
    ),
    Rule(
        "X04", REJECT, STATED,
        Together((Fields("603", "303", _PARTIES | {"ebpCode": "ebpCode"}), Fields("603", "403", _PARTIES))),
        "出口单证的订单编号或电商企业不一致", "Order number or seller differ between the export documents",
    ),
    Rule(
        "X05", REJECT, STATED,
        Fields("603", "505", {"logisticsNo": "logisticsNo", "logisticsCode": "logisticsCode"}),
        "出口清单的物流企业或运单编号与运单不一致", "Carrier or waybill number differ from the export waybill",
    ),
    Rule(
        "X06", REJECT, STATED,
        Together((
            LineCount("303"),
            Lines("303", {"itemNo": "itemNo", "unit": "unit"}, ("qty", "price", "totalPrice")),
        )),
        "出口清单与订单的商品项不一致", "The export declaration's lines differ from the order's",
    ),
    Rule(
        "X06", REJECT, STATED, sums.totals("303"),
        "总价与单价乘数量、或商品金额与各项之和不符",
        "A total is not price times quantity, or the goods' sum differs", tolerance=ONE_CENT,
    ),
    Rule(
        "X07", HOLD, STATED, facts.EXPORT_ARRIVAL,
        "包裹尚未列入该提运单的运抵单或总分单", "The parcel is not yet in its bill's arrival or master waybill",
    ),
    Rule(
        "X08", WARN, PROPOSED, sums.CHARGE,
        "收款金额与商品金额加运费不符", "The money received is not goods + freight",
        tolerance=ONE_CENT, risk_weight=10,
    ),
    Rule(
        "X09", REJECT, STATED,
        Calculated(("OrderHead.orderType = B for 9710, W for 9810",), _order_type),
        "订单类型与监管方式不符", "The order's type does not belong to the supervision mode",
        applies=_is_to_business,
    ),
)  # fmt: skip
