"""Folded from the chain's events: can be dropped and rebuilt at any time (`guanlian reindex`)."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id
from backend.store.tables.carriage import CARRIAGE
from backend.store.tables.proceedings import PROCEEDINGS

blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", Hash, nullable=False),
    sa.Column("parent_hash", Hash, nullable=False),
    sa.Column("timestamp", Instant, nullable=False),
)

#: One row: up to which block the read model is complete.
cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("hash", Hash, nullable=False),
    sa.Column("timestamp", Instant, nullable=False),
)

#: Events of the registry and the blacklist as they came; few, so their tables are folded anew after a reorg.
governance_events = sa.Table(
    "governance_events",
    metadata,
    row_id(),
    sa.Column("name", sa.String(30), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", Hash, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "name"),
)

participants = sa.Table(
    "participants",
    metadata,
    sa.Column("participant_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("legal_identity", Hash, nullable=False),
    sa.Column("roles", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("credit_grade", sa.Integer, nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.Column("registrar_no", sa.Integer, nullable=False),
    sa.Column("registered_at", Instant, nullable=False),
    sa.UniqueConstraint("legal_identity"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("address", sa.String(42), primary_key=True),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Index(None, "participant_no"),
)

listings = sa.Table(
    "listings",
    metadata,
    sa.Column("listing_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("grounds", Hash, nullable=False),
    sa.Column("evidence", Hash, nullable=False),
    sa.Column("imposed_by", sa.Integer, nullable=False),
    sa.Column("imposed_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("confirmed_by", sa.JSON, nullable=False),
    # until when nobody confirms it: when it was imposed where its party is not heard first
    sa.Column("hearing_until", Instant, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("in_force_at", Instant),
    sa.Column("lifted_by", sa.Integer),
    sa.Column("lifted_at", Instant),
    sa.Column("appealed_at", Instant),
    sa.Column("appeal_decided_at", Instant),
    sa.Column("appeal_upheld", sa.Boolean),
    # while it is not decided
    sa.Column("repair_asked_at", Instant),
    sa.Index(None, "participant_no"),
)

#: Rights as headquarters recorded them, and what is asked for them. Commitments open with the kept table `marks`.
rights = sa.Table(
    "rights",
    metadata,
    sa.Column("right_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("holder_no", sa.Integer, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("applied_at", Instant, nullable=False),
    sa.Column("underlying_until", Instant, nullable=False),
    sa.Column("recorded_at", Instant),
    sa.Column("until", Instant),
    # how it ended before its time: refused, withdrawn, revoked
    sa.Column("ended_at", Instant),
    sa.Column("ended_by", sa.String(10)),
    sa.Column("grounds", Hash),
    # marks and goods that hold; NULL before the recordal
    sa.Column("marks", Hash),
    sa.Column("goods", Hash),
    sa.Column("headings", sa.JSON, nullable=False),
    # what headquarters has to decide, by number, zero for nothing; the marks and goods that come with it
    sa.Column("pending", sa.Integer, nullable=False),
    sa.Column("asked_at", Instant),
    sa.Column("decide_by", Instant),
    sa.Column("asked_marks", Hash),
    sa.Column("asked_goods", Hash),
    sa.Column("asked_headings", sa.JSON, nullable=False),
    sa.Column("evidence", Hash, nullable=False),
    sa.Index(None, "holder_no"),
    sa.Index(None, "pending", "decide_by"),
)

#: What a holder permits a seller now; a later grant takes the place of the one before.
licences = sa.Table(
    "licences",
    metadata,
    sa.Column("right_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seller_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("goods", Hash, nullable=False),
    sa.Column("granted_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Index(None, "seller_no"),
)

manifests = sa.Table(
    "manifests",
    metadata,
    row_id(),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("declarant_no", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer, nullable=False),
    sa.Column("declaring_district", sa.Integer, nullable=False),
    sa.Column("port_district", sa.Integer, nullable=False),
    sa.Column("supervision_mode", sa.Integer, nullable=False),
    sa.Column("direction", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("declared_at", Instant, nullable=False),
    sa.Column("root", Hash, nullable=False),
    sa.Column("head", Hash, nullable=False),
    # 32 sets of 32 bytes, number by number; `occupied` has the bit of every set that is not empty
    sa.Column("sets", sa.LargeBinary(1024), nullable=False),
    sa.Column("occupied", sa.BigInteger, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("manifest"),
    sa.Index(None, "seller_no"),
    sa.Index(None, "declarant_no"),
    sa.Index(None, "declaring_district"),
    sa.Index(None, "port_district"),
    sa.Index(None, "block"),
)

parcels = sa.Table(
    "parcels",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest_row", Row, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("manifest_row", "position"),
    sa.Index(None, "parcel_id"),
)

records = sa.Table(
    "records",
    metadata,
    row_id(),
    sa.Column("manifest_row", Row, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("parcels", Hash, nullable=False),
    sa.Column("evidence", Hash, nullable=False),
    sa.Column("head", Hash, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", Hash, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "manifest_row", "id"),
)

refusals = sa.Table(
    "refusals",
    metadata,
    row_id(),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("parcels", Hash, nullable=False),
    sa.Column("reason", sa.String(30), nullable=False),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", Hash, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "manifest"),
    sa.Index(None, "seller_no"),
)

anchors = sa.Table(
    "anchors",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("root", Hash, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", Hash, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "root"),
)

#: Dropped and rebuilt together by a reindex.
READ_MODEL = (
    blocks,
    cursor,
    governance_events,
    participants,
    accounts,
    listings,
    rights,
    licences,
    manifests,
    parcels,
    records,
    refusals,
    anchors,
    *PROCEEDINGS,
    *CARRIAGE,
)
