"""The comprehensive tax on retail imports: per line, to the cent, in sums that agree.

Sources: the Ministry of Finance's rules of 2016 no.18 (dutiable value, 70 %) and 2018 no.49 (limits, full tax
beyond them), the published composite rate, one observed electronic tax bill (410.00 × 13 % × 0.70 = 37.31).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from backend.domain.documents import Document, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.rates import Rate, RateTable

RENMINBI = "142"
CENT = Decimal("0.01")

#: What is due of VAT and consumption tax within the limits.
REDUCED_SHARE = Decimal("0.70")

#: No field of the specification holds more: 19 digits, five of them decimals.
_MOST_MONEY = Decimal(10**14)

#: Enough for a product of two 19-digit numbers and two rates without rounding.
_DIGITS = 60


class TaxTreatment(StrEnum):
    #: Within both limits: no duty, 70 % of VAT and consumption tax.
    Reduced = "reduced"
    #: A single indivisible article above the transaction limit: duty, VAT and consumption tax in full.
    Full = "full"


class ConsumptionFormula(StrEnum):
    """Which consumption tax stands in the base of the VAT; the two differ only where both taxes are reduced.

    Sources disagree and the one that customs' system uses is not published. For 800 CNY at 30 % and 17 %,
    Composite gives 240.00 + 136.00, ReducedBase 240.00 + 123.76.
    """

    #: The full consumption tax, as the published composite rate (c+v)/(1-c) × 70 % has it.
    Composite = "composite"
    #: The consumption tax after its reduction, as a textbook has it.
    ReducedBase = "reduced_base"


class Taxes(NamedTuple):
    """Duty, VAT and consumption tax in CNY, each rounded half up to the cent."""

    customs_tax: Decimal
    value_added_tax: Decimal
    consumption_tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.customs_tax + self.value_added_tax + self.consumption_tax


@dataclass(frozen=True, slots=True)
class TaxLine:
    gnum: str
    gcode: str
    #: Dutiable value: the line's price with its share of freight and insurance.
    tax_price: Decimal
    taxes: Taxes

    def to_fields(self) -> dict[str, str]:
        """The line as CEB816 names its fields."""
        return {"gnum": self.gnum, "gcode": self.gcode, "taxPrice": money(self.tax_price)} | _named(self.taxes)


@dataclass(frozen=True, slots=True)
class TaxBill:
    lines: tuple[TaxLine, ...]
    treatment: TaxTreatment
    formula: ConsumptionFormula
    rates_version: str

    @property
    def tax_price(self) -> Decimal:
        return sum((line.tax_price for line in self.lines), Decimal(0))

    @property
    def totals(self) -> Taxes:
        """The sums of the lines' rounded taxes, so that head and lines agree to the cent."""
        columns = zip(*(line.taxes for line in self.lines), strict=True)
        return Taxes(*(sum(column, Decimal(0)) for column in columns))

    def to_fields(self) -> dict[str, str]:
        """The totals as CEB816 names its fields."""
        return _named(self.totals)


def tax_bill(
    declaration: Document,
    rates: RateTable,
    treatment: TaxTreatment = TaxTreatment.Reduced,
    formula: ConsumptionFormula = ConsumptionFormula.Composite,
) -> TaxBill:
    """The tax on an import declaration (621), line by line.

    Raises InvalidInput that names every line without a rate and every amount that is no amount.
    """
    values = dutiable_values(declaration)
    faults = []
    found = []
    for number, (line, value) in enumerate(zip(declaration.lines, values, strict=True), 1):
        path = f"{declaration.facts.line}.{number}"
        gcode = line.get("gcode", "").strip()
        rate, quantity = rates.rate(gcode), decimal_of(line.get("qty1"))
        if rate is None:
            faults.append(_fault(f"{path}.gcode", gcode, f"a code of the rate table {rates.version}"))
        elif rate.consumption_from is not None and (quantity is None or not 0 < quantity < _MOST_MONEY):
            faults.append(_fault(f"{path}.qty1", line.get("qty1", ""), "a number above 0"))
        else:
            taxes = line_taxes(value, rate, quantity, treatment, formula)
            found.append(TaxLine(line.get("gnum", str(number)), gcode, value, taxes))
    _refuse(faults)
    return TaxBill(tuple(found), treatment, formula, rates.version)


