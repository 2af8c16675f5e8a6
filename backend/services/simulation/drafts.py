"""What simulated import and export parcels have in common: parties, lines, sums, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from backend.domain.documents import Document, document_of
from backend.domain.roster import Enterprise, Roster
from backend.services.simulation import numbers
from backend.services.simulation.catalogue import Goods

if TYPE_CHECKING:
    from backend.services.simulation.kinds.kind import Kind

#: The head's fields and the lines' fields of one document, and those of a parcel by message type.
Content = tuple[dict[str, str], list[dict[str, str]]]
Contents = dict[str, Content]


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


class Buyer(NamedTuple):
    """A person who does not exist."""

    name: str
    number: str
    telephone: str

    @classmethod
    def someone(cls, random: Random) -> Buyer:
        return cls(numbers.person_name(random), numbers.identity_number(random), numbers.telephone(random))


class Bill(NamedTuple):
    """The bill and the voyage of one flight."""

    number: str
    voyage: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is settled about a parcel before its documents are written."""

    random: Random
    parties: Parties
    roster: Roster
    order_no: str
    tag: str
    index: int
    ordered: datetime
    bill: Bill
    kind: Kind | None = None
    #: The buyer of an import where it is not just anyone.
    buyer: Buyer | None = None
    #: The goods where neither the direction nor the kind says so.
    pick: Callable[[ParcelDraft], list[Line]] | None = None
    #: A waybill number that is used again.
    waybill_no: str | None = None
    #: Where an export is declared: districts with their shares, None for the usual ones.
    districts: Mapping[str, int] | None = None


class ParcelDraft:
    """One parcel whose documents belong together, before the one thing wrong is built in."""

    service: str
    #: Supervision mode → its share among the parcels of the direction.
    modes: ClassVar[Mapping[str, int]]
    goods: Sequence[Goods]
    #: How many of one article a line may be, and how often.
    quantities: tuple[Sequence[int], Sequence[int]] = ((1, 2, 3), (7, 2, 1))
    #: Most that the goods of one parcel may be worth, in the order's currency.
    most_goods: Decimal
    customs_code: str
    port_code: str

    def __init__(self, plan: Plan) -> None:
        self.random, self.parties, self.roster = plan.random, plan.parties, plan.roster
        self.order_no, self.tag, self.index, self.ordered = plan.order_no, plan.tag, plan.index, plan.ordered
        self.bill_no, self.voyage_no, self.kind = plan.bill.number, plan.bill.voyage, plan.kind
        allowed = self.kind.modes if self.kind and self.kind.modes else tuple(self.modes)
        self.trade_mode = self.random.choices(allowed, [self.modes[mode] for mode in allowed])[0]
        self.settle(plan)
        pick = plan.pick or (self.kind.pick if self.kind else None)
        self.lines = pick(self) if pick else self._pick_lines()
        self.goods_value = sum((line.total for line in self.lines), Decimal(0))
        self.net = sum((line.goods.net_kg * line.quantity for line in self.lines), Decimal(0))
        self.gross = (self.net * Decimal("1.1") + Decimal("0.08")).quantize(Decimal("0.001"), ROUND_HALF_UP)
        letter = chr(ord("A") + int(self.tag[:2], 16) % 26)
        # Two digits of the tag and six of the index: unique within one simulation of a million parcels.
        serial = int(self.tag[2:], 16) % 100 * 10**6 + self.index
        self.waybill_no = plan.waybill_no or numbers.waybill_number(self.service + letter, serial)
        self.cop_no = f"Q{self.tag}{self.index:07d}"

    def settle(self, plan: Plan) -> None:
        """Districts, buyer or destination, freight: what follows from the supervision mode."""
        raise NotImplementedError

    def contents(self) -> Contents:
        """The fields of documents that agree in everything."""
        raise NotImplementedError

    def documents(self) -> dict[str, Document]:
        """The documents by message type, with what is wrong about them."""
        contents = self.contents()
        if self.kind:
            self.kind.spoil(self, contents)
        return {message_type: document_of(message_type, *content) for message_type, content in contents.items()}

    def line(self, goods: Goods, quantity: int, price: Decimal | None = None) -> Line:
        """A line of these goods, at a price of their own range where none is given."""
        code = numbers.bar_code(self.random)
        cents = self.random.randrange(goods.low * 100, goods.high * 100 + 1)
        return Line(goods, quantity, Decimal(cents) / 100 if price is None else price, code)

    def other(self, role: str, than: Enterprise) -> Enterprise:
        """Another enterprise of the role or, where there is none, any other enterprise."""
        others = [each for each in self.roster if each is not than and each.roles and not each.district]
        return self.random.choice([each for each in others if role in each.roles] or others)

    def _pick_lines(self) -> list[Line]:
        lines: list[Line] = []
        left = self.most_goods
        for goods in self.random.sample(self.goods, self.random.choices((1, 2, 3), (6, 3, 1))[0]):
            line = self.line(goods, self.random.choices(*self.quantities)[0])
            if line.total <= left:
                lines.append(line)
                left -= line.total
        # The first article may be too dear to take many of it.
        return lines or [self.line(self.goods[0], 1)]

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


def account_no(customs_code: str) -> str:
    """The number of a district's bonded account (账册)."""
    return f"H{customs_code}25A00001"


def record_no(line: Line, number: int) -> str:
    """The number under which an article stands in its bonded account (账册备案料号)."""
    return f"R{line.goods.gcode[:6]}{number:02d}"


def item_no(line: Line) -> str:
    return f"S{line.goods.gcode[:8]}{line.bar_code[-4:]}"


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def wire_time(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"
