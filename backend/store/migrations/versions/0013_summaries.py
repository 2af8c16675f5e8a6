"""Months that declarants closed, and their summaries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "summaries",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("closing_id", _ROW, nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("key_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("anchor", sa.LargeBinary(length=32), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
        sa.UniqueConstraint("anchor", name=op.f("uq_summaries_anchor")),
    )
    op.create_index(op.f("ix_summaries_closing_id"), "summaries", ["closing_id"], unique=False)
    op.create_table(
        "summary_closings",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("declarant_no", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("lists", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_closings")),
        sa.UniqueConstraint(
            "declarant_no",
            "district",
            "month",
            "number",
            name=op.f("uq_summary_closings_declarant_no_district_month_number"),
        ),
    )
    op.create_index(op.f("ix_summary_closings_district_id"), "summary_closings", ["district", "id"], unique=False)
    op.create_table(
        "summary_lists",
        sa.Column("summary_id", _ROW, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("gross_g", sa.BigInteger(), nullable=False),
        sa.Column("net_g", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("summary_id", "position", name=op.f("pk_summary_lists")),
    )
    op.create_index(op.f("ix_summary_lists_parcel_id"), "summary_lists", ["parcel_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_summary_lists_parcel_id"), table_name="summary_lists")
    op.drop_table("summary_lists")
    op.drop_index(op.f("ix_summary_closings_district_id"), table_name="summary_closings")
    op.drop_table("summary_closings")
    op.drop_index(op.f("ix_summaries_closing_id"), table_name="summaries")
    op.drop_table("summaries")
