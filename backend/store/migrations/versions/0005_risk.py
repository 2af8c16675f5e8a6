"""Risk settings, assessments and the rounds of the draw"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draw_rounds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("customs_no", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_rounds")),
        sa.UniqueConstraint("commitment", name=op.f("uq_draw_rounds_commitment")),
    )
    op.create_index(op.f("ix_draw_rounds_district_id"), "draw_rounds", ["district", "id"], unique=False)
    op.create_index(op.f("ix_draw_rounds_status"), "draw_rounds", ["status"], unique=False)
    op.create_table(
        "risk_assessments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("config_version", sa.String(length=60), nullable=False),
        sa.Column("heading", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("draw_number", sa.Integer(), nullable=True),
        sa.Column("selected", sa.Boolean(), nullable=True),
        sa.Column("treatment", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessments")),
        sa.UniqueConstraint("parcel_id", "manifest", name=op.f("uq_risk_assessments_parcel_id_manifest")),
    )
    op.create_index(op.f("ix_risk_assessments_heading_id"), "risk_assessments", ["heading", "id"], unique=False)
    op.create_index(
        op.f("ix_risk_assessments_status_district_id"),
        "risk_assessments",
        ["status", "district", "id"],
        unique=False,
    )
    op.create_table(
        "risk_configs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_configs")),
        sa.UniqueConstraint("district", "version", name=op.f("uq_risk_configs_district_version")),
    )


def downgrade() -> None:
    for table in ("risk_configs", "risk_assessments", "draw_rounds"):
        op.drop_table(table)
