"""How much may come back: line by line, over any number of returns of one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from backend.domain.documents import decimal_of

#: Line number → quantity in the line's unit.
Quantities = Mapping[Decimal, Decimal]

#: What a return's line repeats of its list's, by message type (specification 202205: 与原清单一致).
REPEATED = {
    "625": ("gcode", "gname", "unit"),
    "213": ("gcode", "gname", "gmodel", "unit", "unit1", "unit2"),
}
#: Statutory quantities, no more than the list's (213).
_STATUTORY = ("qty1", "qty2")


def quantity_of(line: Mapping[str, str]) -> Decimal | None:
    """A line's quantity, or None where it is no number above 0."""
    quantity = decimal_of(line.get("qty"))
    return quantity if quantity is not None and quantity > 0 else None


def quantities_of(lines: Iterable[Mapping[str, str]]) -> dict[Decimal, Decimal]:
    """Quantities by line number, those of one number together; lines without either are left out."""
    found: dict[Decimal, Decimal] = {}
    for line in lines:
        number, quantity = decimal_of(line.get("gnum")), quantity_of(line)
        if number is not None and quantity is not None:
            found[number] = found.get(number, Decimal(0)) + quantity
    return found


def totals(returns: Iterable[Quantities]) -> dict[Decimal, Decimal]:
    """What several returns bring back together."""
    found: dict[Decimal, Decimal] = {}
    for each in returns:
        for number, quantity in each.items():
            found[number] = found.get(number, Decimal(0)) + quantity
    return found


def line_faults(
    declared: Sequence[Mapping[str, str]],
    returned: Sequence[Mapping[str, str]],
    before: Quantities | None = None,
    message_type: str = "625",
) -> Iterator[tuple[str, str, str]]:
    """What of a return does not belong to its list, as (field, value, rule); nothing for a return in order.

    Line n of a return names line n of the list by `gnum`: with its code, and never more than was declared less what
    came back `before`. A text that either side does not give is not compared.
    """
    lines = {decimal_of(line.get("gnum")): line for line in declared}
    taken = dict(before or {})
    for place, line in enumerate(returned, 1):
        path = f"InvtRefundList[{place}]"
        number = decimal_of(line.get("gnum"))
        original = lines.get(number)
        if number is None or original is None:
            yield f"{path}.gnum", line.get("gnum", "")[:20], "InventoryList.gnum"
            continue
        for name in REPEATED[message_type]:
            said, meant = line.get(name, "").strip(), original.get(name, "").strip()
            if said != meant and (name == "gcode" or (said and meant)):
                yield f"{path}.{name}", said[:20], meant[:40]
        most = (decimal_of(original.get("qty")) or Decimal(0)) - taken.get(number, Decimal(0))
        quantity = quantity_of(line)
        if quantity is None or quantity > most:
            yield f"{path}.qty", line.get("qty", "")[:20], f"0 < qty <= {most:f}"
        else:
            taken[number] = taken.get(number, Decimal(0)) + quantity
        for name in _STATUTORY if message_type == "213" else ():
            said_quantity, bound = decimal_of(line.get(name)), decimal_of(original.get(name))
            if said_quantity is not None and bound is not None and not 0 < said_quantity <= bound:
                yield f"{path}.{name}", line.get(name, "")[:20], f"0 < {name} <= {bound:f}"
