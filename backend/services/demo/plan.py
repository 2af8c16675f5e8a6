"""Which simulated parcels a run of the demo sends: always the same for one seed, never one that was sent before."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.roster import ROSTER, SELLER_TO_BAR, Roster
from backend.services.demo.client import Refused, Roles
from backend.services.simulation import Mode, SimulatedSet, simulate

#: The share of parcels with something wrong about them.
ANOMALIES = 0.08

#: The share of parcels that comes after the seller was barred.
SECOND_WAVE = 0.3

#: Parcels that tell whether a run's numbers are taken; one alone may have been refused and so left no trace.
_PROBES = 8

#: Sets of one run, each with a seed of its own.
_SETS_A_RUN = 8

_MOST_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """The sets of the two waves, and the seed from which the run's own choices follow."""

    seed: int
    waves: tuple[tuple[SimulatedSet, ...], tuple[SimulatedSet, ...]]


def plan(roles: Roles, parcels: int, seed: int, *, barred: bool) -> Plan:
    """A run over so many parcels. `barred` says that an earlier run has barred the seller already.

    Order numbers follow from the seed. Where the gateway has those of this seed, the run takes the next: a
    second `guanlian demo --seed 7` is the second run of seed 7, and brings new parcels.
    """
    for run in range(_MOST_RUNS):
        first = (seed * _MOST_RUNS + run) * _SETS_A_RUN
        if _is_new(roles, first):
            return Plan(first, _waves(parcels, first, barred))
    raise RuntimeError(f"{_MOST_RUNS} runs of seed {seed} are enough")


def _waves(parcels: int, seed: int, barred: bool) -> tuple[tuple[SimulatedSet, ...], tuple[SimulatedSet, ...]]:
    # The seller to be barred trades in both waves, however small: a set apart is its own.
    apart = min(max(1, parcels // 40), parcels // 3)
    second = int((parcels - 2 * apart) * SECOND_WAVE)
    first = parcels - 2 * apart - second
    own = _only(SELLER_TO_BAR)

    def usual(count: int, place: int) -> tuple[SimulatedSet, SimulatedSet]:
        imports = (count + 1) // 2
        return _set(imports, seed + place, "import"), _set(count - imports, seed + place + 1, "export")

    late = (*usual(second, 2), simulate(apart, seed + 5, "import", 0.0, own, barred=()))
    if barred:
        return usual(first + apart, 0), late
    return (*usual(first, 0), simulate(apart, seed + 4, "import", 0.0, own, barred=())), late


def _set(count: int, seed: int, mode: Mode) -> SimulatedSet:
    return simulate(count, seed, mode, ANOMALIES)


def _only(seller: str) -> Roster:
    """The roster with this one seller."""
    return tuple(member for member in ROSTER if "Seller" not in member.roles or member.key == seller)


def _is_new(roles: Roles, seed: int) -> bool:
    """Whether the gateway has none of a run's orders yet. Asked by a dry run: nothing is stored."""
    probe = simulate(_PROBES, seed, "import")
    for message in probe.messages_of("311"):
        try:
            outcome = roles[message.sender.key].send_message(message.data, dry_run=True)
        except Refused:
            return False
        if any(document["standing"] != "acceptable" for document in outcome["documents"]):
            return False
    return True
