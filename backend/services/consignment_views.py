"""Consignments and anomalies as their parties read them: who opened, the terminal, customs of either end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.consignment_errors import ConsignmentUnknown
from backend.domain.consignment_standing import ConsignmentFacts, ConsignmentPart, acts_of
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    TakingReason,
    number_commitment,
)
from backend.domain.errors import InvalidInput
from backend.domain.instants import iso
from backend.domain.lifecycle import Step, indices
from backend.domain.participants import Role
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of, place_of
from backend.services.parcels import completeness, participant_json
from backend.store import consignments as store
from backend.store import readmodel
from backend.store.database import Connection
from backend.store.parcel_queries import parcel_ids_at
from backend.store.profiles import ParticipantName, names_of

#: What an event says besides the consignment, who did it and its evidence, by the name that its value has in answers.
_NAMED = {"kind": AnomalyKind, "reason": TakingReason, "stage": ConsignmentStage, "step": Step}
_WHO = ("participant_no", "opener_no", "terminal_no", "raised_by_no", "customs_no")


def list_consignments(
    gateway: Gateway,
    caller: Caller,
    *,
    open_only: bool,
    number: str | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of the caller's consignments, newest first: those of a customs officer's district at either end, those
    that anybody else opened or takes over. `number` is that of a seal or a master waybill.
    """
    after = None if cursor is None else _place(cursor)
    items: list[dict[str, Any]] = []
    with gateway.database.read() as connection:
        rows: list[Any] = []
        for kind in ConsignmentKind if number else (None,):
            rows += store.find_consignments(
                connection,
                **sight_of_carriage(caller),
                number=number_commitment(gateway.consortium_key, kind, number or "") if kind is not None else None,
                open_only=open_only,
                after=after,
                limit=limit + 1,
            )
        rows = sorted(rows, key=lambda row: (-int(row.opened_at), bytes(row.consignment)))[: limit + 1]
        items = _as_json(connection, rows[:limit], caller, gateway.now())
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": items,
        "next": None if last is None else cursor_of(int(last.opened_at), last.consignment.hex()),
    }


def consignment_view(gateway: Gateway, caller: Caller, consignment: bytes) -> dict[str, Any]:
    """One consignment with its contents, anomalies and history. Raises ConsignmentUnknown, for strangers as well."""
    with gateway.database.read() as connection:
        row = store.consignment_row(connection, consignment)
        if row is None or not part_of(caller, row).any:
            raise ConsignmentUnknown(consignment="0x" + consignment.hex())
        (view,) = _as_json(connection, [row], caller, gateway.now())
        entries = store.entries_of(connection, consignment)
        found = store.anomalies_of(connection, [consignment])[consignment]
        events = store.events_of(connection, consignment)
        numbers = {int(event.arguments[who]) for event in events for who in _WHO if who in event.arguments}
        names = names_of(connection, numbers | {each.raised_by_no for each in found})
        return view | {
            "contents": _contents_json(connection, entries),
            "anomalies": [anomaly_json(each, caller, gateway.now(), names) for each in found],
            "events": [_event_json(event, names) for event in events],
            **completeness(connection),
        }


