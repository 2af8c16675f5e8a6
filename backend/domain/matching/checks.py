"""The building blocks of the rules: what is looked up, how two fields are compared, how a row is written.

A check yields what differs and what it would have needed to judge. It never says whether that is grave: the
rule's row does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Protocol

from backend.domain.documents import MESSAGES, Document, DocumentKind, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Direction
from backend.domain.matching.model import Basis, Context, MatchingConfig, RuleLevel, Tolerance
from backend.domain.matching.report import Comparison
from backend.domain.matching.values import paired_lines, same_number, same_text
from backend.domain.quota import Route, route_of
from backend.domain.tax import dutiable_value


@dataclass(frozen=True, slots=True)
class Lacking:
    """A fact or a document without which the check cannot be judged."""

    name: str


Found = Iterator[Comparison | Lacking]


@dataclass(frozen=True)
class Case:
    """One parcel: the documents that are there, the facts that are known, the district's settings."""

    documents: Mapping[DocumentKind, Document]
    context: Context
    config: MatchingConfig

    @property
    def declaration(self) -> Document:
        """For checks that need it: KeyError where it is not there."""
        return self.documents[DocumentKind.Declaration]

    def document(self, message_type: str) -> Document | None:
        return self.documents.get(MESSAGES[message_type].kind)

    @property
    def mode(self) -> str:
        return self.declaration.trade_mode or ""

    @cached_property
    def value(self) -> Decimal | None:
        """The dutiable value of an import, None where an amount in it cannot be read."""
        try:
            return dutiable_value(self.declaration)
        except InvalidInput:
            return None

    @property
    def is_single_item(self) -> bool:
        lines = self.declaration.lines
        return len(lines) == 1 and decimal_of(lines[0].get("qty")) == 1

    @property
    def route(self) -> Route | None:
        if self.value is None:
            return None
        used, limits = self.context.used_this_year, self.config.limits
        return route_of(self.value, single_item=self.is_single_item, used=used, limits=limits)


class Check(Protocol):
    @property
    def compares(self) -> tuple[str, ...]:
        """The fields it compares, as the reference of the rules shows them."""

    @property
    def needs_declaration(self) -> bool:
        """Whether it reads the declaration, and so cannot be made before that is there."""

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        """What differs, and what is lacking to judge it."""


