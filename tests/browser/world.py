"""Parcels brought into every state over the gateway's own interface, for the pages to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from backend.domain.verdict import Finding
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedSet
from tests.support.running import Ledger

DISTRICT_OF = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

#: The steps after acceptance and arrival that lead a direct import to each finding, with who takes them.
IMPORTS: dict[Finding, list[tuple[str, str]]] = {
    Finding.Accepted: [],
    Finding.UnderReview: [("customs_pudong", "ReviewOpened")],
    Finding.UnderInspection: [("customs_pudong", "InspectionOrdered")],
    Finding.Detained: [("customs_pudong", "Detention")],
    Finding.ReleasedImport: [("customs_pudong", "Release")],
    Finding.Delivered: [("customs_pudong", "Release"), ("logistics_east", "Delivery")],
    Finding.Closed: [("customs_pudong", "Release"), ("customs_pudong", "Closure")],
    Finding.Rejected: [("customs_pudong", "Rejection")],
    Finding.Cancelled: [("customs_pudong", "Cancellation")],
    Finding.Returning: [
        ("customs_pudong", "Release"),
        ("declarant", "ReturnRequested"),
        ("customs_pudong", "ReturnApproved"),
    ],
    Finding.Returned: [
        ("customs_pudong", "Release"),
        ("declarant", "ReturnRequested"),
        ("customs_pudong", "ReturnApproved"),
        ("site_operator", "ReturnArrived"),
        ("customs_pudong", "ReturnVerified"),
    ],
    Finding.ReturnedAbroad: [("customs_pudong", "Detention"), ("customs_pudong", "ReturnAbroad")],
    Finding.Confiscated: [("customs_pudong", "Detention"), ("customs_pudong", "Confiscation")],
    Finding.Destroyed: [
        ("customs_pudong", "Detention"),
        ("customs_pudong", "Confiscation"),
        ("customs_pudong", "Destruction"),
    ],
}

#: The same for an export that leaves through Pudong; DECLARING stands for its declaring district.
DECLARING = "declaring"
EXPORTS: dict[Finding, list[tuple[str, str]]] = {
    Finding.ReleasedExport: [(DECLARING, "Release")],
    Finding.InTransit: [(DECLARING, "Release"), (DECLARING, "TransitDeparture")],
    Finding.AtPort: [
        (DECLARING, "Release"),
        (DECLARING, "TransitDeparture"),
        ("customs_pudong", "TransitArrival"),
    ],
    Finding.Departed: [
        (DECLARING, "Release"),
        (DECLARING, "TransitDeparture"),
        ("customs_pudong", "TransitArrival"),
        ("logistics_air", "Departure"),
    ],
}


@dataclass(frozen=True)
class World:
    """A running installation with one parcel for each finding."""

    ledger: Ledger
    parcels: dict[Finding, str]

    def path(self, finding: Finding) -> str:
        return f"/p/{self.parcels[finding]}"


def direct_import(seed: int) -> SimulatedSet:
    """One parcel of direct import (9610) through Pudong, matched; the first such one from a seed on."""
    for one in count(seed):
        made = simulate(1, one, "import", 0.0, barred=())
        if made.parcels[0].trade_mode == "9610":
            return made
    raise AssertionError("count does not end")


def world_of(ledger: Ledger) -> World:
    """Declares what is needed and takes every parcel's steps, all parcels of one step in one request."""
    imports = _imports(ledger)
    exports = _exports(ledger)
    parcels = {Finding.Declared: next(imports)}
    plans: dict[str, list[tuple[str, str]]] = {}
    for finding, steps in IMPORTS.items():
        parcels[finding] = next(imports)
        plans[parcels[finding]] = [("customs_pudong", "Acceptance"), ("site_operator", "Arrival"), *steps]
    for finding, steps in EXPORTS.items():
        parcels[finding], district = next(exports)
        begun = [(DECLARING, "Acceptance"), ("site_operator", "Arrival"), *steps]
        plans[parcels[finding]] = [(district if who == DECLARING else who, step) for who, step in begun]
    while any(plans.values()):
        who, step = next(plan[0] for plan in plans.values() if plan)
        moved = [parcel for parcel, plan in plans.items() if plan and plan[0] == (who, step)]
        ledger.record(who, step, moved)
        for parcel in moved:
            plans[parcel].pop(0)
    return World(ledger, parcels)


def _imports(ledger: Ledger) -> Iterator[str]:
    parcels = ledger.send(simulate(40, 71, "import", 0.0, barred=()))
    views = [ledger.indexed(one, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"])) for one in parcels]
    return (view["parcel_id"] for view in views if view["supervision_mode"] == "9610")


def _exports(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(parcel, its declaring district's role) for exports that pass from another district to Pudong."""
    parcels = ledger.send(simulate(20, 72, "export", 0.0, barred=()))
    views = [ledger.indexed(one, lambda view: {"Order", "Waybill"} <= set(view["flags"])) for one in parcels]
    return (
        (view["parcel_id"], DISTRICT_OF[view["declaring_district"]])
        for view in views
        if view["declaring_district"] != view["port_district"]
    )
