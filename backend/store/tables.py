"""The gateway's tables.

Two kinds. *Kept* tables hold what only this gateway has: documents with their secrets, submissions, signed
transactions, keys to the API. *Read model* tables are folded from the chain's events and can be dropped and
rebuilt at any time (`guanlian reindex`); nothing a decision depends on stands only there.

Hashes are raw bytes, sets are 32 big-endian bytes, instants are Unix seconds (UTC).
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts rows up by itself in a column declared INTEGER.
_Row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Hash = sa.LargeBinary(32)
_Instant = sa.BigInteger


def _id() -> sa.Column[int]:
    return sa.Column("id", _Row, primary_key=True, autoincrement=True)


# ---------------------------------------------------------------------------------------------------
# Kept

#: Names and codes of organisations; the chain knows only the commitment to their legal identity.
profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("legal_identity", _Hash, primary_key=True),
    sa.Column("key_name", sa.String(40)),
    sa.Column("uscc", sa.String(18), nullable=False),
    sa.Column("customs_code", sa.String(18)),
    sa.Column("name_zh", sa.String(100), nullable=False),
    sa.Column("name_en", sa.String(200), nullable=False),
    sa.Column("created_at", _Instant, nullable=False),
    sa.UniqueConstraint("uscc"),
    sa.Index(None, "customs_code"),
)

#: The accounts whose keys this gateway holds, and for whom they sign. Participant 0 is governance.
hosted_accounts = sa.Table(
    "hosted_accounts",
    metadata,
    sa.Column("address", sa.String(42), primary_key=True),
    sa.Column("legal_identity", _Hash),
    sa.Column("signer", sa.String(20), nullable=False),
    sa.Column("reference", sa.String(200), nullable=False),
    sa.Column("created_at", _Instant, nullable=False),
    sa.Index(None, "legal_identity"),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    _id(),
    sa.Column("digest", _Hash, nullable=False),
    # the token's end, so that people can tell keys apart
    sa.Column("last_four", sa.String(4), nullable=False),
    sa.Column("participant_no", sa.Integer),
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", _Instant, nullable=False),
    sa.Column("revoked_at", _Instant),
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
    sa.Column("digest", _Hash),
    sa.Column("created_at", _Instant, nullable=False),
    sa.UniqueConstraint("participant_no", "reference"),
    sa.Index(None, "participant_no", "created_at"),
)

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("message_type", sa.String(3), nullable=False),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("digest", _Hash, nullable=False),
    sa.Column("receipt", sa.JSON, nullable=False),
    sa.Column("received_at", _Instant, nullable=False),
    sa.UniqueConstraint("participant_no", "digest"),
)

#: One row a version of a document. `business_key` is unique among the current versions of a kind.
documents = sa.Table(
    "documents",
    metadata,
    _id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("message_type", sa.String(3), nullable=False),
    sa.Column("business_key", sa.String(160), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("guid", sa.String(36), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("parcel_id", _Hash),
    sa.Column("waybill_key", sa.String(100)),
    sa.Column("seller_no", sa.Integer),
    # Erasing a person's data deletes `secret` and `fields`; the commitment on chain then means nothing.
    sa.Column("secret", _Hash),
    sa.Column("fields", sa.LargeBinary),
    sa.Column("root", _Hash, nullable=False),
    sa.Column("content_digest", _Hash, nullable=False),
    # the manifest in which a record vouches for it; the parcel may be declared anew in another
    sa.Column("attested_in", _Hash),
    # the outbox row of that record, which other operations' documents may share
    sa.Column("attested_by", _Row),
    sa.Column("received_at", _Instant, nullable=False),
    sa.UniqueConstraint("kind", "business_key", "version"),
    sa.Index(None, "parcel_id"),
    sa.Index(None, "waybill_key"),
    sa.Index(None, "operation_id"),
    sa.Index(None, "attested_by"),
    sa.Index(None, "root"),
)

#: Which documents a record's evidence commits to, in the order of their parcels.
evidence_documents = sa.Table(
    "evidence_documents",
    metadata,
    sa.Column("evidence", _Hash, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_id", _Row, nullable=False),
    sa.Index(None, "document_id"),
)

#: What is to be written to the chain, in order, per signing account.
outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("operation_id", sa.String(32), nullable=False),
    sa.Column("account", sa.String(42), nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    # declare: the manifest it fills, and the list document; record: which step of which parcels
    sa.Column("group_key", sa.String(80)),
    sa.Column("document_id", _Row),
    sa.Column("manifest", _Hash),
    sa.Column("step", sa.Integer),
    sa.Column("parcels", _Hash),
    sa.Column("evidence", _Hash),
    # anything else: contract and calldata, ready
    sa.Column("contract", sa.String(30)),
    sa.Column("calldata", sa.LargeBinary),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("transaction_id", _Row),
    sa.Column("refusal", sa.JSON),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", _Instant, nullable=False),
    sa.Column("updated_at", _Instant, nullable=False),
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
    _id(),
    sa.Column("account", sa.String(42), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    sa.Column("hash", _Hash, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("block", sa.BigInteger),
    sa.Column("sent_at", _Instant),
    # how often its block went away: what it carried may then have come too early
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Column("created_at", _Instant, nullable=False),
    sa.UniqueConstraint("account", "nonce"),
    sa.UniqueConstraint("hash"),
    sa.Index(None, "status", "block"),
)

# ---------------------------------------------------------------------------------------------------
# Read model

blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", _Hash, nullable=False),
    sa.Column("parent_hash", _Hash, nullable=False),
    sa.Column("timestamp", _Instant, nullable=False),
)

#: One row: up to which block the read model is complete.
cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("hash", _Hash, nullable=False),
    sa.Column("timestamp", _Instant, nullable=False),
)

#: Events of the registry and the blacklist as they came; few, so their tables are folded anew after a reorg.
governance_events = sa.Table(
    "governance_events",
    metadata,
    _id(),
    sa.Column("name", sa.String(30), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", _Hash, nullable=False),
    sa.Column("at", _Instant, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
)

participants = sa.Table(
    "participants",
    metadata,
    sa.Column("participant_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("legal_identity", _Hash, nullable=False),
    sa.Column("roles", sa.Integer, nullable=False),
    sa.Column("district", sa.Integer, nullable=False),
    sa.Column("credit_grade", sa.Integer, nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.Column("registrar_no", sa.Integer, nullable=False),
    sa.Column("registered_at", _Instant, nullable=False),
    sa.UniqueConstraint("legal_identity"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("address", sa.String(42), primary_key=True),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Index(None, "participant_no"),
)

listings = sa.Table(
    "listings",
    metadata,
    sa.Column("listing_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("grounds", _Hash, nullable=False),
    sa.Column("evidence", _Hash, nullable=False),
    sa.Column("imposed_by", sa.Integer, nullable=False),
    sa.Column("imposed_at", _Instant, nullable=False),
    sa.Column("until", _Instant, nullable=False),
    sa.Column("confirmed_by", sa.JSON, nullable=False),
    sa.Column("in_force_at", _Instant),
    sa.Column("lifted_by", sa.Integer),
    sa.Column("lifted_at", _Instant),
    sa.Index(None, "participant_no"),
)

manifests = sa.Table(
    "manifests",
    metadata,
    _id(),
    sa.Column("manifest", _Hash, nullable=False),
    sa.Column("declarant_no", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer, nullable=False),
    sa.Column("declaring_district", sa.Integer, nullable=False),
    sa.Column("port_district", sa.Integer, nullable=False),
    sa.Column("supervision_mode", sa.Integer, nullable=False),
    sa.Column("direction", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("declared_at", _Instant, nullable=False),
    sa.Column("root", _Hash, nullable=False),
    sa.Column("head", _Hash, nullable=False),
    # 32 sets of 32 bytes, number by number; `occupied` has the bit of every set that is not empty
    sa.Column("sets", sa.LargeBinary(1024), nullable=False),
    sa.Column("occupied", sa.BigInteger, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("manifest"),
    sa.Index(None, "seller_no"),
    sa.Index(None, "declarant_no"),
    sa.Index(None, "declaring_district"),
    sa.Index(None, "port_district"),
    sa.Index(None, "block"),
)

parcels = sa.Table(
    "parcels",
    metadata,
    _id(),
    sa.Column("parcel_id", _Hash, nullable=False),
    sa.Column("manifest_row", _Row, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("manifest_row", "position"),
    sa.Index(None, "parcel_id"),
)

records = sa.Table(
    "records",
    metadata,
    _id(),
    sa.Column("manifest_row", _Row, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("parcels", _Hash, nullable=False),
    sa.Column("evidence", _Hash, nullable=False),
    sa.Column("head", _Hash, nullable=False),
    sa.Column("at", _Instant, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", _Hash, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "manifest_row", "id"),
)

refusals = sa.Table(
    "refusals",
    metadata,
    _id(),
    sa.Column("manifest", _Hash, nullable=False),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("seller_no", sa.Integer),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("parcels", _Hash, nullable=False),
    sa.Column("reason", sa.String(30), nullable=False),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("at", _Instant, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", _Hash, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "manifest"),
    sa.Index(None, "seller_no"),
)

anchors = sa.Table(
    "anchors",
    metadata,
    _id(),
    sa.Column("participant_no", sa.Integer, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("root", _Hash, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("block", sa.BigInteger, nullable=False),
    sa.Column("log_index", sa.Integer, nullable=False),
    sa.Column("transaction_hash", _Hash, nullable=False),
    sa.Column("at", _Instant, nullable=False),
    sa.UniqueConstraint("block", "log_index"),
    sa.Index(None, "root"),
)

#: Dropped and rebuilt together by a reindex.
READ_MODEL = (
    blocks,
    cursor,
    governance_events,
    participants,
    accounts,
    listings,
    manifests,
    parcels,
    records,
    refusals,
    anchors,
)
