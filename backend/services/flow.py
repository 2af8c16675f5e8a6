"""What moves between districts: on every route how much is where, what is late, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.consignments import ConsignmentKind, ConsignmentStage
from backend.domain.instants import iso
from backend.services.access import Caller
from backend.services.consignment_views import sight_of_carriage
from backend.services.gateway import Gateway
from backend.services.parcels import completeness
from backend.store import consignments as store

#: Trucks under way that an answer names; all are counted.
MOST_NAMED = 200


def flow_view(gateway: Gateway, caller: Caller) -> dict[str, Any]:
    """The routes of the consignments that a caller may see, busiest first, with the trucks under way on each.

    `stages`: consignments and parcels at each stage. `share` of a truck is the part of its time that is over, 0 to 1.
    """
    now = gateway.now()
    with gateway.database.read() as connection:
        sight = sight_of_carriage(caller)
        counted = store.counts_by_route(connection, **sight)
        unsettled = store.unsettled_by_route(connection, **sight)
        moving = store.in_transit(connection, **sight, limit=MOST_NAMED)
        words = store.texts_of(connection, {row.number for row in moving})
        complete = completeness(connection)
    routes: dict[tuple[int, int], dict[str, Any]] = {}
    for row in counted:
        route = routes.setdefault((row.origin_district, row.port_district), _empty(row))
        stage, kind = ConsignmentStage(row.stage), ConsignmentKind(row.kind)
        found = route["stages"].setdefault(stage.name, {"consignments": 0, "parcels": 0})
        found["consignments"] += int(row.consignments)
        found["parcels"] += int(row.parcels)
        route["parcels"] += int(row.parcels)
        route["under_seal"] |= kind is ConsignmentKind.Seal
    for row in unsettled:
        routes[row.origin_district, row.port_district]["open_anomalies"] = int(row.anomalies)
    for row in moving:
        route = routes[row.origin_district, row.port_district]
        route["moving"].append(
            {
                "consignment": "0x" + row.consignment.hex(),
                "number": words.get(row.number),
                "parcels": row.count,
                "departed_at": iso(row.departed_at),
                "due_at": iso(row.due_at),
                "share": _share(row.departed_at, row.due_at, now),
                "overdue": now > row.due_at,
            }
        )
    return {"routes": _busiest(list(routes.values())), "at": iso(now), **complete}


def _empty(row: Any) -> dict[str, Any]:
    return {
        "origin_district": f"{row.origin_district:04d}",
        "port_district": f"{row.port_district:04d}",
        "parcels": 0,
        "under_seal": False,
        "stages": {},
        "open_anomalies": 0,
        "moving": [],
    }


def _share(departed_at: int, due_at: int, now: int) -> float:
    return round(min(max((now - departed_at) / max(due_at - departed_at, 1), 0.0), 1.0), 3)


def _busiest(routes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(routes, key=lambda route: (-route["parcels"], route["origin_district"], route["port_district"]))
