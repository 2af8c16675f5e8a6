"""Documents and notices into the messages of their senders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random

from backend.domain.documents import Document
from backend.domain.notices import Notice
from backend.domain.roster import Enterprise
from backend.formats.ceb.messages import Transfer
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.simulation import numbers
from backend.services.simulation.model import Mode, SimulatedMessage

#: Most documents or notices of one message; a 711 carries one.
MOST_DOCUMENTS = 100

#: What must be signed once it is declared, by the schema (imports) or by the specification's text (exports).
SIGNED = frozenset({"621", "603", "623", "625", "711", "507", "509", "605", "607", "701"})


class Postbox:
    """Writes messages, numbered within their type; the same seed and the same content give the same bytes."""

    def __init__(self, seed: int, mode: Mode) -> None:
        self._name = f"{seed}/{mode}"
        self._signer = SimulatorSigner(self._name.encode())
        self._numbers: Counter[str] = Counter()

    def post(
        self, message_type: str, sender: Enterprise, content: Sequence[Document | Notice], parcels: Iterable[int]
    ) -> SimulatedMessage:
        """The next message of its type."""
        self._numbers[message_type] += 1
        number = self._numbers[message_type]
        return self._write(message_type, number, sender, content, tuple(parcels), f"{message_type}/{number}")

    def post_alone(self, notice: Notice, sender: Enterprise, parcels: tuple[int, ...]) -> SimulatedMessage:
        """A message outside the numbering, after its first parcel; its id follows from the notice's."""
        return self._write(notice.type, parcels[0] + 1, sender, [notice], parcels, notice.head["guid"])

    def _write(
        self,
        message_type: str,
        number: int,
        sender: Enterprise,
        content: Sequence[Document | Notice],
        parcels: tuple[int, ...],
        name: str,
    ) -> SimulatedMessage:
        # Not for secrets: message ids follow from the seed.
        guid = numbers.guid_from(Random(f"{self._name}/{name}"))  # noqa: S311
        signer = self._signer if message_type in SIGNED else None
        data = write_message(message_type, content, transfer_of(sender), guid, signer=signer)
        return SimulatedMessage(message_type, number, sender, parcels, data)


def transfer_of(sender: Enterprise) -> Transfer:
    """The transport block of a message that an enterprise sends for itself."""
    return Transfer(sender.customs_code, sender.name_zh, "DXP", f"DXPSIM{sender.customs_code}", "")
