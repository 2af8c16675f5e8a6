"""Lanes, consignments and anomalies, folded from their contract's events one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from backend.domain import carriage_events as ce
from backend.domain.consignments import ConsignmentStage, Entry, TakingReason, fold, next_head
from backend.store.database import Connection
from backend.store.listing_folding import Apply
from backend.store.tables import (
    anomalies,
    carriage_events,
    consignment_entries,
    consignments,
    lanes,
    participants,
)

_C = consignments.c


def take_carriage(connection: Connection, event: ce.CarriageEvent, place: Mapping[str, Any], at: int) -> None:
    """Keeps an event and applies it. `place`: its block, log index and transaction."""
    name = type(event).__name__
    arguments = {key: _plain(value) for key, value in asdict(event).items()}
    if isinstance(event, ce.LaneProposed):
        # Whose signature is due: the district that its proposer has now, which a later event may change.
        district = sa.select(participants.c.district).where(participants.c.participant_no == event.proposer_no)
        arguments["proposed_by_port"] = connection.execute(district).scalar_one() == event.port_district
    row = {"name": name, "subject": _subject(event), "arguments": arguments, "at": at} | dict(place)
    connection.execute(sa.insert(carriage_events), row)
    _APPLY[name](connection, arguments, at)


def roll_back_carriage(connection: Connection, ancestor: int) -> None:
    """Takes away what came after a block, and folds anew whatever it had touched."""
    column = carriage_events.c
    touched = list(connection.execute(sa.select(column.subject).where(column.block > ancestor).distinct()).scalars())
    connection.execute(sa.delete(carriage_events).where(column.block > ancestor))
    for subject in touched:
        for table in (consignments, consignment_entries, anomalies):
            connection.execute(sa.delete(table).where(table.c.consignment == subject))
        number = int.from_bytes(subject, "big")
        if number < 2**32:
            connection.execute(sa.delete(lanes).where(lanes.c.lane_id == number))
        query = sa.select(carriage_events).where(column.subject == subject).order_by(column.block, column.log_index)
        for row in list(connection.execute(query)):
            _APPLY[row.name](connection, row.arguments, row.at)


def entries_of(connection: Connection, consignment: bytes) -> list[Entry]:
    """The list of a consignment, in order."""
    column = consignment_entries.c
    query = sa.select(column.manifest, column.parcels).where(column.consignment == consignment).order_by(column.place)
    return [Entry(row.manifest, int.from_bytes(row.parcels, "big")) for row in connection.execute(query)]


# ---------------------------------------------------------------------------------------------------
# Lanes


def _lane_proposed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    row = dict(a) | {"text": bytes.fromhex(a["text"]), "proposed_at": at}
    connection.execute(sa.insert(lanes), row)


def _lane_accepted(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    changed = sa.update(lanes).where(lanes.c.lane_id == a["lane_id"])
    connection.execute(changed.values(accepter_no=a["accepter_no"], accepted_at=at))


def _lane_ended(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    connection.execute(sa.update(lanes).where(lanes.c.lane_id == a["lane_id"]).values(ends_at=a["ends_at"]))


# ---------------------------------------------------------------------------------------------------
# Consignments


def _opened(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    consignment = bytes.fromhex(a["consignment"])
    plain = {name: a[name] for name in ("opener_no", "lane_id", "kind", "terminal_no")}
    row = plain | {
        "consignment": consignment,
        "number": bytes.fromhex(a["number"]),
        "origin_district": a["origin_district"],
        "port_district": a["port_district"],
        "stage": int(ConsignmentStage.Loading),
        "head": consignment,
        "count": 0,
        "entries": 0,
        "opened_at": a["at"],
    }
    connection.execute(sa.insert(consignments), row)


def _loaded(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    consignment = bytes.fromhex(a["consignment"])
    kept = _row(connection, consignment)
    added = [Entry(bytes.fromhex(manifest), parcels) for manifest, parcels in a["entries"]]
    if fold(kept.head, added) != bytes.fromhex(a["head"]):
        raise ValueError(f"the contents of consignment 0x{a['consignment']} do not fold to the contract's head")
    last = sa.select(sa.func.max(consignment_entries.c.place)).where(consignment_entries.c.consignment == consignment)
    first = (connection.execute(last).scalar() or 0) + 1
    rows = [_entry(consignment, place, entry) for place, entry in enumerate(added, first)]
    connection.execute(sa.insert(consignment_entries), rows)
    entries = kept.entries + len(added)
    _update(connection, a, head=bytes.fromhex(a["head"]), count=a["count"], entries=entries)


def _taken_out(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    consignment = bytes.fromhex(a["consignment"])
    kept, entries = _row(connection, consignment), entries_of(connection, consignment)
    before, parcels = bytes.fromhex(a["before"]), a["parcels"]
    left, pending = contents_without(consignment, entries, before, parcels, kept.pending)
    if fold(consignment, left) != bytes.fromhex(a["head"]):
        raise ValueError(f"the contents of consignment 0x{a['consignment']} do not fold to the contract's head")
    connection.execute(sa.delete(consignment_entries).where(consignment_entries.c.consignment == consignment))
    if left:
        rows = [_entry(consignment, place, entry) for place, entry in enumerate(left, 1)]
        connection.execute(sa.insert(consignment_entries), rows)
    found = kept.found
    if kept.stage == ConsignmentStage.Verified and a["reason"] != TakingReason.Short:
        found = max(0, found - parcels.bit_count())
    head = bytes.fromhex(a["head"])
    _update(connection, a, head=head, pending=pending, count=a["count"], entries=len(left), found=found)


def contents_without(
    consignment: bytes, entries: Sequence[Entry], before: bytes, parcels: int, pending: bytes | None
) -> tuple[list[Entry], bytes | None]:
    """The list without some parcels of the entry that follows a head, and where a step that is half presented stands.

    Raises ValueError where no entry follows that head.
    """
    left: list[Entry] = []
    was = becomes = consignment
    moved, is_there = pending, False
    for entry in entries:
        rest = entry.parcels
        if was == before:
            rest, is_there = rest & ~parcels, True
        was = next_head(was, entry)
        if rest:
            left.append(Entry(entry.manifest, rest))
            becomes = next_head(becomes, left[-1])
        if was == pending:
            moved = becomes
    if not is_there:
        raise ValueError("no entry follows that head")
    return left, moved


def _moved(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    pending = bytes.fromhex(a["pending"])
    _update(connection, a, pending=pending if any(pending) else None)


def _staged(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    stage = ConsignmentStage(a["stage"])
    values: dict[str, Any] = {"stage": int(stage)}
    match stage:
        case ConsignmentStage.InTransit:
            values |= {"departed_at": at, "due_at": a["until"]}
        case ConsignmentStage.Departed:
            values["departed_at"] = at
        case ConsignmentStage.Arrived:
            values["arrived_at"] = at
        case ConsignmentStage.WrittenOff:
            values["acknowledge_by"] = a["until"]
        case ConsignmentStage.Cancelled:
            values["pending"] = None
        case _:
            pass
    _update(connection, a, **values)


def _verified(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update(connection, a, seal_intact=a["seal_intact"], found=a["found"])


def _acknowledged(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update(connection, a, acknowledged_at=a["at"])


# ---------------------------------------------------------------------------------------------------
# Anomalies


def _anomaly_raised(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    plain = {name: a[name] for name in ("anomaly_id", "kind", "owner_district", "raised_by_no", "settle_by")}
    row = plain | {
        "consignment": bytes.fromhex(a["consignment"]),
        "manifest": bytes.fromhex(a["manifest"]),
        "parcels": a["parcels"].to_bytes(32, "big"),
        "raised_at": at,
    }
    connection.execute(sa.insert(anomalies), row)


def _anomaly_settled(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    changed = sa.update(anomalies).where(anomalies.c.anomaly_id == a["anomaly_id"])
    connection.execute(changed.values(settled_at=at, settled_by_no=a["customs_no"], in_time=a["in_time"]))


def _nothing(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    """The ledger's own record says what it does to parcels."""


