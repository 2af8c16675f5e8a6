"""Original payment records that fit an order and its payment, and ways to spoil them."""

from __future__ import annotations

import copy
import json
from typing import Any

from backend.domain.documents import Document

ACCOUNT = "6222020200112233445"


def record_for(order: Document, payment: Document, session_id: str) -> dict[str, Any]:
    """A record as the platform would answer with: it agrees with both in everything."""
    return {
        "sessionID": session_id,
        "payExchangeInfoHead": {
            "guid": "9D55BA71-22DE-41F4-8B50-C36C83B3B530",
            "initalRequest": "https://pay.example/gateway?body=" + "订单" * 900,
            "initalResponse": '{"buyer_logon_id":"137****0000","code":"10000"}',
            "ebpCode": order.head["ebpCode"],
            "payCode": payment.head["payCode"],
            "payTransactionId": payment.head["payTransactionId"],
            "totalAmount": json.loads(payment.head["amountPaid"]),
            "currency": "142",
            "verDept": "3",
            "payType": "1",
            "tradingTime": payment.head["payTime"],
            "note": "",
        },
        "payExchangeInfoLists": [
            {
                "orderNo": order.head["orderNo"],
                "goodsInfo": [
                    {"gname": line["itemName"], "itemLink": "https://mall.example/item?id=7"} for line in order.lines
                ],
                "recpAccount": ACCOUNT,
                "recpCode": "91990000MA0090356N",
                "recpName": "云汀跨境商城有限公司",
            }
        ],
        "serviceTime": "1772413266000",
        "certNo": "01010a",
        "signValue": "c2lnbmVk",
    }


def changed(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The record with one value replaced: `payExchangeInfoLists.0.recpCode`; `...` takes the field away."""
    made = copy.deepcopy(record)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    block: Any = made
    for part in way:
        block = block[part]
    if value is ...:
        del block[last]
    else:
        block[last] = value
    return made


def body_of(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()
