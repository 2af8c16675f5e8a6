"""From a seed to message sets: the same seed and the same arguments give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from backend.domain.roster import ROSTER, SELLER_TO_BAR, Enterprise, Roster, enterprise
from backend.formats.ceb.messages import Transfer
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.simulation import numbers
from backend.services.simulation.model import Mode, SimulatedMessage, SimulatedParcel, SimulatedSet
from backend.services.simulation.parcels import ParcelMaker

#: The default instant of the first order, China Standard Time.
BASE_TIME = datetime(2026, 3, 2, 9, 0, 0)

MOST_PARCELS = 1_000_000
MOST_DOCUMENTS = 100

#: In the order in which they are sent: the three documents, then the lists.
_TYPES: dict[Mode, tuple[str, ...]] = {
    "import": ("311", "411", "511", "621"),
    "export": ("303", "403", "505", "603"),
}

_SIGNED = frozenset({"621", "603"})


def simulate(
    parcels: int,
    seed: int,
    mode: Mode = "import",
    anomalies: float = 0.0,
    roster: Roster = ROSTER,
    *,
    barred: Sequence[str] = (SELLER_TO_BAR,),
    base_time: datetime = BASE_TIME,
    documents_per_message: int = MOST_DOCUMENTS,
) -> SimulatedSet:
    """Matched documents for so many parcels, and the messages that carry them.

    `anomalies` is the share of parcels with one thing wrong (0 to 1); each is labelled. Sellers in `barred`
    appear only in parcels labelled `barred_seller`; with `barred=()` every seller trades and no parcel bears
    that label. ValueError for counts or shares out of range.
    """
    if not 0 <= parcels <= MOST_PARCELS:
        raise ValueError(f"parcels must be 0 to {MOST_PARCELS}")
    if not 0 <= anomalies <= 1:
        raise ValueError("anomalies must be a share, 0 to 1")
    if not 1 <= documents_per_message <= MOST_DOCUMENTS:
        raise ValueError(f"a message holds 1 to {MOST_DOCUMENTS} documents")
    maker = ParcelMaker(seed, mode, anomalies, roster, barred, base_time)
    made = tuple(maker.make(index) for index in range(parcels))
    messages = tuple(_messages(made, seed, mode, roster, documents_per_message))
    return SimulatedSet(mode, seed, made, messages)


def _messages(
    parcels: tuple[SimulatedParcel, ...], seed: int, mode: Mode, roster: Roster, most: int
) -> Iterator[SimulatedMessage]:
    signer = SimulatorSigner(f"{seed}/{mode}".encode())
    for message_type in _TYPES[mode]:
        number = 0
        for sender, group in _by_sender(parcels, message_type, roster):
            for start in range(0, len(group), most):
                chunk = group[start : start + most]
                number += 1
                # Not for secrets: message ids follow from the seed.
                random = Random(f"{seed}/{mode}/{message_type}/{number}")  # noqa: S311
                data = write_message(
                    message_type,
                    [parcel.documents[message_type] for parcel in chunk],
                    transfer_of(sender),
                    numbers.guid_from(random),
                    signer=signer if message_type in _SIGNED else None,
                )
                indexes = tuple(parcel.index for parcel in chunk)
                yield SimulatedMessage(message_type, number, sender, indexes, data)


def _by_sender(
    parcels: tuple[SimulatedParcel, ...], message_type: str, roster: Roster
) -> Iterator[tuple[Enterprise, list[SimulatedParcel]]]:
    """Each sender of this type with its parcels in time order; a message has one sender."""
    groups: dict[str, list[SimulatedParcel]] = {}
    for parcel in parcels:
        if message_type in parcel.documents:
            groups.setdefault(parcel.senders[message_type], []).append(parcel)
    for key, group in groups.items():
        yield enterprise(key, roster), group


def transfer_of(sender: Enterprise) -> Transfer:
    """The transport block of a message that an enterprise sends for itself."""
    return Transfer(sender.customs_code, sender.name_zh, "DXP", f"DXPSIM{sender.customs_code}", "")
