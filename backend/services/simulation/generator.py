"""From a seed to message sets: the same seed and the same arguments give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backend.domain.roster import ROSTER, SELLER_TO_BAR, Enterprise, Roster
from backend.services.simulation.model import Mode, Report, SimulatedMessage, SimulatedParcel, SimulatedSet, untold
from backend.services.simulation.notices import arrivals, deliveries, departures, masters
from backend.services.simulation.parcels import ParcelMaker
from backend.services.simulation.posting import MOST_DOCUMENTS, Postbox
from backend.services.simulation.seasons import Season, SeasonClock

#: The default instant of the first order, China Standard Time.
BASE_TIME = datetime(2026, 3, 2, 9, 0, 0)

MOST_PARCELS = 1_000_000

#: In the order in which they are sent: the three documents, then the lists.
_TYPES: dict[Mode, tuple[str, ...]] = {
    "import": ("311", "411", "511", "621"),
    "export": ("303", "403", "505", "603"),
}

#: Parcels between two reports of progress.
_STEP = 100


def simulate(
    parcels: int,
    seed: int,
    mode: Mode = "import",
    anomalies: float = 0.0,
    roster: Roster = ROSTER,
    *,
    barred: Sequence[str] = (SELLER_TO_BAR,),
    base_time: datetime = BASE_TIME,
    season: Season | None = None,
    districts: Mapping[str, int] | None = None,
    documents_per_message: int = MOST_DOCUMENTS,
    report: Report | None = None,
) -> SimulatedSet:
    """Matched documents for so many parcels, the messages that carry them, and the notices that follow.

    `anomalies` is the share of parcels with one thing wrong (0 to 1); each is labelled. Sellers in `barred`
    appear only in parcels labelled `barred_seller`; with `barred=()` every seller trades and no parcel bears
    that label. A `season` spreads the orders over its days; without one they come every seven seconds from
    `base_time` on. `districts` says where exports are declared, with their shares. ValueError for counts or
    shares out of range.
    """
    if not 0 <= parcels <= MOST_PARCELS:
        raise ValueError(f"parcels must be 0 to {MOST_PARCELS}")
    if not 0 <= anomalies <= 1:
        raise ValueError("anomalies must be a share, 0 to 1")
    if not 1 <= documents_per_message <= MOST_DOCUMENTS:
        raise ValueError(f"a message holds 1 to {MOST_DOCUMENTS} documents")
    clock = SeasonClock(season, base_time, parcels) if season else None
    maker = ParcelMaker(seed, mode, anomalies, roster, barred, base_time, clock, districts)
    made: list[SimulatedParcel] = []
    tell, what = report or untold, f"{mode} parcels simulated"
    tell(what, 0, parcels)
    for index in range(parcels):
        made.append(maker.make(index))
        if len(made) % _STEP == 0 or len(made) == parcels:
            tell(what, len(made), parcels)
    postbox = Postbox(seed, mode)
    return SimulatedSet(
        mode,
        seed,
        tuple(made),
        tuple(_messages(postbox, made, mode, roster, documents_per_message)),
        masters=tuple(masters(postbox, made, roster)) if mode == "export" else (),
        arrivals=tuple(arrivals(postbox, made, mode, roster)),
        departures=tuple(departures(postbox, made, roster)) if mode == "export" else (),
        deliveries=tuple(deliveries(postbox, made, roster)) if mode == "import" else (),
    )


def _messages(
    postbox: Postbox, parcels: Sequence[SimulatedParcel], mode: Mode, roster: Roster, most: int
) -> Iterator[SimulatedMessage]:
    for message_type in _TYPES[mode]:
        for sender, group in _by_sender(parcels, message_type, roster):
            for start in range(0, len(group), most):
                chunk = group[start : start + most]
                documents = [parcel.documents[message_type] for parcel in chunk]
                yield postbox.post(message_type, sender, documents, (parcel.index for parcel in chunk))


def _by_sender(
    parcels: Sequence[SimulatedParcel], message_type: str, roster: Roster
) -> Iterator[tuple[Enterprise, list[SimulatedParcel]]]:
    """Each sender of this type, in roster order, with its parcels in time order; a message has one sender."""
    groups: dict[str, list[SimulatedParcel]] = {}
    for parcel in parcels:
        if message_type in parcel.documents:
            groups.setdefault(parcel.senders[message_type], []).append(parcel)
    return ((each, groups[each.key]) for each in roster if each.key in groups)
