"""What a simulation yields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from backend.domain.documents import Document
from backend.domain.roster import Enterprise

Mode = Literal["import", "export"]


class Anomaly(StrEnum):
    AmountMismatch = "amount_mismatch"
    MissingPayment = "missing_payment"
    WrongBuyer = "wrong_buyer"
    BarredSeller = "barred_seller"
    UnknownEnterprise = "unknown_enterprise"


class Expected(StrEnum):
    """What should become of a parcel.

    Matched, mismatch or incomplete by its documents; refused by the chain (barred) or the registry (unknown).
    """

    Matched = "matched"
    Mismatch = "mismatch"
    Incomplete = "incomplete"
    Refused = "refused"


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

    def label(self) -> dict[str, str | int | None]:
        """The parcel's row in labels.json."""
        return {
            "parcel": self.index,
            "platform_code": self.platform_code,
            "order_no": self.order_no,
            "seller": self.seller,
            "customs_code": self.customs_code,
            "port_code": self.port_code,
            "trade_mode": self.trade_mode,
            "anomaly": self.anomaly.value if self.anomaly else None,
            "expected": self.expected.value,
        }


@dataclass(frozen=True, slots=True)
class SimulatedMessage:
    """One message of one sender, ready to post."""

    type: str
    number: int
    sender: Enterprise
    #: Indexes of the parcels whose documents it carries, in their order in the message.
    parcels: tuple[int, ...]
    data: bytes

    @property
    def file_name(self) -> str:
        return f"CEB{self.type}-{self.number:04d}.xml"


@dataclass(frozen=True)
class SimulatedSet:
    """Parcels and the messages that carry their documents, in the order in which they are to be sent."""

    mode: Mode
    seed: int
    parcels: tuple[SimulatedParcel, ...]
    messages: tuple[SimulatedMessage, ...]

    def messages_of(self, message_type: str) -> Iterator[SimulatedMessage]:
        return (message for message in self.messages if message.type == message_type)

    def write_set(self, out_dir: Path) -> list[Path]:
        """Each message as `CEB311-0001.xml` …, and `labels.json`; the folder is made. Returns the paths."""
        out_dir.mkdir(parents=True, exist_ok=True)
        paths = []
        for message in self.messages:
            path = out_dir / message.file_name
            path.write_bytes(message.data)
            paths.append(path)
        labels = out_dir / "labels.json"
        rows = {
            "mode": self.mode,
            "seed": self.seed,
            "parcels": [parcel.label() for parcel in self.parcels],
        }
        labels.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return [*paths, labels]
