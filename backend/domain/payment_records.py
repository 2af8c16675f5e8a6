"""Original payment records (支付原始数据): what a platform answers when customs asks how an order was paid.

Since 2019 platforms of retail imports open the original data of a payment to customs on demand (announcements
2018 no. 165 and 179 of the General Administration of Customs): the payment enterprise's own request and answer,
payee, goods with their links, time, verifying body. Field names are the wire's, `initalRequest` and all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.domain.checked_json import CheckedJson
from backend.domain.errors import MessageTooLarge
from backend.domain.instants import wire_time

#: What customs asks for by the announcement, by the fields that carry it.
ASKED = (
    "orderNo", "gname", "itemLink", "totalAmount", "currency", "recpAccount", "recpCode", "recpName",
    "payTransactionId", "verDept", "tradingTime", "initalRequest", "initalResponse",
)  # fmt: skip

#: Bytes of a record, orders that one payment covers, goods of one order.
MOST_BYTES = 512 * 1024
MOST_ORDERS = 100
MOST_GOODS = 200

#: The head in the announcement's order.
_HEAD = (
    "guid", "initalRequest", "initalResponse", "ebpCode", "payCode", "payTransactionId", "totalAmount", "currency",
    "verDept", "payType", "tradingTime", "note",
)  # fmt: skip

#: Texts with the fewest and the most characters of each. One that may be empty must still be there: that it is
#: empty is for the comparison to find, on the record.
_HEAD_TEXTS: dict[str, tuple[int, int]] = {
    "guid": (0, 36),
    "initalRequest": (0, 100_000),
    "initalResponse": (0, 100_000),
    "ebpCode": (1, 18),
    "payCode": (1, 18),
    "payTransactionId": (1, 60),
    "currency": (3, 3),
    "verDept": (0, 3),
    "payType": (0, 3),
    "tradingTime": (14, 14),
}
_FRAME: dict[str, tuple[int, int]] = {
    "sessionID": (1, 36),
    "serviceTime": (1, 20),
    "certNo": (0, 100),
    "signValue": (0, 4000),
}
_PAYEE: dict[str, tuple[int, int]] = {"recpAccount": (0, 100), "recpCode": (0, 18), "recpName": (0, 100)}
_GOODS: dict[str, tuple[int, int]] = {"gname": (1, 250), "itemLink": (0, 4000)}

#: N19,5 on the wire: nineteen digits, five of them decimals.
_MOST_MONEY = Decimal(10**14)
_DECIMALS = 5

#: What one more transmission changes although the record stays the same.
_TRANSMISSION = frozenset({"sessionID", "payExchangeInfoHead.guid", "serviceTime", "signValue"})

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """One order that the payment covers, with its goods and who was paid for it."""

    order_no: str
    goods: tuple[Mapping[str, str], ...]
    payee: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """One record, its texts exactly as they were sent."""

    #: `sessionID`, `serviceTime`, `certNo`, `signValue`
    frame: Mapping[str, str]
    head: Mapping[str, str]
    orders: tuple[PaidOrder, ...]

    @property
    def order_numbers(self) -> tuple[str, ...]:
        """The orders that the payment covers, each once."""
        return tuple(dict.fromkeys(order.order_no.strip() for order in self.orders))

    def paid_for(self, order_no: str) -> tuple[PaidOrder, ...]:
        """What the record says of one order; usually one entry or none."""
        return tuple(order for order in self.orders if order.order_no.strip() == order_no.strip())

    def to_fields(self) -> Fields:
        """Everything as (path, text), in the announcement's order: what its evidence commits to."""
        fields = [("sessionID", self.frame["sessionID"])]
        fields += [(f"payExchangeInfoHead.{name}", self.head[name]) for name in _HEAD]
        for place, order in enumerate(self.orders, 1):
            path = f"payExchangeInfoLists.{place}"
            fields.append((f"{path}.orderNo", order.order_no))
            for number, item in enumerate(order.goods, 1):
                fields += [(f"{path}.goodsInfo.{number}.{name}", item[name]) for name in _GOODS]
            fields += [(f"{path}.{name}", order.payee[name]) for name in _PAYEE]
        return fields + [(name, self.frame[name]) for name in _FRAME if name != "sessionID"]


def is_same_record(one: Iterable[tuple[str, str]], other: Iterable[tuple[str, str]]) -> bool:
    """Whether two records, given by their fields, are one record sent twice."""
    return _said(one) == _said(other)


def _said(fields: Iterable[tuple[str, str]]) -> Fields:
    return [(path, value) for path, value in fields if path not in _TRANSMISSION]


def read_record(body: bytes) -> PaymentRecord:
    """The record in a JSON text. Raises MessageTooLarge, and InvalidInput that names every wrong field."""
    if len(body) > MOST_BYTES:
        raise MessageTooLarge(what="bytes", most=MOST_BYTES)
    whole = CheckedJson.of_text(body)
    record = PaymentRecord(
        _texts(whole, _FRAME),
        _head(whole.child("payExchangeInfoHead")),
        tuple(_order(row) for row in whole.children("payExchangeInfoLists", 1, MOST_ORDERS)),
    )
    _check_digits(whole, "serviceTime", record.frame["serviceTime"])
    whole.finish()
    return record


def _head(head: CheckedJson) -> dict[str, str]:
    amount = head.decimal("totalAmount", high=_MOST_MONEY)
    texts = _texts(head, _HEAD_TEXTS)
    texts["totalAmount"] = f"{amount:f}"
    texts["note"] = head.verbatim("note", 0, 1000, default="")
    if -int(amount.as_tuple().exponent) > _DECIMALS:
        head.fault("totalAmount", texts["totalAmount"], f"at most {_DECIMALS} decimals")
    if len(texts["currency"]) == 3:
        _check_digits(head, "currency", texts["currency"])
    if texts["tradingTime"] and wire_time(texts["tradingTime"]) is None:
        head.fault("tradingTime", texts["tradingTime"], "a time as YYYYMMDDhhmmss")
    return texts


def _order(row: CheckedJson) -> PaidOrder:
    goods = tuple(_texts(item, _GOODS) for item in row.children("goodsInfo", 1, MOST_GOODS))
    return PaidOrder(row.verbatim("orderNo", 1, 60), goods, _texts(row, _PAYEE))


def _texts(block: CheckedJson, bounds: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    return {name: block.verbatim(name, least, most) for name, (least, most) in bounds.items()}


def _check_digits(block: CheckedJson, name: str, text: str) -> None:
    if text and not (text.isascii() and text.isdigit()):
        block.fault(name, text, "digits")
