"""What simulated import and export parcels have in common: parties, lines, sums, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from backend.domain.roster import Enterprise
from backend.services.simulation import numbers
from backend.services.simulation.catalogue import Goods
from backend.services.simulation.model import Anomaly

#: Most that the goods of one parcel may be worth, so that an import stays below customs' limit of 5000 CNY
#: with tax and freight (announcement 2018 no.49).
MOST_GOODS = Decimal(4400)

#: The head's fields and the lines' fields of one document.
Content = tuple[dict[str, str], list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Line:
    goods: Goods
    quantity: int
    price: Decimal
    bar_code: str

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part in one parcel."""

    platform: Enterprise
    payment: Enterprise
    carrier: Enterprise
    declarant: Enterprise
    depot: Enterprise
    seller: Enterprise


class ParcelDraft:
    """What import and export parcels have in common."""

    goods: tuple[Goods, ...]
    service: str
    customs_code: str
    port_code: str
    trade_mode: str

    def __init__(
        self,
        random: Random,
        parties: Parties,
        order_no: str,
        tag: str,
        index: int,
        ordered: datetime,
        anomaly: Anomaly | None,
    ) -> None:
        self.random, self.parties, self.order_no, self.tag = random, parties, order_no, tag
        self.index, self.ordered, self.anomaly = index, ordered, anomaly
        self.lines = self._pick_lines()
        self.goods_value = sum((line.total for line in self.lines), Decimal(0))
        self.net = sum((line.goods.net_kg * line.quantity for line in self.lines), Decimal(0))
        self.gross = (self.net * Decimal("1.1") + Decimal("0.08")).quantize(Decimal("0.001"), ROUND_HALF_UP)
        letter = chr(ord("A") + int(tag[:2], 16) % 26)
        # Two digits of the tag and six of the index: unique within one simulation of a million parcels.
        serial = int(tag[2:], 16) % 100 * 10**6 + index
        self.waybill_no = numbers.waybill_number(self.service + letter, serial)
        self.cop_no = f"Q{tag}{index:07d}"

    def _pick_lines(self) -> list[Line]:
        lines: list[Line] = []
        spent = Decimal(0)
        for goods in self.random.sample(self.goods, self.random.choices((1, 2, 3), (6, 3, 1))[0]):
            cents = self.random.randrange(goods.low * 100, goods.high * 100 + 1)
            price = Decimal(cents) / 100
            quantity = self.random.choices((1, 2, 3), (7, 2, 1))[0]
            code = numbers.bar_code(self.random)
            if spent + price * quantity <= MOST_GOODS:
                lines.append(Line(goods, quantity, price, code))
                spent += price * quantity
        return lines

    def _start(self, delay: timedelta) -> dict[str, str]:
        """The fields with which every document begins."""
        return {
            "guid": numbers.guid_from(self.random),
            "appType": "1",
            "appTime": wire_time(self.ordered + delay),
            "appStatus": "2",
        }

    def _quantities(self, line: Line) -> dict[str, str]:
        goods, quantity = line.goods, line.quantity
        values = {
            "qty": str(quantity),
            "unit": goods.unit,
            "qty1": decimal_text(goods.statutory(goods.unit1, quantity)),
            "unit1": goods.unit1,
        }
        if goods.unit2:
            values["qty2"] = decimal_text(goods.statutory(goods.unit2, quantity))
            values["unit2"] = goods.unit2
        return values

    def _prices(self, line: Line) -> dict[str, str]:
        return {"price": decimal_text(line.price), "totalPrice": decimal_text(line.total)}

    def contents(self) -> dict[str, Content]:
        """The documents' fields by message type; sets districts and mode."""
        raise NotImplementedError


def item_no(line: Line) -> str:
    return f"S{line.goods.gcode[:8]}{line.bar_code[-4:]}"


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def wire_time(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"
