"""Kept beside the chain's list: by which rule listings are proposed, which were, and platforms' own notices."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

#: Versions of the rule by which findings propose listings; the newest is in force.
proposal_rules = sa.Table(
    "proposal_rules",
    metadata,
    row_id(),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("version"),
)

#: What a rule has proposed: known on the chain by its evidence.
rule_proposals = sa.Table(
    "rule_proposals",
    metadata,
    sa.Column("evidence", Hash, primary_key=True),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("version", sa.String(60), nullable=False),
    # the cases whose findings it rests on
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "participant_no", "level"),
)

#: A rights holder's notice to a platform under the E-commerce Law. What became of it stands in its facts.
platform_notices = sa.Table(
    "platform_notices",
    metadata,
    row_id(),
    sa.Column("platform_no", sa.Integer, nullable=False),
    sa.Column("holder_no", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer, nullable=False),
    # the recorded right, where there is one; platforms also serve rights that customs know nothing of
    sa.Column("right_id", sa.BigInteger),
    sa.Column("right_name", sa.String(200), nullable=False),
    sa.Column("goods", sa.String(400), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "platform_no"),
    sa.Index(None, "holder_no"),
    sa.Index(None, "seller_no"),
)

platform_notice_facts = sa.Table(
    "platform_notice_facts",
    metadata,
    row_id(),
    sa.Column("notice_id", Row, nullable=False),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    # what was said, with what shows it
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "notice_id"),
)
