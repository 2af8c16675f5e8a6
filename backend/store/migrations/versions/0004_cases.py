"""Infringement cases, the whole life of listings, and what is kept beside them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Folded anew from the chain: rows from before know nothing of hearings, appeals and cases.
_READ_MODEL = (
    "blocks",
    "cursor",
    "governance_events",
    "participants",
    "accounts",
    "listings",
    "manifests",
    "parcels",
    "records",
    "refusals",
    "anchors",
)


def upgrade() -> None:
    for table in _READ_MODEL:
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
    op.create_index(op.f("ix_governance_events_name"), "governance_events", ["name"])
    with op.batch_alter_table("listings") as listings:
        listings.add_column(sa.Column("hearing_until", sa.BigInteger(), nullable=False))
        listings.add_column(sa.Column("urgent", sa.Boolean(), nullable=False))
        listings.add_column(sa.Column("appealed_at", sa.BigInteger(), nullable=True))
        listings.add_column(sa.Column("appeal_decided_at", sa.BigInteger(), nullable=True))
        listings.add_column(sa.Column("appeal_upheld", sa.Boolean(), nullable=True))
        listings.add_column(sa.Column("repair_asked_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("holder_no", sa.Integer(), nullable=False),
        sa.Column("customs_no", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("route", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=True),
        sa.Column("goods_value", sa.String(length=29), nullable=False),
        sa.Column("security", sa.String(length=29), nullable=True),
        sa.Column("bond", sa.String(length=29), nullable=True),
        sa.Column("find_by", sa.BigInteger(), nullable=False),
        sa.Column("lapses_at", sa.BigInteger(), nullable=False),
        sa.Column("disposal", sa.Integer(), nullable=False),
        sa.Column("disposed", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
    )
    for column in ("customs_no", "holder_no", "manifest"):
        op.create_index(op.f(f"ix_cases_{column}"), "cases", [column])
    op.create_table(
        "dated_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_facts")),
    )
    op.create_index(op.f("ix_dated_facts_subject_subject_id"), "dated_facts", ["subject", "subject_id"])
    op.create_table(
        "listing_rules",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_listing_rules")),
    )
    _kept()


def _kept() -> None:
    op.create_table(
        "proposal_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_rules")),
        sa.UniqueConstraint("version", name=op.f("uq_proposal_rules_version")),
    )
    op.create_table(
        "rule_proposals",
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("evidence", name=op.f("pk_rule_proposals")),
    )
    op.create_index(op.f("ix_rule_proposals_participant_no_level"), "rule_proposals", ["participant_no", "level"])
    op.create_table(
        "platform_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("platform_no", sa.Integer(), nullable=False),
        sa.Column("holder_no", sa.Integer(), nullable=False),
        sa.Column("seller_no", sa.Integer(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=True),
        sa.Column("right_name", sa.String(length=200), nullable=False),
        sa.Column("goods", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_notices")),
    )
    for column in ("holder_no", "platform_no", "seller_no"):
        op.create_index(op.f(f"ix_platform_notices_{column}"), "platform_notices", [column])
    op.create_table(
        "platform_notice_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_notice_facts")),
    )
    op.create_index(op.f("ix_platform_notice_facts_notice_id"), "platform_notice_facts", ["notice_id"])


def downgrade() -> None:
    kept = ("platform_notice_facts", "platform_notices", "rule_proposals", "proposal_rules")
    for table in (*kept, "listing_rules", "dated_facts", "cases"):
        op.drop_table(table)
    added = ("repair_asked_at", "appeal_upheld", "appeal_decided_at", "appealed_at", "urgent", "hearing_until")
    with op.batch_alter_table("listings") as listings:
        for column in added:
            listings.drop_column(column)
    op.drop_index(op.f("ix_governance_events_name"), table_name="governance_events")
