"""Kept: bonded account books, their movements and transfers, and what lists take of them. Quantities in 0.00001."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, metadata, row_id

bonded_books = sa.Table(
    "bonded_books",
    metadata,
    sa.Column("number", sa.String(30), primary_key=True),
    sa.Column("keeper_no", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("opened_by", sa.Integer, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Index(None, "keeper_no"),
    sa.Index(None, "district"),
)

#: Never changed and never deleted. A document moves a record of a book once.
bonded_movements = sa.Table(
    "bonded_movements",
    metadata,
    row_id(),
    sa.Column("book", sa.String(30), nullable=False),
    sa.Column("record_no", sa.String(30), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # signed: what it adds to stock
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("document", sa.String(64), nullable=False),
    sa.Column("parcel_id", Hash),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("book", "kind", "document", "record_no"),
    sa.Index(None, "book", "record_no"),
    sa.Index(None, "parcel_id"),
)

#: What a list takes of a record, once: brought where its parcel stands on the chain.
bonded_draws = sa.Table(
    "bonded_draws",
    metadata,
    sa.Column("parcel_id", Hash, primary_key=True),
    sa.Column("record_no", sa.String(30), primary_key=True),
    sa.Column("book", sa.String(30), nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "book", "record_no", "state"),
)

#: Goods between two books. `lines`: [record, units].
bonded_transfers = sa.Table(
    "bonded_transfers",
    metadata,
    row_id(),
    sa.Column("from_book", sa.String(30), nullable=False),
    sa.Column("to_book", sa.String(30), nullable=False),
    sa.Column("document", sa.String(64), nullable=False),
    sa.Column("lines", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("made_by", sa.Integer, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_by", sa.Integer),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("from_book", "document"),
    sa.Index(None, "to_book"),
)
