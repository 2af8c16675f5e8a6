"""Rules of the specification's text that its schema does not hold: times, codes, sequences, sums.

`error` is what a receiver must refuse; `warning` is what it should note and let the matching of the
documents judge (the official samples break several of them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from backend.domain.documents import DocumentKind, decimal_of
from backend.domain.lifecycle import Direction
from backend.formats.ceb.faults import Fault, Level, fault
from backend.formats.ceb.fields import LAYOUTS
from backend.formats.ceb.messages import ParsedDocument

#: Sums agree if they differ by no more than this, in the document's currency.
SUM_TOLERANCE = Decimal("0.01")

_TIMES = {
    "appTime": ("%Y%m%d%H%M%S", "YYYYMMDDhhmmss"),
    "payTime": ("%Y%m%d%H%M%S", "YYYYMMDDhhmmss"),
    "accountingDate": ("%Y%m%d%H%M%S", "YYYYMMDDhhmmss"),
    "declTime": ("%Y%m%d", "YYYYMMDD"),
    "ieDate": ("%Y%m%d", "YYYYMMDD"),
}

_IMPORT_MODES = ("9610", "1210", "1239")
_EXPORT_MODES = ("9610", "1210", "1239", "9710", "9810")

#: Per message type: field → (allowed values, level).
_CODES: dict[str, dict[str, tuple[tuple[str, ...], Level]]] = {
    "": {"appType": (("1", "2", "3"), "error"), "appStatus": (("1", "2"), "error")},
    "311": {"orderType": (("I",), "error"), "buyerIdType": (("1",), "warning")},
    "411": {"payerIdType": (("1",), "warning")},
    "621": {
        "ieFlag": (("I",), "error"),
        "tradeMode": (_IMPORT_MODES, "error"),
        "buyerIdType": (("1",), "warning"),
    },
    "303": {"orderType": (("E", "B", "W"), "error")},
    "603": {
        "ieFlag": (("E",), "error"),
        "tradeMode": (_EXPORT_MODES, "error"),
        "statisticsFlag": (("A", "B"), "error"),
    },
}

_AMOUNTS = (
    "goodsValue", "freight", "discount", "taxTotal", "acturalPaid", "amountPaid", "charge", "insuredFee",
    "weight", "grossWeight", "netWeight", "qty", "qty1", "price", "totalPrice", "packNo",
)  # fmt: skip

#: What an import list must also say under a supervision mode (specification, notes on 621).
_MODE_NEEDS = {"9610": ("trafNo", "voyageNo", "billNo"), "1210": ("emsNo", "areaCode", "areaName")}


def check_document(document: ParsedDocument) -> tuple[Fault, ...]:
    """Every rule that the document breaks beyond its schema; the caller decides what to do about them.

    Fields that already have a fault of the schema are judged as far as they can be read.
    """
    return tuple(_Check(document).faults())


class _Check:
    def __init__(self, document: ParsedDocument) -> None:
        self.document = document
        self.layout = LAYOUTS[document.type]
        self.facts = self.layout.facts
        self.is_import = self.facts.direction is Direction.Import

    def faults(self) -> Iterator[Fault]:
        head_path = self.facts.head
        yield from self._codes()
        yield from self._block(self.document.head, head_path)
        for number, line in enumerate(self.document.lines, 1):
            path = f"{self.facts.line}[{number}]"
            yield from self._block(line, path)
            yield from self._line(line, path, number)
        yield from self._sums()
        yield from self._declaration()

    def _fault(self, path: str, value: str, rule: str, limit: object = "", level: Level = "error") -> Fault:
        return fault(self.document.index, path, value, rule, limit, level=level)

    def _codes(self) -> Iterator[Fault]:
        for table in (_CODES[""], _CODES.get(self.document.type, {})):
            for name, (allowed, level) in table.items():
                value = self.document.head.get(name)
                if value is not None and value.strip() not in allowed:
                    path = f"{self.facts.head}.{name}"
                    yield self._fault(path, value, "not_in_list", "/".join(allowed), level)

    def _block(self, values: Mapping[str, str], path: str) -> Iterator[Fault]:
        for name, (pattern, form) in _TIMES.items():
            value = values.get(name)
            if value and not _is_time(value, pattern):
                yield self._fault(f"{path}.{name}", value, "not_a_time", form)
        for name in _AMOUNTS:
            amount = decimal_of(values.get(name))
            if amount is not None and amount < 0:
                yield self._fault(f"{path}.{name}", values[name], "negative")

    def _line(self, line: Mapping[str, str], path: str, number: int) -> Iterator[Fault]:
        gnum = decimal_of(line.get("gnum"))
        if gnum is not None and gnum != number:
            yield self._fault(f"{path}.gnum", line["gnum"], "sequence", number)
        second, unit = decimal_of(line.get("qty2")), line.get("unit2", "").strip()
        # The rule is stated for returns (-625009) and sensible for every list.
        if bool(unit) != (second is not None and second > 0):
            yield self._fault(f"{path}.qty2", line.get("qty2", ""), "unit_pair")
        product = _product(line)
        total = decimal_of(line.get("totalPrice"))
        if product is not None and total is not None and abs(product - total) > SUM_TOLERANCE:
            yield self._fault(f"{path}.totalPrice", line["totalPrice"], "line_sum", product, "warning")

    def _sums(self) -> Iterator[Fault]:
        if self.facts.kind is not DocumentKind.Order:
            return
        head = self.document.head
        goods = decimal_of(head.get("goodsValue"))
        totals = [decimal_of(line.get("totalPrice")) for line in self.document.lines]
        if goods is not None and totals and all(total is not None for total in totals):
            expected = sum((total for total in totals if total is not None), Decimal(0))
            if abs(expected - goods) > SUM_TOLERANCE:
                path = f"{self.facts.head}.goodsValue"
                yield self._fault(path, head["goodsValue"], "goods_sum", expected, "warning")
        paid = decimal_of(head.get("acturalPaid"))
        parts = [decimal_of(head.get(name)) for name in ("goodsValue", "freight", "taxTotal", "discount")]
        if paid is not None and all(part is not None for part in parts):
            goods, freight, tax, discount = (part or Decimal(0) for part in parts)
            expected = goods + freight + tax - discount
            if abs(expected - paid) > SUM_TOLERANCE:
                path = f"{self.facts.head}.acturalPaid"
                yield self._fault(path, head["acturalPaid"], "paid_sum", expected, "warning")

    def _declaration(self) -> Iterator[Fault]:
        head, path = self.document.head, self.facts.head
        if self.is_import and decimal_of(head.get("packNo")) not in (None, Decimal(1)):
            yield self._fault(f"{path}.packNo", head["packNo"], "one_package", level="warning")
        if self.facts.kind is not DocumentKind.Declaration:
            return
        gross, net = decimal_of(head.get("grossWeight")), decimal_of(head.get("netWeight"))
        if gross is not None and net is not None and net > gross:
            yield self._fault(f"{path}.netWeight", head["netWeight"], "net_over_gross", level="warning")
        if self.is_import:
            mode = head.get("tradeMode", "")
            for name in _MODE_NEEDS.get(mode, ()):
                if not head.get(name, "").strip():
                    yield self._fault(f"{path}.{name}", "", "mode_needs", mode, "warning")


def _is_time(value: str, pattern: str) -> bool:
    if not value.isascii() or not value.isdigit():
        return False
    try:
        return datetime.strptime(value, pattern).strftime(pattern) == value
    except ValueError:
        return False


def _product(line: Mapping[str, str]) -> Decimal | None:
    price, quantity = decimal_of(line.get("price")), decimal_of(line.get("qty"))
    return None if price is None or quantity is None else (price * quantity).normalize() + 0
