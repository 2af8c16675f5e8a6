"""A real database with import parcels on it, their records folded by the lifecycle's own table; no chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
import sqlalchemy as sa

from backend.domain.commitments import document_root
from backend.domain.documents import Document, document_of
from backend.domain.lifecycle import Direction, Sets, State, Step, effect_of
from backend.domain.notices import Notice
from backend.store import readmodel
from backend.store.database import Connection, Database
from backend.store.documents import insert_documents
from backend.store.migrations import migrate
from backend.store.readmodel import word

KEY = bytes(range(32))
DECLARANT = 7
DISTRICT = 2233
#: Noon of 1 March 2026 in China.
NOON = 1_772_337_600
DAY = 86_400


def new_database(folder: Path) -> Database:
    url = f"sqlite:///{folder / 'guanlian.db'}"
    migrate(url)
    return Database(url)


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """A write transaction of which nothing stays, so that many examples share one database."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            connection.rollback()


def parcel(number: int) -> bytes:
    return hashlib.sha256(b"parcel %d" % number).digest()


def import_list(*prices: str, buyer: str = "99000018800101001X", **head: str) -> Document:
    """A declaration with one piece of mineral water a price; `head` overrides its usual fields."""
    usual = {
        "copNo": "C1", "buyerIdNumber": buyer, "buyerIdType": "1", "freight": "0", "insuredFee": "0", "currency": "142",
        "agentCode": "3122600001", "ebcCode": "4401962010", "logisticsCode": "3122400001", "customsCode": "2233",
        "assureCode": "330766K00Q",
    }  # fmt: skip
    lines = [
        {
            "gnum": str(number),
            "gcode": "2201101000",
            "qty": "1",
            "qty1": "1",
            "unit1": "095",
            "totalPrice": price,
            "currency": "142",
        }
        for number, price in enumerate(prices, 1)
    ]
    return document_of("621", usual | head, lines)


class Shelf:
    """Parcels on one connection. Each has a manifest of its own for every time that it is declared."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._count = 0

    def keep(self, parcel_id: bytes | None, document: Document | Notice, kind: str = "Declaration") -> int:
        """Stores a document or notice of a parcel as the newest of its kind and key; its id."""
        self._count += 1
        fields = document.to_fields()
        row = {
            "kind": kind, "message_type": document.type, "business_key": f"{document.business_key}|{self._count}",
            "version": 1, "current": True, "guid": "", "participant_no": DECLARANT, "operation_id": "0" * 32,
            "parcel_id": parcel_id, "waybill_key": None, "seller_no": None, "secret": bytes(32),
            "fields": orjson.dumps(fields), "root": document_root(bytes(32), fields),
            "content_digest": document.content_digest(), "attested_in": None, "received_at": NOON,
        }  # fmt: skip
        return insert_documents(self.connection, [row])[0]

    def declare(self, parcel_id: bytes, at: int = NOON) -> bytes:
        """A new manifest with this parcel alone; its id."""
        self._count += 1
        manifest = hashlib.sha256(b"manifest %d" % self._count).digest()
        row = {
            "manifest": manifest, "declarant_no": DECLARANT, "seller_no": 5, "declaring_district": DISTRICT,
            "port_district": DISTRICT, "supervision_mode": 9610, "direction": int(Direction.Import), "size": 1,
            "declared_at": at, "root": bytes(32), "head": bytes(32), "sets": readmodel.blob_of(Sets.declared(1)),
            "occupied": readmodel.occupied(Sets.declared(1)), "block": 1,
        }  # fmt: skip
        readmodel.insert_manifest(self.connection, row, [parcel_id])
        return manifest

    def step(self, parcel_id: bytes, step: Step, at: int = NOON) -> State:
        """Records a step on the parcel's newest manifest and folds it in; where the parcel stands then."""
        self._count += 1
        place = readmodel.places_of(self.connection, [parcel_id])[parcel_id][0]
        sets = readmodel.sets_of_blob(place.size, place.sets)
        sets.apply(effect_of(step, readmodel.profile_of_row(place)), 1)
        record = {
            "manifest_row": place.id, "step": int(step), "participant_no": 3, "parcels": word(1), "evidence": bytes(32),
            "head": bytes(32), "at": at, "block": self._count, "log_index": 0, "transaction_hash": bytes(32),
        }  # fmt: skip
        readmodel.insert_records(self.connection, [record])
        readmodel.update_manifest(self.connection, place.id, bytes(32), sets)
        return sets.state_of(0)

    def steps(self, parcel_id: bytes, *steps: tuple[Step, int]) -> State:
        """As `step`, one after the other, each with its instant."""
        return [self.step(parcel_id, step, at) for step, at in steps][-1]

    def table(self, table: sa.Table) -> Sequence[Mapping[str, object]]:
        """A table's rows in their order."""
        return [dict(row._mapping) for row in self.connection.execute(sa.select(table).order_by(*table.primary_key))]
