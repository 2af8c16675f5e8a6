"""Visits of parcels by day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan_days",
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", "day", name=op.f("pk_scan_days")),
    )


def downgrade() -> None:
    op.drop_table("scan_days")
