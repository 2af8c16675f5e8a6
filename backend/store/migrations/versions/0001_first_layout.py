"""The first layout"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_participant_no"), "accounts", ["participant_no"], unique=False)
    op.create_table(
        "anchors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchors")),
        sa.UniqueConstraint("block", "log_index", name=op.f("uq_anchors_block_log_index")),
    )
    op.create_index(op.f("ix_anchors_root"), "anchors", ["root"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last_four", sa.String(length=4), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=True),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "blocks",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("parent_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_blocks")),
    )
    op.create_table(
        "cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cursor")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message_type", sa.String(length=3), nullable=False),
        sa.Column("business_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=True),
        sa.Column("waybill_key", sa.String(length=100), nullable=True),
        sa.Column("seller_no", sa.Integer(), nullable=True),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("attested_in", sa.LargeBinary(length=32), nullable=True),
        sa.Column("attested_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("kind", "business_key", "version", name=op.f("uq_documents_kind_business_key_version")),
    )
    op.create_index(op.f("ix_documents_attested_by"), "documents", ["attested_by"], unique=False)
    op.create_index(op.f("ix_documents_operation_id"), "documents", ["operation_id"], unique=False)
    op.create_index(op.f("ix_documents_parcel_id"), "documents", ["parcel_id"], unique=False)
    op.create_index(op.f("ix_documents_root"), "documents", ["root"], unique=False)
    op.create_index(op.f("ix_documents_waybill_key"), "documents", ["waybill_key"], unique=False)
    op.create_table(
        "evidence_documents",
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("evidence", "position", name=op.f("pk_evidence_documents")),
    )
    op.create_index(op.f("ix_evidence_documents_document_id"), "evidence_documents", ["document_id"], unique=False)
    op.create_table(
        "governance_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_events")),
        sa.UniqueConstraint("block", "log_index", name=op.f("uq_governance_events_block_log_index")),
    )
    op.create_table(
        "hosted_accounts",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("legal_identity", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signer", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_hosted_accounts")),
    )
    op.create_index(op.f("ix_hosted_accounts_legal_identity"), "hosted_accounts", ["legal_identity"], unique=False)
    op.create_table(
        "listings",
        sa.Column("listing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.LargeBinary(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.Column("imposed_by", sa.Integer(), nullable=False),
        sa.Column("imposed_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.JSON(), nullable=False),
        sa.Column("in_force_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_participant_no"), "listings", ["participant_no"], unique=False)
    op.create_table(
        "manifests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("declarant_no", sa.Integer(), nullable=False),
        sa.Column("seller_no", sa.Integer(), nullable=False),
        sa.Column("declaring_district", sa.Integer(), nullable=False),
        sa.Column("port_district", sa.Integer(), nullable=False),
        sa.Column("supervision_mode", sa.Integer(), nullable=False),
        sa.Column("direction", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sets", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("occupied", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
        sa.UniqueConstraint("manifest", name=op.f("uq_manifests_manifest")),
    )
    op.create_index(op.f("ix_manifests_block"), "manifests", ["block"], unique=False)
    op.create_index(op.f("ix_manifests_declarant_no"), "manifests", ["declarant_no"], unique=False)
    op.create_index(op.f("ix_manifests_declaring_district"), "manifests", ["declaring_district"], unique=False)
    op.create_index(op.f("ix_manifests_port_district"), "manifests", ["port_district"], unique=False)
    op.create_index(op.f("ix_manifests_seller_no"), "manifests", ["seller_no"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("message_type", sa.String(length=3), nullable=False),
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("participant_no", "digest", name=op.f("uq_messages_participant_no_digest")),
    )
    op.create_table(
        "operations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint("participant_no", "reference", name=op.f("uq_operations_participant_no_reference")),
    )
    op.create_index(
        op.f("ix_operations_participant_no_created_at"),
        "operations",
        ["participant_no", "created_at"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("group_key", sa.String(length=80), nullable=True),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=True),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contract", sa.String(length=30), nullable=True),
        sa.Column("calldata", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_account_status_id"), "outbox", ["account", "status", "id"], unique=False)
    op.create_index(op.f("ix_outbox_document_id"), "outbox", ["document_id"], unique=False)
    op.create_index(op.f("ix_outbox_manifest_status"), "outbox", ["manifest", "status"], unique=False)
    op.create_index(op.f("ix_outbox_operation_id"), "outbox", ["operation_id"], unique=False)
    op.create_index(op.f("ix_outbox_transaction_id"), "outbox", ["transaction_id"], unique=False)
    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("manifest_row", "position", name=op.f("uq_parcels_manifest_row_position")),
    )
    op.create_index(op.f("ix_parcels_parcel_id"), "parcels", ["parcel_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("participant_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("legal_identity", sa.LargeBinary(length=32), nullable=False),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("credit_grade", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("registrar_no", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_no", name=op.f("pk_participants")),
        sa.UniqueConstraint("legal_identity", name=op.f("uq_participants_legal_identity")),
    )
    op.create_table(
        "profiles",
        sa.Column("legal_identity", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_name", sa.String(length=40), nullable=True),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("customs_code", sa.String(length=18), nullable=True),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("legal_identity", name=op.f("pk_profiles")),
        sa.UniqueConstraint("uscc", name=op.f("uq_profiles_uscc")),
    )
    op.create_index(op.f("ix_profiles_customs_code"), "profiles", ["customs_code"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("manifest_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("block", "log_index", name=op.f("uq_records_block_log_index")),
    )
    op.create_index(op.f("ix_records_manifest_row_id"), "records", ["manifest_row", "id"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("seller_no", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
        sa.UniqueConstraint("block", "log_index", name=op.f("uq_refusals_block_log_index")),
    )
    op.create_index(op.f("ix_refusals_manifest"), "refusals", ["manifest"], unique=False)
    op.create_index(op.f("ix_refusals_seller_no"), "refusals", ["seller_no"], unique=False)
    op.create_table(
        "transactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("account", "nonce", name=op.f("uq_transactions_account_nonce")),
        sa.UniqueConstraint("hash", name=op.f("uq_transactions_hash")),
    )
    op.create_index(op.f("ix_transactions_status_block"), "transactions", ["status", "block"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_transactions_status_block"), table_name="transactions")
    op.drop_table("transactions")
    op.drop_index(op.f("ix_refusals_seller_no"), table_name="refusals")
    op.drop_index(op.f("ix_refusals_manifest"), table_name="refusals")
    op.drop_table("refusals")
    op.drop_index(op.f("ix_records_manifest_row_id"), table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_profiles_customs_code"), table_name="profiles")
    op.drop_table("profiles")
    op.drop_table("participants")
    op.drop_index(op.f("ix_parcels_parcel_id"), table_name="parcels")
    op.drop_table("parcels")
    op.drop_index(op.f("ix_outbox_transaction_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_operation_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_manifest_status"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_document_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_account_status_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_operations_participant_no_created_at"), table_name="operations")
    op.drop_table("operations")
    op.drop_table("messages")
    op.drop_index(op.f("ix_manifests_seller_no"), table_name="manifests")
    op.drop_index(op.f("ix_manifests_port_district"), table_name="manifests")
    op.drop_index(op.f("ix_manifests_declaring_district"), table_name="manifests")
    op.drop_index(op.f("ix_manifests_declarant_no"), table_name="manifests")
    op.drop_index(op.f("ix_manifests_block"), table_name="manifests")
    op.drop_table("manifests")
    op.drop_index(op.f("ix_listings_participant_no"), table_name="listings")
    op.drop_table("listings")
    op.drop_index(op.f("ix_hosted_accounts_legal_identity"), table_name="hosted_accounts")
    op.drop_table("hosted_accounts")
    op.drop_table("governance_events")
    op.drop_index(op.f("ix_evidence_documents_document_id"), table_name="evidence_documents")
    op.drop_table("evidence_documents")
    op.drop_index(op.f("ix_documents_waybill_key"), table_name="documents")
    op.drop_index(op.f("ix_documents_root"), table_name="documents")
    op.drop_index(op.f("ix_documents_parcel_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_operation_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_attested_by"), table_name="documents")
    op.drop_table("documents")
    op.drop_table("cursor")
    op.drop_table("blocks")
    op.drop_table("api_keys")
    op.drop_index(op.f("ix_anchors_root"), table_name="anchors")
    op.drop_table("anchors")
    op.drop_index(op.f("ix_accounts_participant_no"), table_name="accounts")
    op.drop_table("accounts")
