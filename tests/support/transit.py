"""What tests about transit need: released exports of Suzhou, a lane to Pudong, and a consignment at any stage."""

from __future__ import annotations

from itertools import count
from typing import Any

from backend.services.simulation import simulate
from tests.support.running import Ledger, until

LANES, CONSIGNMENTS, ANOMALIES = "/v1/lanes", "/v1/consignments", "/v1/anomalies"
SUZHOU, PUDONG = "customs_suzhou", "customs_pudong"
OPENER, TERMINAL = "logistics_east", "site_operator"
AGREEMENT = "Suzhou seals and lets depart; Pudong verifies seal and count and writes off."
PAPER = {"paper": "on file"}

_seeds = count(61_000)
_numbers = count(1)


def exports(ledger: Ledger, most: int, district: str = "2303") -> list[str]:
    """So many exports of a district just declared, with their documents attested."""
    found: list[str] = []
    while len(found) < most:
        simulated = simulate(1, next(_seeds), "export", 0.0, barred=())
        if simulated.parcels[0].customs_code != district:
            continue
        (parcel,) = ledger.send(simulated)
        ledger.indexed(parcel, lambda view: {"Order", "Waybill"} <= set(view["flags"]))
        found.append(parcel)
    return found


def released(ledger: Ledger, most: int) -> list[str]:
    parcels = exports(ledger, most)
    ledger.record(TERMINAL, "Arrival", parcels)
    for step in ("Acceptance", "Release"):
        ledger.record(SUZHOU, step, parcels)
    return parcels


def lane(ledger: Ledger) -> int:
    """A lane from Suzhou to Pudong in force: 12 hours under way, 2 to acknowledge; Pudong handles a broken seal."""
    body = {
        "origin_district": "2303",
        "port_district": "2233",
        "transit_hours": 12,
        "acknowledge_hours": 2,
        "handled_by_port": ["SealBroken", "Short", "Over"],
        "agreement": AGREEMENT,
    }
    number = int(ledger.post(SUZHOU, LANES, body)["made"]["lane_id"])
    ledger.post(PUDONG, f"{LANES}/{number}/acceptance", {"agreement": AGREEMENT})
    return number


def opening(ledger: Ledger, lane_id: int, **more: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "reference": f"transit-{number}",
        "kind": "Seal",
        "number": f"SZ{number:06d}",
        "origin_district": "2303",
        "port_district": "2233",
        "lane_id": lane_id,
        "terminal_no": ledger.numbers[TERMINAL],
    } | more


def shown_flow(ledger: Ledger, role: str) -> dict[str, Any]:
    """The routes that somebody sees, by origin and port."""
    routes = ledger.get(role, "/v1/flow")["routes"]
    return {f"{route['origin_district']}-{route['port_district']}": route for route in routes}


def opened(ledger: Ledger, lane_id: int, **more: Any) -> str:
    return str(ledger.post(OPENER, CONSIGNMENTS, opening(ledger, lane_id, **more))["consignment"])


def loaded(ledger: Ledger, lane_id: int, parcels: list[str]) -> str:
    consignment = opened(ledger, lane_id)
    ledger.post(OPENER, f"{CONSIGNMENTS}/{consignment}/contents", {"parcels": parcels})
    return consignment


def taken(ledger: Ledger, role: str, consignment: str, act: str, **more: Any) -> dict[str, Any]:
    """An act confirmed."""
    return ledger.post(role, f"{CONSIGNMENTS}/{consignment}/{act}", {"evidence": PAPER, **more})


def under_way(ledger: Ledger, lane_id: int, parcels: list[str]) -> str:
    consignment = loaded(ledger, lane_id, parcels)
    taken(ledger, OPENER, consignment, "application")
    taken(ledger, SUZHOU, consignment, "approval")
    taken(ledger, SUZHOU, consignment, "departure")
    return consignment


def seen(ledger: Ledger, consignment: str, role: str = PUDONG) -> dict[str, Any]:
    return ledger.get(role, f"{CONSIGNMENTS}/{consignment}")


def staged(ledger: Ledger, consignment: str, stage: str, role: str = PUDONG) -> dict[str, Any]:
    """The consignment once it is at a stage."""
    found = until(
        lambda: (view := seen(ledger, consignment, role))["stage"] == stage and view, f"the consignment is {stage}"
    )
    return dict(found)
