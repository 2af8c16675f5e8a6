"""The answer to "what happened to this parcel", from the read model, for whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from backend.domain.errors import NotFound
from backend.domain.events import Level
from backend.domain.instants import iso
from backend.domain.lifecycle import (
    RULES,
    Direction,
    Flag,
    Profile,
    Sets,
    State,
    Step,
    indices,
)
from backend.services.access import Caller
from backend.services.draws import parcel_risk
from backend.services.gateway import Gateway
from backend.services.parcel_consignments import consignments_of_parcel
from backend.services.parcel_documents import document_views, revealed
from backend.services.payment_request_views import requests_in_parcel
from backend.services.recorded_marks import recorded_marks
from backend.services.return_links import links_of
from backend.services.scans import scans_json
from backend.services.sight import parcels_in_sight, sight_of
from backend.store import examinations, readmodel
from backend.store import parcel_queries as queries
from backend.store.database import Connection
from backend.store.listing_queries import levels_in_force
from backend.store.profiles import ParticipantName, names_of
from backend.store.readmodel import number

STANDINGS = {None: "clear", Level.Watch: "watched", Level.Inspect: "inspected", Level.Barred: "barred"}


def parcel_view(gateway: Gateway, parcel_id: bytes, caller: Caller | None = None) -> dict[str, Any]:
    """One parcel as its newest manifest has it, with its whole history there. Raises NotFound.

    Without a caller, or for one without part in it: steps, organisations, revealed fields. `documents`,
    `refusals`, `payment_requests` and `risk` are added for those who may see them.
    """
    with gateway.database.read() as connection:
        complete = completeness(connection)
        places = readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])
        if not places:
            raise NotFound(what="parcel", value=parcel_id.hex(), **complete)
        place = places[0]
        records = readmodel.records_of(connection, place.id)
        refused = queries.refusals_on(connection, place.manifest)
        documents = queries.current_documents(connection, parcel_id)
        numbers = {record.participant_no for record in records} | {place.seller_no, place.declarant_no}
        names = names_of(connection, numbers)
        levels = levels_in_force(connection, [place.seller_no], gateway.now())
        seen = _may_see(connection, place, caller)
        examined = examinations.of_parcel(connection, parcel_id) if seen else []
        asked = requests_in_parcel(connection, parcel_id, place, caller, gateway.now())
        marks = recorded_marks(connection, parcel_id, place, gateway.now())
        assessed = parcel_risk(connection, place, caller)
        delivered_at = readmodel.latest_at(connection, place.id, place.position, Step.Delivery)
        linked = links_of(connection, parcel_id) if seen else {}
        carried = consignments_of_parcel(connection, place.position, records)
        scanned = scans_json(gateway, connection, parcel_id, delivered_at)
    sets = queries.sets_of(place)
    view = {
        "parcel_id": parcel_id.hex(),
        "manifest": _hex(place.manifest),
        "index": place.position,
        "state": sets.state_of(place.position).name,
        "flags": [flag.name for flag in sets.flags_of(place.position)],
        "seller": seller_json(place.seller_no, names, levels),
        "declarant": participant_json(place.declarant_no, names),
        **_manifest_facts(place),
        "history": _history(place, records, names),
        "revealed": revealed(documents),
        "recorded_marks": marks,
        "scans": scanned,
        "consignments": carried,
        "earlier": [
            {
                "manifest": _hex(earlier.manifest),
                "index": earlier.position,
                "state": queries.sets_of(earlier).state_of(earlier.position).name,
                "declared_at": iso(earlier.declared_at),
            }
            for earlier in places[1:]
        ],
        **complete,
    }
    if caller is not None and seen:
        bit = 1 << place.position
        view["refusals"] = [refusal_json(row) for row in refused if number(row.parcels) & bit]
        view["examination"] = examination_json(examined)
        view["documents"] = document_views(documents, place, caller)
        view |= linked
    elif caller is not None and (own := document_views(documents, place, caller)):
        view["documents"] = own
    if asked is not None:
        view["payment_requests"] = asked
    if assessed is not None:
        view["risk"] = assessed
    return view


def manifest_view(gateway: Gateway, manifest: bytes, caller: Caller | None = None) -> dict[str, Any]:
    """A manifest's records and sets, everything that its `head` commits to. Raises NotFound.

    Neighbours show as bits; the parcel ids and refusals are added for those who may see the whole manifest.
    """
    with gateway.database.read() as connection:
        complete = completeness(connection)
        row = readmodel.manifests_by_id(connection, [manifest]).get(manifest)
        if row is None:
            raise NotFound(what="manifest", value=_hex(manifest), **complete)
        records = readmodel.records_of(connection, row.id)
        names = names_of(connection, {record.participant_no for record in records} | {row.seller_no, row.declarant_no})
        levels = levels_in_force(connection, [row.seller_no], gateway.now())
        every = (1 << queries.size_of(row)) - 1
        whole = caller is not None and _seen(connection, row, caller) == every
        parcel_ids = readmodel.parcels_of(connection, row.id) if whole else []
        refused = queries.refusals_on(connection, manifest) if whole else []
    sets = queries.sets_of(row)
    view = {
        "manifest": _hex(row.manifest),
        "count": queries.size_of(row),
        "seller": seller_json(row.seller_no, names, levels),
        "declarant": participant_json(row.declarant_no, names),
        **_manifest_facts(row),
        "root": _hex(row.root),
        "head": _hex(row.head),
        "sets": _sets_json(sets),
        "records": [{**record_json(record, names), "parcels": _word(record.parcels)} for record in records],
        **complete,
    }
    if whole:
        view["parcels"] = [parcel.hex() for parcel in parcel_ids]
        view["refusals"] = [refusal_json(refusal) for refusal in refused]
    return view


def completeness(connection: Connection) -> dict[str, Any]:
    """Up to which block, and to what time, everything read in this transaction is complete."""
    position = readmodel.get_cursor(connection)
    return {
        "complete_to_block": None if position is None else position.block,
        "complete_to_time": None if position is None else iso(position.timestamp),
    }


# ---------------------------------------------------------------------------------------------------
# Parts of an answer


def participant_json(participant_no: int, names: dict[int, ParticipantName]) -> dict[str, Any]:
    known = names.get(participant_no)
    return {
        "participant_no": participant_no,
        "name_zh": known.name_zh if known else "",
        "name_en": known.name_en if known else "",
    }


def seller_json(participant_no: int, names: dict[int, ParticipantName], levels: dict[int, Level]) -> dict[str, Any]:
    level = levels.get(participant_no)
    known = names.get(participant_no)
    suspended = known is not None and known.suspended
    return participant_json(participant_no, names) | {
        "standing": "suspended" if suspended and level != Level.Barred else STANDINGS[level],
        "barred": level == Level.Barred,
    }


def record_json(record: Any, names: dict[int, ParticipantName]) -> dict[str, Any]:
    """One link of a manifest's history."""
    return {
        "step": Step(record.step).name,
        "participant_no": record.participant_no,
        "participant": participant_json(record.participant_no, names),
        "at": iso(record.at),
        "block": record.block,
        "transaction": _hex(record.transaction_hash),
        "evidence": _hex(record.evidence),
        "head": _hex(record.head),
    }


