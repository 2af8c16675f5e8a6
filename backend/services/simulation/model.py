"""What a simulation yields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from backend.domain.documents import Document
from backend.domain.roster import Enterprise
from backend.services.simulation.labels import Anomaly, Expected

Mode = Literal["import", "export"]

#: Told what is being done, how much of it is done, and how much there is.
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Journey:
    """Under which bill a parcel travels, and which reports name it."""

    bill_no: str
    voyage_no: str
    waybill_no: str
    #: Keys of the carrier and of whoever runs the supervised place.
    carrier: str
    operator: str
    #: Whether the arrival (711, 507) and the master waybill (607) name the parcel.
    arrives: bool
    in_master: bool


@dataclass(frozen=True, slots=True)
class SimulatedParcel:
    """One parcel: its documents by message type ("311" …) and what was built into it."""

    index: int
    platform_code: str
    order_no: str
    seller: str | None
    customs_code: str
    port_code: str
    trade_mode: str
    anomaly: Anomaly | None
    expected: Expected
    documents: Mapping[str, Document]
    #: Message type → key of the enterprise that sends it.
    senders: Mapping[str, str]
    #: The rules of comparing that it breaks, warnings among them.
    expected_rules: frozenset[str]
    #: The same, at least, where documents are found by the numbers in them, if that makes a difference.
    joined_rules: frozenset[str] | None
    #: When it was ordered, China Standard Time.
    ordered: datetime
    #: None for bonded imports, which arrived in bulk before they were ordered, and for duplicate declarations.
    journey: Journey | None

    @property
    def declaration(self) -> Document | None:
        """Its list, None where nobody declares it."""
        return self.documents.get("621") or self.documents.get("603")

    def label(self) -> dict[str, Any]:
        """The parcel's row in labels.json."""
        row: dict[str, Any] = {
            "parcel": self.index,
            "platform_code": self.platform_code,
            "order_no": self.order_no,
            "seller": self.seller,
            "customs_code": self.customs_code,
            "port_code": self.port_code,
            "trade_mode": self.trade_mode,
            "anomaly": self.anomaly.value if self.anomaly else None,
            "expected": self.expected.value,
            "expected_rules": sorted(self.expected_rules),
        }
        if self.joined_rules is not None:
            row["joined_rules"] = sorted(self.joined_rules)
        return row


@dataclass(frozen=True, slots=True)
class SimulatedMessage:
    """One message of one sender, ready to post."""

    type: str
    number: int
    sender: Enterprise
    #: Indexes of the parcels whose documents it carries or that its notices name, in their order in the message.
    parcels: tuple[int, ...]
    data: bytes

    @property
    def file_name(self) -> str:
        return f"CEB{self.type}-{self.number:04d}.xml"


@dataclass(frozen=True)
class SimulatedSet:
    """Parcels, the messages that carry their documents, and the notices that can be sent without an answer to these.

    Each tuple is in the order in which it is to be sent, and the tuples are in that order too. What needs
    customs' numbers is made afterwards, by `requests`.
    """

    mode: Mode
    seed: int
    parcels: tuple[SimulatedParcel, ...]
    messages: tuple[SimulatedMessage, ...]
    #: 607, exports.
    masters: tuple[SimulatedMessage, ...] = ()
    #: 711, direct imports; 507, exports.
    arrivals: tuple[SimulatedMessage, ...] = ()
    #: 509, exports that nothing is wrong with: after their release.
    departures: tuple[SimulatedMessage, ...] = ()
    #: 513, a share of the imports that nothing is wrong with: after their release.
    deliveries: tuple[SimulatedMessage, ...] = ()

    @property
    def notices(self) -> tuple[SimulatedMessage, ...]:
        return self.masters + self.arrivals + self.departures + self.deliveries

    def messages_of(self, message_type: str) -> Iterator[SimulatedMessage]:
        every = (*self.messages, *self.notices)
        return (message for message in every if message.type == message_type)

    def write_set(self, out_dir: Path) -> list[Path]:
        """Each message as `CEB311-0001.xml` …, and `labels.json`; the folder is made. Returns the paths."""
        out_dir.mkdir(parents=True, exist_ok=True)
        paths = []
        for message in (*self.messages, *self.notices):
            path = out_dir / message.file_name
            path.write_bytes(message.data)
            paths.append(path)
        labels = out_dir / "labels.json"
        rows = {
            "mode": self.mode,
            "seed": self.seed,
            "sending_order": [path.name for path in paths],
            "parcels": [parcel.label() for parcel in self.parcels],
        }
        labels.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return [*paths, labels]


def untold(_what: str, _done: int, _total: int) -> None:
    """For whoever asks for no report."""
