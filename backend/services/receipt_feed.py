"""Receipts as participants read them: one after another, as JSON or as the messages that customs would send."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import orjson

from backend.domain.errors import InvalidInput
from backend.domain.instants import iso_ms
from backend.formats.ceb.fields import RECEIPTS
from backend.formats.ceb.receipt_reading import inner_codes
from backend.formats.ceb.receipts import ReceiptRow, RowValues, row_fields, write_feed, write_receipt, write_rows
from backend.formats.ceb.statuses import ReturnStatus, receipt_label
from backend.services.gateway import Gateway
from backend.services.parcels import completeness
from backend.store import receipts
from backend.store.documents import chunks

#: Receipts in one message; the schemas of most types allow no more.
MOST_ROWS = 100

_BEFORE_ACCEPTANCE = frozenset({ReturnStatus.Staged, ReturnStatus.Taken, ReturnStatus.Sent, ReturnStatus.NotSent})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """A part of a participant's receipts in their order; `next_id` goes on behind it, `more` if there is more."""

    rows: Sequence[Any]
    next_id: int
    more: bool
    complete: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        items = [receipt_json(row) for row in self.rows]
        return {"items": items, "next": self.next_id, "more": self.more, **self.complete}

    def as_xml(self) -> bytes:
        """Complete CEBnnnMessage elements in the receipts' order, each valid by itself.

        Receipts of one type that follow one another share a message.
        """
        return write_feed(_messages(self.rows), next_id=self.next_id, more=self.more)


def read_feed(
    gateway: Gateway,
    participant_no: int | None,
    since: int,
    limit: int,
    *,
    receipt_type: str | None = None,
    parcel_id: str | None = None,
    status: str | None = None,
) -> Feed:
    """The receipts after `since` of a participant (None: of everybody). Raises InvalidInput for an unknown type.

    `status`: as it stands on the receipt, or `backend.store.receipts.REFUSALS`.
    """
    check_type(receipt_type)
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = receipts.receipts_after(
            connection,
            since,
            limit + 1,
            participant_no=participant_no,
            receipt_type=receipt_type,
            parcel_id=None if parcel_id is None else bytes.fromhex(parcel_id),
            status=status,
        )
    page = rows[:limit]
    return Feed(page, page[-1].id if page else since, len(rows) > limit, complete)


def check_type(receipt_type: str | None) -> None:
    """Raises InvalidInput for a type that is no receipt's."""
    if receipt_type is not None and receipt_type not in RECEIPTS:
        raise InvalidInput(field="type", value=receipt_type, rule="one of " + ", ".join(sorted(RECEIPTS)))


def receipt_json(row: Any) -> dict[str, Any]:
    """One receipt; `row` as `backend.store.receipts` gives it. `fields` and `lines` are the message's elements."""
    label = receipt_label(row.receipt_type, row.status)
    content = row.content
    if not _is_whole(row):
        content = {"head": row_fields(_answered_type(row.receipt_type), _receipt_row(row)), "lines": []}
    return {
        "id": row.id,
        "participant_no": row.participant_no,
        "message_type": row.message_type or _answered_type(row.receipt_type),
        "receipt_type": row.receipt_type,
        "status": row.status,
        "label_zh": label[0] if label else None,
        "label_en": label[1] if label else None,
        "info": row.info,
        "codes": [
            {"code": found.code, "description": found.description, "details": list(found.details)}
            for found in inner_codes(row.info)
        ],
        "return_time": iso_ms(row.at_ms),
        "guid": row.guid or content["head"].get("guid"),
        "business_key": row.business_key,
        "parcel_id": row.parcel_id.hex() if row.parcel_id else None,
        "list_no": None if row.status in _BEFORE_ACCEPTANCE else row.list_no,
        "pre_no": row.pre_no,
        "fields": content["head"],
        "lines": content["lines"],
    }


def _messages(rows: Sequence[Any]) -> list[bytes]:
    messages: list[bytes] = []
    for (_, is_whole), group in groupby(rows, key=lambda row: (row.receipt_type, _is_whole(row))):
        written = _whole if is_whole else _answers
        messages += [written(part) for part in chunks(list(group), MOST_ROWS)]
    return messages


def _answers(rows: Sequence[Any]) -> bytes:
    return write_receipt(_answered_type(rows[0].receipt_type), [_receipt_row(row) for row in rows], _guid(rows))


def _whole(rows: Sequence[Any]) -> bytes:
    """Of receipts that are no answers but messages of customs' own, kept with all their content."""
    values = [RowValues(row.content["head"], row.content["lines"]) for row in rows]
    return write_rows(rows[0].receipt_type, values, _guid(rows))


@dataclass(frozen=True, slots=True)
class _Document:
    head: Mapping[str, str]


def _is_whole(row: Any) -> bool:
    """Whether a receipt is no answer to one document but a message of customs' own, kept with all its content."""
    return RECEIPTS[row.receipt_type].answers is None


def _receipt_row(row: Any) -> ReceiptRow:
    head: dict[str, str] = {}
    if row.answered:
        head = orjson.loads(row.answered)
    elif row.content:
        # A document that was refused is not kept; its receipt has what it repeats of it.
        head = row.content["head"]
    # A list has its number from its acceptance on: what was answered before knew none.
    numbers = {"preNo": row.pre_no, "invtNo": None if row.status in _BEFORE_ACCEPTANCE else row.list_no}
    given = {name: value for name, value in numbers.items() if value}
    at = _EPOCH + timedelta(milliseconds=row.at_ms)
    return ReceiptRow(_Document({"guid": row.guid or ""} | head | given), row.status, row.info, at)


def _answered_type(receipt_type: str) -> str:
    """The type of the request that receipts of a type answer."""
    answers = RECEIPTS[receipt_type].answers
    if answers is None:
        raise ValueError(f"a receipt {receipt_type} answers nothing: it needs content")
    return answers


def _guid(rows: Sequence[Any]) -> str:
    """Of a message in a feed: the same for the same receipts."""
    name = f"receipts:{rows[0].receipt_type}:{','.join(str(row.id) for row in rows)}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name)).upper()