def _always(_case: Case) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Several rows may share an id where customs answers the parts of a rule differently."""

    id: str
    level: RuleLevel
    basis: Basis
    check: Check
    zh: str
    en: str
    inner_code: str | None = None
    #: None for a rule without numbers to be lenient about: it takes no tolerance from a configuration either.
    tolerance: Tolerance | None = None
    #: What a warning adds to the risk score; also where a district turns a rejection into a warning.
    risk_weight: int = 20
    applies: Callable[[Case], bool] = _always

    @property
    def direction(self) -> Direction:
        return Direction.Import if self.id.startswith("M") else Direction.Export

    @property
    def compares(self) -> tuple[str, ...]:
        return self.check.compares

    @property
    def needs_declaration(self) -> bool:
        """Whether it is judged only once the declaration is there; whether a row applies says the declaration too."""
        return self.check.needs_declaration or self.applies is not _always


# ---------------------------------------------------------------------------------------------------
# Checks made of fields


@dataclass(frozen=True, slots=True)
class Fields:
    """Head fields of one document against those of another, each name on the left with one on the right."""

    left: str
    right: str
    names: Mapping[str, str]
    is_number: bool = False
    #: Compared only where the left document carries the field.
    if_named: bool = False

    @property
    def compares(self) -> tuple[str, ...]:
        left, right = MESSAGES[self.left].head, MESSAGES[self.right].head
        return tuple(f"{left}.{ours} = {right}.{theirs}" for ours, theirs in self.names.items())

    @property
    def needs_declaration(self) -> bool:
        return DocumentKind.Declaration in (MESSAGES[self.left].kind, MESSAGES[self.right].kind)

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        left, right = case.document(self.left), case.document(self.right)
        yield from lacking(case, self.left, self.right)
        if left is None or right is None:
            return
        for ours, theirs in self.names.items():
            one, other = left.head.get(ours, ""), right.head.get(theirs, "")
            if self.if_named and not one:
                continue
            same = same_number(one, other, tolerance) if self.is_number else same_text(one, other)
            if not same:
                yield Comparison.of(f"{left.facts.head}.{ours}", one, f"{right.facts.head}.{theirs}", other)


@dataclass(frozen=True, slots=True)
class Present:
    """That a document has arrived to which the declaration refers by a field."""

    message_type: str
    reference: str
    needs_declaration: ClassVar[bool] = True

    @property
    def compares(self) -> tuple[str, ...]:
        return (f"InventoryHead.{self.reference} = {MESSAGES[self.message_type].head}.{self.reference}",)

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        if case.document(self.message_type) is None:
            ours = case.declaration.head.get(self.reference, "")
            theirs = f"{MESSAGES[self.message_type].head}.{self.reference}"
            yield Comparison.of(f"InventoryHead.{self.reference}", ours, theirs, "")


@dataclass(frozen=True, slots=True)
class Filled:
    """That fields of the declaration are not empty; `line_names` in each of its lines."""

    names: tuple[str, ...]
    line_names: tuple[str, ...] = ()
    needs_declaration: ClassVar[bool] = True

    @property
    def compares(self) -> tuple[str, ...]:
        heads = (f"InventoryHead.{name}" for name in self.names)
        return (*heads, *(f"InventoryList.{name}" for name in self.line_names))

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        for name in self.names:
            if not case.declaration.head.get(name, "").strip():
                yield Comparison.of(f"InventoryHead.{name}", "", "required", case.mode)
        for number, line in enumerate(case.declaration.lines, 1):
            for name in self.line_names:
                if not line.get(name, "").strip():
                    yield Comparison.of(f"InventoryList[{number}].{name}", "", "required", case.mode)


@dataclass(frozen=True, slots=True)
class LineCount:
    """That declaration and order have as many lines."""

    order: str
    needs_declaration: ClassVar[bool] = True

    @property
    def compares(self) -> tuple[str, ...]:
        return ("InventoryList = OrderList",)

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        order = case.document(self.order)
        yield from lacking(case, self.order)
        if order is not None and len(order.lines) != len(case.declaration.lines):
            counts = str(len(case.declaration.lines)), str(len(order.lines))
            yield Comparison.of("InventoryList", counts[0], "OrderList", counts[1])


@dataclass(frozen=True, slots=True)
class Lines:
    """Line n of the declaration against line n of the order, in the fields named and in `gnum`, all exactly."""

    order: str
    texts: Mapping[str, str]
    numbers: tuple[str, ...]
    needs_declaration: ClassVar[bool] = True

    @property
    def compares(self) -> tuple[str, ...]:
        texts = (f"InventoryList.{ours} = OrderList.{theirs}" for ours, theirs in self.texts.items())
        return (*texts, *(f"InventoryList.{name} = OrderList.{name}" for name in self.numbers))

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        order = case.document(self.order)
        yield from lacking(case, self.order)
        if order is None:
            return
        numbers = ("gnum", *self.numbers)
        names = dict(self.texts) | {name: name for name in numbers}
        for number, declared, ordered in paired_lines(case.declaration.lines, order.lines):
            for ours, theirs in names.items():
                one, other = declared.get(ours, ""), ordered.get(theirs, "")
                same = same_number(one, other) if ours in numbers else same_text(one, other)
                if not same:
                    left, right = f"InventoryList[{number}].{ours}", f"OrderList[{number}].{theirs}"
                    yield Comparison.of(left, one, right, other)


@dataclass(frozen=True, slots=True)
class Calculated:
    """A check that is a function, with the fields that it compares in words."""

    compares: tuple[str, ...]
    run: Callable[[Case, Tolerance], Found]
    needs_declaration: bool = True

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        return self.run(case, tolerance)


@dataclass(frozen=True, slots=True)
class Together:
    """Several checks under one row."""

    checks: tuple[Check, ...]

    @property
    def compares(self) -> tuple[str, ...]:
        return tuple(name for check in self.checks for name in check.compares)

    @property
    def needs_declaration(self) -> bool:
        return any(check.needs_declaration for check in self.checks)

    def __call__(self, case: Case, tolerance: Tolerance) -> Found:
        for check in self.checks:
            yield from check(case, tolerance)


def lacking(case: Case, *message_types: str) -> Iterator[Lacking]:
    """The documents among these that are not there."""
    for message_type in message_types:
        if case.document(message_type) is None:
            yield Lacking(MESSAGES[message_type].kind.value.lower())