def examination_json(rows: Sequence[Any]) -> dict[str, Any] | None:
    """How the automatic account of the declaring district stands to a parcel; None where it was never asked."""
    if not rows:
        return None
    row = rows[-1]
    return {
        "status": row.status,
        "due_at": iso(row.due_at),
        "outcome": row.outcome,
        "rules": (row.rules or "").split(),
        "config_version": row.config_version,
        "looked_at": iso(row.updated_at),
    }


def refusal_json(row: Any) -> dict[str, Any]:
    """What the chain refused: the step, who tried, why, for which parcels of the manifest."""
    return {
        "step": Step(row.step).name,
        "participant_no": row.participant_no,
        "reason": row.reason,
        "flags": [flag.name for flag in Flag if row.flags >> flag & 1],
        "parcels": _word(row.parcels),
        "at": iso(row.at),
        "block": row.block,
        "transaction": _hex(row.transaction_hash),
    }


def _manifest_facts(row: Any) -> dict[str, Any]:
    return {
        "declaring_district": f"{row.declaring_district:04d}",
        "port_district": f"{row.port_district:04d}",
        "supervision_mode": f"{row.supervision_mode:04d}",
        "direction": Direction(row.direction).name,
        "declared_at": iso(row.declared_at),
    }


def _history(place: Any, records: Collection[Any], names: dict[int, ParticipantName]) -> list[dict[str, Any]]:
    """The records of a manifest that name one parcel, each with the state in which it left the parcel."""
    profile = readmodel.profile_of_row(place)
    state = State.Declared
    history = []
    for record in records:
        if not number(record.parcels) >> place.position & 1:
            continue
        state = _state_after(Step(record.step), profile, state)
        history.append({**record_json(record, names), "state": state.name})
    return history


def _state_after(step: Step, profile: Profile, state: State) -> State:
    """Where a step leads: the rows of one step and profile differ in who may take it, not in that."""
    for rule in RULES.get(step, ()):
        if rule.profiles >> profile & 1:
            return state if rule.leads_to is None else rule.leads_to
    return state


def _may_see(connection: Connection, place: Any, caller: Caller | None) -> bool:
    return caller is not None and bool(_seen(connection, place, caller) >> place.position & 1)


def _seen(connection: Connection, row: Any, caller: Caller) -> int:
    own = caller.participant_no
    recorded = {} if own is None else queries.recorded_by(connection, [row.id], own)
    return parcels_in_sight(row, sight_of(caller), recorded)


def _sets_json(sets: Sets) -> dict[str, str]:
    """The sets that are not empty by the name of their state or flag, as words."""
    named = {member.name: sets.words[member] for member in State}
    named |= {member.name: sets.words[16 + member] for member in Flag}
    return {name: f"0x{word:064x}" for name, word in named.items() if word}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _word(data: bytes) -> dict[str, Any]:
    """A set as a word and as the indices it holds."""
    return {"word": _hex(data), "indices": list(indices(number(data)))}
