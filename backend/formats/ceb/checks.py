"""Rules of the specification's text that its schema does not hold: times, codes, sequences, sums.

`error` is what a receiver must refuse; `warning` is what it should note and let the matching of the
documents judge (the official samples break several of them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice

from backend.domain.documents import MESSAGES, DocumentKind, decimal_of
from backend.domain.lifecycle import Direction
from backend.formats.ceb.faults import Fault, Level, fault
from backend.formats.ceb.fields import LAYOUTS, Field
from backend.formats.ceb.messages import ParsedDocument
from backend.formats.ceb.notice_checks import NOTICE_CODES, is_time, notice_faults

#: Sums agree if they differ by no more than this, in the document's currency.
SUM_TOLERANCE = Decimal("0.01")

_SECONDS = ("%Y%m%d%H%M%S", "YYYYMMDDhhmmss")
_TIMES = {
    "appTime": _SECONDS,
    "payTime": _SECONDS,
    "accountingDate": _SECONDS,
    "logisticsTime": _SECONDS,
    "leaveTime": _SECONDS,
    "startTime": _SECONDS,
    "endTime": _SECONDS,
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
    **NOTICE_CODES,
}

_AMOUNTS = frozenset(
    (
        "goodsValue", "freight", "discount", "taxTotal", "acturalPaid", "amountPaid", "charge", "insuredFee",
        "weight", "grossWeight", "netWeight", "qty", "qty1", "price", "totalPrice", "packNo",
    )
)  # fmt: skip

#: Codes of customs' own tables: digits, where full-width or foreign ones would pass for them.
_DIGITS = frozenset(
    (
        "customsCode", "portCode", "tradeMode", "country", "tradeCountry", "currency", "fCurrency", "iCurrency",
        "unit", "unit1", "unit2", "gcode",
    )
)  # fmt: skip

#: Who somebody is: a look-alike of a registered code is refused.
_ENTERPRISES = frozenset(
    ("ebpCode", "ebcCode", "payCode", "logisticsCode", "agentCode", "operatorCode", "declAgentCode", "areaCode",
     "iacCode", "ownerCode", "assureCode")
)  # fmt: skip

#: What a thing is called: a look-alike would be another thing, so it is noted; an invisible character is refused.
_NUMBERS = frozenset(
    ("orderNo", "payTransactionId", "payNo", "logisticsNo", "copNo", "coElNo", "preNo", "invtNo", "billNo",
     "totalPackageNo")
)  # fmt: skip

#: What foreign export platforms write where they have no code.
_NO_CODE = "无"

#: What an import list must also say under a supervision mode (specification, notes on 621).
_MODE_NEEDS = {"9610": ("trafNo", "voyageNo", "billNo"), "1210": ("emsNo", "areaCode", "areaName")}

#: More than an honest document can have: its sender mends the first, a hostile one has 20,000 lines of them.
_MOST_FAULTS = 500


def check_document(document: ParsedDocument) -> tuple[Fault, ...]:
    """Every rule that a document or notice breaks beyond its schema; the caller decides what to do about them.

    Fields that already have a fault of the schema are judged as far as they can be read. Of very many faults
    the first are listed, with a last one that says so.
    """
    found = list(islice(_Check(document).faults(), _MOST_FAULTS + 1))
    if len(found) > _MOST_FAULTS:
        found[-1] = fault(document.index, LAYOUTS[document.type].node, "", "more")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which fields of a block are judged how, found once per message type."""

    times: tuple[str, ...]
    amounts: tuple[str, ...]
    digits: tuple[str, ...]
    names: tuple[str, ...]


@cache
def _plans(message_type: str) -> tuple[_Plan, _Plan]:
    """The plans of a message's head and of its lines."""
    layout = LAYOUTS[message_type]
    return _plan(layout.head), _plan(layout.lines)


def _plan(fields: tuple[Field, ...]) -> _Plan:
    names = [field.name for field in fields]
    return _Plan(
        tuple(name for name in names if name in _TIMES),
        tuple(name for name in names if name in _AMOUNTS),
        tuple(name for name in names if name in _DIGITS),
        tuple(name for name in names if name in _ENTERPRISES or name in _NUMBERS),
    )


