"""Folded from the chain's events like `readmodel`: infringement cases, what the owner set for listings, dated facts."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, metadata, row_id

#: An amount of fen as the chain has it: 96 bits are more than a database counts.
Fen = sa.String(29)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("right_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("holder_no", sa.Integer, nullable=False),
    sa.Column("customs_no", sa.Integer, nullable=False),
    sa.Column("heading", sa.Integer, nullable=False),
    sa.Column("route", sa.Integer, nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Integer, nullable=False),
    # none while a complaint is only lodged
    sa.Column("manifest", Hash),
    sa.Column("parcels", Hash),
    sa.Column("goods_value", Fen, nullable=False),
    sa.Column("security", Fen),
    sa.Column("bond", Fen),
    # the clocks; zero while none runs
    sa.Column("find_by", Instant, nullable=False),
    sa.Column("lapses_at", Instant, nullable=False),
    sa.Column("disposal", sa.Integer, nullable=False),
    sa.Column("disposed", sa.Boolean, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Index(None, "holder_no"),
    sa.Index(None, "customs_no"),
    sa.Index(None, "manifest"),
)

#: What happened in cases and to listings, one row an event, in order: by whom, with what evidence, when.
dated_facts = sa.Table(
    "dated_facts",
    metadata,
    row_id(),
    # case, listing
    sa.Column("subject", sa.String(8), nullable=False),
    sa.Column("subject_id", sa.Integer, nullable=False),
    sa.Column("name", sa.String(30), nullable=False),
    # none where time alone did it; 0 is governance
    sa.Column("participant_no", sa.Integer),
    sa.Column("evidence", Hash),
    # what the event says besides, JSON-able
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "subject", "subject_id"),
)

#: What the owner of the registry set for the blacklist: how long parties are heard, confirmations by level, urgent
#: grounds. What it never set stands as the contract began.
listing_rules = sa.Table(
    "listing_rules",
    metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

PROCEEDINGS = (cases, dated_facts, listing_rules)
