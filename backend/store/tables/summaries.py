"""Kept: months that declarants closed, their summaries, and the lists in each."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

#: One closing of a month; the first is number 1, each further one corrects what went before.
summary_closings = sa.Table(
    "summary_closings",
    metadata,
    row_id(),
    sa.Column("declarant_no", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    # up to which block the lists were read
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("lists", sa.Integer, nullable=False),
    # [parcel id, why] of each list that was released and is in no summary
    sa.Column("left_out", sa.JSON, nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("closed_at", Instant, nullable=False),
    # two closings of one month at a time are not two
    sa.UniqueConstraint("declarant_no", "district", "month", "number"),
    sa.Index(None, "district", "id"),
)

summaries = sa.Table(
    "summaries",
    metadata,
    row_id(),
    sa.Column("closing_id", Row, nullable=False),
    sa.Column("key", sa.JSON, nullable=False),
    sa.Column("key_salt", Hash, nullable=False),
    sa.Column("statement", sa.JSON, nullable=False),
    sa.Column("anchor", Hash, nullable=False),
    sa.Column("superseded", sa.Boolean, nullable=False),
    sa.UniqueConstraint("anchor"),
    sa.Index(None, "closing_id"),
)

#: The leaves of a summary's tree.
summary_lists = sa.Table(
    "summary_lists",
    metadata,
    sa.Column("summary_id", Row, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("root", Hash, nullable=False),
    sa.Column("gross_g", sa.BigInteger, nullable=False),
    sa.Column("net_g", sa.BigInteger, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Index(None, "parcel_id"),
)
