"""Kept: what customs found when goods came back, and the parcels that followed a return."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, metadata, row_id

#: What was found of a parcel's return; the first is number 1, each further one corrects what went before.
#: `found`: [line, quantity, condition]; `freed` and `restocked`: [line, quantity], quantities as decimal texts.
return_findings = sa.Table(
    "return_findings",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("customs_no", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("found", sa.JSON, nullable=False),
    sa.Column("freed", sa.JSON, nullable=False),
    sa.Column("restocked", sa.JSON, nullable=False),
    sa.Column("broken", sa.JSON, nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("parcel_id", "manifest", "number"),
)

#: A replacement for returned goods, or their resale: `successor` is the parcel that they became. A resale's `lines`:
#: [line of the original, quantity].
return_sequels = sa.Table(
    "return_sequels",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("successor", Hash, nullable=False),
    sa.Column("lines", sa.JSON, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("successor"),
    sa.Index(None, "parcel_id"),
)
