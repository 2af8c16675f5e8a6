"""What notices speak of: their subjects, and the way from the names that a notice uses to a parcel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.hints import only_checked
from backend.store.tables import documents, manifests, notice_subjects, parcels

#: A subject is over once it has one of these.
OVER = ("done", "refused", "withdrawn", "ignored")


def insert_subjects(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(notice_subjects), list(rows))


def subjects_of(connection: Connection, document_ids: Iterable[int]) -> list[sa.Row[Any]]:
    """The subjects of notices, in their order."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(document_ids)):
        query = sa.select(notice_subjects).where(notice_subjects.c.document_id.in_(part))
        found.extend(connection.execute(query.order_by(notice_subjects.c.id)))
    return found


def waiting_for(connection: Connection, parcel_ids: Iterable[bytes]) -> list[sa.Row[Any]]:
    """Subjects that wait for one of these parcels to become ready for their step, in the order they came."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(parcel_ids)):
        query = _with_notice().where(
            notice_subjects.c.parcel_id.in_(part),
            only_checked(notice_subjects.c.status) == "waiting",
            notice_subjects.c.step.is_not(None),
        )
        found.extend(connection.execute(query))
    return sorted(found, key=lambda row: int(row.id))


def waiting_after(connection: Connection, after: int, limit: int) -> list[sa.Row[Any]]:
    """(id, parcel_id) of subjects that wait for their parcel, by id."""
    query = sa.select(notice_subjects.c.id, notice_subjects.c.parcel_id).where(
        notice_subjects.c.id > after,
        only_checked(notice_subjects.c.status) == "waiting",
        notice_subjects.c.step.is_not(None),
        notice_subjects.c.parcel_id.is_not(None),
    )
    return list(connection.execute(query.order_by(notice_subjects.c.id).limit(limit)))


def _with_notice() -> sa.Select[Any]:
    return sa.select(
        notice_subjects,
        documents.c.participant_no,
        documents.c.operation_id,
        documents.c.root,
        documents.c.message_type,
        # the parcel that the whole notice is about, NULL where it lists several
        documents.c.parcel_id.label("notice_parcel"),
    ).join(documents, documents.c.id == notice_subjects.c.document_id)


def of_outbox_rows(connection: Connection, row_ids: Iterable[int]) -> list[sa.Row[Any]]:
    """The subjects that these outbox rows carry to the chain."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(row_ids)):
        found.extend(connection.execute(_with_notice().where(notice_subjects.c.outbox_row.in_(part))))
    return found


def of_parcel(connection: Connection, parcel_id: bytes) -> list[sa.Row[Any]]:
    """What notices say about a parcel, in the order in which it came."""
    query = _with_notice().add_columns(documents.c.received_at, documents.c.business_key)
    return list(
        connection.execute(query.where(notice_subjects.c.parcel_id == parcel_id).order_by(notice_subjects.c.id))
    )


def fields_of_subjects(connection: Connection, ids: Sequence[int]) -> list[sa.Row[Any]]:
    """(id, message_type, fields) of the notices behind these subjects; without fields where they were erased."""
    found: list[sa.Row[Any]] = []
    for part in chunks(ids):
        query = sa.select(notice_subjects.c.id, documents.c.message_type, documents.c.fields)
        joined = query.join(documents, documents.c.id == notice_subjects.c.document_id)
        found.extend(connection.execute(joined.where(notice_subjects.c.id.in_(part))))
    return found


def change(connection: Connection, ids: Sequence[int], now: int, **values: Any) -> None:
    for part in chunks(ids):
        connection.execute(
            sa.update(notice_subjects).where(notice_subjects.c.id.in_(part)).values(updated_at=now, **values)
        )


