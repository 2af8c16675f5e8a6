"""After the release: transit to the port, departures, deliveries, closures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.services.demo.parcels import Traced
from backend.services.demo.stage import Stage
from backend.services.demo.transit import Fleet, Moving
from backend.services.simulation import LANES, Mishap, trucks
from backend.services.simulation.requests import offloading


def set_out(stage: Stage, parcels: Sequence[Traced], mishap: Mishap | None = None) -> list[Moving]:
    """Sealed trucks to the port, over the lanes that the districts agreed on; the mishap meets the last of several."""
    chosen = [parcel for parcel in parcels if parcel.state == "Released" and parcel.by_transit and parcel.is_free]
    loads = [(parcel.declaring, parcel.parcel_id) for parcel in chosen]
    fleet = list(trucks(loads, stage.plan.seed, first=len(stage.told.trucks)))
    if len(fleet) > 1:
        fleet[-1] = replace(fleet[-1], mishap=mishap)
    carriage = Fleet(stage.roles)
    carriage.open_lanes(LANES[district] for district in dict.fromkeys(district for district, _ in loads))
    moving = carriage.depart(fleet)
    stage.told.trucks += [
        {
            "consignment": each.consignment,
            "seal": each.truck.seal,
            "origin": each.truck.lane.origin,
            "port": each.truck.lane.port,
            "parcels": len(each.truck.load),
            "mishap": each.truck.mishap,
        }
        for each in moving
    ]
    return moving


def arrive_at_port(stage: Stage, moving: Sequence[Moving]) -> None:
    """What was reported to leave from the port leaves as soon as the port has it: the report has waited."""
    Fleet(stage.roles).arrive(moving)


def offload(stage: Stage, parcels: Sequence[Traced]) -> Traced | None:
    """One parcel of a departure did not leave after all (509 with appType 3)."""
    departed = [parcel for parcel in parcels if parcel.state == "Departed"]
    if len(departed) < 2:
        stage.skip("a parcel that its flight left behind: hardly any export departed")
        return None
    stage.notify(offloading(departed[-1].simulated, seed=departed[-1].seed))
    return departed[-1]


def end(stage: Stage, parcels: Sequence[Traced], kept_open: Sequence[Traced | None]) -> list[Traced]:
    """Closures; those that are asked for back stay open. What was closed."""
    ended = [parcel for parcel in parcels if parcel.state in ("Departed", "Delivered") and parcel not in kept_open]
    closed = ended[: -(-len(ended) * 2 // 3)]
    stage.customs("Closure", closed, {"decision": "closure"})
    return closed
