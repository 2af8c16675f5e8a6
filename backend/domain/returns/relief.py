"""What customs found when goods came back, and what it frees of tax.

An import in time is not taxed and leaves its buyer's year (2020 no.45). An export is free of the taxes of an import
on conditions (2026 no.16); that export tax already refunded is paid back first is for the tax office to certify and
stands in no document here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from backend.domain.calendar import china_day
from backend.domain.lifecycle import Direction
from backend.domain.returns.places import place_fault
from backend.domain.returns.rules import ReturnRule
from backend.domain.returns.windows import WINDOWS, Milestone, is_met


class Condition(StrEnum):
    """As an officer finds goods that came back."""

    Unopened = "Unopened"
    #: Unpacked, tested or installed, with nothing added.
    Opened = "Opened"
    #: Used no more than it takes to find the defect.
    Defective = "Defective"
    Used = "Used"
    #: Parts added, processed, repaired.
    Altered = "Altered"
    #: Not what was released.
    OtherGoods = "OtherGoods"
    #: Applied for and not there.
    Missing = "Missing"


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a condition leads to: the rule against relief by direction, None for relief; whether it is stock again."""

    against_import: ReturnRule | None
    against_export: ReturnRule | None
    restocked: bool


_R = ReturnRule
#: The original state is a condition of exports' relief (2026 no.16). Imports need only be the same goods (2020 no.45):
#: used ones still are, altered ones are no longer. What may be sold again is this project's own reading.
CONDITIONS: dict[Condition, Treatment] = {
    Condition.Unopened: Treatment(None, None, restocked=True),
    Condition.Opened: Treatment(None, None, restocked=True),
    Condition.Defective: Treatment(None, None, restocked=False),
    Condition.Used: Treatment(None, _R.OriginalState, restocked=False),
    Condition.Altered: Treatment(_R.OriginalState, _R.OriginalState, restocked=False),
    Condition.OtherGoods: Treatment(_R.SameGoods, _R.SameGoods, restocked=False),
    Condition.Missing: Treatment(_R.SameGoods, _R.SameGoods, restocked=False),
}

RELIEF_FROM, RELIEF_UNTIL = date(2026, 1, 1), date(2027, 12, 31)

#: What is food, by chapter or heading of the tariff: meat, fish, dairy and honey, vegetables to vegetable fats,
#: prepared food and drink, salt. Feed, tobacco and inedible products of those chapters' neighbours are none.
FOOD = frozenset({"02", "03", "04", "07", "08", "09", "10", "11", "12", "15", *map(str, range(16, 23)), "2501"})


@dataclass(frozen=True, slots=True)
class Found:
    """So much of a line, in such a condition."""

    number: Decimal
    quantity: Decimal
    condition: Condition
    gcode: str = ""


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What a return's relief depends on; instants in Unix seconds. `exported_at` None: its release stands for it."""

    direction: Direction
    supervision_mode: int
    declaring_district: int
    released_at: int
    applied_at: int
    back_at: int
    return_district: int | None = None
    exported_at: int | None = None


@dataclass(frozen=True, slots=True)
class Relief:
    """What is freed, and what is stock again, by line; `broken` says which rules stand against the rest."""

    freed: tuple[tuple[Decimal, Decimal], ...]
    restocked: tuple[tuple[Decimal, Decimal], ...]
    broken: tuple[ReturnRule, ...]


def judge_return(facts: ReturnFacts, found: Sequence[Found]) -> Relief:
    """The relief of a return as it was found. Rules of the whole return stand against every line of it."""
    whole = list(whole_faults(facts))
    broken = list(whole)
    freed: dict[Decimal, Decimal] = {}
    restocked: dict[Decimal, Decimal] = {}
    for each in found:
        treatment = CONDITIONS[each.condition]
        is_import = facts.direction is Direction.Import
        against = treatment.against_import if is_import else treatment.against_export
        if against is None and not is_import and is_food(each.gcode):
            against = ReturnRule.ReliefNotForFood
        if against is not None:
            broken.append(against)
        elif not whole:
            freed[each.number] = freed.get(each.number, Decimal(0)) + each.quantity
        if treatment.restocked:
            restocked[each.number] = restocked.get(each.number, Decimal(0)) + each.quantity
    return Relief(tuple(freed.items()), tuple(restocked.items()), tuple(dict.fromkeys(broken)))


def whole_faults(facts: ReturnFacts) -> Sequence[ReturnRule]:
    """The rules that a return as a whole breaks: its windows, its place, and for exports when they left."""
    direction = facts.direction
    faults = [
        WINDOWS[direction, milestone].rule
        for milestone, at in ((Milestone.Applied, facts.applied_at), (Milestone.Back, facts.back_at))
        if not is_met(direction, milestone, facts.released_at, at)
    ]
    if facts.return_district is not None:
        place = (direction, facts.supervision_mode, facts.declaring_district, facts.return_district)
        if (fault := place_fault(*place, facts.applied_at)) is not None:
            faults.append(fault)
    if direction is Direction.Export:
        exported_at = facts.released_at if facts.exported_at is None else facts.exported_at
        if not RELIEF_FROM <= china_day(exported_at) <= RELIEF_UNTIL:
            faults.append(ReturnRule.ReliefPeriod)
        if not is_met(direction, Milestone.BackForRelief, exported_at, facts.back_at):
            faults.append(ReturnRule.ExportReliefWindow)
    return faults


def is_food(gcode: str) -> bool:
    return gcode[:2] in FOOD or gcode[:4] in FOOD
