"""A database without a chain: the demo's cast registered, documents kept as the gateway keeps them."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backend.domain.commitments import parcel_id
from backend.domain.documents import Document
from backend.domain.lifecycle import Direction, Flag, Sets, State
from backend.domain.participants import Role, role_set
from backend.domain.roster import ROSTER
from backend.store import readmodel
from backend.store.database import Connection, Database
from backend.store.documents import insert_documents
from backend.store.migrations import migrate
from backend.store.profiles import Profile, save_profile
from backend.store.tables import notice_subjects, participants

KEY = b"a key of this test's consortium!"

_serial = itertools.count(1)


def make_database(path: Path) -> None:
    """A new database in this file, the demo's participants numbered in the order of the roster."""
    migrate(f"sqlite:///{path}")
    with opened(path) as database, database.write() as connection:
        for number, member in enumerate(ROSTER, 1):
            identity = hashlib.sha256(member.uscc.encode()).digest()
            profile = Profile(identity, member.uscc, member.customs_code, member.name_zh, member.name_en, member.key)
            save_profile(connection, profile, 0)
            row = {
                "participant_no": number,
                "legal_identity": identity,
                "roles": role_set(Role[name] for name in member.roles),
                "district": int(member.district or 0),
                "credit_grade": 0,
                "suspended": False,
                "registrar_no": 0,
                "registered_at": 0,
            }
            connection.execute(sa.insert(participants), row)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()


def parcel_of(document: Document) -> bytes:
    """The parcel of a document that names its order."""
    assert document.order_reference is not None
    return parcel_id(KEY, *document.order_reference)


def keep(connection: Connection, parcel: bytes | None, *given: Document, **columns: Any) -> list[int]:
    """Stores documents as current versions; an unlinked waybill has no parcel. Their ids."""
    rows = []
    for document in given:
        fields = document.to_fields()
        rows.append(
            {
                "kind": str(document.kind),
                "message_type": document.type,
                "business_key": document.business_key,
                "version": next(_serial),
                "current": True,
                "guid": document.head.get("guid", ""),
                "participant_no": 1,
                "operation_id": "0" * 32,
                "parcel_id": parcel,
                "waybill_key": "|".join(document.waybill_reference) if document.waybill_reference else None,
                "seller_no": None,
                "secret": b"s" * 32,
                "fields": json.dumps(fields).encode(),
                "root": b"r" * 32,
                "content_digest": document.content_digest(),
                "attested_in": None,
                "received_at": 0,
                **columns,
            }
        )
    return insert_documents(connection, rows)


def report_goods(connection: Connection, kind: str, waybill: str | None, bill: str, status: str = "done") -> None:
    """What a notice (Arrival, MasterWaybill) says of a waybill, or of a whole bill."""
    number = next(_serial)
    row = {
        "document_id": number,
        "kind": kind,
        "line": 1,
        "waybill_key": waybill,
        "bill_no": bill,
        "status": status,
        "updated_at": 0,
    }
    connection.execute(sa.insert(notice_subjects), row)


def declare_on_chain(connection: Connection, parcel: bytes, *flags: Flag) -> None:
    """The read model's row of a manifest that holds this parcel alone, accepted and with these flags."""
    sets = Sets(1)
    sets.words[State.Accepted] = 1
    for flag in flags:
        sets.words[16 + flag] = 1
    number = next(_serial)
    manifest = hashlib.sha256(b"%d" % number).digest()
    row = {
        "manifest": manifest,
        "seller_no": 1,
        "declarant_no": 1,
        "declaring_district": 2233,
        "port_district": 2233,
        "supervision_mode": 9610,
        "direction": int(Direction.Import),
        "size": 1,
        "root": b"r" * 32,
        "head": b"h" * 32,
        "sets": readmodel.blob_of(sets),
        "occupied": readmodel.occupied(sets),
        "declared_at": number,
        "block": number,
    }
    readmodel.insert_manifest(connection, row, [parcel])
