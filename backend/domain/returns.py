"""Returns: until when they may be asked for, what they may bring back, and how much of an import came back.

In time (`is_return_in_time`) a return takes its goods out of the buyer's year and frees them of tax (announcement
2020 no.45). That part of a list may come back is the same announcement's; how its value is found is this project's
own reading: the line's dutiable value in proportion to its quantity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from backend.domain.calendar import china_day
from backend.domain.documents import Document, decimal_of
from backend.domain.lifecycle import Direction
from backend.domain.notices import Notice
from backend.domain.quota import RETURN_APPLY_DAYS, is_return_in_time
from backend.domain.tax import CENT, dutiable_values


def may_apply(released_at: int, now: int) -> bool:
    """Whether an application to return goods released then would still be in time; Unix seconds."""
    return is_return_in_time(released_at, now, released_at)


def may_be_in_time(released_at: int, applied_at: int, back_at: int | None, now: int) -> bool:
    """Whether a return that was applied for is in time, or may still become so while the goods are away (None)."""
    return is_return_in_time(released_at, applied_at, now if back_at is None else back_at)


def returned_shares(declaration: Document, application: Notice) -> tuple[Fraction, ...]:
    """The share of each line of a declaration (621) that an application (625) brings back, from 0 to 1.

    Lines are told by `gnum`. A line that the declaration does not have brings nothing back; more than was bought
    is all of it.
    """
    asked: dict[Decimal | None, Fraction] = {}
    for line in application.lines:
        quantity = decimal_of(line.get("qty"))
        if quantity is not None and quantity > 0:
            number = decimal_of(line.get("gnum"))
            asked[number] = asked.get(number, Fraction(0)) + Fraction(quantity)
    shares = []
    for place, line in enumerate(declaration.lines, 1):
        number, bought = decimal_of(line.get("gnum", str(place))), decimal_of(line.get("qty"))
        back = asked.get(number, Fraction(0)) if number is not None else Fraction(0)
        shares.append(min(back / Fraction(bought), Fraction(1)) if bought is not None and bought > 0 else Fraction(0))
    return tuple(shares)


def returned_value(declaration: Document, shares: Sequence[Fraction]) -> Decimal:
    """The dutiable value of what came back (CNY), each line's to the cent. Raises InvalidInput."""
    values = dutiable_values(declaration)
    return sum((part_of(value, share) for value, share in zip(values, shares, strict=True)), Decimal(0))


def part_of(amount: Decimal, share: Fraction) -> Decimal:
    """A share of an amount, half a cent up, and never more than the amount; all of it is exactly the amount."""
    if share == 1:
        return amount
    cents = int(Fraction(amount) * share * 100 + Fraction(1, 2))
    return min(Decimal(cents) * CENT, amount)


#: The last day on which a return may be asked for, counted from the day of release. Exports: within a year
#: (announcement 2020 no.44).
WINDOW_DAYS = {Direction.Import: RETURN_APPLY_DAYS, Direction.Export: 365}


def is_within_window(direction: Direction, released_at: int, asked_at: int) -> bool:
    """Whether a return is asked for in time: instants in Unix seconds, days as China counts them."""
    return (china_day(asked_at) - china_day(released_at)).days <= WINDOW_DAYS[direction]


def line_faults(
    declared: Sequence[Mapping[str, str]], returned: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """What of a return does not belong to its list, as (field, value, rule); nothing for a return in order.

    Line n of a return names line n of the list by `gnum`: with its code, and never more than was declared.
    """
    lines = {decimal_of(line.get("gnum")): line for line in declared}
    for number, line in enumerate(returned, 1):
        path = f"InvtRefundList[{number}]"
        original = lines.get(decimal_of(line.get("gnum")))
        if original is None:
            yield f"{path}.gnum", line.get("gnum", "")[:20], "InventoryList.gnum"
            continue
        if line.get("gcode", "").strip() != original.get("gcode", "").strip():
            yield f"{path}.gcode", line.get("gcode", "")[:20], original.get("gcode", "")
        quantity = decimal_of(line.get("qty"))
        most = decimal_of(original.get("qty")) or Decimal(0)
        if quantity is None or not 0 < quantity <= most:
            yield f"{path}.qty", line.get("qty", "")[:20], f"0 < qty <= {most:f}"
