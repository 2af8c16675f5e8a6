"""Giving receipts: what customs would answer to a document or notice, kept in the order in which it was given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from backend.formats.ceb.fields import RECEIPTS_FOR
from backend.formats.ceb.receipts import answered_fields
from backend.formats.ceb.standings import Standing, cut
from backend.services.outcomes import DocumentOutcome
from backend.store import progress, receipts
from backend.store.database import Connection

#: The latest return time given, in milliseconds.
_LATEST = "receipt_time"

#: Receipts of documents that were refused and so are not kept.
NO_DOCUMENT = 0


def receipt_type_of(message_type: str) -> str:
    """The receipt that answers a message of this type."""
    return RECEIPTS_FOR[message_type].type


def china_moment(now: int) -> datetime:
    """An instant as the receipts' functions take it."""
    return datetime.fromtimestamp(now, UTC)


class Answers:
    """Receipts that one transaction gives.

    The return times of one document grow with each receipt, whatever clocks do. `about` tells receipts of one document
    apart: the same subject again gives no second receipt, so that reading the chain again answers nobody twice.
    """

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now
        self._rows: list[dict[str, Any]] = []
        self._count: dict[tuple[int, int], int] = {}

    def add(
        self,
        document_id: int,
        participant_no: int,
        parcel_id: bytes | None,
        message_type: str,
        standing: Standing,
        *about: object,
        receipt_type: str | None = None,
        content: Mapping[str, Any] | None = None,
    ) -> None:
        """One receipt of a document that is kept. Without `about` it is given once for its status."""
        kind = receipt_type or receipt_type_of(message_type)
        named = about or (standing.status,)
        self._add(document_id, participant_no, parcel_id, kind, standing, (document_id, kind, *named), content)

    def add_refused(
        self, participant_no: int, message_type: str, head: Mapping[str, str], outcome: DocumentOutcome, digest: bytes
    ) -> None:
        """The receipt of a document that was refused, once for its bytes and its reason."""
        standing = Standing(outcome.return_status, cut(outcome.info))
        about = (participant_no, digest.hex(), outcome.index, outcome.return_status)
        content = {"head": answered_fields(message_type, head)}
        parcel_id = bytes.fromhex(outcome.parcel_id) if outcome.parcel_id else None
        kind = receipt_type_of(message_type)
        self._add(NO_DOCUMENT, participant_no, parcel_id, kind, standing, about, content)

    def store(self) -> None:
        """Keeps what was added; what was answered before is left out."""
        if not self._rows:
            return
        latest = progress.reached(self._connection, _LATEST) or 0
        base = max(self._now * 1000, latest + 1)
        for row in self._rows:
            row["at_ms"] += base
        receipts.insert_receipts(self._connection, self._rows)
        progress.reach(self._connection, _LATEST, max(row["at_ms"] for row in self._rows))
        self._rows = []

    def _add(
        self,
        document_id: int,
        participant_no: int,
        parcel_id: bytes | None,
        receipt_type: str,
        standing: Standing,
        about: tuple[object, ...],
        content: Mapping[str, Any] | None,
    ) -> None:
        place = (document_id, participant_no)
        later = self._count[place] = self._count.get(place, -1) + 1
        self._rows.append(
            {
                "participant_no": participant_no,
                "receipt_type": receipt_type,
                "document_id": document_id,
                "parcel_id": parcel_id,
                "status": standing.status,
                "info": standing.info,
                # later within the transaction; the moment itself is known when it is stored
                "at_ms": later,
                "subject": hashlib.sha256("|".join(map(str, about)).encode()).digest(),
                "content": None if content is None else dict(content),
            }
        )