def withdraw(connection: Connection, document_ids: Iterable[int], now: int) -> None:
    """Takes back what of these notices still waits, and what they said that led to no step."""
    for part in chunks(list(document_ids)):
        connection.execute(
            sa.update(notice_subjects)
            .where(
                notice_subjects.c.document_id.in_(part),
                only_checked(notice_subjects.c.status).in_(("waiting", "ignored")),
            )
            .values(status="withdrawn", updated_at=now)
        )


def withdraw_lines(connection: Connection, bill_nos: Collection[str], lines: Collection[int], now: int) -> None:
    """Takes back what still waits under these bills as one of these lines."""
    for bills in chunks(sorted(bill_nos)):
        for part in chunks(sorted(lines)):
            connection.execute(
                sa.update(notice_subjects)
                .where(
                    notice_subjects.c.bill_no.in_(bills),
                    notice_subjects.c.line.in_(part),
                    only_checked(notice_subjects.c.status) == "waiting",
                )
                .values(status="withdrawn", updated_at=now)
            )


def wait_again(connection: Connection, parcel_ids: Iterable[bytes], step: int, now: int) -> None:
    """Has subjects of a step wait that were done when these parcels were declared before."""
    for part in chunks(list(parcel_ids)):
        connection.execute(
            sa.update(notice_subjects)
            .where(
                notice_subjects.c.parcel_id.in_(part),
                notice_subjects.c.step == step,
                only_checked(notice_subjects.c.status) == "done",
            )
            .values(status="waiting", outbox_row=None, updated_at=now)
        )


def link_waybills(connection: Connection, parcel_of: Mapping[str, bytes]) -> None:
    """Tells subjects which parcel they are of: those that came before any declaration, or travel with another now."""
    if parcel_of:
        connection.execute(
            _LINK_WAYBILL, [{"of_waybill": key, "as_parcel": parcel} for key, parcel in parcel_of.items()]
        )


_LINK_WAYBILL = (
    sa.update(notice_subjects)
    .where(
        notice_subjects.c.waybill_key == sa.bindparam("of_waybill"),
        sa.or_(
            notice_subjects.c.parcel_id.is_(None),
            only_checked(notice_subjects.c.kind) == "Arrival",
            only_checked(notice_subjects.c.kind) == "MasterWaybill",
            # Requests name a waybill too, but speak of the parcel that they were judged by.
            sa.and_(
                only_checked(notice_subjects.c.kind) == "Departure", only_checked(notice_subjects.c.status) == "waiting"
            ),
        ),
    )
    .values(parcel_id=sa.bindparam("as_parcel"))
)


def master_waybills(connection: Connection, bill_nos: Collection[str]) -> list[sa.Row[Any]]:
    """The parcels' waybills that master waybills (607) list under these bills."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(bill_nos)):
        query = sa.select(notice_subjects).where(
            notice_subjects.c.bill_no.in_(part),
            only_checked(notice_subjects.c.kind) == "MasterWaybill",
            only_checked(notice_subjects.c.status) != "withdrawn",
            notice_subjects.c.waybill_key.is_not(None),
        )
        found.extend(connection.execute(query))
    return found


def whole_bills(connection: Connection, bill_nos: Collection[str]) -> list[sa.Row[Any]]:
    """The subjects that stand for whole bills: arrivals (507) without a list."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(bill_nos)):
        query = sa.select(notice_subjects).where(
            notice_subjects.c.bill_no.in_(part),
            notice_subjects.c.line == 0,
            notice_subjects.c.waybill_key.is_(None),
            notice_subjects.c.parcel_id.is_(None),
            only_checked(notice_subjects.c.status) == "waiting",
            only_checked(notice_subjects.c.kind) == "Arrival",
        )
        found.extend(connection.execute(query))
    return found


def open_requests(connection: Connection, kind: str, parcel_ids: Iterable[bytes]) -> list[sa.Row[Any]]:
    """The current requests (cancellation, return) of these parcels that customs has not decided."""
    found: list[sa.Row[Any]] = []
    for part in chunks(list(parcel_ids)):
        query = _with_notice().where(
            notice_subjects.c.parcel_id.in_(part),
            only_checked(notice_subjects.c.kind) == kind,
            only_checked(notice_subjects.c.status).in_(("waiting", "queued")),
        )
        found.extend(connection.execute(query))
    return found


