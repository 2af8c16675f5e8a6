"""Findings about returned goods, and what followed returns"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "return_findings",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("customs_no", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("freed", sa.JSON(), nullable=False),
        sa.Column("restocked", sa.JSON(), nullable=False),
        sa.Column("broken", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_findings")),
        sa.UniqueConstraint(
            "parcel_id", "manifest", "number", name=op.f("uq_return_findings_parcel_id_manifest_number")
        ),
    )
    op.create_table(
        "return_sequels",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("successor", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_sequels")),
        sa.UniqueConstraint("successor", name=op.f("uq_return_sequels_successor")),
    )
    op.create_index(op.f("ix_return_sequels_parcel_id"), "return_sequels", ["parcel_id"], unique=False)


def downgrade() -> None:
    op.drop_table("return_sequels")
    op.drop_table("return_findings")