def line_taxes(
    value: Decimal,
    rate: Rate,
    quantity: Decimal | None = None,
    treatment: TaxTreatment = TaxTreatment.Reduced,
    formula: ConsumptionFormula = ConsumptionFormula.Composite,
) -> Taxes:
    """The taxes on one dutiable value (CNY, not negative); `quantity` is in the code's first statutory unit.

    `quantity` is needed only where consumption tax begins at a value per unit. With duty d, consumption rate c
    and VAT rate v: base B = value × (1+d), consumption B/(1-c)×c, VAT (B + consumption)×v, each times 70 % or 1.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        share = REDUCED_SHARE if treatment is TaxTreatment.Reduced else Decimal(1)
        duty = value * rate.duty if treatment is TaxTreatment.Full else Decimal(0)
        base = value + duty
        c = _consumption_rate(rate, value, quantity)
        in_vat_base = c if formula is ConsumptionFormula.Composite else c * share
        # One division each, and last: a finite result is exact, so that half a cent is seen as half a cent.
        consumption = base * c * share / (1 - c)
        vat = base * (1 - c + in_vat_base) * rate.vat * share / (1 - c)
        return Taxes(_to_cent(duty), _to_cent(vat), _to_cent(consumption))


def dutiable_value(declaration: Document) -> Decimal:
    """完税价格 of a whole import declaration: goods, freight and insurance, in CNY. Raises InvalidInput."""
    goods, charges = _priced(declaration)
    return sum(goods, charges)


def dutiable_values(declaration: Document) -> tuple[Decimal, ...]:
    """The lines' dutiable values, which add up to goods + freight + insurance, these rounded to the cent.

    Points and vouchers are part of the price (`goodsValue` contains them), so no discount is deducted.
    Raises InvalidInput that names every amount that is none, and every currency but the renminbi.
    """
    goods, charges = _priced(declaration)
    shares = allocate(charges, goods)
    return tuple(total + share for total, share in zip(goods, shares, strict=True))


def _priced(declaration: Document) -> tuple[list[Decimal], Decimal]:
    """The lines' prices, and freight and insurance to the cent."""
    faults: list[dict[str, str]] = []
    head, facts = declaration.head, declaration.facts
    charges = sum((_amount(head, name, facts.head, faults) for name in ("freight", "insuredFee")), Decimal(0))
    goods = []
    for number, line in enumerate(declaration.lines, 1):
        path = f"{facts.line}.{number}"
        goods.append(_amount(line, "totalPrice", path, faults))
        if line.get("currency", RENMINBI) != RENMINBI:
            faults.append(_fault(f"{path}.currency", line["currency"], "142, renminbi"))
    if not goods:
        faults.append(_fault(facts.line or "", "", "at least one line"))
    _refuse(faults)
    return goods, _to_cent(charges)


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """An amount of whole cents divided in proportion to weights, in whole cents that add up to it.

    Largest remainder; of equal ones the earlier. No share is a cent or more away from its exact value. Weights
    that are all 0 count alike (an order of gifts). ValueError for negative numbers, parts of cents, no weights.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        cents = Fraction(amount * 100)
    if not weights or amount < 0 or cents.denominator != 1 or min(weights) < 0:
        raise ValueError("an amount of whole cents and at least one weight, none of them negative")
    parts = [Fraction(weight) for weight in weights]
    whole = sum(parts)
    if whole == 0:
        parts, whole = [Fraction(1)] * len(parts), Fraction(len(parts))
    exact = [cents * part / whole for part in parts]
    shares = [int(each) for each in exact]
    left = int(cents) - sum(shares)
    for place in sorted(range(len(parts)), key=lambda place: shares[place] - exact[place])[:left]:
        shares[place] += 1
    return tuple(Decimal(share) * CENT for share in shares)


def money(value: Decimal) -> str:
    """An amount as tax bills write it: at least two decimals, more only where they are not 0."""
    text = f"{value:f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def _named(taxes: Taxes) -> dict[str, str]:
    return {
        "customsTax": money(taxes.customs_tax),
        "valueAddedTax": money(taxes.value_added_tax),
        "consumptionTax": money(taxes.consumption_tax),
    }


def _consumption_rate(rate: Rate, value: Decimal, quantity: Decimal | None) -> Decimal:
    if rate.consumption_from is None:
        return rate.consumption
    if quantity is None or quantity <= 0:
        raise ValueError(f"the consumption tax of {rate.hs} depends on the quantity")
    return rate.consumption if value >= rate.consumption_from * quantity else Decimal(0)


def _to_cent(value: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return value.quantize(CENT, ROUND_HALF_UP)


def _amount(values: Mapping[str, str], name: str, path: str, faults: list[dict[str, str]]) -> Decimal:
    text = values.get(name, "")
    amount = decimal_of(text)
    if amount is not None and 0 <= amount < _MOST_MONEY and amount == round(amount, 5):
        return amount
    faults.append(_fault(f"{path}.{name}", text, "an amount of 0 or more with at most five decimals"))
    return Decimal(0)


def _fault(field: str, value: str, rule: str) -> dict[str, str]:
    return {"field": field, "value": value[:40], "rule": rule}


def _refuse(faults: list[dict[str, str]]) -> None:
    if faults:
        raise InvalidInput(**faults[0], faults=faults)
