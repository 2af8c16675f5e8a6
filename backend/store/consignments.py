"""Questions about lanes, consignments and anomalies, and the words behind their commitments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.consignments import AnomalyKind, ConsignmentStage
from backend.store.carriage_folding import entries_of
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import (
    anomalies,
    carriage_events,
    carriage_texts,
    consignments,
    lanes,
    operations,
    outbox,
)

__all__ = [
    "Late",
    "anomalies_of",
    "anomaly_row",
    "consignment_row",
    "counts_by_route",
    "entries_of",
    "events_in",
    "events_of",
    "find_anomalies",
    "find_consignments",
    "find_lanes",
    "in_transit",
    "keep_text",
    "lane_row",
    "late_consignments",
    "open_with_number",
    "rows_of",
    "texts_of",
    "under_way",
    "unsettled_by_route",
]

_C = consignments.c
_FINAL = int(ConsignmentStage.WrittenOff)


def lane_row(connection: Connection, lane_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(lanes).where(lanes.c.lane_id == lane_id)).first()


def find_lanes(connection: Connection, *, below_id: int | None, limit: int) -> list[sa.Row[Any]]:
    """Lanes, newest first."""
    query = sa.select(lanes).order_by(lanes.c.lane_id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(lanes.c.lane_id < below_id)
    return list(connection.execute(query))


def consignment_row(connection: Connection, consignment: bytes) -> sa.Row[Any] | None:
    return connection.execute(sa.select(consignments).where(_C.consignment == consignment)).first()


def rows_of(connection: Connection, ids: Collection[bytes]) -> dict[bytes, sa.Row[Any]]:
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(sorted(set(ids))):
        query = sa.select(consignments).where(_C.consignment.in_(part))
        found.update({row.consignment: row for row in connection.execute(query)})
    return found


def open_with_number(connection: Connection, number: bytes) -> bytes | None:
    """The consignment that has a seal or a master waybill and is not over."""
    query = sa.select(_C.consignment).where(_C.number == number, _C.stage < _FINAL)
    return connection.execute(query).scalar()


def find_consignments(
    connection: Connection,
    *,
    participant_no: int | None,
    district: int | None,
    number: bytes | None,
    open_only: bool,
    after: tuple[int, bytes] | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Consignments, newest first: which a participant opened or takes over, or of either end of a route.

    `open_only`: those that are still under way, and those whose release is not acknowledged.
    """
    query = _of_parties(sa.select(consignments), participant_no, district)
    query = query.order_by(_C.opened_at.desc(), _C.consignment).limit(limit)
    if number is not None:
        query = query.where(_C.number == number)
    if open_only:
        unanswered = sa.and_(_C.stage == _FINAL, _C.acknowledged_at.is_(None))
        query = query.where(sa.or_(_C.stage < _FINAL, unanswered))
    if after is not None:
        at, consignment = after
        query = query.where(sa.or_(_C.opened_at < at, sa.and_(_C.opened_at == at, _C.consignment > consignment)))
    return list(connection.execute(query))


def counts_by_route(connection: Connection, *, participant_no: int | None, district: int | None) -> list[sa.Row[Any]]:
    """How many consignments with how many parcels are at each stage of each route, of those `find_consignments` finds.

    What was cancelled is left out.
    """
    route = (_C.origin_district, _C.port_district, _C.kind, _C.stage)
    counts = (sa.func.count().label("consignments"), sa.func.sum(_C.count).label("parcels"))
    query = _of_parties(sa.select(*route, *counts).select_from(consignments), participant_no, district)
    return list(connection.execute(query.where(_C.stage != int(ConsignmentStage.Cancelled)).group_by(*route)))


def unsettled_by_route(
    connection: Connection, *, participant_no: int | None, district: int | None
) -> list[sa.Row[Any]]:
    """How many anomalies are open on each route that has any."""
    route = (_C.origin_district, _C.port_district)
    query = sa.select(*route, sa.func.count().label("anomalies")).join(
        anomalies, anomalies.c.consignment == _C.consignment
    )
    query = _of_parties(query, participant_no, district).where(anomalies.c.settled_at.is_(None))
    return list(connection.execute(query.group_by(*route)))


def in_transit(
    connection: Connection, *, participant_no: int | None, district: int | None, limit: int
) -> list[sa.Row[Any]]:
    """Consignments under way, longest due first."""
    query = _of_parties(sa.select(consignments), participant_no, district)
    query = query.where(_C.stage == int(ConsignmentStage.InTransit))
    return list(connection.execute(query.order_by(_C.due_at, _C.consignment).limit(limit)))


@dataclass(frozen=True, slots=True)
class Late:
    """A consignment whose limit has passed; `limit` in Unix seconds."""

    consignment: bytes
    kind: AnomalyKind
    origin_district: int
    port_district: int
    limit: int


