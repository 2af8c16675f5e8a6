"""What the read model says of how a participant's parcels fared, for its credit record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Step
from backend.domain.participants import CreditGrade
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.readmodel import number
from backend.store.tables import (
    documents,
    governance_events,
    listings,
    manifests,
    outbox,
    participants,
    records,
    transactions,
)


@dataclass(frozen=True, slots=True)
class Handled:
    """The manifests that a participant had to do with: the parcels of each that were its own, as a set."""

    parcels: dict[int, int]

    @property
    def declared(self) -> int:
        return sum(mine.bit_count() for mine in self.parcels.values())


def declared_by(connection: Connection, participant_no: int, since: int, *, as_seller: bool) -> Handled:
    """What a seller, or a declarant, had declared since then."""
    column = manifests.c.seller_no if as_seller else manifests.c.declarant_no
    query = sa.select(manifests.c.id, manifests.c.size).where(
        column == participant_no, manifests.c.declared_at >= since
    )
    return Handled({row.id: (1 << row.size) - 1 for row in connection.execute(query)})


def carried_by(connection: Connection, participant_no: int, since: int) -> Handled:
    """What a carrier attested waybills of since then."""
    query = sa.select(records.c.manifest_row, records.c.parcels).where(
        records.c.participant_no == participant_no, records.c.step == int(Step.WaybillAttested), records.c.at >= since
    )
    found: dict[int, int] = {}
    for row in connection.execute(query):
        found[row.manifest_row] = found.get(row.manifest_row, 0) | number(row.parcels)
    return Handled(found)


def records_on(
    connection: Connection, manifest_rows: Collection[int], steps: Collection[Step], since: int
) -> list[sa.Row[Any]]:
    """Records of these steps on these manifests, in the chain's order, each with its manifest's id."""
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(manifest_rows)):
        query = (
            sa.select(records.c.id, records.c.manifest_row, records.c.step, records.c.parcels, records.c.at)
            .add_columns(manifests.c.manifest)
            .join(manifests, manifests.c.id == records.c.manifest_row)
            .where(
                records.c.manifest_row.in_(part), records.c.step.in_([int(step) for step in steps]),
                records.c.at >= since,
            )
        )  # fmt: skip
        found += connection.execute(query)
    return sorted(found, key=lambda row: int(row.id))


def grades_of(connection: Connection, numbers: Collection[int]) -> dict[int, CreditGrade]:
    """The credit grade of each of these participants."""
    if not numbers:
        return {}
    query = sa.select(participants.c.participant_no, participants.c.credit_grade).where(
        participants.c.participant_no.in_(sorted(set(numbers)))
    )
    return {row.participant_no: CreditGrade(row.credit_grade) for row in connection.execute(query)}


def gradings_of(connection: Connection, participant_no: int) -> list[tuple[sa.Row[Any], bytes | None]]:
    """Every grading of a participant, newest first, with the fields of the evidence where it was graded from here."""
    query = (
        sa.select(governance_events, documents.c.fields)
        .outerjoin(transactions, transactions.c.hash == governance_events.c.transaction_hash)
        .outerjoin(outbox, outbox.c.transaction_id == transactions.c.id)
        .outerjoin(documents, documents.c.operation_id == outbox.c.operation_id)
        .where(governance_events.c.name == "CreditGraded")
        .order_by(governance_events.c.block.desc(), governance_events.c.log_index.desc())
    )
    rows = (row for row in connection.execute(query) if row.arguments["participant_no"] == participant_no)
    return [(row, row.fields) for row in rows]


def listings_since(connection: Connection, participant_no: int, since: int) -> list[sa.Row[Any]]:
    """Listings that came into force since then and were not lifted."""
    query = sa.select(listings).where(
        listings.c.participant_no == participant_no,
        listings.c.in_force_at >= since,
        listings.c.lifted_at.is_(None),
    )
    return list(connection.execute(query.order_by(listings.c.listing_id)))
