"""Inspection of suspected parcels: they are accepted as any other, and inspected before they are released.

The automatic account of a district that decides by itself orders the inspection in the transaction in which it accepts
the parcel, so that nothing this gateway releases can come between. Whom a person accepts there is inspected as soon as
that is on record. In other districts the suspicion waits at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import structlog

from backend.domain.errors import GuanlianError
from backend.domain.licences import Finding
from backend.domain.lifecycle import Flag, State, Step
from backend.services.gateway import Gateway
from backend.services.steps import project, queue_step, targets_of
from backend.store import readmodel, screenings
from backend.store.database import Connection

log = structlog.get_logger("inspecting")

#: Parcels whose inspection is ordered in one transaction.
ROUND = 400

#: Hits that an inspection's evidence tells of.
MOST_TOLD = 20


def order_due(gateway: Gateway, district: int, customs_no: int) -> int:
    """Orders the inspections of a district that are due; how many."""
    with gateway.database.read() as connection:
        if not screenings.due(connection, district, 1):
            return 0
    with gateway.database.write() as connection:
        return len(_order(connection, gateway, customs_no, screenings.due(connection, district, ROUND)))


def order_inspections(
    connection: Connection, gateway: Gateway, customs_no: int, parcels: Sequence[bytes]
) -> set[bytes]:
    """Orders the inspection of those of these parcels that are suspected, in the transaction that accepts them."""
    return _order(connection, gateway, customs_no, screenings.to_inspect(connection, parcels))


def _order(connection: Connection, gateway: Gateway, customs_no: int, rows: Sequence[Any]) -> set[bytes]:
    """Orders the inspections that can be ordered now; of which parcels."""
    by_parcel = {bytes(row.parcel_id): row for row in rows}
    places = readmodel.places_of(connection, list(by_parcel))
    targets = list(targets_of(connection, list(places)))
    sets = project(connection, targets)
    standing: dict[str, list[Any]] = {"ordered": [], "waiting": [], "over": []}
    for parcel, row in by_parcel.items():
        place = places[parcel][0] if parcel in places else None
        if place is None or place.manifest != row.manifest:
            standing["over"].append(row)
            continue
        to_come = sets[place.manifest]
        standing[_inspection(to_come.state_of(place.position), to_come.flags_of(place.position))].append(row)
    operation_id = None
    if standing["ordered"]:
        hits = screenings.hits_of(connection, [row.id for row in standing["ordered"]])
        evidence = {bytes(row.parcel_id).hex(): evidence_of(hits.get(row.id, ())) for row in standing["ordered"]}
        ordered = [bytes(row.parcel_id) for row in standing["ordered"]]
        try:
            operation_id = queue_step(
                connection, gateway, customs_no, Step.InspectionOrdered, ordered, evidence_of=evidence
            )
        except GuanlianError as fault:
            # Judged in this transaction on the same data: tried again when something happens to them.
            log.warning("inspection not ordered", reason=fault.title)
            standing["waiting"] += standing["ordered"]
            standing["ordered"] = []
    for inspection, found in standing.items():
        ordered_by = operation_id if inspection == "ordered" else None
        screenings.set_inspection(connection, [row.id for row in found], inspection, ordered_by)
    return {bytes(row.parcel_id) for row in standing["ordered"]}


def _inspection(state: State, flags: Iterable[Flag]) -> str:
    """What becomes of a suspected parcel's inspection where the parcel stands so."""
    raised = set(flags)
    if state is State.Declared or raised & {Flag.HeldDeclaring, Flag.HeldPort}:
        return "waiting"
    if state is not State.Accepted or raised & {Flag.Inspection, Flag.Inspected}:
        return "over"
    return "ordered"


def evidence_of(hits: Sequence[Any]) -> dict[str, Any]:
    """The suspicion as evidence of the inspection that it leads to: which rights, and every hit in words."""
    suspected = [row for row in hits if row.finding == Finding.Suspected]
    return {
        "decision": Step.InspectionOrdered.name,
        "by": "automatic",
        "ground": "suspected infringement of a recorded right",
        "rights": sorted({int(row.right_id) for row in suspected})[:MOST_TOLD],
        "hits": [
            {"right": int(row.right_id), "zh": row.hit["zh"], "en": row.hit["en"]} for row in suspected[:MOST_TOLD]
        ],
    }