def list_anomalies(
    gateway: Gateway, caller: Caller, *, open_only: bool, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of the anomalies of the caller's consignments, newest first."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        sight = sight_of_carriage(caller)
        rows = store.find_anomalies(connection, **sight, open_only=open_only, below_id=below, limit=limit + 1)
        names = names_of(connection, {row.raised_by_no for row in rows})
        items = [anomaly_json(row, caller, gateway.now(), names) for row in rows[:limit]]
    return {"items": items, "next": cursor_of(rows[limit - 1].anomaly_id) if len(rows) > limit else None}


def part_of(caller: Caller, row: Any) -> ConsignmentPart:
    """What a caller is to a consignment."""
    own, customs = caller.participant_no, caller.bears(Role.Customs)
    return ConsignmentPart(
        opener=own == row.opener_no,
        terminal=own is not None and own == row.terminal_no,
        origin=customs and caller.district == row.origin_district,
        port=customs and caller.district == row.port_district,
    )


def anomaly_json(row: Any, caller: Caller, now: int, names: dict[int, ParticipantName]) -> dict[str, Any]:
    """An anomaly with its owner and clock; `yours` where its settlement is the caller's."""
    settled = row.settled_at is not None
    own = caller.bears(Role.Customs) and caller.district == row.owner_district
    return {
        "anomaly_id": row.anomaly_id,
        "consignment": "0x" + row.consignment.hex(),
        "kind": AnomalyKind(row.kind).name,
        "owner_district": f"{row.owner_district:04d}",
        "raised_by": participant_json(row.raised_by_no, names),
        "raised_at": iso(row.raised_at),
        "settle_by": iso(row.settle_by),
        "late": row.in_time is False if settled else now > row.settle_by,
        "manifest": "0x" + row.manifest.hex() if any(row.manifest) else None,
        "parcels": list(indices(readmodel.number(row.parcels))),
        "settled_at": iso(row.settled_at) if settled else None,
        "yours": own and not settled,
    }


# ---------------------------------------------------------------------------------------------------


def sight_of_carriage(caller: Caller) -> dict[str, int | None]:
    """Whose consignments the store is asked for: customs read what passes their district, others what is theirs."""
    if caller.bears(Role.Customs):
        return {"district": caller.district, "participant_no": None}
    return {"district": None, "participant_no": caller.acting_no}


def _place(cursor: str) -> tuple[int, bytes]:
    at, consignment = place_of(cursor, 2)
    if not re.fullmatch(r"[0-9]{1,17}", at) or not re.fullmatch(r"[0-9a-f]{64}", consignment):
        raise InvalidInput(field="cursor", value=cursor[:40], rule="a cursor that an answer gave as `next`")
    return int(at), bytes.fromhex(consignment)


def _as_json(connection: Connection, rows: Sequence[Any], caller: Caller, now: int) -> list[dict[str, Any]]:
    names = names_of(connection, {number for row in rows for number in (row.opener_no, row.terminal_no) if number})
    words = store.texts_of(connection, {row.number for row in rows})
    anomalies = store.anomalies_of(connection, [row.consignment for row in rows])
    return [_json(row, anomalies[row.consignment], words, caller, now, names) for row in rows]


def _json(
    row: Any,
    anomalies: Sequence[Any],
    words: Mapping[bytes, str],
    caller: Caller,
    now: int,
    names: dict[int, ParticipantName],
) -> dict[str, Any]:
    kind, stage = ConsignmentKind(row.kind), ConsignmentStage(row.stage)
    unsettled = [each for each in anomalies if each.settled_at is None]
    facts = ConsignmentFacts(
        kind=kind,
        stage=stage,
        empty=row.count == 0,
        half_presented=row.pending is not None,
        acknowledged=row.acknowledged_at is not None,
        unsettled=bool(unsettled),
        short=row.found is not None and row.found < row.count,
    )
    unanswered = stage is ConsignmentStage.WrittenOff and row.acknowledged_at is None
    return {
        "consignment": "0x" + row.consignment.hex(),
        "kind": kind.name,
        "stage": stage.name,
        "number": words.get(row.number),
        "lane_id": row.lane_id or None,
        "opener": participant_json(row.opener_no, names),
        "terminal": participant_json(row.terminal_no, names) if row.terminal_no else None,
        "origin_district": f"{row.origin_district:04d}",
        "port_district": f"{row.port_district:04d}",
        "parcels": row.count,
        "entries": row.entries,
        "head": "0x" + row.head.hex(),
        "half_presented": row.pending is not None,
        "seal_intact": row.seal_intact,
        "found": row.found,
        "opened_at": iso(row.opened_at),
        "departed_at": _iso(row.departed_at),
        "due_at": _iso(row.due_at),
        "overdue": stage is ConsignmentStage.InTransit and now > row.due_at,
        "arrived_at": _iso(row.arrived_at),
        "acknowledge_by": _iso(row.acknowledge_by),
        "acknowledged_at": _iso(row.acknowledged_at),
        "unacknowledged": unanswered and now > row.acknowledge_by,
        "open_anomalies": len(unsettled),
        "yours": [act.value for act in acts_of(facts, part_of(caller, row))],
    }


def _contents_json(connection: Connection, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    rows = readmodel.manifests_by_id(connection, list({entry.manifest for entry in entries}))
    places: dict[int, tuple[int, ...]] = {}
    for entry in entries:
        row_id = rows[entry.manifest].id
        places[row_id] = (*places.get(row_id, ()), *indices(entry.parcels))
    named = parcel_ids_at(connection, places)
    return [
        {
            "manifest": "0x" + entry.manifest.hex(),
            "parcels": [named[rows[entry.manifest].id, index].hex() for index in indices(entry.parcels)],
        }
        for entry in entries
    ]


def _event_json(event: Any, names: dict[int, ParticipantName]) -> dict[str, Any]:
    said = event.arguments
    who = next((int(said[name]) for name in _WHO if name in said), None)
    details: dict[str, Any] = {
        name: cls(said[name]).name for name, cls in _NAMED.items() if name in said and event.name != "ConsignmentOpened"
    }
    details |= {name: said[name] for name in ("count", "seal_intact", "found", "in_time", "anomaly_id") if name in said}
    if "parcels" in said:
        details["parcels"] = int(said["parcels"]).bit_count()
    if until := said.get("until"):
        details["until"] = iso(until)
    return {
        "name": event.name,
        "at": iso(event.at),
        "participant": None if who is None else participant_json(who, names),
        "details": details,
        "evidence": "0x" + said["evidence"] if "evidence" in said else None,
        "block": event.block,
        "transaction": "0x" + event.transaction_hash.hex(),
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
