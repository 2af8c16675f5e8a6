"""Consignments, lanes and anomalies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anomalies",
        sa.Column("anomaly_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("consignment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("owner_district", sa.Integer(), nullable=False),
        sa.Column("raised_by_no", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("settle_by", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by_no", sa.Integer(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("anomaly_id", name=op.f("pk_anomalies")),
    )
    op.create_index(op.f("ix_anomalies_consignment"), "anomalies", ["consignment"], unique=False)
    op.create_index(
        op.f("ix_anomalies_owner_district_settled_at"), "anomalies", ["owner_district", "settled_at"], unique=False
    )
    op.create_table(
        "carriage_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carriage_events")),
        sa.UniqueConstraint("block", "log_index", name=op.f("uq_carriage_events_block_log_index")),
    )
    op.create_index(op.f("ix_carriage_events_subject_id"), "carriage_events", ["subject", "id"], unique=False)
    op.create_table(
        "carriage_texts",
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_carriage_texts")),
    )
    op.create_table(
        "consignment_entries",
        sa.Column("consignment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("consignment", "place", name=op.f("pk_consignment_entries")),
    )
    op.create_index(op.f("ix_consignment_entries_manifest"), "consignment_entries", ["manifest"], unique=False)
    op.create_table(
        "consignments",
        sa.Column("consignment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opener_no", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(length=32), nullable=False),
        sa.Column("origin_district", sa.Integer(), nullable=False),
        sa.Column("port_district", sa.Integer(), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pending", sa.LargeBinary(length=32), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("seal_intact", sa.Boolean(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("departed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledge_by", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("consignment", name=op.f("pk_consignments")),
    )
    op.create_index(op.f("ix_consignments_number"), "consignments", ["number"], unique=False)
    op.create_index(
        op.f("ix_consignments_opener_no_opened_at"), "consignments", ["opener_no", "opened_at"], unique=False
    )
    op.create_index(
        op.f("ix_consignments_origin_district_opened_at"),
        "consignments",
        ["origin_district", "opened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_consignments_port_district_opened_at"), "consignments", ["port_district", "opened_at"], unique=False
    )
    op.create_index(
        op.f("ix_consignments_terminal_no_opened_at"), "consignments", ["terminal_no", "opened_at"], unique=False
    )
    op.create_table(
        "lanes",
        sa.Column("lane_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin_district", sa.Integer(), nullable=False),
        sa.Column("port_district", sa.Integer(), nullable=False),
        sa.Column("proposer_no", sa.Integer(), nullable=False),
        sa.Column("accepter_no", sa.Integer(), nullable=True),
        sa.Column("transit_hours", sa.Integer(), nullable=False),
        sa.Column("acknowledge_hours", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("handled_by_port", sa.Integer(), nullable=False),
        sa.Column("proposed_by_port", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("lane_id", name=op.f("pk_lanes")),
    )


def downgrade() -> None:
    op.drop_table("lanes")
    op.drop_index(op.f("ix_consignments_terminal_no_opened_at"), table_name="consignments")
    op.drop_index(op.f("ix_consignments_port_district_opened_at"), table_name="consignments")
    op.drop_index(op.f("ix_consignments_origin_district_opened_at"), table_name="consignments")
    op.drop_index(op.f("ix_consignments_opener_no_opened_at"), table_name="consignments")
    op.drop_index(op.f("ix_consignments_number"), table_name="consignments")
    op.drop_table("consignments")
    op.drop_index(op.f("ix_consignment_entries_manifest"), table_name="consignment_entries")
    op.drop_table("consignment_entries")
    op.drop_table("carriage_texts")
    op.drop_index(op.f("ix_carriage_events_subject_id"), table_name="carriage_events")
    op.drop_table("carriage_events")
    op.drop_index(op.f("ix_anomalies_owner_district_settled_at"), table_name="anomalies")
    op.drop_index(op.f("ix_anomalies_consignment"), table_name="anomalies")
    op.drop_table("anomalies")
