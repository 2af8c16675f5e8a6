"""Risk settings, assessments, and the rounds for which this gateway keeps a district's seed.

Kept: an assessment was made of documents that only this gateway has, and a seed stands nowhere else.
"""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, metadata, row_id

#: The risk settings of a district (0: of every district without its own), newest last.
risk_configs = sa.Table(
    "risk_configs",
    metadata,
    row_id(),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("district", "version"),
)

#: Rounds that this gateway opens for its districts. `seed` is secret until the chain has it.
draw_rounds = sa.Table(
    "draw_rounds",
    metadata,
    row_id(),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("customs_no", sa.Integer, nullable=False),
    sa.Column("seed", Hash, nullable=False),
    sa.Column("commitment", Hash, nullable=False),
    # the number on the chain, once it is there
    sa.Column("number", sa.Integer),
    sa.Column("opens_at", sa.BigInteger),
    sa.Column("closes_at", sa.BigInteger),
    # opening, running, over (revealed or failed), dropped (never reached the chain)
    sa.Column("status", sa.String(10), nullable=False),
    # what was queued last for it
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("commitment"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "status"),
)

#: How closely a parcel is looked at, and why. `status`: off (the district does not draw), pending (its draw is
#: awaited), drawn, undrawn (there will be no draw). `treatment` is what was ordered of it last: none, review,
#: inspection; late where the draw found the parcel gone.
risk_assessments = sa.Table(
    "risk_assessments",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("tier", sa.Integer, nullable=False),
    # what each factor adds, and what was forced, unknown and switched off
    sa.Column("factors", sa.JSON, nullable=False),
    sa.Column("config_version", sa.String(60), nullable=False),
    # the four-digit heading of the goods worth most
    sa.Column("heading", sa.String(4), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    # the round of the declaration, NULL where the district had none open; the number drawn and what it led to
    sa.Column("round", sa.Integer),
    sa.Column("draw_number", sa.Integer),
    sa.Column("selected", sa.Boolean),
    sa.Column("treatment", sa.String(10), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("parcel_id", "manifest"),
    sa.Index(None, "status", "district", "id"),
    sa.Index(None, "heading", "id"),
)