def late_consignments(
    connection: Connection, districts: Collection[int], now: int, grace: int, most: int
) -> list[Late]:
    """Consignments of these districts past a limit, of which nobody has said so yet, longest first.

    Those of an origin among the districts at once, those of a port alone `grace` seconds after the limit.
    """
    found: list[Late] = []
    silent = sa.and_(_C.stage == _FINAL, _C.acknowledged_at.is_(None), _C.terminal_no != 0)
    limits = (
        (AnomalyKind.Overdue, _C.stage == int(ConsignmentStage.InTransit), _C.due_at),
        (AnomalyKind.Unacknowledged, silent, _C.acknowledge_by),
    )
    for kind, waits, limit in limits:
        said = sa.exists().where(anomalies.c.consignment == _C.consignment, anomalies.c.kind == int(kind))
        here = sa.or_(
            sa.and_(_C.origin_district.in_(districts), limit < now),
            sa.and_(_C.port_district.in_(districts), limit < now - grace),
        )
        query = sa.select(_C.consignment, _C.origin_district, _C.port_district, limit.label("limit"))
        found += [
            Late(row.consignment, kind, row.origin_district, row.port_district, row.limit)
            for row in connection.execute(query.where(waits, here, ~said).order_by(limit).limit(most))
        ]
    return found


def _of_parties(query: sa.Select[Any], participant_no: int | None, district: int | None) -> sa.Select[Any]:
    """Of consignments those that a participant opened or takes over, or of either end of a route."""
    if district is not None:
        query = query.where(sa.or_(_C.origin_district == district, _C.port_district == district))
    if participant_no is not None:
        query = query.where(sa.or_(_C.opener_no == participant_no, _C.terminal_no == participant_no))
    return query


def anomaly_row(connection: Connection, anomaly_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(anomalies).where(anomalies.c.anomaly_id == anomaly_id)).first()


def anomalies_of(connection: Connection, ids: Collection[bytes]) -> dict[bytes, list[sa.Row[Any]]]:
    """The anomalies of these consignments, in order."""
    found: dict[bytes, list[sa.Row[Any]]] = {consignment: [] for consignment in ids}
    for part in chunks(sorted(set(ids))):
        query = sa.select(anomalies).where(anomalies.c.consignment.in_(part)).order_by(anomalies.c.anomaly_id)
        for row in connection.execute(query):
            found[row.consignment].append(row)
    return found


def find_anomalies(
    connection: Connection,
    *,
    participant_no: int | None,
    district: int | None,
    open_only: bool,
    below_id: int | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Anomalies, newest first, of the consignments that `find_consignments` would find."""
    query = sa.select(anomalies).join(consignments, _C.consignment == anomalies.c.consignment)
    query = _of_parties(query, participant_no, district).order_by(anomalies.c.anomaly_id.desc()).limit(limit)
    if open_only:
        query = query.where(anomalies.c.settled_at.is_(None))
    if below_id is not None:
        query = query.where(anomalies.c.anomaly_id < below_id)
    return list(connection.execute(query))


def events_of(connection: Connection, subject: bytes) -> list[sa.Row[Any]]:
    """What happened to a consignment, a lane or, by second inspections, to a manifest, in order."""
    column = carriage_events.c
    query = sa.select(carriage_events).where(column.subject == subject).order_by(column.block, column.log_index)
    return list(connection.execute(query))


def events_in(connection: Connection, block: int, transaction_hash: bytes) -> list[sa.Row[Any]]:
    """The events of one transaction, in order."""
    column = carriage_events.c
    query = sa.select(carriage_events).where(column.block == block, column.transaction_hash == transaction_hash)
    return list(connection.execute(query.order_by(column.log_index)))


# ---------------------------------------------------------------------------------------------------


def keep_text(connection: Connection, commitment: bytes, text: str, now: int) -> None:
    """Keeps the words behind a commitment, once."""
    known = sa.select(carriage_texts.c.commitment).where(carriage_texts.c.commitment == commitment)
    if connection.execute(known).first() is None:
        row = {"commitment": commitment, "text": text, "created_at": now}
        connection.execute(sa.insert(carriage_texts), row)


def texts_of(connection: Connection, commitments: Collection[bytes]) -> dict[bytes, str]:
    """The words behind these commitments, as far as they are kept here."""
    found: dict[bytes, str] = {}
    for part in chunks(sorted(set(commitments))):
        query = sa.select(carriage_texts).where(carriage_texts.c.commitment.in_(part))
        found.update({row.commitment: row.text for row in connection.execute(query)})
    return found


def under_way(connection: Connection, participant_no: int, kind: str, digest: bytes) -> str | None:
    """The operation of a participant with the same content on which the chain has still to decide."""
    waits = sa.exists().where(outbox.c.operation_id == operations.c.id, outbox.c.status.in_(("waiting", "sent")))
    query = sa.select(operations.c.id).where(
        operations.c.participant_no == participant_no, operations.c.kind == kind, operations.c.digest == digest, waits
    )
    return connection.execute(query.order_by(operations.c.id.desc()).limit(1)).scalar()