def newest_requests(connection: Connection, kind: str, parcel_ids: Iterable[bytes]) -> dict[bytes, sa.Row[Any]]:
    """The newest request of that kind for each parcel, decided or not."""
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(list(parcel_ids)):
        query = (
            _with_notice()
            .where(
                notice_subjects.c.parcel_id.in_(part),
                only_checked(notice_subjects.c.kind) == kind,
                only_checked(notice_subjects.c.status).in_(("waiting", "queued", "done")),
            )
            .order_by(notice_subjects.c.id)
        )
        found.update({row.parcel_id: row for row in connection.execute(query)})
    return found


# ---------------------------------------------------------------------------------------------------
# Names of parcels


def lists_by_number(connection: Connection, column: str, numbers: Collection[str]) -> dict[str, Any]:
    """Current lists by `list_no`, `pre_no`, `waybill_key` or `business_key`; the newest where several match."""
    found: dict[str, Any] = {}
    field = documents.c[column]
    # The own number of a declarant has no index but together with the kind.
    kind = documents.c.kind if column == "business_key" else only_checked(documents.c.kind)
    for part in chunks(sorted(numbers)):
        query = (
            sa.select(field.label("number"), documents.c.id, documents.c.parcel_id, documents.c.participant_no)
            .where(field.in_(part), kind == "Declaration", documents.c.current)
            .order_by(documents.c.id)
        )
        for row in connection.execute(query):
            found[str(row.number)] = row
    return found


def lists_of_parcels(connection: Connection, parcel_ids: Collection[bytes]) -> dict[bytes, sa.Row[Any]]:
    """The current list document of each parcel."""
    found: dict[bytes, sa.Row[Any]] = {}
    for part in chunks(sorted(parcel_ids)):
        query = (
            sa.select(documents.c.id, documents.c.parcel_id, documents.c.participant_no, documents.c.fields)
            .where(
                documents.c.parcel_id.in_(part), only_checked(documents.c.kind) == "Declaration", documents.c.current
            )
            .order_by(documents.c.id)
        )
        found.update({row.parcel_id: row for row in connection.execute(query)})
    return found


def requests(
    connection: Connection, kinds: Sequence[str], district: int | None, statuses: Sequence[str], after: int, limit: int
) -> list[sa.Row[Any]]:
    """Requests to customs by id, each with the place of its parcel: those of a district, of all for None."""
    query = (
        _requests()
        .where(
            notice_subjects.c.kind.in_(list(kinds)),
            notice_subjects.c.status.in_(list(statuses)),
            notice_subjects.c.id > after,
        )
        .order_by(notice_subjects.c.id)
        .limit(limit)
    )
    if district is not None:
        query = query.where(manifests.c.declaring_district == district)
    return list(connection.execute(query))


def request(connection: Connection, request_id: int) -> sa.Row[Any] | None:
    """One request to customs, or None."""
    kinds = ("CancellationRequest", "ReturnRequest")
    query = _requests().where(notice_subjects.c.id == request_id, notice_subjects.c.kind.in_(kinds))
    return connection.execute(query).first()


def _requests() -> sa.Select[Any]:
    newest = (
        sa.select(sa.func.max(parcels.c.manifest_row))
        .where(parcels.c.parcel_id == notice_subjects.c.parcel_id)
        .correlate(notice_subjects)
        .scalar_subquery()
    )
    return (
        _with_notice()
        .add_columns(documents.c.pre_no, documents.c.received_at)
        .add_columns(manifests.c.manifest, manifests.c.declaring_district, manifests.c.port_district)
        .join(manifests, manifests.c.id == newest)
    )
