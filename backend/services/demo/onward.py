"""After the release: transit to the port, departures, deliveries, closures."""

from __future__ import annotations

from collections.abc import Sequence

from backend.services.demo.parcels import Traced
from backend.services.demo.stage import Stage
from backend.services.simulation.requests import offloading


def set_out(stage: Stage, parcels: Sequence[Traced]) -> list[Traced]:
    """Sealed trucks to the port; which parcels they carry."""
    transit = [parcel for parcel in parcels if parcel.state == "Released" and parcel.by_transit]
    stage.customs("TransitDeparture", transit, {"seal": _seal(stage), "vehicle": "supervised truck"})
    return transit


def arrive_at_port(stage: Stage, transit: Sequence[Traced]) -> None:
    """What was reported to leave from the port leaves as soon as the port has it: the report has waited."""
    stage.customs("TransitArrival", transit, {"seal": "intact"}, at_port=True)


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


def _seal(stage: Stage) -> str:
    return f"SH{stage.random.randrange(10**7):07d}"
