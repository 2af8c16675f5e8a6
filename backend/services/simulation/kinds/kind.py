"""How one anomaly is built into a parcel, and the handles by which documents are spoiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.services.simulation.drafts import Content, Contents, Line, ParcelDraft, decimal_text
from backend.services.simulation.labels import Expected

#: What is done to the parcel's documents after they were made in order.
Spoil = Callable[[ParcelDraft, Contents], None]


def nothing(_draft: ParcelDraft, _contents: Contents) -> None:
    """For what is wrong elsewhere than in the parcel's own documents."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One anomaly in one direction: what becomes of the parcel and which rules its documents break."""

    expected: Expected
    rules: frozenset[str] = frozenset()
    spoil: Spoil = nothing
    #: The supervision modes in which it can be; empty for all of the direction.
    modes: tuple[str, ...] = ()
    #: Which goods the parcel carries; None for the usual ones.
    pick: Callable[[ParcelDraft], list[Line]] | None = None
    #: Whether it needs a receipt of money (403), which is optional otherwise.
    with_receipt: bool = False
    #: Whether the arrival (711, 507) and the master waybill (607) name the parcel.
    arrives: bool = True
    in_master: bool = True
    #: The rules that it breaks, at least, for whoever finds documents by the numbers in them, as the gateway does: a
    #: document that names other numbers is missing there. None where both see the same.
    joined: frozenset[str] | None = None


def kind(expected: Expected, rules: str, spoil: Spoil = nothing, **more: Any) -> Kind:
    """One row: the rules are ids with spaces between them, `M13 M14`."""
    return Kind(expected, frozenset(rules.split()), spoil, **more)


# ---------------------------------------------------------------------------------------------------
# Handles


def head_of(contents: Contents, message_type: str) -> dict[str, str]:
    """The head's fields of a document that is there."""
    return contents[message_type][0]


def lines_of(contents: Contents, message_type: str) -> list[dict[str, str]]:
    return contents[message_type][1]


def without(*message_types: str) -> Spoil:
    """Leaves documents out."""

    def spoil(_draft: ParcelDraft, contents: Contents) -> None:
        for message_type in message_types:
            contents.pop(message_type, None)

    return spoil


def empty(message_type: str, *names: str) -> Spoil:
    """Leaves fields of a head out."""

    def spoil(_draft: ParcelDraft, contents: Contents) -> None:
        for name in names:
            del head_of(contents, message_type)[name]

    return spoil


def add(fields: dict[str, str], name: str, amount: Decimal) -> None:
    """Adds to a number field."""
    fields[name] = decimal_text(Decimal(fields[name]) + amount)


def order_of(contents: Contents) -> Content:
    return contents["311" if "311" in contents else "303"]


def declaration_of(contents: Contents) -> Content:
    return contents["621" if "621" in contents else "603"]
