"""The consignments that a parcel is in or was in, from its own records, which have the consignment as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.consignments import ConsignmentKind, ConsignmentStage
from backend.domain.lifecycle import Step
from backend.store import consignments as store
from backend.store.database import Connection
from backend.store.readmodel import number

_ENTERING = frozenset({Step.Consigned, Step.Waybilled})
_LEAVING = frozenset({Step.TakenOut, Step.WrittenOff, Step.Departure})


def consignments_of_parcel(connection: Connection, position: int, records: Sequence[Any]) -> list[dict[str, Any]]:
    """In the order in which the parcel came into them; public, since its history is. `inside`: it is there now."""
    inside: dict[bytes, bool] = {}
    for record in records:
        if not number(record.parcels) >> position & 1:
            continue
        if record.step in _ENTERING:
            inside[record.evidence] = True
        elif record.step in _LEAVING and record.evidence in inside:
            inside[record.evidence] = False
    if not inside:
        return []
    rows = store.rows_of(connection, list(inside))
    return [
        {
            "consignment": "0x" + consignment.hex(),
            "kind": ConsignmentKind(rows[consignment].kind).name,
            "stage": ConsignmentStage(rows[consignment].stage).name,
            "origin_district": f"{rows[consignment].origin_district:04d}",
            "port_district": f"{rows[consignment].port_district:04d}",
            "inside": is_inside,
        }
        for consignment, is_inside in inside.items()
        if consignment in rows
    ]
