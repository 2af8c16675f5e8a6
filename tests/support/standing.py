"""A gateway whose node is down, with receipts put straight into its database: enough to read and to tell of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment
from backend.chain.interfaces import CONTRACTS
from backend.chain.node import free_port
from backend.chain.views import Views
from backend.formats.ceb.fields import RECEIPTS, RECEIPTS_FOR
from backend.services import access
from backend.services.gateway import Gateway
from backend.settings import Settings
from backend.store import receipts
from backend.store.database import Database
from backend.store.documents import insert_documents
from backend.store.migrations import migrate

#: What a document's receipts repeat of it, for any type; each layout takes its own.
ANSWERED = {
    "customsCode": "2233",
    "ebpCode": "3105961682",
    "ebcCode": "3105961683",
    "agentCode": "3122600001",
    "payCode": "312226T001",
    "payTransactionId": "PAY-1",
    "payNo": "PAY-1",
    "logisticsCode": "3120980105",
    "logisticsNo": "WB-1",
    "logisticsStatus": "S",
    "operatorCode": "3122480063",
    "orderNo": "ORDER-1",
    "copNo": "COP-1",
    "coElNo": "COP-1",
    "billNo": "784-12345675",
    "msgSeqNo": "1",
    "statisticsFlag": "A",
    "invtNo": "22332026I000000001",
    "sumNo": "223320260000000001",
    "rkdNo": "RKD-1",
}
AT_MS = 1_772_413_323_456


class Clock:
    """The time as the test sets it; it begins at the real one, by which receivers judge a signature's age."""

    def __init__(self) -> None:
        self.now = int(time.time())

    def __call__(self) -> int:
        return self.now


@contextmanager
def standing_gateway(home: Path, *, database_url: str = "", **settings: Any) -> Iterator[Gateway]:
    """A gateway with an empty database and a clock of the test's own; nobody answers where its node should be."""
    made = Settings(
        home=home,
        rpc_url=f"http://127.0.0.1:{free_port()}",
        poll_seconds=0.02,
        **{"database_url": database_url or f"sqlite:///{home / 'guanlian.db'}"} | settings,
    )
    migrate(made.database)
    client = ChainClient(made.rpc_url)
    deployment = Deployment(made.chain_id, dict.fromkeys(CONTRACTS, "0x" + "11" * 20), 0, "0x" + "22" * 20)
    gateway = Gateway(
        made, Database(made.database), client, Views(client, deployment), deployment, bytes(32), now=Clock()
    )
    try:
        yield gateway
    finally:
        gateway.close()


def clock_of(gateway: Gateway) -> Clock:
    assert isinstance(gateway.now, Clock)
    return gateway.now


def key_for(gateway: Gateway, participant_no: int | None, *scopes: str) -> dict[str, str]:
    """The headers of a request with a new key."""
    with gateway.database.write() as connection:
        made = access.create_key(
            connection, participant_no=participant_no, scopes=scopes, label="test", now=gateway.now()
        )
    return {"Authorization": f"Bearer {made.token}"}


# ---------------------------------------------------------------------------------------------------
# Receipts


@dataclass
class Conversation:
    """Documents and the receipts on them, as whoever makes receipts writes them."""

    gateway: Gateway
    _count: int = 0

    def document(self, message_type: str = "621", participant_no: int = 5, **more: Any) -> int:
        """A document's id. Its guid, key and parcel follow from its number unless given."""
        self._count += 1
        guid = f"4CDE1CFD-EDED-46B1-946C-{self._count:012d}"
        names = {each.name for each in RECEIPTS_FOR[message_type].head} - {"returnStatus", "returnTime", "returnInfo"}
        answered = {name: value for name, value in ANSWERED.items() if name in names} | {"guid": guid}
        row = {
            "kind": "Declaration",
            "message_type": message_type,
            "business_key": f"{message_type}|COP-{self._count}",
            "version": 1,
            "current": True,
            "guid": guid,
            "participant_no": participant_no,
            "operation_id": f"{self._count:032x}",
            "parcel_id": parcel(self._count),
            "root": bytes(32),
            "content_digest": bytes(32),
            "answered": orjson.dumps(answered),
            "pre_no": f"B20260302{self._count:09d}",
            "list_no": None,
            "received_at": self.gateway.now(),
        }
        with self.gateway.database.write() as connection:
            return insert_documents(connection, [row | more])[0]

    def receipt(
        self,
        document_id: int,
        status: str = "120",
        *,
        participant_no: int = 5,
        parcel_id: bytes | None = None,
        receipt_type: str = "622",
        info: str = "[Code:1800;Desc:逻辑校验通过]",
        content: Mapping[str, Any] | None = None,
    ) -> int:
        """A receipt's id."""
        self._count += 1
        row = {
            "participant_no": participant_no,
            "receipt_type": receipt_type,
            "document_id": document_id,
            "parcel_id": parcel_id,
            "status": status,
            "info": info,
            "at_ms": AT_MS + self._count,
            "subject": hashlib.sha256(f"subject {self._count}".encode()).digest(),
            "content": content,
        }
        with self.gateway.database.write() as connection:
            (new,) = receipts.insert_receipts(connection, [row])
        return new

    def life(self, number: int, statuses: tuple[str, ...] = ("2", "120", "800"), participant_no: int = 5) -> list[int]:
        """The receipts on one parcel's list."""
        document_id = self.document(participant_no=participant_no, parcel_id=parcel(number))
        return [
            self.receipt(document_id, status, parcel_id=parcel(number), participant_no=participant_no)
            for status in statuses
        ]


def parcel(number: int) -> bytes:
    return hashlib.sha256(f"parcel {number}".encode()).digest()


def bill(number: int) -> dict[str, Any]:
    """The content of a tax bill 816."""
    amounts = {"customsTax": "0.00", "valueAddedTax": "37.31", "consumptionTax": "0.00"}
    return {
        "head": {
            "guid": f"4CDE1CFD-EDED-46B1-946D-{number:012d}",
            "returnTime": "20260302090203456",
            "invtNo": "22332026I000000001",
            "taxNo": f"22332026I000000001_{number}",
            **amounts,
            "status": "1",
        },
        "lines": [{"gnum": "1", "gcode": "2201101000", "taxPrice": "410.00", **amounts}],
    }


def bill_status(number: int) -> dict[str, Any]:
    """The content of a tax bill's status 818."""
    head = bill(number)["head"]
    return {
        "head": {name: head[name] for name in ("guid", "returnTime", "invtNo", "taxNo")} | {"status": "2"},
        "lines": [],
    }


ANSWERING_TYPES = tuple(kind for kind, layout in RECEIPTS.items() if layout.answers is not None)