_APPLY: dict[str, Apply] = {
    "LaneProposed": _lane_proposed,
    "LaneAccepted": _lane_accepted,
    "LaneEnded": _lane_ended,
    "ConsignmentOpened": _opened,
    "ConsignmentLoaded": _loaded,
    "ParcelsTakenOut": _taken_out,
    "ConsignmentMoved": _moved,
    "ConsignmentStaged": _staged,
    "ConsignmentVerified": _verified,
    "ReleaseAcknowledged": _acknowledged,
    "AnomalyRaised": _anomaly_raised,
    "AnomalySettled": _anomaly_settled,
    "ReinspectionOrdered": _nothing,
}

# ---------------------------------------------------------------------------------------------------


def _subject(event: ce.CarriageEvent) -> bytes:
    match event:
        case ce.LaneProposed() | ce.LaneAccepted() | ce.LaneEnded():
            return event.lane_id.to_bytes(32, "big")
        case ce.ReinspectionOrdered():
            return event.manifest
        case _:
            return event.consignment


def _plain(value: Any) -> Any:
    """An argument as JSON keeps it: hashes in hexadecimal, enums by number, entries as pairs."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, IntEnum):
        return int(value)
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value


def _entry(consignment: bytes, place: int, entry: Entry) -> dict[str, Any]:
    parcels = entry.parcels.to_bytes(32, "big")
    return {"consignment": consignment, "place": place, "manifest": entry.manifest, "parcels": parcels}


def _row(connection: Connection, consignment: bytes) -> sa.Row[Any]:
    return connection.execute(sa.select(consignments).where(_C.consignment == consignment)).one()


def _update(connection: Connection, a: Mapping[str, Any], **values: Any) -> None:
    connection.execute(
        sa.update(consignments).where(_C.consignment == bytes.fromhex(a["consignment"])).values(**values)
    )
