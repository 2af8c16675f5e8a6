"""What only this gateway has: documents with their secrets, submissions, signed transactions, keys to the API."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, Instant, Row, metadata, row_id

#: Names and codes of organisations; the chain knows only the commitment to their legal identity.
profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("legal_identity", Hash, primary_key=True),
    sa.Column("key_name", sa.String(40)),
    sa.Column("uscc", sa.String(18), nullable=False),
    sa.Column("customs_code", sa.String(18)),
    sa.Column("name_zh", sa.String(100), nullable=False),
    sa.Column("name_en", sa.String(200), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("uscc"),
    sa.Index(None, "customs_code"),
)

#: The accounts whose keys this gateway holds, and for whom they sign. Participant 0 is governance.
hosted_accounts = sa.Table(
    "hosted_accounts",
    metadata,
    sa.Column("address", sa.String(42), primary_key=True),
    sa.Column("legal_identity", Hash),
    sa.Column("signer", sa.String(20), nullable=False),
    sa.Column("reference", sa.String(200), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "legal_identity"),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    row_id(),
    sa.Column("digest", Hash, nullable=False),
    # the token's end, so that people can tell keys apart
    sa.Column("last_four", sa.String(4), nullable=False),
    sa.Column("participant_no", sa.Integer),
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.UniqueConstraint("digest"),
)

operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    # what the submitter calls it, and what it said: the same again is answered as before
    sa.Column("reference", sa.String(64)),
    sa.Column("digest", Hash),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("participant_no", "reference"),
    sa.Index(None, "participant_no", "created_at"),
)

messages = sa.Table(
    "messages",
    metadata,
    row_id(),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("message_type", sa.String(3), nullable=False),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("receipt", sa.JSON, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.UniqueConstraint("participant_no", "digest"),
)

#: One row a version of a document, a notice or a piece of evidence. `business_key` is unique among the current
#: versions of a kind.
documents = sa.Table(
    "documents",
    metadata,
    row_id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("message_type", sa.String(3), nullable=False),
    sa.Column("business_key", sa.String(160), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("parcel_id", Hash),
    sa.Column("waybill_key", sa.String(100)),
    sa.Column("seller_no", sa.Integer),
    # Erasing a person's data deletes `secret` and `fields`; the commitment on chain then means nothing.
    sa.Column("secret", Hash),
    sa.Column("fields", sa.LargeBinary),
    sa.Column("root", Hash, nullable=False),
    sa.Column("content_digest", Hash, nullable=False),
    # the manifest in which a record vouches for it; the parcel may be declared anew in another
    sa.Column("attested_in", Hash),
    # the outbox row of that record, which other operations' documents may share
    sa.Column("attested_by", Row),
    # what its receipts repeat of it (JSON, nothing personal), and the numbers that customs gave it
    sa.Column("answered", sa.LargeBinary),
    sa.Column("pre_no", sa.String(18)),
    sa.Column("list_no", sa.String(20)),
    # what was found of its signature: valid, and whose; NULL where none was verified
    sa.Column("signature_valid", sa.Boolean),
    sa.Column("signer", sa.String(18)),
    sa.Column("received_at", Instant, nullable=False),
    sa.UniqueConstraint("kind", "business_key", "version"),
    sa.Index(None, "parcel_id"),
    sa.Index(None, "guid"),
    sa.Index(None, "pre_no"),
    sa.Index(None, "list_no"),
    sa.Index(None, "waybill_key"),
    sa.Index(None, "operation_id"),
    sa.Index(None, "attested_by"),
    sa.Index(None, "root"),
)

#: Which documents a record's evidence commits to, in the order of their parcels.
evidence_documents = sa.Table(
    "evidence_documents",
    metadata,
    sa.Column("evidence", Hash, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_id", Row, nullable=False),
    sa.Index(None, "document_id"),
)

#: What is to be written to the chain, in order, per signing account.
outbox = sa.Table(
    "outbox",
    metadata,
    row_id(),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("account", sa.String(42), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    # declare: the manifest it fills, and the list document; record: which step of which parcels
    sa.Column("group_key", sa.String(80)),
    sa.Column("document_id", Row),
    sa.Column("manifest", Hash),
    sa.Column("step", sa.Integer),
    sa.Column("parcels", Hash),
    sa.Column("evidence", Hash),
    # anything else: contract and calldata, ready
    sa.Column("contract", sa.String(30)),
    sa.Column("calldata", sa.LargeBinary),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("transaction_id", Row),
    sa.Column("refusal", sa.JSON(none_as_null=True)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "account", "status", "id"),
    sa.Index(None, "operation_id"),
    sa.Index(None, "transaction_id"),
    sa.Index(None, "manifest", "status"),
    sa.Index(None, "document_id"),
)

#: Signed before they are sent: `raw` can be broadcast again at any time and never doubles.
transactions = sa.Table(
    "transactions",
    metadata,
    row_id(),
    sa.Column("account", sa.String(42), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    sa.Column("hash", Hash, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("block", sa.BigInteger),
    sa.Column("sent_at", Instant),
    # how often its block went away: what it carried may then have come too early
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("account", "nonce"),
    sa.UniqueConstraint("hash"),
    sa.Index(None, "status", "block"),
)
