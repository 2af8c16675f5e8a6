"""Receipts: appended once each, read in the order in which they were given.

Ids are that order, also for who reads while another writes: writers hold one lock from before their first statement
until their commit (see `backend.store.database`), so a receipt with a smaller id is never seen after a larger one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import documents, receipts

#: Asks for the receipts that say no: customs' 100, and the negative numbers of errors.
REFUSALS = "refused"

#: Receipts of one reader among which those of one type or status are looked for at a time: the index leads to a
#: reader's receipts, not to what they say.
MOST_LOOKED_AT = 20_000


def insert_receipts(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Appends the receipts whose `subject` is not known yet, in this order; the ids of those that were new."""
    given = [{"parcel_id": None, "content": None} | dict(row) for row in rows]
    if not given:
        return []
    before = newest_id(connection)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(receipts).on_conflict_do_nothing(index_elements=[receipts.c.subject]), given)
    # Writers hold one lock: whatever is newer now is what was appended here.
    new = sa.select(receipts.c.id).where(receipts.c.id > before).order_by(receipts.c.id)
    return list(connection.execute(new).scalars())


def latest_at_ms(connection: Connection, document_ids: Collection[int]) -> dict[int, int]:
    """The return time of each document's newest receipt, in milliseconds; documents without one are left out."""
    found: dict[int, int] = {}
    for part in chunks(sorted(set(document_ids))):
        query = (
            sa.select(receipts.c.document_id, sa.func.max(receipts.c.at_ms).label("at_ms"))
            .where(receipts.c.document_id.in_(part))
            .group_by(receipts.c.document_id)
        )
        found.update({row.document_id: row.at_ms for row in connection.execute(query)})
    return found


def latest_statuses(connection: Connection, document_ids: Collection[int]) -> dict[int, str]:
    """The status of each document's newest receipt; documents without one are left out."""
    found: dict[int, str] = {}
    for part in chunks(sorted(set(document_ids))):
        query = (
            sa.select(receipts.c.document_id, receipts.c.status)
            .where(receipts.c.document_id.in_(part))
            .order_by(receipts.c.id)
        )
        found.update({int(row.document_id): str(row.status) for row in connection.execute(query)})
    return found


def newest_id(connection: Connection) -> int:
    """The id of the newest receipt; 0 where there is none."""
    return int(connection.execute(sa.select(sa.func.max(receipts.c.id))).scalar() or 0)


def receipts_after(
    connection: Connection,
    after: int,
    limit: int,
    *,
    participant_no: int | None = None,
    receipt_type: str | None = None,
    parcel_id: bytes | None = None,
    status: str | None = None,
) -> list[sa.Row[Any]]:
    """The receipts after an id, oldest first, each with what it repeats of its document; None asks for nothing."""
    wanted = [receipts.c.id > after, *_whose(participant_no, parcel_id), *_what(receipt_type, status)]
    return list(connection.execute(_with_document().where(*wanted).order_by(receipts.c.id).limit(limit)))


def receipts_before(
    connection: Connection,
    below: int | None,
    limit: int,
    *,
    participant_no: int | None = None,
    receipt_type: str | None = None,
    parcel_id: bytes | None = None,
    status: str | None = None,
) -> tuple[list[sa.Row[Any]], int | None]:
    """The receipts below an id, newest first, and below which id there may be more (None: nowhere).

    As `receipts_after` otherwise. A filter that few receipts pass may give fewer than there are: the search ends after
    `MOST_LOOKED_AT` and goes on from the id that it gave.
    """
    whose = list(_whose(participant_no, parcel_id))
    if below is not None:
        whose.append(receipts.c.id < below)
    unseen: int | None = None
    if receipt_type is not None or status is not None:
        ids = sa.select(receipts.c.id).where(*whose).order_by(receipts.c.id.desc())
        unseen = connection.scalar(ids.offset(MOST_LOOKED_AT).limit(1))
        if unseen is not None:
            whose.append(receipts.c.id > unseen)
    query = _with_document().where(*whose, *_what(receipt_type, status)).order_by(receipts.c.id.desc())
    rows = list(connection.execute(query.limit(limit + 1)))
    if len(rows) > limit:
        return rows[:limit], int(rows[limit - 1].id)
    return rows, None if unseen is None else unseen + 1


def receipts_of_parcel(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """Every receipt about a parcel, oldest first."""
    query = _with_document().where(receipts.c.parcel_id == parcel_id).order_by(receipts.c.id)
    return list(connection.execute(query))


def receipts_of_document(connection: Connection, document_id: int) -> list[sa.Row[Any]]:
    """Every receipt on one version of a document, oldest first."""
    query = _with_document().where(receipts.c.document_id == document_id).order_by(receipts.c.id)
    return list(connection.execute(query))


def receipts_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(ids):
        query = _with_document().where(receipts.c.id.in_(part))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def _whose(participant_no: int | None, parcel_id: bytes | None) -> Iterator[sa.ColumnElement[bool]]:
    if participant_no is not None:
        # A parcel has a handful of receipts, a participant all of them.
        whose = receipts.c.participant_no if parcel_id is None else only_checked(receipts.c.participant_no)
        yield whose == participant_no
    if parcel_id is not None:
        yield receipts.c.parcel_id == parcel_id


def _what(receipt_type: str | None, status: str | None) -> Iterator[sa.ColumnElement[bool]]:
    if receipt_type is not None:
        yield receipts.c.receipt_type == receipt_type
    if status == REFUSALS:
        yield sa.or_(receipts.c.status == "100", receipts.c.status.like("-%"))
    elif status is not None:
        yield receipts.c.status == status


def _with_document() -> sa.Select[Any]:
    """Receipts of documents that were refused have none: they bring along what they repeat of it."""
    return sa.select(
        receipts,
        documents.c.message_type,
        documents.c.guid,
        documents.c.business_key,
        documents.c.answered,
        documents.c.pre_no,
        documents.c.list_no,
    ).outerjoin(documents, documents.c.id == receipts.c.document_id)
