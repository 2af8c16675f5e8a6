"""Statistics from the ledger, up to a block that every answer names: for each caller of what it may see.

Figures are made when they are asked for, from the records and from the lists that the records commit to. No counter
is kept that could drift; `backend.services.recounting` makes the same figures by another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.domain.calendar import last_second, midnight
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.instants import iso
from backend.domain.statistics import (
    Dimension,
    Figures,
    ListFacts,
    Lived,
    Oddities,
    list_facts,
    never_arrived,
    repeated,
    spelled,
)
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.ledger_log import entries_of, header_of
from backend.services.sight import parcels_in_sight, sight_of
from backend.services.stored_documents import stored_document
from backend.statistics import Columns, as_csv, as_parquet
from backend.store import parcel_queries, process_log, readmodel
from backend.store import statistics as store
from backend.store.database import Connection
from backend.store.parcel_queries import Sight
from backend.store.readmodel import Cursor

#: Steps of parcels in one answer: some ten days of Pudong's exports.
MOST_STEPS = 50_000_000
#: Dimensions in one question.
MOST_DIMENSIONS = 4
#: What the figures' files are, by the name of their form.
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
#: Oddities of one kind that an answer lists; all are counted.
MOST_LISTED = 500

Counts = dict[tuple[str, ...], Figures]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by what, of which days of declaration (Beijing time, both included), of which district."""

    by: tuple[Dimension, ...] = ()
    since: date | None = None
    until: date | None = None
    #: The declaring or the port district.
    district: int | None = None
    #: Days without an arrival after which a list's goods count as never arrived.
    overdue_days: int = 3

    def __post_init__(self) -> None:
        if len(set(self.by)) != len(self.by) or len(self.by) > MOST_DIMENSIONS:
            raise InvalidInput(field="by", value=",".join(self.by), rule="at most 4 dimensions, each once")

    @property
    def first(self) -> int | None:
        return None if self.since is None else midnight(self.since)

    @property
    def last(self) -> int | None:
        return None if self.until is None else last_second(self.until)


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to a question, true up to `at`."""

    question: Question
    at: Cursor
    figures: Counts
    oddities: Oddities


def count(gateway: Gateway, question: Question, caller: Caller | None = None) -> Counted:
    """The figures of all groups that a caller may see; without one, of everything. Raises InvalidInput, NotFound."""
    (counted,) = _count(gateway, question, [question.by], caller)
    return counted


def count_with_whole(gateway: Gateway, question: Question, caller: Caller) -> tuple[Counted, Counted]:
    """The same, and all its parcels as one group, of one reading of the ledger: both are true up to one block."""
    grouped, whole = _count(gateway, question, [question.by, ()], caller)
    return grouped, whole


def _count(
    gateway: Gateway, question: Question, groupings: Iterable[tuple[Dimension, ...]], caller: Caller | None
) -> list[Counted]:
    sight = Sight(everything=True) if caller is None else sight_of(caller)
    with gateway.database.read() as connection:
        at = readmodel.get_cursor(connection)
        if at is None:
            raise NotFound(what="block", value=0)
        ledger = _ledger(connection, question, sight)
        own = None if sight.everything else sight.participant_no
        undeclared = store.undeclared_arrivals(connection, own) if sight.everything or own is not None else []
    late = never_arrived(ledger, at.timestamp, question.overdue_days * 86_400)
    columns, oddities = Columns(ledger), Oddities(repeated(ledger), late, tuple(undeclared))
    return [Counted(replace(question, by=by), at, columns.count(by), oddities) for by in groupings]


def _ledger(connection: Connection, question: Question, sight: Sight) -> list[Lived]:
    wanted = process_log.LogFilter(question.first, question.last, question.district)
    _, steps = process_log.count_records(connection, wanted, sight)
    if steps > MOST_STEPS:
        raise InvalidInput(field="since", value=str(steps), rule="a shorter period: at most 50,000,000 steps")
    rows = process_log.headers(connection, wanted, sight)
    numbers = [row.id for row in rows]
    records = process_log.records_in(connection, numbers)
    ids = process_log.parcel_ids_of(connection, numbers)
    lists: dict[int, dict[int, ListFacts]] = {}
    for row, position, message_type, fields in store.lists_held(connection, numbers):
        lists.setdefault(row, {})[position] = list_facts(stored_document(message_type, fields))
    recorded: Mapping[int, int] = {}
    if sight.participant_no is not None and not sight.everything:
        recorded = parcel_queries.recorded_by(connection, numbers, sight.participant_no)
    return [
        Lived(
            header_of(row),
            parcels_in_sight(row, sight, recorded),
            entries_of(records[row.id]),
            ids[row.id],
            lists.get(row.id, {}),
        )
        for row in rows
    ]


# ---------------------------------------------------------------------------------------------------
# As answers


def as_json(counted: Counted) -> dict[str, Any]:
    """Block, groups in order, and what does not add up. Amounts are decimal texts."""
    by = counted.question.by
    return {
        "block": {
            "number": counted.at.block,
            "hash": "0x" + counted.at.hash.hex(),
            "at": iso(counted.at.timestamp),
        },
        "by": [each.value for each in by],
        "groups": [
            {"group": dict(zip((each.value for each in by), key, strict=True))} | figures_json(figures)
            for key, figures in sorted(counted.figures.items())
        ],
        "oddities": {
            name: {"count": len(found), "first": list(found[:MOST_LISTED])}
            for name in ("duplicates", "never_arrived", "never_declared")
            for found in (getattr(counted.oddities, name),)
        },
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "parcels": figures.parcels,
        "lists_unknown": figures.lists_unknown,
        "inspections_ordered": figures.inspections_ordered,
        "inspected": figures.inspected,
        "detained": figures.detained,
        "returned": figures.returned,
        "weight_kg": spelled(figures.weight),
        "weight_unknown": figures.weight_unknown,
        "weight_shared": figures.weight_shared,
        "lines": figures.lines,
        "value_unknown": figures.value_unknown,
        "values": {currency: spelled(value) for currency, value in sorted(figures.values.items())},
        "states": dict(sorted(figures.states.items())),
        "times": {
            state: {"stays": each.stays, "p50": each.p50, "p90": each.p90, "p99": each.p99}
            for state, each in sorted(figures.times.items())
        },
    }


def as_file(counted: Counted, form: str) -> bytes:
    """The groups as `csv` or `parquet`: a column each for what is counted, a currency, a state and its times."""
    found, rows = as_json(counted), []
    names: dict[str, None] = {}
    for group in found["groups"]:
        row: dict[str, str | int | None] = {**group["group"]}
        row |= {name: value for name, value in group.items() if not isinstance(value, dict)}
        row |= {f"value_{currency or 'unstated'}": value for currency, value in group["values"].items()}
        row |= {f"state_{state}": value for state, value in group["states"].items()}
        for state, times in group["times"].items():
            row |= {f"seconds_{state}_{name}": value for name, value in times.items()}
        row |= {"block": found["block"]["number"], "block_hash": found["block"]["hash"]}
        rows.append(row)
        names |= dict.fromkeys(row)
    return as_parquet(rows, list(names)) if form == "parquet" else as_csv(rows, list(names))
