"""Where time is lost: the process of the parcels that a caller may see, from the ledger's own records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.districts import district_named
from backend.domain.errors import InvalidInput
from backend.domain.instants import iso
from backend.domain.process import (
    Conformance,
    Cost,
    Log,
    Place,
    Redundancy,
    RedundancyKind,
    conformance_of,
    costed,
    redundancies_of,
    traces_of,
    waits_of,
)
from backend.domain.process.model import Trace
from backend.process import Model, arrange, discover, draw
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.ledger_log import entries_of, header_of
from backend.services.sight import sight_of
from backend.store import process_log
from backend.store.database import Connection
from backend.store.process_log import LogFilter
from backend.store.readmodel import get_cursor

#: Records of manifests in one log: some ten seconds of work, and more parcels than a port clears in a day.
MOST_RECORDS = 200_000
#: Misfits and repeats that an answer names; it counts them all.
MOST_NAMED = 200
#: How much of all moves the picture shows, in percent, unless asked for otherwise.
USUAL_SHARE = 95


@dataclass(frozen=True, slots=True)
class Period:
    """Which parcels are looked at: declared when (Unix seconds, both included), in or through which district."""

    since: int | None = None
    until: int | None = None
    district: int | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise InvalidInput(field="until", value=iso(self.until), rule="not before `since`")

    def as_filter(self) -> LogFilter:
        return LogFilter(self.since, self.until, self.district)

    def as_json(self) -> dict[str, Any]:
        return {
            "since": None if self.since is None else iso(self.since),
            "until": None if self.until is None else iso(self.until),
            "district": None if self.district is None else f"{self.district:04d}",
        }


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What a picture says: its title and description, and how activities and durations (in seconds) are called."""

    title: str
    description: str
    name_of: Callable[[str], str]
    time_of: Callable[[int], str]


def process_view(
    gateway: Gateway, caller: Caller, period: Period, costs: Mapping[RedundancyKind, Cost], share: int = USUAL_SHARE
) -> dict[str, Any]:
    """Model, conformance, repeats with what they cost, and waits. Raises InvalidInput for a log that is too large."""
    log = log_of(gateway, caller, period)
    return _view_of(log, discover(log), period, costs, share)


def process_picture(gateway: Gateway, caller: Caller, period: Period, share: int = USUAL_SHARE) -> str:
    """The model as an SVG, activities by the names that they have on the chain."""
    model = discover(log_of(gateway, caller, period))
    return draw(arrange(model.thinned(share)), str, "Process", f"{model.parcels} parcels, {share} % of all moves")


def process_with_picture(
    gateway: Gateway,
    caller: Caller,
    period: Period,
    costs: Mapping[RedundancyKind, Cost],
    words: PictureWords,
    share: int = USUAL_SHARE,
) -> tuple[dict[str, Any], str]:
    """Both of one log, the picture in the reader's words."""
    log = log_of(gateway, caller, period)
    model = discover(log)
    picture = draw(arrange(model.thinned(share)), words.name_of, words.title, words.description, words.time_of)
    return _view_of(log, model, period, costs, share), picture


def _view_of(
    log: Log, model: Model, period: Period, costs: Mapping[RedundancyKind, Cost], share: int
) -> dict[str, Any]:
    """What a log and its model say, as plain values."""
    repeats = redundancies_of(log)
    return {
        **_facts(log, period),
        "model": _model_json(model, share),
        "conformance": _conformance_json(conformance_of(log)),
        "redundancies": _redundancies_json(repeats, costs),
        "waits": [
            {
                "activity": wait.activity.name,
                "step": wait.activity.step.name,
                "at_port": wait.activity.at_port,
                "district": f"{wait.district:04d}",
                "district_name": _district_json(wait.district),
                "parcels": wait.parcels,
                "median_seconds": wait.median,
                "p90_seconds": wait.p90,
                "p99_seconds": wait.p99,
                "total_seconds": wait.total,
            }
            for wait in waits_of(log)
        ],
    }


def _facts(log: Log, period: Period) -> dict[str, Any]:
    return {
        **period.as_json(),
        "complete_to_block": log.block,
        "complete_to_time": None if log.at is None else iso(log.at),
        "parcels": log.parcels,
        "steps": log.events,
        "manifests": len({trace.header.manifest for trace in log.traces}),
        "variants": len({tuple(event.step for event in trace.events) for trace in log.traces}),
    }


