"""A return as its parties read it: windows, what was applied for, what customs found, what followed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.errors import NotFound
from backend.domain.instants import iso
from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.participants import Role
from backend.domain.returns import RULES, Milestone, ReturnRule, last_day, place_fault
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.parcels import completeness, participant_json
from backend.services.returns import STEPS, place_of
from backend.services.sight import sees_all_documents
from backend.services.stored_documents import stored_notice
from backend.store import readmodel
from backend.store import returns as store
from backend.store.database import Connection
from backend.store.declarations import return_applications
from backend.store.parcel_queries import instants_of_steps, sets_of
from backend.store.profiles import names_of

_APPLICATION = {Direction.Import: "625", Direction.Export: "213"}


def return_view(gateway: Gateway, caller: Caller, parcel_id: bytes) -> dict[str, Any]:
    """The return of a parcel, as far as it has come. Raises NotFound, for whom it does not concern as well.

    Its declarant and seller read it, customs of its two districts, and, while goods are on their way back, customs of
    every district where they may come back.
    """
    with gateway.database.read() as connection:
        place = place_of(connection, parcel_id)
        instants = instants_of_steps(connection, {parcel_id: place}, STEPS)[parcel_id]
        sets = sets_of(place)
        state, flags = sets.state_of(place.position), sets.flags_of(place.position)
        if not _may_read(place, state, instants, caller, gateway.now()):
            raise NotFound(what="return", value=parcel_id.hex())
        direction = Direction(place.direction)
        applications = return_applications(connection, [parcel_id], _APPLICATION[direction]).get(parcel_id, [])
        findings = store.findings_of(connection, parcel_id, place.manifest)
        sequels, before = store.sequels_of(connection, parcel_id), store.sequel_to(connection, parcel_id)
        states = _states(connection, [*(row.successor for row in sequels), *([before.parcel_id] if before else [])])
        names = names_of(connection, {row.customs_no for row in findings} | {place.declarant_no, place.seller_no})
        complete = completeness(connection)
    return {
        "parcel_id": parcel_id.hex(),
        "direction": direction.name,
        "supervision_mode": f"{place.supervision_mode:04d}",
        "declaring_district": f"{place.declaring_district:04d}",
        "declarant": participant_json(place.declarant_no, names),
        "seller": participant_json(place.seller_no, names),
        "state": state.name,
        "pending": Flag.ReturnPending in flags,
        "back": Flag.Arrived in flags and state is State.Returning,
        "released_at": _iso(instants.get(Step.Release)),
        "applied_at": _iso(instants.get(Step.ReturnRequested)),
        "back_at": _iso(instants.get(Step.ReturnArrived)),
        "verified_at": _iso(instants.get(Step.ReturnVerified)),
        "windows": _windows(direction, instants),
        "applications": [_application(row) for row in applications],
        "findings": [_finding(row, names) for row in findings],
        "sequels": [_sequel(row, row.successor, states) for row in sequels],
        "sequel_of": None if before is None else _sequel(before, before.parcel_id, states),
        **complete,
    }


# ---------------------------------------------------------------------------------------------------


def _may_read(place: Any, state: State, instants: Mapping[Step, int], caller: Caller, now: int) -> bool:
    if sees_all_documents(place, caller):
        return True
    if caller.participant_no is not None and caller.participant_no in (place.declarant_no, place.seller_no):
        return True
    if not (caller.bears(Role.Customs) and caller.district and state is State.Returning):
        return False
    way = (Direction(place.direction), place.supervision_mode, place.declaring_district, caller.district)
    return place_fault(*way, instants.get(Step.ReturnRequested, now)) is None


def _windows(direction: Direction, instants: Mapping[Step, int]) -> dict[str, str | None]:
    """The last days in China: to apply, to be back, and for the relief of exports to be back."""
    released = instants.get(Step.Release)
    if released is None:
        return {"apply_by": None, "back_by": None, "relief_by": None}
    relief = None
    if direction is Direction.Export:
        relief = last_day(direction, Milestone.BackForRelief, instants.get(Step.Departure, released)).isoformat()
    return {
        "apply_by": last_day(direction, Milestone.Applied, released).isoformat(),
        "back_by": last_day(direction, Milestone.Back, released).isoformat(),
        "relief_by": relief,
    }


def _application(row: Any) -> dict[str, Any]:
    notice = stored_notice(row.message_type, row.fields)
    lines = [{name: line[name] for name in ("gnum", "gcode", "gname", "qty") if name in line} for line in notice.lines]
    return {
        "message_type": row.message_type,
        "business_key": row.business_key,
        "received_at": iso(row.received_at),
        "withdrawn": notice.is_withdrawal,
        "lines": lines,
    }


def _finding(row: Any, names: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "customs": participant_json(row.customs_no, names),
        "district": f"{row.district:04d}",
        "at": iso(row.at),
        "reason": row.reason or None,
        "found": [{"gnum": number, "qty": quantity, "condition": how} for number, quantity, how in row.found],
        "freed": _lines(row.freed),
        "restocked": _lines(row.restocked),
        "broken": [
            {"rule": name, "zh": RULES[ReturnRule(name)].zh, "en": RULES[ReturnRule(name)].en} for name in row.broken
        ],
        "operation_id": row.operation_id,
    }


def _sequel(row: Any, other: bytes, states: Mapping[bytes, str]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "parcel_id": other.hex(),
        "state": states.get(other),
        "lines": _lines(row.lines),
        "at": iso(row.at),
    }


def _lines(pairs: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"gnum": number, "qty": quantity} for number, quantity in pairs]


def _states(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, str]:
    places = readmodel.places_of(connection, list(parcel_ids))
    return {parcel: sets_of(found[0]).state_of(found[0].position).name for parcel, found in places.items() if found}


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
