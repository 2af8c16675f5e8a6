"""What only this gateway has of rights: what commitments stand for, and which declared goods carry their marks."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

#: What a commitment of the rights registry stands for: marks, or goods of a right or a licence. With the secret
#: anybody can reckon the commitment anew (`backend.domain.recordals`).
marks = sa.Table(
    "marks",
    metadata,
    row_id(),
    sa.Column("commitment", Hash, nullable=False),
    # marks or goods
    sa.Column("kind", sa.String(5), nullable=False),
    sa.Column("secret", Hash, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("commitment"),
)

#: One row for each declared parcel whose list is here. `is_ready`: to be screened, for the first time or anew since
#: documents came; `news` counts what came. `finding` is NULL until it was screened.
screenings = sa.Table(
    "screenings",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer, nullable=False),
    # the list that was screened
    sa.Column("document_id", Row),
    sa.Column("is_ready", sa.Boolean, nullable=False),
    sa.Column("news", sa.Integer, nullable=False, server_default="0"),
    # clear, licensed, suspected, outside_goods: the gravest of its hits
    sa.Column("finding", sa.String(14)),
    sa.Column("index_version", sa.String(32)),
    sa.Column("declared_at", Instant, nullable=False),
    sa.Column("screened_at", Instant),
    # of a suspected one, whether the automatic account is to order its inspection: due, waiting (not yet possible),
    # ordered (by this operation), over (a person decided)
    sa.Column("inspection", sa.String(8)),
    sa.Column("ordered_by", sa.String(32)),
    sa.UniqueConstraint("parcel_id", "manifest"),
    sa.Index(None, "manifest"),
    sa.Index(None, "is_ready", "id"),
    sa.Index(None, "district", "finding", "id"),
    sa.Index(None, "inspection", "district", "id"),
)

#: The hits of a screening. `hit` explains: which mark, which text, how it matched, why it was found so. Nothing
#: personal stands in it.
screening_hits = sa.Table(
    "screening_hits",
    metadata,
    sa.Column("screening_id", Row, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("right_id", sa.BigInteger, nullable=False),
    sa.Column("finding", sa.String(14), nullable=False),
    sa.Column("hit", sa.JSON, nullable=False),
    sa.Index(None, "right_id", "finding", "screening_id"),
)
