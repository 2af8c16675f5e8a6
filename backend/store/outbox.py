"""The outbox and the signed transactions: what is to reach the chain, and what has been sent.

An outbox row is `waiting`, then `sent` (bound to a signed transaction), then `confirmed` (final on the chain),
`quarantined` (the chain refused it) or `cancelled`. A transaction is `signed`, then `mined`, then `final`;
`failed` where it was mined and reverted as a whole, `lost` where another took its nonce.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import accounts, documents, hosted_accounts, operations, outbox, participants, transactions

# ---------------------------------------------------------------------------------------------------
# Operations


def insert_operation(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(operations), dict(row))


def operation_row(connection: Connection, operation_id: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(operations).where(operations.c.id == operation_id)).first()


def operation_by_reference(connection: Connection, participant_no: int, reference: str) -> sa.Row[Any] | None:
    query = sa.select(operations).where(
        operations.c.participant_no == participant_no, operations.c.reference == reference
    )
    return connection.execute(query).first()


def operations_of(
    connection: Connection, participant_no: int | None, before: str | None, limit: int
) -> list[sa.Row[Any]]:
    """The newest operations of a participant (of all, for None), older than `before`."""
    query = sa.select(operations).order_by(operations.c.id.desc()).limit(limit)
    if participant_no is not None:
        query = query.where(operations.c.participant_no == participant_no)
    if before is not None:
        query = query.where(operations.c.id < before)
    return list(connection.execute(query))


def items_of(connection: Connection, operation_id: str) -> list[sa.Row[Any]]:
    query = (
        sa.select(outbox, transactions.c.hash.label("transaction_hash"), transactions.c.block.label("block"))
        .outerjoin(transactions, transactions.c.id == outbox.c.transaction_id)
        .where(_belongs_to(operation_id))
        .order_by(outbox.c.id)
    )
    return list(connection.execute(query))


def _belongs_to(operation_id: str) -> sa.ColumnElement[bool]:
    """Rows of an operation: its own, and the attestations that speak for its documents among others'."""
    vouching = sa.select(documents.c.attested_by).where(
        documents.c.operation_id == operation_id, documents.c.attested_by.is_not(None)
    )
    return sa.or_(outbox.c.operation_id == operation_id, outbox.c.id.in_(vouching))


# ---------------------------------------------------------------------------------------------------
# Rows


