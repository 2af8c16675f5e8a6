"""Simulated CEB message sets: matched, internally consistent, and about nobody.

simulated = simulate(parcels=300, seed=7, mode="import", anomalies=0.05)
simulated.write_set(Path("out"))
"""

from __future__ import annotations

from backend.services.simulation.generator import BASE_TIME, simulate, transfer_of
from backend.services.simulation.model import (
    Anomaly,
    Expected,
    Mode,
    SimulatedMessage,
    SimulatedParcel,
    SimulatedSet,
)

__all__ = [
    "BASE_TIME",
    "Anomaly",
    "Expected",
    "Mode",
    "SimulatedMessage",
    "SimulatedParcel",
    "SimulatedSet",
    "simulate",
    "transfer_of",
]
