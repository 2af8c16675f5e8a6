"""M01 to M23: what customs compares on an import, with the codes that its receipts were seen to carry.

Sources: specification 202205, observed receipts of 2020 to 2023, practice articles; `basis` says which.
"""

from __future__ import annotations

from decimal import Decimal

from backend.domain.matching import facts, sums
from backend.domain.matching.checks import Case, Fields, Filled, LineCount, Lines, Present, Rule, Together
from backend.domain.matching.model import EXACT, ONE_CENT, Basis, RuleLevel, Tolerance

REJECT, WAIT, HOLD = RuleLevel.Reject, RuleLevel.Wait, RuleLevel.Hold
WARN, ROUTE = RuleLevel.Warn, RuleLevel.Route
STATED, PRACTICE, PROPOSED = Basis.Stated, Basis.Practice, Basis.Proposed

_REFERENCE = {"orderNo": "orderNo", "ebpCode": "ebpCode"}


def _is_bonded(case: Case) -> bool:
    return case.mode in {"1210", "1239"}


def _is_direct(case: Case) -> bool:
    return case.mode == "9610"


IMPORT_RULES: tuple[Rule, ...] = (
    Rule("M01", WAIT, STATED, Present("311", "orderNo"), "订单尚未到达", "The order has not arrived yet"),
    Rule("M01", WAIT, STATED, Present("411", "orderNo"), "支付信息不存在", "The payment has not arrived yet"),
    Rule("M01", WAIT, STATED, Present("511", "logisticsNo"), "运单尚未到达", "The waybill has not arrived yet"),
    Rule(
        "M02", REJECT, STATED,
        Together((
            Fields("621", "311", _REFERENCE | {"ebcCode": "ebcCode"}),
            Fields("621", "411", _REFERENCE),
            Fields("621", "511", {"orderNo": "orderNo"}),
        )),
        "订单编号、电商平台或电商企业不一致", "Order number, platform or seller differ between the documents",
    ),
    Rule(
        "M03", REJECT, STATED,
        Fields("311", "411", {"payCode": "payCode", "payName": "payName"}, if_named=True),
        "支付企业不一致", "The payment enterprise differs between order and payment", "13035",
    ),
    Rule(
        "M04", REJECT, STATED,
        Fields("311", "411", {"payTransactionId": "payTransactionId"}, if_named=True),
        "支付交易编号不一致", "The payment transaction number differs between order and payment",
    ),
    Rule(
        "M05", REJECT, STATED, sums.PAID_SUM,
        "实际支付金额与订单各项金额之和不符", "The amount paid is not goods + freight + tax - discount",
        tolerance=ONE_CENT,
    ),
    Rule(
        "M06", REJECT, STATED, Fields("311", "411", {"acturalPaid": "amountPaid"}, is_number=True),
        "支付单支付金额与订单支付金额不一致", "The payment's amount is not the order's amount paid", "1332",
        tolerance=EXACT,
    ),
    Rule(
        "M07", REJECT, PRACTICE,
        Fields("311", "411", {"buyerName": "payerName", "buyerIdNumber": "payerIdNumber"}),
        "支付人与订购人不一致", "The payer is not the buyer", risk_weight=40,
    ),
    # Customs answers a wrong name and a wrong telephone with different codes.
    Rule(
        "M08", REJECT, STATED,
        Fields("621", "311", {"buyerName": "buyerName", "buyerIdNumber": "buyerIdNumber"}),
        "清单上的订购人姓名或证件号码与订单不一致", "The declaration's buyer is not the order's", "13127",
    ),
    Rule(
        "M08", REJECT, STATED, Fields("621", "311", {"buyerTelephone": "buyerTelephone"}),
        "清单上的订购人电话号码与订单不一致", "The buyer's telephone differs between declaration and order", "130126",
    ),
    Rule(
        "M09", REJECT, STATED, facts.REAL_NAME,
        "订购人姓名与证件号码不匹配", "The buyer's name and identity number do not belong together",
    ),
    Rule(
        "M10", REJECT, STATED,
        Fields("311", "511", {name: name for name in ("consignee", "consigneeTelephone", "consigneeAddress")}),
        "运单收货人信息与订单不一致", "The waybill's consignee is not the order's",
    ),
    Rule(
        "M11", REJECT, STATED,
        Fields("621", "511", {"logisticsNo": "logisticsNo", "logisticsCode": "logisticsCode"}),
        "清单的物流企业或运单编号与运单不一致", "Carrier or waybill number differ from the waybill",
    ),
    Rule(
        "M12", REJECT, STATED, LineCount("311"),
        "清单表体商品项与订单表体商品项的项数不一致", "Declaration and order differ in their number of lines", "1320",
    ),
    Rule(
        "M13", REJECT, STATED,
        Lines(
            "311",
            {"gname": "itemName", "country": "country", "unit": "unit"},
            ("qty", "price", "totalPrice"),
        ),
        "订单清单表体商品项不一致", "A line of the declaration differs from the order's", "1322",
    ),
    Rule(
        "M14", REJECT, STATED, sums.totals("311"),
        "总价与单价乘数量、或商品金额与各项之和不符",
        "A total is not price times quantity, or the goods' sum differs", tolerance=ONE_CENT,
    ),
    Rule(
        "M15", WARN, PROPOSED,
        Together((
            Fields("621", "311", {"freight": "freight"}, is_number=True),
            # Optional on the waybill: what it does not state is not compared.
            Fields("511", "621", {"freight": "freight", "insuredFee": "insuredFee"}, is_number=True, if_named=True),
        )),
        "清单的运费或保费与订单、运单不一致", "Freight or insurance differ from order or waybill",
        tolerance=ONE_CENT, risk_weight=10,
    ),
    Rule(
        "M16", WARN, PROPOSED, sums.WEIGHTS,
        "清单毛重与运单重量相差过大，或净重大于毛重", "The weights of declaration and waybill are far apart",
        tolerance=Tolerance(Decimal("0.1"), Decimal("0.1")), risk_weight=20,
    ),
    # Customs' codes for this: 1313 in the receipt's text, -621018 and -621005 as statuses.
    Rule(
        "M17", ROUTE, STATED, sums.YEAR_LIMIT,
        "订购人购买超过年度限额", "The buyer's purchases exceed the yearly limit", "1313",
    ),
    Rule(
        "M17", ROUTE, STATED, sums.TRANSACTION_LIMIT,
        "购买金额超过单笔限额", "The purchase exceeds the limit of one transaction", "-621005",
    ),
    Rule(
        "M18", REJECT, STATED, facts.GOODS,
        "商品编码、法定计量单位不符，或商品不在正面清单内",
        "HS code or statutory units are wrong, or the goods are not in the positive list",
    ),
    Rule(
        "M19", REJECT, STATED, facts.ENTERPRISES,
        "企业未注册、类型不符或无权担保", "An enterprise is not registered for its part, or may not guarantee",
    ),
    Rule("M20", REJECT, STATED, facts.SIGNATURES, "验签失败", "A signature is invalid or not the sender's", "-301020"),
    Rule(
        "M21", WARN, PROPOSED, sums.TIMES,
        "支付早于下单，或三单时间相距过长", "Paid before it was ordered, or the documents lie far apart in time",
        risk_weight=10,
    ),
    Rule(
        "M22", REJECT, STATED, Filled(("emsNo", "areaCode"), ("itemRecordNo",)),
        "保税进口须填账册编号、区内企业和账册备案料号", "Bonded imports name account, warehouse and record numbers",
        applies=_is_bonded,
    ),
    Rule(
        "M22", REJECT, STATED, facts.STOCK,
        "账册库存不足", "The bonded account does not hold enough", applies=_is_bonded,
    ),
    Rule(
        "M23", REJECT, STATED, Filled(("trafNo", "voyageNo", "billNo")),
        "直购进口须填运输工具、航次和提运单号", "Direct imports name means of transport, voyage and bill",
        applies=_is_direct,
    ),
    Rule(
        "M23", HOLD, STATED, facts.IMPORT_ARRIVAL,
        "包裹尚未列入该提运单的入库明细单", "The parcel is not yet in the arrival list of its bill",
        applies=_is_direct,
    ),
    # Not in the catalogue of rules: what the platform withheld against what is due. 5 % as in practice articles.
    Rule(
        "T01", WARN, PRACTICE, sums.TAX,
        "代扣税款与应征税款相差过大", "The tax withheld is far from the tax due",
        tolerance=Tolerance(Decimal("0.01"), Decimal("0.05")), risk_weight=10,
    ),
)  # fmt: skip