class _Check:
    def __init__(self, document: ParsedDocument) -> None:
        self.document = document
        self.layout = LAYOUTS[document.type]
        self.kind = None if document.is_notice else MESSAGES[document.type].kind
        self.is_import = self.layout.facts.direction is Direction.Import

    def faults(self) -> Iterator[Fault]:
        head_plan, line_plan = _plans(self.document.type)
        yield from self._codes()
        yield from self._block(self.document.head, self.layout.head_name, head_plan)
        for number, line in enumerate(self.document.lines, 1):
            path = f"{self.layout.line_name}[{number}]"
            yield from self._block(line, path, line_plan)
            yield from self._line(line, path)
            if not self.document.is_notice:
                yield from self._sequence(line, path, number)
        if self.document.is_notice:
            yield from notice_faults(self.document)
        else:
            yield from self._sums()
            yield from self._declaration()

    def _fault(self, path: str, value: str, rule: str, limit: object = "", level: Level = "error") -> Fault:
        return fault(self.document.index, path, value, rule, limit, level=level)

    def _codes(self) -> Iterator[Fault]:
        for table in (_CODES[""], _CODES.get(self.document.type, {})):
            for name, (allowed, level) in table.items():
                value = self.document.head.get(name)
                if value is not None and value.strip() not in allowed:
                    path = f"{self.layout.head_name}.{name}"
                    yield self._fault(path, value, "not_in_list", "/".join(allowed), level)

    def _block(self, values: Mapping[str, str], path: str, plan: _Plan) -> Iterator[Fault]:
        for name in plan.times:
            value = values.get(name)
            if value and not is_time(value, _TIMES[name][0]):
                yield self._fault(f"{path}.{name}", value, "not_a_time", _TIMES[name][1])
        for name in plan.amounts:
            amount = decimal_of(values.get(name))
            if amount is not None and amount < 0:
                yield self._fault(f"{path}.{name}", values[name], "negative")
        for name in plan.digits:
            value = values.get(name, "").strip(" ")
            if value and not (value.isascii() and value.isdigit()):
                # A look-alike is refused; an unknown code is noted (an official sample has one).
                level: Level = "warning" if value.isascii() else "error"
                yield self._fault(f"{path}.{name}", value, "not_digits", level=level)
        for name in plan.names:
            value = values.get(name)
            if value and not (value.isascii() and value.isprintable()) and value != _NO_CODE:
                if not value.strip("\t\n\r").isprintable():
                    yield self._fault(f"{path}.{name}", value, "hidden_character")
                elif not value.isascii():
                    level = "error" if name in _ENTERPRISES else "warning"
                    yield self._fault(f"{path}.{name}", value, "not_plain", level=level)

    def _sequence(self, line: Mapping[str, str], path: str, number: int) -> Iterator[Fault]:
        gnum = decimal_of(line.get("gnum"))
        if gnum is not None and gnum != number:
            yield self._fault(f"{path}.gnum", line["gnum"], "sequence", number)

    def _line(self, line: Mapping[str, str], path: str) -> Iterator[Fault]:
        second, unit = decimal_of(line.get("qty2")), line.get("unit2", "").strip()
        # The rule is stated for returns (-625009) and sensible for every list.
        if bool(unit) != (second is not None and second > 0):
            yield self._fault(f"{path}.qty2", line.get("qty2", ""), "unit_pair")
        product = _product(line)
        total = decimal_of(line.get("totalPrice"))
        if product is not None and total is not None and abs(product - total) > SUM_TOLERANCE:
            yield self._fault(f"{path}.totalPrice", line["totalPrice"], "line_sum", product, "warning")

    def _sums(self) -> Iterator[Fault]:
        if self.kind is not DocumentKind.Order:
            return
        head = self.document.head
        goods = decimal_of(head.get("goodsValue"))
        totals = [decimal_of(line.get("totalPrice")) for line in self.document.lines]
        if goods is not None and totals and all(total is not None for total in totals):
            expected = sum((total for total in totals if total is not None), Decimal(0))
            if abs(expected - goods) > SUM_TOLERANCE:
                path = f"{self.layout.head_name}.goodsValue"
                yield self._fault(path, head["goodsValue"], "goods_sum", expected, "warning")
        paid = decimal_of(head.get("acturalPaid"))
        parts = [decimal_of(head.get(name)) for name in ("goodsValue", "freight", "taxTotal", "discount")]
        if paid is not None and all(part is not None for part in parts):
            goods, freight, tax, discount = (part or Decimal(0) for part in parts)
            expected = goods + freight + tax - discount
            if abs(expected - paid) > SUM_TOLERANCE:
                path = f"{self.layout.head_name}.acturalPaid"
                yield self._fault(path, head["acturalPaid"], "paid_sum", expected, "warning")

    def _declaration(self) -> Iterator[Fault]:
        head, path = self.document.head, self.layout.head_name
        if self.is_import and decimal_of(head.get("packNo")) not in (None, Decimal(1)):
            yield self._fault(f"{path}.packNo", head["packNo"], "one_package", level="warning")
        if self.kind is not DocumentKind.Declaration:
            return
        gross, net = decimal_of(head.get("grossWeight")), decimal_of(head.get("netWeight"))
        if gross is not None and net is not None and net > gross:
            yield self._fault(f"{path}.netWeight", head["netWeight"], "net_over_gross", level="warning")
        if self.is_import:
            mode = head.get("tradeMode", "")
            for name in _MODE_NEEDS.get(mode, ()):
                if not head.get(name, "").strip():
                    yield self._fault(f"{path}.{name}", "", "mode_needs", mode, "warning")


def _product(line: Mapping[str, str]) -> Decimal | None:
    price, quantity = decimal_of(line.get("price")), decimal_of(line.get("qty"))
    return None if price is None or quantity is None else (price * quantity).normalize() + 0
