"""Simulated CEB message sets: matched, internally consistent, and about nobody.

simulated = simulate(parcels=300, seed=7, mode="import", anomalies=0.05)
simulated.write_set(Path("out"))

What needs the numbers that customs' receipts tell is made for one parcel by the functions of `requests`; how well
the comparing finds what was built in is told by `scoring`.
"""

from __future__ import annotations

from backend.services.simulation.generator import BASE_TIME, simulate
from backend.services.simulation.kinds import KINDS
from backend.services.simulation.labels import Anomaly, Expected
from backend.services.simulation.model import (
    Journey,
    Mode,
    SimulatedMessage,
    SimulatedParcel,
    SimulatedSet,
)
from backend.services.simulation.posting import transfer_of
from backend.services.simulation.seasons import Season
from backend.services.simulation.transit import LANES, Mishap, SimulatedLane, SimulatedTruck, trucks

__all__ = [
    "BASE_TIME",
    "KINDS",
    "LANES",
    "Anomaly",
    "Expected",
    "Journey",
    "Mishap",
    "Mode",
    "Season",
    "SimulatedLane",
    "SimulatedMessage",
    "SimulatedParcel",
    "SimulatedSet",
    "SimulatedTruck",
    "simulate",
    "transfer_of",
    "trucks",
]
