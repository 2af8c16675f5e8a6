"""How much of an import came back: of its value, its tax and its buyer's year.

In time (`is_return_in_time`) a return takes its goods out of the buyer's year and frees them of tax (announcement
2020 no.45). That part of a list may come back is the same announcement's; how its value is found is this project's
own reading: the line's dutiable value in proportion to its quantity.

Several returns of one list are reckoned from what came back in all, so that their parts add up to the cent: what
one of them brings is the difference between the sums after and before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from backend.domain.documents import Document, decimal_of
from backend.domain.notices import Notice
from backend.domain.quota import is_return_in_time
from backend.domain.returns.lines import Quantities, quantities_of
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
    return shares_of(declaration, quantities_of(application.lines))


def shares_of(declaration: Document, quantities: Quantities) -> tuple[Fraction, ...]:
    """The share of each line of a declaration (621) that these quantities of its lines are, from 0 to 1."""
    shares = []
    for place, line in enumerate(declaration.lines, 1):
        number, bought = decimal_of(line.get("gnum", str(place))), decimal_of(line.get("qty"))
        back = Fraction(quantities.get(number, Decimal(0))) if number is not None else Fraction(0)
        shares.append(min(back / Fraction(bought), Fraction(1)) if bought is not None and bought > 0 else Fraction(0))
    return tuple(shares)


def returned_value(declaration: Document, shares: Sequence[Fraction]) -> Decimal:
    """The dutiable value of what came back (CNY), each line's to the cent. Raises InvalidInput."""
    values = dutiable_values(declaration)
    return sum((part_of(value, share) for value, share in zip(values, shares, strict=True)), Decimal(0))


def value_between(declaration: Document, before: Sequence[Fraction], after: Sequence[Fraction]) -> Decimal:
    """The dutiable value (CNY) of what a return added to what had come back `before`. Raises InvalidInput."""
    return returned_value(declaration, after) - returned_value(declaration, before)


def part_of(amount: Decimal, share: Fraction) -> Decimal:
    """A share of an amount, half a cent up, and never more than the amount; all of it is exactly the amount."""
    if share == 1:
        return amount
    cents = int(Fraction(amount) * share * 100 + Fraction(1, 2))
    return min(Decimal(cents) * CENT, amount)
