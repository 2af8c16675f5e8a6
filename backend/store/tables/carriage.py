"""Folded from the consignment contract's events like `readmodel`; and, kept, the words behind its commitments."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, metadata, row_id

#: Events of consignments, lanes and anomalies as they came. `subject` is the consignment, the lane's number as a word,
#: or the manifest of a second inspection: after a reorganisation only the subjects that it touched are folded anew.
carriage_events = sa.Table(
    "carriage_events",
    metadata,
    row_id(),
    sa.Column("name", sa.String(30), nullable=False),
    sa.Column("subject", Hash, nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", Hash, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "subject", "id"),
)

#: What districts agreed; instants are NULL until they come.
lanes = sa.Table(
    "lanes",
    metadata,
    sa.Column("lane_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("origin_district", sa.Integer, nullable=False),
    sa.Column("port_district", sa.Integer, nullable=False),
    sa.Column("proposer_no", sa.Integer, nullable=False),
    sa.Column("accepter_no", sa.Integer),
    sa.Column("transit_hours", sa.Integer, nullable=False),
    sa.Column("acknowledge_hours", sa.Integer, nullable=False),
    sa.Column("notice_days", sa.Integer, nullable=False),
    # a bit set of anomalies
    sa.Column("handled_by_port", sa.Integer, nullable=False),
    sa.Column("proposed_by_port", sa.Boolean, nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("accepted_at", Instant),
    sa.Column("ends_at", Instant),
    sa.Column("text", Hash, nullable=False),
)

#: Consignments as they stand; instants are NULL until they come, `pending` while no step is half presented.
consignments = sa.Table(
    "consignments",
    metadata,
    sa.Column("consignment", Hash, primary_key=True),
    sa.Column("opener_no", sa.Integer, nullable=False),
    # 0 under a master waybill
    sa.Column("lane_id", sa.Integer, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("number", Hash, nullable=False),
    sa.Column("origin_district", sa.Integer, nullable=False),
    sa.Column("port_district", sa.Integer, nullable=False),
    # 0 where none is told
    sa.Column("terminal_no", sa.Integer, nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("head", Hash, nullable=False),
    sa.Column("pending", Hash),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("seal_intact", sa.Boolean),
    sa.Column("found", sa.Integer),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("departed_at", Instant),
    sa.Column("due_at", Instant),
    sa.Column("arrived_at", Instant),
    sa.Column("acknowledge_by", Instant),
    sa.Column("acknowledged_at", Instant),
    sa.Index(None, "opener_no", "opened_at"),
    sa.Index(None, "terminal_no", "opened_at"),
    sa.Index(None, "origin_district", "opened_at"),
    sa.Index(None, "port_district", "opened_at"),
    sa.Index(None, "number"),
    sa.Index(None, "stage", "due_at"),
    sa.Index(None, "acknowledged_at", "acknowledge_by"),
)

#: The list of each consignment, in the order of `place`.
consignment_entries = sa.Table(
    "consignment_entries",
    metadata,
    sa.Column("consignment", Hash, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("parcels", Hash, nullable=False),
    sa.Index(None, "manifest"),
)

#: What went wrong under way, its owner and its clock. `manifest` and `parcels` are zeros where it concerns the whole.
anomalies = sa.Table(
    "anomalies",
    metadata,
    sa.Column("anomaly_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("consignment", Hash, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("owner_district", sa.Integer, nullable=False),
    sa.Column("raised_by_no", sa.Integer, nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("settle_by", Instant, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("parcels", Hash, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("settled_by_no", sa.Integer),
    sa.Column("in_time", sa.Boolean),
    sa.Index(None, "consignment"),
    sa.Index(None, "owner_district", "settled_at"),
)

CARRIAGE = (carriage_events, lanes, consignments, consignment_entries, anomalies)

#: Kept: numbers of seals and master waybills, and agreements of lanes, by the commitment that the chain has.
carriage_texts = sa.Table(
    "carriage_texts",
    metadata,
    sa.Column("commitment", Hash, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)
