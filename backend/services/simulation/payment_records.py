"""The original payment record of a simulated import: what its platform answers when customs asks for it."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

from backend.domain.calendar import CHINA
from backend.domain.documents import Document
from backend.domain.instants import wire_time
from backend.domain.roster import ROSTER, Roster, by_code
from backend.services.simulation import numbers

#: An account with a bank that does not exist: no card begins so.
ACCOUNT = "0000000200112233445"


#: From the payment to the answer.
_ANSWERED_AFTER = timedelta(days=1)


def payment_record(order: Document, payment: Document, session_id: str, *, roster: Roster = ROSTER) -> dict[str, Any]:
    """The record as JSON values, in agreement with an order 311 and its payment 411.

    `session_id` is that of customs' request. The same arguments give the same record. ValueError for a payment
    whose time is none.
    """
    head = payment.head
    # Not for secrets: the same payment must have the same record.
    random = Random(f"payment record/{head['payCode']}/{head['payTransactionId']}")  # noqa: S311
    payee = by_code(order.head["ebpCode"], roster)
    paid = wire_time(head["payTime"])
    if paid is None:
        raise ValueError(f"payTime {head['payTime']} is no time")
    return {
        "sessionID": session_id,
        "payExchangeInfoHead": {
            "guid": numbers.guid_from(random),
            "initalRequest": f"https://pay.example/gateway?out_trade_no={order.head['orderNo']}",
            "initalResponse": f'{{"code":"10000","trade_no":"{head["payTransactionId"]}"}}',
            "ebpCode": order.head["ebpCode"],
            "payCode": head["payCode"],
            "payTransactionId": head["payTransactionId"],
            "totalAmount": json.loads(head["amountPaid"]),
            "currency": head["currency"],
            "verDept": "3",
            "payType": "1",
            "tradingTime": head["payTime"],
            "note": "",
        },
        "payExchangeInfoLists": [
            {
                "orderNo": order.head["orderNo"],
                "goodsInfo": [
                    {"gname": line["itemName"], "itemLink": f"https://mall.example/item/{line['itemNo']}"}
                    for line in order.lines
                ],
                "recpAccount": ACCOUNT,
                "recpCode": payee.uscc if payee else "",
                "recpName": order.head["ebpName"],
            }
        ],
        "serviceTime": f"{(paid.replace(tzinfo=CHINA) + _ANSWERED_AFTER).timestamp():.0f}000",
        "certNo": "01010a",
        "signValue": "c2ltdWxhdGVk",
    }
