"""Release instructions to terminals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_instruction_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("instruction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_instruction_facts")),
        sa.UniqueConstraint("instruction_id", "name", name=op.f("uq_release_instruction_facts_instruction_id_name")),
    )
    op.create_table(
        "release_instruction_parcels",
        sa.Column("instruction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("instruction_id", "parcel_id", name=op.f("pk_release_instruction_parcels")),
    )
    op.create_index(
        op.f("ix_release_instruction_parcels_parcel_id"), "release_instruction_parcels", ["parcel_id"], unique=False
    )
    op.create_table(
        "release_instructions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("customs_no", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("bill_no", sa.String(length=40), nullable=True),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("contents", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_instructions")),
    )
    op.create_index(
        op.f("ix_release_instructions_answered_due_at"), "release_instructions", ["answered", "due_at"], unique=False
    )
    op.create_index(
        op.f("ix_release_instructions_district_id"), "release_instructions", ["district", "id"], unique=False
    )
    op.create_index(
        op.f("ix_release_instructions_terminal_no_answered_id"),
        "release_instructions",
        ["terminal_no", "answered", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_release_instructions_terminal_no_answered_id"), table_name="release_instructions")
    op.drop_index(op.f("ix_release_instructions_district_id"), table_name="release_instructions")
    op.drop_index(op.f("ix_release_instructions_answered_due_at"), table_name="release_instructions")
    op.drop_table("release_instructions")
    op.drop_index(op.f("ix_release_instruction_parcels_parcel_id"), table_name="release_instruction_parcels")
    op.drop_table("release_instruction_parcels")
    op.drop_table("release_instruction_facts")
