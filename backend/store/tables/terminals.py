"""Kept: what customs told terminals to load, and what these answered."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

#: A release instruction. What became of it stands in its facts; `contents` commits to its parcels.
release_instructions = sa.Table(
    "release_instructions",
    metadata,
    row_id(),
    sa.Column("customs_no", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("terminal_no", sa.Integer, nullable=False),
    sa.Column("bill_no", sa.String(40)),
    sa.Column("parcels", sa.Integer, nullable=False),
    sa.Column("contents", Hash, nullable=False),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    # false while the clock may still make it an exception: what is looked through for those
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Index(None, "terminal_no", "answered", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "answered", "due_at"),
)

release_instruction_parcels = sa.Table(
    "release_instruction_parcels",
    metadata,
    sa.Column("instruction_id", Row, primary_key=True),
    sa.Column("parcel_id", Hash, primary_key=True),
    sa.Index(None, "parcel_id"),
)

release_instruction_facts = sa.Table(
    "release_instruction_facts",
    metadata,
    row_id(),
    sa.Column("instruction_id", Row, nullable=False),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    # each fact once: two answers at one moment are not two
    sa.UniqueConstraint("instruction_id", "name"),
)
