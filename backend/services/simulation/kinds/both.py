"""Anomalies that imports and exports share, by what is wrong rather than by rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from backend.services.simulation import numbers
from backend.services.simulation.drafts import Contents, ParcelDraft, decimal_text, wire_time
from backend.services.simulation.kinds.kind import (
    Kind,
    add,
    declaration_of,
    head_of,
    kind,
    order_of,
    without,
)
from backend.services.simulation.labels import Anomaly, Expected

#: What one line of an order is off by: above the cent that customs forgives, too little to move the tax by 5 %.
SLIP = Decimal("0.10")

#: What the goods' value is off by.
_LUMP = Decimal(5)


def seller_differs(draft: ParcelDraft, contents: Contents) -> None:
    """The order was sold by another than the one who is declared."""
    other = draft.other("Seller", draft.parties.seller)
    head = order_of(contents)[0]
    head["ebcCode"], head["ebcName"] = other.customs_code, other.name_zh


def carrier_differs(draft: ParcelDraft, contents: Contents) -> None:
    other = draft.other("Logistics", draft.parties.carrier)
    head = declaration_of(contents)[0]
    head["logisticsCode"], head["logisticsName"] = other.customs_code, other.name_zh


def waybill_number_differs(waybill: str) -> Kind:
    """The carrier transmits another number than the one on the parcel, by which it is declared and arrives."""

    def spoil(draft: ParcelDraft, contents: Contents) -> None:
        number = draft.waybill_no
        head_of(contents, waybill)["logisticsNo"] = numbers.waybill_number("R" + number[1], int(number[2:10]))

    rule, missing = ("M11", "M01") if waybill == "511" else ("X05", "X02")
    return kind(Expected.Mismatch, rule, spoil, joined=frozenset({missing}))


def gift_not_ordered(_draft: ParcelDraft, contents: Contents) -> None:
    """A line of no value more than was ordered: neither sums nor taxes differ."""
    lines = declaration_of(contents)[1]
    lines.append({**lines[0], "gnum": str(len(lines) + 1), "price": "0", "totalPrice": "0"})


def half_price_twice_the_count(_draft: ParcelDraft, contents: Contents) -> None:
    """Twice as many pieces at half the price: every sum still agrees."""
    line = declaration_of(contents)[1][0]
    line["qty"] = decimal_text(Decimal(line["qty"]) * 2)
    line["price"] = decimal_text(Decimal(line["price"]) / 2)


def dearer_by(amount: Decimal, lines: list[dict[str, str]]) -> None:
    """The first line costs more a piece, and its total with it."""
    add(lines[0], "price", amount)
    add(lines[0], "totalPrice", amount * Decimal(lines[0]["qty"]))


def line_total_wrong(_draft: ParcelDraft, contents: Contents) -> None:
    """Order and list have the same wrong total, and everything paid goes by it."""
    for head_and_lines in (order_of(contents), declaration_of(contents)):
        add(head_and_lines[1][0], "totalPrice", SLIP)
    _raise_value(contents, SLIP)


def goods_value_wrong(_draft: ParcelDraft, contents: Contents) -> None:
    """The order's goods are said to be worth more than its lines, and so much was paid."""
    _raise_value(contents, _LUMP)


def _raise_value(contents: Contents, amount: Decimal) -> None:
    """Value and payment by the same amount, so that they still agree."""
    head = order_of(contents)[0]
    add(head, "goodsValue", amount)
    if "acturalPaid" in head:
        add(head, "acturalPaid", amount)
    for message_type, name in (("411", "amountPaid"), ("403", "charge")):
        if message_type in contents:
            add(head_of(contents, message_type), name, amount)


def other_bill(draft: ParcelDraft, contents: Contents) -> None:
    """Declared under another bill than it came with."""
    declaration_of(contents)[0]["billNo"] = f"{draft.bill_no}X"


def _malformed_time(_draft: ParcelDraft, contents: Contents) -> None:
    """The thirteenth month."""
    head = declaration_of(contents)[0]
    head["appTime"] = f"{head['appTime'][:4]}13{head['appTime'][6:]}"


def _quantity_without_unit(_draft: ParcelDraft, contents: Contents) -> None:
    """A second quantity of no unit, which customs answers with -625009."""
    line = declaration_of(contents)[1][0]
    line["qty2"] = "1"
    line.pop("unit2", None)


def later(fields: dict[str, str], name: str, by: timedelta) -> None:
    """Moves a time field."""
    fields[name] = wire_time(datetime.strptime(fields[name], "%Y%m%d%H%M%S") + by)


#: Wrong in the same way whatever the direction; the rules of comparing do not come to see them.
BOTH: dict[Anomaly, Kind] = {
    Anomaly.NeverDeclared: Kind(Expected.Undeclared, spoil=without("621", "603"), arrives=False, in_master=False),
    Anomaly.ArrivedNeverDeclared: Kind(Expected.Undeclared, spoil=without("621", "603"), in_master=False),
    # Whatever it names has been declared, or travels, already: nothing more arrives.
    Anomaly.DuplicateDeclaration: Kind(Expected.Refused, arrives=False, in_master=False),
    Anomaly.DuplicateWaybill: Kind(Expected.Refused, arrives=False, in_master=False),
    Anomaly.MalformedTime: Kind(Expected.Refused, spoil=_malformed_time),
    Anomaly.QuantityWithoutUnit: Kind(Expected.Refused, spoil=_quantity_without_unit),
    Anomaly.BarredSeller: Kind(Expected.Refused),
    Anomaly.UnknownEnterprise: Kind(Expected.Refused),
}
