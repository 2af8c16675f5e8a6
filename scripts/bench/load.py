"""The work that is measured: import parcels with four documents and eleven records each."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.roster import SELLER_TO_BAR, customs_of
from backend.services.simulation import SimulatedMessage, SimulatedSet, simulate

DOCUMENTS_PER_MESSAGE = 50

#: A whole life after the declaration and its three attestations: (step, role); `customs` is the declaring district's.
LIFE = (
    ("Arrival", "site_operator"),
    ("Acceptance", "customs"),
    ("InspectionOrdered", "customs"),
    ("InspectionPassed", "customs"),
    ("Release", "customs"),
    ("Delivery", "logistics_east"),
    ("Closure", "customs"),
)

DOCUMENTS_A_PARCEL = 4
RECORDS_A_PARCEL = 4 + len(LIFE)

EVIDENCE = {"decision": "as declared"}


@dataclass(frozen=True, slots=True)
class Load:
    """Messages in the order in which they are sent: the four of the same parcels follow one another."""

    parcels: int
    messages: tuple[SimulatedMessage, ...]
    #: Customs role by (platform code, order number).
    customs: dict[tuple[str, str], str]


def load(parcels: int, seed: int) -> Load:
    """Matched documents without anything wrong; the same seed, the same bytes."""
    made: SimulatedSet = simulate(
        parcels, seed, "import", 0.0, barred=(SELLER_TO_BAR,), documents_per_message=DOCUMENTS_PER_MESSAGE
    )
    order = {"311": 0, "411": 1, "511": 2, "621": 3}
    messages = sorted(made.messages, key=lambda m: (m.parcels[0] // DOCUMENTS_PER_MESSAGE, order[m.type]))
    customs = {}
    for parcel in made.parcels:
        if office := customs_of(parcel.customs_code):
            customs[parcel.platform_code, parcel.order_no] = office.key
    return Load(parcels, tuple(messages), customs)
