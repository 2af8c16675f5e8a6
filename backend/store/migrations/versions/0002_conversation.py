"""The conversation between enterprises and customs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("participant_no", "fingerprint", name=op.f("uq_certificates_participant_no_fingerprint")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lane", sa.LargeBinary(length=32), nullable=False),
        sa.Column("delivery_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_deliveries_delivery_id")),
    )
    op.create_index(op.f("ix_deliveries_webhook_id_lane_id"), "deliveries", ["webhook_id", "lane", "id"], unique=False)
    op.create_index(
        op.f("ix_deliveries_webhook_id_status_next_at"), "deliveries", ["webhook_id", "status", "next_at"], unique=False
    )
    op.create_table(
        "examinations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("news", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("rules", sa.String(length=400), nullable=True),
        sa.Column("config_version", sa.String(length=60), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examinations")),
        sa.UniqueConstraint("parcel_id", "manifest", name=op.f("uq_examinations_parcel_id_manifest")),
    )
    op.create_index(op.f("ix_examinations_manifest"), "examinations", ["manifest"], unique=False)
    op.create_index(
        op.f("ix_examinations_status_district_due_at"), "examinations", ["status", "district", "due_at"], unique=False
    )
    op.create_index(
        op.f("ix_examinations_status_district_is_ready_id"),
        "examinations",
        ["status", "district", "is_ready", "id"],
        unique=False,
    )
    op.create_table(
        "matching_configs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_configs")),
        sa.UniqueConstraint("district", "version", name=op.f("uq_matching_configs_district_version")),
    )
    op.create_table(
        "notice_subjects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=True),
        sa.Column("waybill_key", sa.String(length=100), nullable=True),
        sa.Column("list_no", sa.String(length=20), nullable=True),
        sa.Column("bill_no", sa.String(length=40), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("outbox_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_subjects")),
        sa.UniqueConstraint("document_id", "line", name=op.f("uq_notice_subjects_document_id_line")),
    )
    op.create_index(op.f("ix_notice_subjects_bill_no"), "notice_subjects", ["bill_no"], unique=False)
    op.create_index(op.f("ix_notice_subjects_list_no"), "notice_subjects", ["list_no"], unique=False)
    op.create_index(op.f("ix_notice_subjects_outbox_row"), "notice_subjects", ["outbox_row"], unique=False)
    op.create_index(op.f("ix_notice_subjects_parcel_id"), "notice_subjects", ["parcel_id"], unique=False)
    op.create_index(
        op.f("ix_notice_subjects_kind_status_id"), "notice_subjects", ["kind", "status", "id"], unique=False
    )
    op.create_index(op.f("ix_notice_subjects_waybill_key"), "notice_subjects", ["waybill_key"], unique=False)
    op.create_table(
        "payment_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("order_no", sa.String(length=60), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("customs_no", sa.Integer(), nullable=False),
        sa.Column("platform_no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("request_document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer_document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result_document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_requests")),
    )
    op.create_index(
        op.f("ix_payment_requests_district_status"), "payment_requests", ["district", "status"], unique=False
    )
    op.create_index(op.f("ix_payment_requests_parcel_id"), "payment_requests", ["parcel_id"], unique=False)
    op.create_index(
        op.f("ix_payment_requests_platform_no_status"), "payment_requests", ["platform_no", "status"], unique=False
    )
    op.create_table(
        "progress",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_progress")),
    )
    op.create_table(
        "quota_entries",
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.LargeBinary(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("returns", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_quota_entries")),
    )
    op.create_index(op.f("ix_quota_entries_person_year"), "quota_entries", ["person", "year"], unique=False)
    op.create_table(
        "rate_tables",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_tables")),
        sa.UniqueConstraint("version", name=op.f("uq_rate_tables_version")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("receipt_type", sa.String(length=3), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("info", sa.String(length=1000), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("subject", name=op.f("uq_receipts_subject")),
    )
    op.create_index(op.f("ix_receipts_document_id_id"), "receipts", ["document_id", "id"], unique=False)
    op.create_index(op.f("ix_receipts_parcel_id_id"), "receipts", ["parcel_id", "id"], unique=False)
    op.create_index(op.f("ix_receipts_participant_no_id"), "receipts", ["participant_no", "id"], unique=False)
    op.create_table(
        "relayed_receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("receipt_type", sa.String(length=3), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("info", sa.String(length=1000), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relayed_receipts")),
        sa.UniqueConstraint("participant_no", "digest", name=op.f("uq_relayed_receipts_participant_no_digest")),
    )
    op.create_index(op.f("ix_relayed_receipts_document_id_id"), "relayed_receipts", ["document_id", "id"], unique=False)
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "signature_policies",
        sa.Column("participant_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.String(length=10), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_no", name=op.f("pk_signature_policies")),
    )
    op.create_table(
        "signature_refusals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("message_type", sa.String(length=3), nullable=False),
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_refusals")),
    )
    op.create_index(
        op.f("ix_signature_refusals_participant_no_id"), "signature_refusals", ["participant_no", "id"], unique=False
    )
    op.create_table(
        "tax_bills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tax_no", sa.String(length=50), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parcel_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("bill", sa.JSON(), nullable=False),
        sa.Column("treatment", sa.String(length=10), nullable=False),
        sa.Column("formula", sa.String(length=20), nullable=False),
        sa.Column("rates_version", sa.String(length=60), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_bills")),
        sa.UniqueConstraint("tax_no", name=op.f("uq_tax_bills_tax_no")),
    )
    op.create_index(op.f("ix_tax_bills_parcel_id"), "tax_bills", ["parcel_id"], unique=False)
    op.create_index(op.f("ix_tax_bills_status_released_at"), "tax_bills", ["status", "released_at"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant_no", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("after_receipt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_participant_no"), "webhooks", ["participant_no"], unique=False)
    op.add_column("documents", sa.Column("answered", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("pre_no", sa.String(length=18), nullable=True))
    op.add_column("documents", sa.Column("list_no", sa.String(length=20), nullable=True))
    op.add_column("documents", sa.Column("signature_valid", sa.Boolean(), nullable=True))
    op.add_column("documents", sa.Column("signer", sa.String(length=18), nullable=True))
    op.create_index(op.f("ix_documents_guid"), "documents", ["guid"], unique=False)
    op.create_index(op.f("ix_documents_list_no"), "documents", ["list_no"], unique=False)
    op.create_index(op.f("ix_documents_pre_no"), "documents", ["pre_no"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_documents_pre_no"), table_name="documents")
    op.drop_index(op.f("ix_documents_list_no"), table_name="documents")
    op.drop_index(op.f("ix_documents_guid"), table_name="documents")
    op.drop_column("documents", "signer")
    op.drop_column("documents", "signature_valid")
    op.drop_column("documents", "list_no")
    op.drop_column("documents", "pre_no")
    op.drop_column("documents", "answered")
    op.drop_index(op.f("ix_webhooks_participant_no"), table_name="webhooks")
    op.drop_table("webhooks")
    op.drop_index(op.f("ix_tax_bills_status_released_at"), table_name="tax_bills")
    op.drop_index(op.f("ix_tax_bills_parcel_id"), table_name="tax_bills")
    op.drop_table("tax_bills")
    op.drop_index(op.f("ix_signature_refusals_participant_no_id"), table_name="signature_refusals")
    op.drop_table("signature_refusals")
    op.drop_table("signature_policies")
    op.drop_table("sequences")
    op.drop_index(op.f("ix_relayed_receipts_document_id_id"), table_name="relayed_receipts")
    op.drop_table("relayed_receipts")
    op.drop_index(op.f("ix_receipts_participant_no_id"), table_name="receipts")
    op.drop_index(op.f("ix_receipts_parcel_id_id"), table_name="receipts")
    op.drop_index(op.f("ix_receipts_document_id_id"), table_name="receipts")
    op.drop_table("receipts")
    op.drop_table("rate_tables")
    op.drop_index(op.f("ix_quota_entries_person_year"), table_name="quota_entries")
    op.drop_table("quota_entries")
    op.drop_table("progress")
    op.drop_index(op.f("ix_payment_requests_platform_no_status"), table_name="payment_requests")
    op.drop_index(op.f("ix_payment_requests_parcel_id"), table_name="payment_requests")
    op.drop_index(op.f("ix_payment_requests_district_status"), table_name="payment_requests")
    op.drop_table("payment_requests")
    op.drop_index(op.f("ix_notice_subjects_waybill_key"), table_name="notice_subjects")
    op.drop_index(op.f("ix_notice_subjects_kind_status_id"), table_name="notice_subjects")
    op.drop_index(op.f("ix_notice_subjects_parcel_id"), table_name="notice_subjects")
    op.drop_index(op.f("ix_notice_subjects_outbox_row"), table_name="notice_subjects")
    op.drop_index(op.f("ix_notice_subjects_list_no"), table_name="notice_subjects")
    op.drop_index(op.f("ix_notice_subjects_bill_no"), table_name="notice_subjects")
    op.drop_table("notice_subjects")
    op.drop_table("matching_configs")
    op.drop_index(op.f("ix_examinations_status_district_is_ready_id"), table_name="examinations")
    op.drop_index(op.f("ix_examinations_status_district_due_at"), table_name="examinations")
    op.drop_index(op.f("ix_examinations_manifest"), table_name="examinations")
    op.drop_table("examinations")
    op.drop_index(op.f("ix_deliveries_webhook_id_status_next_at"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_webhook_id_lane_id"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("certificates")
