"""Rights, licences, and what declared goods were found to carry"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licences",
        sa.Column("right_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seller_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("goods", sa.LargeBinary(length=32), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("right_id", "seller_no", name=op.f("pk_licences")),
    )
    op.create_index(op.f("ix_licences_seller_no"), "licences", ["seller_no"], unique=False)
    op.create_table(
        "marks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("commitment", name=op.f("uq_marks_commitment")),
    )
    op.create_table(
        "rights",
        sa.Column("right_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("underlying_until", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.Column("grounds", sa.LargeBinary(length=32), nullable=True),
        sa.Column("marks", sa.LargeBinary(length=32), nullable=True),
        sa.Column("goods", sa.LargeBinary(length=32), nullable=True),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("decide_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_marks", sa.LargeBinary(length=32), nullable=True),
        sa.Column("asked_goods", sa.LargeBinary(length=32), nullable=True),
        sa.Column("asked_headings", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("right_id", name=op.f("pk_rights")),
    )
    op.create_index(op.f("ix_rights_holder_no"), "rights", ["holder_no"], unique=False)
    op.create_index(op.f("ix_rights_pending_decide_by"), "rights", ["pending", "decide_by"], unique=False)
    op.create_table(
        "screening_hits",
        sa.Column(
            "screening_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("finding", sa.String(length=14), nullable=False),
        sa.Column("hit", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("screening_id", "position", name=op.f("pk_screening_hits")),
    )
    op.create_index(
        op.f("ix_screening_hits_right_id_finding_screening_id"),
        "screening_hits",
        ["right_id", "finding", "screening_id"],
        unique=False,
    )
    op.create_table(
        "screenings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("seller_no", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("news", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finding", sa.String(length=14), nullable=True),
        sa.Column("index_version", sa.String(length=32), nullable=True),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("screened_at", sa.BigInteger(), nullable=True),
        sa.Column("inspection", sa.String(length=8), nullable=True),
        sa.Column("ordered_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
        sa.UniqueConstraint("parcel_id", "manifest", name=op.f("uq_screenings_parcel_id_manifest")),
    )
    op.create_index(
        op.f("ix_screenings_district_finding_id"), "screenings", ["district", "finding", "id"], unique=False
    )
    op.create_index(
        op.f("ix_screenings_inspection_district_id"), "screenings", ["inspection", "district", "id"], unique=False
    )
    op.create_index(op.f("ix_screenings_is_ready_id"), "screenings", ["is_ready", "id"], unique=False)
    op.create_index(op.f("ix_screenings_manifest"), "screenings", ["manifest"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_screenings_manifest"), table_name="screenings")
    op.drop_index(op.f("ix_screenings_is_ready_id"), table_name="screenings")
    op.drop_index(op.f("ix_screenings_inspection_district_id"), table_name="screenings")
    op.drop_index(op.f("ix_screenings_district_finding_id"), table_name="screenings")
    op.drop_table("screenings")
    op.drop_index(op.f("ix_screening_hits_right_id_finding_screening_id"), table_name="screening_hits")
    op.drop_table("screening_hits")
    op.drop_index(op.f("ix_rights_pending_decide_by"), table_name="rights")
    op.drop_index(op.f("ix_rights_holder_no"), table_name="rights")
    op.drop_table("rights")
    op.drop_table("marks")
    op.drop_index(op.f("ix_licences_seller_no"), table_name="licences")
    op.drop_table("licences")