def _model_json(model: Model, share: int) -> dict[str, Any]:
    return {
        "share": share,
        "activities": [{"activity": name, "steps": count} for name, count in model.activities.items()],
        "flows": [
            {
                "from": flow.source,
                "to": flow.target,
                "parcels": flow.parcels,
                "median_seconds": flow.median,
                "p90_seconds": flow.p90,
            }
            for flow in model.flows
        ],
    }


def _conformance_json(found: Conformance) -> dict[str, Any]:
    return {
        "parcels": found.parcels,
        "fitting": found.fitting,
        # Rounded down: 100.00 is said of all parcels and of nothing less.
        "percent": f"{found.fitting * 10_000 // found.parcels / 100:.2f}" if found.parcels else None,
        "kinds": [
            {"kind": kind.value, "step": step.name, "parcels": parcels}
            for (kind, step), parcels in found.by_kind.items()
        ],
        "misfits": [
            {
                "manifest": "0x" + one.manifest.hex(),
                "parcels": one.parcels.bit_count(),
                "set": f"0x{one.parcels:064x}",
                "record": one.misfit.index,
                "kind": one.misfit.kind.value,
                "step": one.misfit.step.name,
                "state": None if one.misfit.state is None else one.misfit.state.name,
                "flags": [flag.name for flag in one.misfit.flags],
            }
            for one in found.misfits[:MOST_NAMED]
        ],
    }


def _redundancies_json(found: tuple[Redundancy, ...], costs: Mapping[RedundancyKind, Cost]) -> dict[str, Any]:
    rows = costed(found, costs)
    return {
        "parcels": sum(row.parcels for row in rows),
        "minutes": sum(row.minutes for row in rows),
        "cny": str(sum(row.cny for row in rows)),
        "kinds": [
            {
                "kind": row.kind.value,
                "parcels": row.parcels,
                "elapsed_seconds": row.elapsed,
                "minutes_each": row.each.minutes,
                "cny_each": str(row.each.cny),
                "minutes": row.minutes,
                "cny": str(row.cny),
            }
            for row in rows
        ],
        "items": [
            {
                "kind": one.kind.value,
                "manifest": "0x" + one.manifest.hex(),
                "parcels": one.parcels.bit_count(),
                "set": f"0x{one.parcels:064x}",
                "at": iso(one.at),
                "district": f"{one.district:04d}",
                "seconds": one.seconds,
                "first": {"manifest": "0x" + one.first[0].hex(), "record": one.first[1]},
            }
            for one in found[:MOST_NAMED]
        ],
    }


def _district_json(code: int) -> dict[str, str]:
    district = district_named(code)
    return {"zh": district.zh, "en": district.en}


# ---------------------------------------------------------------------------------------------------
# From the read model to a log


def log_of(gateway: Gateway, caller: Caller, period: Period) -> Log:
    """The event log of the parcels that a caller may see. Raises InvalidInput for one that is too large."""
    with gateway.database.read() as connection:
        return read_log(connection, caller, period)


def read_log(connection: Connection, caller: Caller, period: Period) -> Log:
    """The same within a transaction, so that what else is read there fits it."""
    wanted, sight = period.as_filter(), sight_of(caller)
    position = get_cursor(connection)
    count, _ = process_log.count_records(connection, wanted, sight)
    if count > MOST_RECORDS:
        raise InvalidInput(field="since", value=str(count), rule="a shorter period: at most 200,000 records at a time")
    traces = _traces(connection, process_log.headers(connection, wanted, sight))
    places = process_log.repeated_places(connection, wanted, sight)
    known = {trace.header.manifest for trace in traces}
    missing = {manifest for found in places.values() for manifest, _ in found} - known
    return Log(
        traces=traces,
        block=None if position is None else position.block,
        at=None if position is None else position.timestamp,
        repeats={parcel: tuple(Place(*place) for place in found) for parcel, found in places.items()},
        earlier=_traces(connection, process_log.headers_of(connection, missing)),
    )


def _traces(connection: Connection, rows: list[Any]) -> tuple[Trace, ...]:
    records = process_log.records_in(connection, [row.id for row in rows])
    return tuple(trace for row in rows for trace in traces_of(header_of(row), entries_of(records[row.id])))
