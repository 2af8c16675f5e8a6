"""What statistics are made of: the parcels of a manifest with their records and lists, and the figures of a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from backend.domain.documents import Document, decimal_of
from backend.domain.lifecycle import Direction, State, Step, effect_of
from backend.domain.process import Header, Recording

#: Amounts and weights are whole numbers of the smallest part that a list can name: five decimals.
UNIT = Decimal("0.00001")
#: More than any line is worth or any parcel weighs; a number beyond it counts as unknown.
_MOST = 10**17


class Dimension(StrEnum):
    """What parcels are told apart by. Periods are those of the declaration, in Beijing time."""

    day = "day"
    month = "month"
    district = "district"
    port = "port"
    mode = "mode"
    direction = "direction"
    chapter = "chapter"
    origin = "origin"
    destination = "destination"
    platform = "platform"


#: What lines of a list differ in: a parcel counts once in each group that a line of it falls into.
LINE_DIMENSIONS = frozenset({Dimension.chapter, Dimension.origin, Dimension.destination})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list; empty where the list does not say. `value` in UNIT of `currency`, None where unknown."""

    chapter: str
    origin: str
    destination: str
    currency: str
    value: int | None


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What statistics need of a list; nothing personal. `weight` is gross, in UNIT of a kilogram."""

    platform: str
    weight: int | None
    lines: tuple[Line, ...]


def list_facts(document: Document) -> ListFacts:
    """The facts of a list. Import lists name the origin of each line, export lists its destination."""
    is_import = document.direction is Direction.Import
    lines = tuple(
        Line(
            chapter=line.get("gcode", "").strip()[:2],
            origin=line.get("country", "").strip() if is_import else "",
            destination="" if is_import else line.get("country", "").strip(),
            currency=line.get("currency", "").strip(),
            value=_units(line.get("totalPrice")),
        )
        for line in document.lines
    )
    return ListFacts(document.head.get("ebpCode", "").strip(), _units(document.head.get("grossWeight")), lines)


def _units(text: str | None) -> int | None:
    number = decimal_of(text)
    if number is None or number < 0 or number % UNIT != 0 or number / UNIT >= _MOST:
        return None
    return int(number / UNIT)


def spelled(units: int) -> str:
    """An amount as text, exact whatever its size: 1250000 is `12.50000`."""
    return f"{units // 100_000}.{units % 100_000:05d}"


@dataclass(frozen=True, slots=True)
class Lived:
    """A manifest: its records in order, each with the set that it names, its parcels' ids and lists by index.

    `counted` is the set of the parcels that count: those in the asker's sight. A list that is not held here, or was
    erased, is left out of `lists`.
    """

    header: Header
    counted: int
    records: tuple[tuple[Recording, int], ...]
    parcel_ids: tuple[bytes, ...]
    lists: Mapping[int, ListFacts] = field(default_factory=dict)

    @property
    def declared_at(self) -> int:
        return self.records[0][0].at


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a parcel. `stays`: each state it has left, and for how many seconds it was in it."""

    state: State
    stays: tuple[tuple[State, int], ...]
    ordered: bool
    inspected: bool
    detained: bool
    returned: bool


ORDERED = frozenset({Step.InspectionOrdered})
INSPECTED = frozenset({Step.InspectionPassed})
DETAINED = frozenset({Step.Detention, Step.PortDetention, Step.DuplicateReported})
RETURNED = frozenset({Step.ReturnVerified})


def life_of(header: Header, events: Sequence[Recording]) -> Life:
    """The life that these records tell of, its declaration first."""
    state, since, stays = State.Declared, events[0].at, []
    steps = {event.step for event in events}
    for event in events[1:]:
        leads_to = None if event.step is Step.DuplicateReported else effect_of(event.step, header.profile).leads_to
        if leads_to is not None and leads_to is not state:
            stays.append((state, event.at - since))
            state, since = leads_to, event.at
    return Life(
        state,
        tuple(stays),
        ordered=not steps.isdisjoint(ORDERED),
        inspected=not steps.isdisjoint(INSPECTED),
        detained=not steps.isdisjoint(DETAINED),
        returned=not steps.isdisjoint(RETURNED),
    )


@dataclass(frozen=True, slots=True)
class Times:
    """How long a state lasted, over the stays that have ended: seconds, each a nearest-rank quantile."""

    stays: int
    p50: int
    p90: int
    p99: int


@dataclass
class Figures:
    """The figures of a group. What has no value is counted beside what has: nothing is left out silently."""

    parcels: int = 0
    #: Parcels whose list is not held here or was erased: they have no lines, weight, values and platform.
    lists_unknown: int = 0
    inspections_ordered: int = 0
    inspected: int = 0
    detained: int = 0
    returned: int = 0
    #: In UNIT of a kilogram, over parcels that neither `weight_unknown` nor `weight_shared` counts.
    weight: int = 0
    weight_unknown: int = 0
    #: Parcels whose lines fall into several groups: their weight is not divided among them.
    weight_shared: int = 0
    lines: int = 0
    #: Lines without a readable value.
    value_unknown: int = 0
    #: In UNIT, by the currency's code; empty where the line names none. Nothing is converted.
    values: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