def insert_rows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds rows; their ids, in the same order."""
    if not rows:
        return []
    result = connection.execute(sa.insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True), list(rows))
    return [row.id for row in result]


def accounts_waiting(connection: Connection) -> list[str]:
    """The accounts that have something to send."""
    query = sa.select(outbox.c.account).where(outbox.c.status == "waiting").distinct()
    return list(connection.execute(query).scalars())


def waiting_rows(connection: Connection, account: str, action: str, limit: int) -> list[sa.Row[Any]]:
    """The oldest rows of one kind that an account has to send, in their order."""
    query = (
        sa.select(outbox)
        .where(outbox.c.account == account, outbox.c.status == "waiting", outbox.c.action == action)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def pending_on(connection: Connection, manifests: Sequence[bytes]) -> list[sa.Row[Any]]:
    """Records on these manifests that are waiting or sent, in the order in which they will be tried."""
    found: list[sa.Row[Any]] = []
    for part in chunks(manifests):
        query = sa.select(outbox).where(
            outbox.c.manifest.in_(part), outbox.c.status.in_(("waiting", "sent")), outbox.c.action == "record"
        )
        found.extend(connection.execute(query))
    return sorted(found, key=lambda row: int(row.id))


def declarations_of(connection: Connection, document_ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    """The newest outbox row of each list document."""
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(document_ids):
        query = sa.select(outbox).where(outbox.c.document_id.in_(part)).order_by(outbox.c.id)
        found.update({int(row.document_id): row for row in connection.execute(query)})
    return found


def cancel_declarations(connection: Connection, document_ids: Sequence[int], now: int) -> None:
    """Takes lists that a change has replaced out of the queue, as far as they still wait."""
    for part in chunks(document_ids):
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.document_id.in_(part), outbox.c.status == "waiting")
            .values(status="cancelled", updated_at=now)
        )


def bind(connection: Connection, ids: Sequence[int], transaction_id: int, now: int) -> None:
    """Rows that a signed transaction carries."""
    for part in chunks(ids):
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(part))
            .values(status="sent", transaction_id=transaction_id, refusal=None, updated_at=now)
        )


def place(connection: Connection, placed: Sequence[tuple[int, bytes, bytes]]) -> None:
    """Tells declaration rows which manifest they went into and as which parcel: (row, manifest, set)."""
    if placed:
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == sa.bindparam("row_id"))
            .values(manifest=sa.bindparam("in_manifest"), parcels=sa.bindparam("as_parcels")),
            [{"row_id": row, "in_manifest": manifest, "as_parcels": bit} for row, manifest, bit in placed],
        )


def set_status(
    connection: Connection,
    ids: Sequence[int],
    status: str,
    now: int,
    refusal: Mapping[str, Any] | None = None,
) -> None:
    for part in chunks(ids):
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(part))
            .values(status=status, refusal=dict(refusal) if refusal else None, updated_at=now)
        )


def send_again(connection: Connection, ids: Sequence[int], now: int, *, smaller: bool) -> None:
    """Puts rows back in the queue, in their old place; `smaller` asks for fewer of them in a call."""
    for part in chunks(ids):
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(part))
            .values(
                status="waiting",
                transaction_id=None,
                attempts=outbox.c.attempts + (1 if smaller else 0),
                updated_at=now,
            )
        )


def narrow(connection: Connection, row_id: int, parcels: bytes) -> None:
    connection.execute(sa.update(outbox).where(outbox.c.id == row_id).values(parcels=parcels))


def rows_of_transactions(connection: Connection, ids: Sequence[int]) -> list[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    for part in chunks(ids):
        query = sa.select(outbox).where(outbox.c.transaction_id.in_(part), outbox.c.status != "cancelled")
        found.extend(connection.execute(query))
    return sorted(found, key=lambda row: int(row.id))


def rows_of_operation(connection: Connection, operation_id: str, status: str) -> list[sa.Row[Any]]:
    query = sa.select(outbox).where(_belongs_to(operation_id), outbox.c.status == status)
    return list(connection.execute(query))


def depth(connection: Connection) -> list[sa.Row[Any]]:
    """(account, status, count, oldest created_at) of everything that is not over."""
    query = (
        sa.select(
            outbox.c.account,
            outbox.c.status,
            sa.func.count().label("count"),
            sa.func.min(outbox.c.created_at).label("oldest"),
        )
        .where(outbox.c.status.in_(("waiting", "sent", "quarantined")))
        .group_by(outbox.c.account, outbox.c.status)
    )
    return list(connection.execute(query))


# ---------------------------------------------------------------------------------------------------
# Transactions


def next_nonce(connection: Connection, account: str) -> int | None:
    """One more than the highest nonce ever signed for an account; None where there is none."""
    highest = connection.execute(
        sa.select(sa.func.max(transactions.c.nonce)).where(transactions.c.account == account)
    ).scalar()
    return None if highest is None else int(highest) + 1


def insert_transaction(connection: Connection, row: Mapping[str, Any]) -> int:
    result = connection.execute(sa.insert(transactions).returning(transactions.c.id), dict(row))
    return int(result.scalar_one())


def in_flight(connection: Connection, account: str | None = None) -> list[sa.Row[Any]]:
    """Transactions that are signed and not known to be mined, by account and nonce."""
    query = sa.select(transactions).where(transactions.c.status == "signed")
    if account is not None:
        query = query.where(transactions.c.account == account)
    return list(connection.execute(query.order_by(transactions.c.account, transactions.c.nonce)))


def mark_sent(connection: Connection, ids: Sequence[int], now: int) -> None:
    for part in chunks(ids):
        connection.execute(sa.update(transactions).where(transactions.c.id.in_(part)).values(sent_at=now))


def set_transaction(connection: Connection, transaction_id: int, status: str, block: int | None = None) -> None:
    connection.execute(
        sa.update(transactions).where(transactions.c.id == transaction_id).values(status=status, block=block)
    )


def mined_up_to(connection: Connection, block: int) -> list[sa.Row[Any]]:
    query = sa.select(transactions).where(transactions.c.status == "mined", transactions.c.block <= block)
    return list(connection.execute(query.order_by(transactions.c.id)))


def unmine_after(connection: Connection, block: int) -> list[int]:
    """Transactions whose block went away are under way again; their ids.

    Everything under way is to be broadcast anew: the node may have dropped it with the block.
    """
    query = sa.select(transactions.c.id).where(transactions.c.block > block)
    ids = [int(row.id) for row in connection.execute(query)]
    for part in chunks(ids):
        connection.execute(
            sa.update(transactions).where(transactions.c.id.in_(part)).values(status="signed", block=None)
        )
    connection.execute(
        sa.update(transactions)
        .where(transactions.c.status == "signed")
        .values(sent_at=None, replays=transactions.c.replays + 1)
    )
    return ids


# ---------------------------------------------------------------------------------------------------
# Accounts this gateway signs for


def hosted(connection: Connection) -> list[sa.Row[Any]]:
    return list(connection.execute(sa.select(hosted_accounts).order_by(hosted_accounts.c.created_at)))


def host_account(connection: Connection, row: Mapping[str, Any]) -> None:
    """Lets the gateway sign with an account; the same account again changes nothing."""
    known = connection.execute(
        sa.select(hosted_accounts.c.address).where(hosted_accounts.c.address == row["address"])
    ).first()
    if known is None:
        connection.execute(sa.insert(hosted_accounts), dict(row))


def account_of_participant(connection: Connection, participant_no: int) -> str | None:
    """The account that signs here for a participant: the newest that the chain knows, else the newest hosted."""
    query = (
        sa.select(hosted_accounts.c.address, accounts.c.address.label("registered"))
        .join(participants, participants.c.legal_identity == hosted_accounts.c.legal_identity)
        .outerjoin(
            accounts,
            sa.and_(
                accounts.c.address == hosted_accounts.c.address,
                accounts.c.participant_no == participants.c.participant_no,
            ),
        )
        .where(participants.c.participant_no == participant_no)
        .order_by(accounts.c.address.is_(None), hosted_accounts.c.created_at.desc())
    )
    row = connection.execute(query).first()
    return None if row is None else str(row.address)


def governance_account(connection: Connection) -> str | None:
    query = sa.select(hosted_accounts.c.address).where(hosted_accounts.c.legal_identity.is_(None)).limit(1)
    return connection.execute(query).scalar()
