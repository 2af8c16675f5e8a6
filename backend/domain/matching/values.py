"""Values of two fields, or of two lists of lines, against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from backend.domain.documents import decimal_of
from backend.domain.matching.model import EXACT, Tolerance
from backend.domain.matching.report import Comparison


def same_text(left: str, right: str) -> bool:
    return left.strip() == right.strip()


def same_number(left: str, right: str, tolerance: Tolerance = EXACT) -> bool:
    """Equal values, `10` and `10.00` alike; two texts that are no numbers are equal as texts."""
    one, other = decimal_of(left), decimal_of(right)
    return tolerance.allows(one, other) if one is not None and other is not None else same_text(left, right)


def numbers_of(values: Mapping[str, str], names: Iterable[str]) -> dict[str, Decimal] | None:
    """The numbers in the named fields, or None where one of them is absent or no number."""
    found = {name: decimal_of(values.get(name)) for name in names}
    readable = {name: number for name, number in found.items() if number is not None}
    return readable if len(readable) == len(found) else None


def unreadable(values: Mapping[str, str], path: str, names: Iterable[str]) -> Iterator[Comparison]:
    """The named fields that hold no number: a sum over them cannot be right."""
    for name in names:
        if decimal_of(values.get(name)) is None:
            yield Comparison.of(f"{path}.{name}", values.get(name, ""), "number", "")


def number_text(value: Decimal) -> str:
    """A number without exponent and without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Line = Mapping[str, str]


def paired_lines(declared: Sequence[Line], ordered: Sequence[Line]) -> Iterator[tuple[int | Decimal, Line, Line]]:
    """Lines that belong together, with the number of each.

    By `gnum` where every line of both has one of its own. Equally many lines that are numbered otherwise pair
    by their place, so that none passes unseen; what is left over when there are more of one is for the line count.
    """
    ours, theirs = _by_number(declared), _by_number(ordered)
    if ours is None or theirs is None or (len(ours) == len(theirs) and ours.keys() != theirs.keys()):
        for place, (one, other) in enumerate(zip(declared, ordered, strict=False), 1):
            yield place, one, other
        return
    for number, line in sorted(ours.items()):
        if number in theirs:
            yield number, line, theirs[number]


def _by_number(lines: Sequence[Line]) -> dict[Decimal, Line] | None:
    numbers = [decimal_of(line.get("gnum")) for line in lines]
    known = [number for number in numbers if number is not None]
    if len(set(known)) < len(lines):
        return None
    return dict(zip(known, lines, strict=True))
