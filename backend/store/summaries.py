"""Closings of months and their summaries; and the released lists that a closing reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Direction, Sets, Step
from backend.store.database import Connection
from backend.store.declared_lists import declared_lists
from backend.store.readmodel import number, sets_of_blob
from backend.store.tables import (
    documents,
    manifests,
    records,
    summaries,
    summary_closings,
    summary_lists,
)

_CLOSING = summary_closings.c
_SUMMARY = summaries.c


@dataclass(frozen=True, slots=True)
class ReleasedList:
    """A list that was released; `fields` is None where its content was erased."""

    parcel_id: bytes
    position: int
    sets: Sets
    message_type: str
    root: bytes
    fields: bytes | None


def released_lists(
    connection: Connection, *, declarant_no: int, district: int, first: int, before: int
) -> Iterator[ReleasedList]:
    """The export lists that a declarant declared in a district and that customs released from `first` to `before`."""
    query = (
        sa.select(manifests.c.id, manifests.c.size, manifests.c.sets, records.c.parcels)
        .join(records, records.c.manifest_row == manifests.c.id)
        .where(
            manifests.c.declarant_no == declarant_no,
            manifests.c.declaring_district == district,
            manifests.c.direction == Direction.Export,
            records.c.step == Step.Release,
            records.c.at >= first,
            records.c.at < before,
        )
    )
    released: dict[int, tuple[int, Sets]] = {}
    for row in connection.execute(query):
        already = released.get(row.id, (0, None))[0]
        released[row.id] = (already | number(row.parcels), sets_of_blob(row.size, row.sets))
    columns = (documents.c.parcel_id, documents.c.message_type, documents.c.root, documents.c.fields)
    for one in declared_lists(connection, released, *columns):
        parcels, sets = released[one.manifest_row]
        if parcels >> one.position & 1:
            yield ReleasedList(one.parcel_id, one.position, sets, one.message_type, one.root, one.fields)


def last_number(connection: Connection, declarant_no: int, district: int, month: str) -> int:
    """How often the month was closed."""
    query = sa.select(sa.func.coalesce(sa.func.max(_CLOSING.number), 0)).where(*_of(declarant_no, district, month))
    return int(connection.execute(query).scalar_one())


def current_summaries(connection: Connection, declarant_no: int, district: int, month: str) -> list[sa.Row[Any]]:
    """The summaries of a month that no later one supersedes."""
    query = sa.select(summaries).join(summary_closings, _CLOSING.id == _SUMMARY.closing_id)
    conditions = _of(declarant_no, district, month)
    return list(connection.execute(query.where(*conditions, ~_SUMMARY.superseded).order_by(_SUMMARY.id)))


def roots_of(connection: Connection, summary_id: int) -> list[bytes]:
    """The roots of the lists of a summary, in the order of its leaves."""
    column = summary_lists.c
    query = sa.select(column.root).where(column.summary_id == summary_id).order_by(column.position)
    return list(connection.execute(query).scalars())


def insert_closing(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(connection.execute(sa.insert(summary_closings).returning(_CLOSING.id), dict(row)).scalar_one())


def insert_summary(
    connection: Connection, row: Mapping[str, Any], leaves: Sequence[Mapping[str, Any]], supersedes_id: int | None
) -> int:
    """Adds a summary with its leaves in their order, in the place of an earlier one where there is such; its id."""
    made = sa.insert(summaries).returning(_SUMMARY.id)
    summary_id = int(connection.execute(made, {**row, "superseded": False}).scalar_one())
    rows = [{"summary_id": summary_id, "position": position, **leaf} for position, leaf in enumerate(leaves)]
    if rows:
        connection.execute(sa.insert(summary_lists), rows)
    if supersedes_id is not None:
        connection.execute(sa.update(summaries).where(_SUMMARY.id == supersedes_id).values(superseded=True))
    return summary_id


def summary_row(connection: Connection, summary_id: int) -> sa.Row[Any] | None:
    """A summary with its closing."""
    return connection.execute(_with_closing().where(_SUMMARY.id == summary_id)).first()


def summaries_of_closing(connection: Connection, closing_id: int) -> list[sa.Row[Any]]:
    return list(connection.execute(_with_closing().where(_SUMMARY.closing_id == closing_id).order_by(_SUMMARY.id)))


def closing_row(connection: Connection, closing_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(summary_closings).where(_CLOSING.id == closing_id)).first()


def find_summaries(
    connection: Connection,
    *,
    declarant_no: int | None,
    district: int | None,
    month: str | None,
    below_id: int | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Summaries with their closings, newest first; None asks for no such thing."""
    query = _with_closing().order_by(_SUMMARY.id.desc()).limit(limit)
    for column, value in ((_CLOSING.declarant_no, declarant_no), (_CLOSING.district, district)):
        if value is not None:
            query = query.where(column == value)
    if month is not None:
        query = query.where(_CLOSING.month == month)
    if below_id is not None:
        query = query.where(_SUMMARY.id < below_id)
    return list(connection.execute(query))


def leaves_of(connection: Connection, summary_id: int) -> list[sa.Row[Any]]:
    """The lists of a summary in the order of its leaves."""
    column = summary_lists.c
    query = sa.select(summary_lists).where(column.summary_id == summary_id).order_by(column.position)
    return list(connection.execute(query))


def _of(declarant_no: int, district: int, month: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _CLOSING.declarant_no == declarant_no, _CLOSING.district == district, _CLOSING.month == month


def _with_closing() -> sa.Select[Any]:
    of_closing = (
        _CLOSING.declarant_no,
        _CLOSING.district,
        _CLOSING.month,
        _CLOSING.number,
        _CLOSING.operation_id,
        _CLOSING.closed_at,
    )
    return sa.select(summaries, *of_closing).join(summary_closings, _CLOSING.id == _SUMMARY.closing_id)
