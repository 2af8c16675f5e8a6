"""Consignments by their limits"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_consignments_stage_due_at"), "consignments", ["stage", "due_at"])
    op.create_index(
        op.f("ix_consignments_acknowledged_at_acknowledge_by"), "consignments", ["acknowledged_at", "acknowledge_by"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_consignments_acknowledged_at_acknowledge_by"), table_name="consignments")
    op.drop_index(op.f("ix_consignments_stage_due_at"), table_name="consignments")
