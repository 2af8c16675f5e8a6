"""The conversation between enterprises and customs: notices, decisions, quota, tax, receipts and who is told of them.

Kept, like documents: none of it can be read back from the chain alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

# ---------------------------------------------------------------------------------------------------
# Notices

#: One row for each parcel, or bill of parcels, that a notice names. `status`: waiting (its parcel is not known or
#: not ready yet), queued (in the outbox), done, refused, withdrawn, ignored (nothing follows from it).
notice_subjects = sa.Table(
    "notice_subjects",
    metadata,
    row_id(),
    sa.Column("document_id", Row, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("parcel_id", Hash),
    sa.Column("waybill_key", sa.String(100)),
    sa.Column("list_no", sa.String(20)),
    sa.Column("bill_no", sa.String(40)),
    sa.Column("step", sa.Integer),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("outbox_row", Row),
    sa.Column("reason", sa.JSON(none_as_null=True)),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("document_id", "line"),
    sa.Index(None, "parcel_id"),
    sa.Index(None, "waybill_key"),
    sa.Index(None, "list_no"),
    sa.Index(None, "bill_no"),
    sa.Index(None, "outbox_row"),
    sa.Index(None, "kind", "status", "id"),
)

# ---------------------------------------------------------------------------------------------------
# Customs' own decisions

#: The settings of a district for comparing documents (0: of every district without its own), newest last.
matching_configs = sa.Table(
    "matching_configs",
    metadata,
    row_id(),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("district", "version"),
)

#: Tax rates by HS code, newest last.
rate_tables = sa.Table(
    "rate_tables",
    metadata,
    row_id(),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("version"),
)

#: Declared parcels that wait for a district's automatic decision. `is_ready`: something changed since it was looked
#: at; `due_at`: when waiting ends.
examinations = sa.Table(
    "examinations",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("is_ready", sa.Boolean, nullable=False),
    # grows with everything that becomes known, so that what comes during a look is not taken for seen
    sa.Column("news", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(12)),
    sa.Column("rules", sa.String(400)),
    sa.Column("config_version", sa.String(60)),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("parcel_id", "manifest"),
    sa.Index(None, "manifest"),
    sa.Index(None, "status", "district", "is_ready", "id"),
    sa.Index(None, "status", "district", "due_at"),
)

#: One parcel's part of a person's yearly quota. `person` is a keyed hash of the identity number.
quota_entries = sa.Table(
    "quota_entries",
    metadata,
    sa.Column("parcel_id", Hash, primary_key=True),
    sa.Column("person", Hash, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    # CNY as decimal texts: neither database keeps exact decimals alike
    sa.Column("amount", sa.String(24), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("returns", sa.JSON, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "person", "year"),
)

#: Electronic tax bills (816), one for each released import. `status` as customs numbers it: 1 made, 2 collected,
#: 3 void.
tax_bills = sa.Table(
    "tax_bills",
    metadata,
    row_id(),
    sa.Column("tax_no", sa.String(50), nullable=False),
    sa.Column("document_id", Row, nullable=False),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("manifest", Hash, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    # head and lines with the names that 816 gives them
    sa.Column("bill", sa.JSON, nullable=False),
    sa.Column("treatment", sa.String(10), nullable=False),
    sa.Column("formula", sa.String(20), nullable=False),
    sa.Column("rates_version", sa.String(60), nullable=False),
    sa.Column("released_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("tax_no"),
    sa.Index(None, "parcel_id"),
    sa.Index(None, "status", "released_at"),
)

#: Customs' request for the original payment record of an order, and the platform's answer. `status`: open, answered.
payment_requests = sa.Table(
    "payment_requests",
    metadata,
    row_id(),
    sa.Column("parcel_id", Hash, nullable=False),
    sa.Column("order_no", sa.String(60), nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("customs_no", sa.Integer, nullable=False),
    sa.Column("platform_no", sa.Integer, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("answered_at", Instant),
    # documents of kind Evidence: what was asked, what was answered, what the comparison found
    sa.Column("request_document", Row, nullable=False),
    sa.Column("answer_document", Row),
    sa.Column("result_document", Row),
    sa.Column("outcome", sa.String(12)),
    sa.Index(None, "parcel_id"),
    sa.Index(None, "platform_no", "status"),
    sa.Index(None, "district", "status"),
)

#: Running numbers that customs gives out: lists of a district and year.
sequences = sa.Table(
    "sequences",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

# ---------------------------------------------------------------------------------------------------
# Signatures

#: Certificates with which a participant signs its messages.
certificates = sa.Table(
    "certificates",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("fingerprint", Hash, nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("algorithm", sa.String(10), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.UniqueConstraint("participant_no", "fingerprint"),
)

#: How strictly a participant's messages are judged: off, optional, required. None here is off.
signature_policies = sa.Table(
    "signature_policies",
    metadata,
    sa.Column("participant_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("policy", sa.String(10), nullable=False),
    sa.Column("set_by", sa.Integer, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
)

#: Messages refused for their signature. Nothing of their content is kept.
signature_refusals = sa.Table(
    "signature_refusals",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("message_type", sa.String(3), nullable=False),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "participant_no", "id"),
)

# ---------------------------------------------------------------------------------------------------
# Receipts

#: Answers to documents, in the order in which they were given. `subject` names what the receipt is about, once.
#: `at_ms` is the return time in milliseconds, later than every earlier one of the same document.
receipts = sa.Table(
    "receipts",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("receipt_type", sa.String(3), nullable=False),
    sa.Column("document_id", Row, nullable=False),
    sa.Column("parcel_id", Hash),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("info", sa.String(1000), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("subject", Hash, nullable=False),
    # a tax bill's head and lines; NULL where the document's own fields and the columns above are the whole receipt
    sa.Column("content", sa.JSON(none_as_null=True)),
    sa.UniqueConstraint("subject"),
    sa.Index(None, "participant_no", "id"),
    sa.Index(None, "document_id", "id"),
    sa.Index(None, "parcel_id", "id"),
)

#: Up to where something that follows the chain at its own pace has come (a block), or the latest of its kind.
progress = sa.Table(
    "progress",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

#: Receipts that customs' national system sent, relayed by whoever got them. `standing`: applied, late, repeated,
#: unmatched.
relayed_receipts = sa.Table(
    "relayed_receipts",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("receipt_type", sa.String(3), nullable=False),
    sa.Column("document_id", Row),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("info", sa.String(1000), nullable=False),
    sa.Column("at_ms", sa.BigInteger),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("fields", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.UniqueConstraint("participant_no", "digest"),
    sa.Index(None, "document_id", "id"),
)

#: Where a participant wants its receipts sent, and what happens to its release instructions. `after_receipt` and
#: `after_fact`: up to which of these deliveries were made out.
webhooks = sa.Table(
    "webhooks",
    metadata,
    row_id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("url", sa.String(500), nullable=False),
    # needed in clear to sign with; it authenticates this gateway to the receiver and opens nothing here
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    # why it was switched off, by name; and how many deliveries have died since one arrived
    sa.Column("reason", sa.String(20)),
    sa.Column("deaths", sa.Integer, nullable=False),
    sa.Column("after_receipt", Row, nullable=False),
    sa.Column("after_fact", Row, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.Index(None, "participant_no"),
)

#: One receipt, or one fact of a release instruction, on its way to one webhook. `status`: waiting, delivered, dead. In
#: order for each parcel or instruction.
deliveries = sa.Table(
    "deliveries",
    metadata,
    row_id(),
    sa.Column("webhook_id", Row, nullable=False),
    sa.Column("receipt_id", Row),
    sa.Column("fact_id", Row),
    # what must stay in order: the parcel, the document where there is none, or the instruction
    sa.Column("lane", Hash, nullable=False),
    sa.Column("delivery_id", sa.String(36), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("answer", sa.String(200)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.CheckConstraint("(receipt_id IS NULL) <> (fact_id IS NULL)", name="one_content"),
    sa.UniqueConstraint("delivery_id"),
    sa.Index(None, "webhook_id", "status", "next_at"),
    sa.Index(None, "webhook_id", "lane", "id"),
)
