"""Release instructions by webhook"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ONE_CONTENT = op.f("ck_deliveries_one_content")
_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("receipt_id", existing_type=_ROW, nullable=True)
        deliveries.add_column(sa.Column("fact_id", _ROW, nullable=True))
        deliveries.create_check_constraint(
            op.f("ck_deliveries_one_content"), "(receipt_id IS NULL) <> (fact_id IS NULL)"
        )
    # Webhooks that are there already are told what happens from now on.
    op.add_column("webhooks", sa.Column("after_fact", _ROW, nullable=True))
    newest = "(SELECT coalesce(max(id), 0) FROM release_instruction_facts)"
    op.execute(f"UPDATE webhooks SET after_fact = {newest}")  # noqa: S608 - nothing of it comes from outside
    with op.batch_alter_table("webhooks") as webhooks:
        webhooks.alter_column("after_fact", existing_type=_ROW, nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE receipt_id IS NULL")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(_ONE_CONTENT, type_="check")
        deliveries.drop_column("fact_id")
        deliveries.alter_column("receipt_id", existing_type=_ROW, nullable=False)
    with op.batch_alter_table("webhooks") as webhooks:
        webhooks.drop_column("after_fact")
