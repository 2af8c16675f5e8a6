"""Two simulated sets that many tests read: a third of their parcels have something wrong."""

from __future__ import annotations

from backend.services.simulation import Mode, SimulatedParcel, SimulatedSet, simulate

MODES: tuple[Mode, ...] = ("import", "export")
SETS: dict[Mode, SimulatedSet] = {mode: simulate(800, 7, mode, 0.3) for mode in MODES}


def in_order(mode: Mode) -> list[SimulatedParcel]:
    """The parcels with nothing wrong."""
    return [parcel for parcel in SETS[mode].parcels if parcel.anomaly is None]
