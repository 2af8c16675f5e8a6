"""Receipts that customs' national system sent, taken over from whoever got them.

They are facts about documents that went there as well: kept as they came, matched to the sender's own document, and
told again. Nothing here follows from them: no step, no state. A receipt never moves a document backwards: one that is
not later than the last that was applied is kept as late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from backend.domain.errors import DocumentsTooMany
from backend.domain.instants import iso
from backend.domain.receipt_keys import answered_keys, facts_of
from backend.formats.ceb.receipt_reading import ReceiptMessage, ReceiptRowRead, read_receipt
from backend.formats.ceb.statuses import status_label
from backend.formats.ceb.xml import XmlLimits
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.store import relayed_receipts
from backend.store.database import Connection
from backend.store.participant_queries import participant_row
from backend.store.profiles import profile_of

#: Rows of one message: customs send up to 100.
MOST_ROWS = 1_000

#: Stands for nobody: what an operator relays and no document here answers to.
NOBODY = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def relay(gateway: Gateway, caller: Caller, body: bytes) -> dict[str, Any]:
    """Keeps the rows of a receipt message; for each what it says, of which document, and how it stands.

    `standing`: applied, late, unmatched (no document of the caller's answers to it), or repeated, with the standing
    that it got the first time; one that was unmatched then is matched anew. Operators relay for everybody.

    Raises what makes the message unreadable (MessageMalformed, DtdForbidden, MessageTypeUnknown, …).
    """
    message = read_receipt(body, XmlLimits(bytes=gateway.settings.largest_message))
    if len(message.rows) > MOST_ROWS:
        raise DocumentsTooMany(count=len(message.rows), most=MOST_ROWS)
    with gateway.database.write() as connection:
        rows = _Relay(connection, caller.participant_no, message, gateway.now()).take()
    return {"receipt_type": message.type, "guid": message.guid, "rows": rows}


def relayed(gateway: Gateway, caller: Caller, since: int, limit: int) -> dict[str, Any]:
    """What was relayed after the row `since`, in its order: a participant's own, everybody's for operators.

    `info` is customs' own text, which may speak of persons: it is told to the participant alone.
    """
    own = None if caller.sees_every_operation else caller.acting_no
    with gateway.database.read() as connection:
        rows = relayed_receipts.after(connection, since, limit + 1, own)
    page = rows[:limit]
    items = [
        {
            "relayed_id": row.id,
            "participant_no": row.participant_no,
            "receipt_type": row.receipt_type,
            **_status(row.status),
            **({} if own is None else {"info": row.info}),
            "at": _told(row.at_ms),
            "standing": row.standing,
            "document": _document(row) if row.business_key is not None else None,
            "received_at": iso(row.received_at),
        }
        for row in page
    ]
    return {"items": items, "next": page[-1].id if len(rows) > limit else None}


# ---------------------------------------------------------------------------------------------------
# Taking in


@dataclass(slots=True)
class _Row:
    read: ReceiptRowRead
    digest: bytes
    document: Any = None
    owner_no: int = NOBODY


class _Relay:
    """One message against what is stored."""

    def __init__(self, connection: Connection, participant_no: int | None, message: ReceiptMessage, now: int) -> None:
        self.connection = connection
        self.participant_no = participant_no
        self.message = message
        self.now = now

    def take(self) -> list[dict[str, Any]]:
        rows = [_Row(read, _digest(self.message.type, read)) for read in self.message.rows]
        self._match(rows)
        for row in rows:
            row.owner_no = self.participant_no or (row.document.participant_no if row.document else NOBODY)
        self._look_up(rows)
        return [self._take(row) for row in rows]

    def _match(self, rows: Sequence[_Row]) -> None:
        """Finds the document of each row: by its key, else by its guid, which receipts repeat."""
        answers = self.message.answers
        if answers is None:
            return
        codes = self._own_codes()
        keys = {id(row): list(answered_keys(answers, row.read.fields, codes)) for row in rows}
        wanted = {key for each in keys.values() for key in each}
        keyed = relayed_receipts.documents_keyed(self.connection, self._kind, wanted, self.participant_no)
        for row in rows:
            versions = next((keyed[key] for key in keys[id(row)] if key in keyed), [])
            guid = row.read.fields.get("guid", "").strip()
            row.document = next((each for each in versions if each.guid == guid), versions[-1] if versions else None)
        guids = {guid for row in rows if row.document is None and (guid := row.read.fields.get("guid", "").strip())}
        by_guid = relayed_receipts.documents_of_guids(self.connection, answers, guids, self.participant_no)
        for row in rows:
            row.document = row.document or by_guid.get(row.read.fields.get("guid", "").strip())

    @property
    def _kind(self) -> str:
        return str(facts_of(self.message.answers or "").kind)

    def _own_codes(self) -> tuple[str, ...]:
        if self.participant_no is None:
            return ()
        member = participant_row(self.connection, self.participant_no)
        profile = profile_of(self.connection, member.legal_identity) if member is not None else None
        return tuple(code for code in (profile.customs_code, profile.uscc) if code) if profile else ()

    def _look_up(self, rows: Sequence[_Row]) -> None:
        """What was relayed before, and the last that was applied to any version of each document."""
        self.known: dict[tuple[int, bytes], Any] = relayed_receipts.known(self.connection, [row.digest for row in rows])
        self.last: dict[str, datetime | None] = {}
        keys = {row.document.business_key for row in rows if row.document}
        if not keys:
            return
        versions = relayed_receipts.documents_keyed(self.connection, self._kind, keys)
        key_of = {each.id: key for key, found in versions.items() for each in found}
        for document_id, at_ms in relayed_receipts.last_applied(self.connection, key_of).items():
            self._note_applied(key_of[document_id], None if at_ms is None else _moment(at_ms))

    def _note_applied(self, key: str, at: datetime | None) -> None:
        times = [each for each in (self.last.get(key), at) if each is not None]
        self.last[key] = max(times, default=None)

    def _take(self, row: _Row) -> dict[str, Any]:
        before = self.known.get((row.owner_no, row.digest))
        if before is None and row.document is not None:
            # Relayed by an operator when nobody's document answered to it.
            before = self.known.get((NOBODY, row.digest))
        if before is not None and (before.standing != "unmatched" or row.document is None):
            return self._answer(row, before.id, "repeated") | {"first": before.standing}
        standing = self._standing(row)
        if before is None:
            (row_id,) = relayed_receipts.add(self.connection, [self._stored(row, standing)])
        else:
            row_id = int(before.id)
            relayed_receipts.settle(
                self.connection,
                row_id,
                document_id=row.document.id,
                participant_no=row.owner_no,
                standing=standing,
            )
        self.known[row.owner_no, row.digest] = _Known(row_id, standing)
        return self._answer(row, row_id, standing)

    def _standing(self, row: _Row) -> str:
        if row.document is None:
            return "unmatched"
        key = row.document.business_key
        if not row.read.is_later_than(self.last.get(key)):
            return "late"
        self._note_applied(key, row.read.at)
        return "applied"

    def _stored(self, row: _Row, standing: str) -> dict[str, Any]:
        read = row.read
        return {
            "participant_no": row.owner_no,
            "receipt_type": self.message.type,
            "document_id": row.document.id if row.document else None,
            "guid": read.fields.get("guid", "")[:36],
            # The whole of it stands in `fields`, however long it is.
            "status": read.status[:40],
            "info": read.info[:1000],
            "at_ms": _milliseconds(read.at),
            "standing": standing,
            "digest": row.digest,
            "fields": orjson.dumps({"fields": read.fields, "lines": read.lines}),
            "received_at": self.now,
        }

    def _answer(self, row: _Row, row_id: int, standing: str) -> dict[str, Any]:
        read = row.read
        return {
            "index": read.index,
            "relayed_id": row_id,
            "standing": standing,
            **_status(read.status),
            "at": _told(_milliseconds(read.at)),
            "codes": [{"code": each.code, "description": each.description} for each in read.codes],
            "document": _document(row.document) if row.document else None,
            "faults": [fault.as_json() for fault in read.faults],
        }


@dataclass(frozen=True, slots=True)
class _Known:
    """A row that this message itself has brought."""

    id: int
    standing: str


def _digest(receipt_type: str, row: ReceiptRowRead) -> bytes:
    content = orjson.dumps([receipt_type, row.fields, row.lines], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).digest()


def _status(status: str) -> dict[str, Any]:
    """A status as it came, with its names where any table knows it."""
    label = status_label(status)
    return {"status": status, "status_zh": label and label[0], "status_en": label and label[1]}


def _document(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "message_type": row.message_type,
        "business_key": row.business_key,
        "parcel_id": row.parcel_id.hex() if row.parcel_id else None,
    }


def _milliseconds(at: datetime | None) -> int | None:
    """Unix milliseconds; None for a time that nobody can mean."""
    found = None if at is None else (at - _EPOCH) // timedelta(milliseconds=1)
    return found if found is not None and found >= 0 else None


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)


def _told(at_ms: int | None) -> str | None:
    """`2026-11-22T19:00:00.123Z`."""
    return None if at_ms is None else _moment(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
