"""Bonded account books"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bonded_books",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("keeper_no", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bonded_books")),
    )
    op.create_index(op.f("ix_bonded_books_keeper_no"), "bonded_books", ["keeper_no"])
    op.create_index(op.f("ix_bonded_books_district"), "bonded_books", ["district"])
    op.create_table(
        "bonded_movements",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("book", sa.String(length=30), nullable=False),
        sa.Column("record_no", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=True),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonded_movements")),
        sa.UniqueConstraint(
            "book", "kind", "document", "record_no", name=op.f("uq_bonded_movements_book_kind_document_record_no")
        ),
    )
    op.create_index(op.f("ix_bonded_movements_book_record_no"), "bonded_movements", ["book", "record_no"])
    op.create_index(op.f("ix_bonded_movements_parcel_id"), "bonded_movements", ["parcel_id"])
    op.create_table(
        "bonded_draws",
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("record_no", sa.String(length=30), nullable=False),
        sa.Column("book", sa.String(length=30), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", "record_no", name=op.f("pk_bonded_draws")),
    )
    op.create_index(op.f("ix_bonded_draws_book_record_no_state"), "bonded_draws", ["book", "record_no", "state"])
    op.create_table(
        "bonded_transfers",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("from_book", sa.String(length=30), nullable=False),
        sa.Column("to_book", sa.String(length=30), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonded_transfers")),
        sa.UniqueConstraint("from_book", "document", name=op.f("uq_bonded_transfers_from_book_document")),
    )
    op.create_index(op.f("ix_bonded_transfers_to_book"), "bonded_transfers", ["to_book"])


def downgrade() -> None:
    for table in ("bonded_transfers", "bonded_draws", "bonded_movements", "bonded_books"):
        op.drop_table(table)
