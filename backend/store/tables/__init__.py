"""The gateway's tables.

Two kinds. *Kept* tables (`kept`, `conversation`, `screening`, `risk`) hold what only this gateway has. *Read model*
tables (`readmodel`) are folded from the chain's events and can be dropped and rebuilt at any time; nothing a decision
depends on stands only there.
"""

from __future__ import annotations

from backend.store.tables.base import metadata
from backend.store.tables.conversation import (
    certificates,
    deliveries,
    examinations,
    matching_configs,
    notice_subjects,
    payment_requests,
    progress,
    quota_entries,
    rate_tables,
    receipts,
    relayed_receipts,
    sequences,
    signature_policies,
    signature_refusals,
    tax_bills,
    webhooks,
)
from backend.store.tables.kept import (
    api_keys,
    documents,
    evidence_documents,
    hosted_accounts,
    messages,
    operations,
    outbox,
    profiles,
    transactions,
)
from backend.store.tables.readmodel import (
    READ_MODEL,
    accounts,
    anchors,
    blocks,
    cursor,
    governance_events,
    licences,
    listings,
    manifests,
    parcels,
    participants,
    records,
    refusals,
    rights,
)
from backend.store.tables.risk import draw_rounds, risk_assessments, risk_configs
from backend.store.tables.screening import marks, screening_hits, screenings

__all__ = [
    "READ_MODEL",
    "accounts",
    "anchors",
    "api_keys",
    "blocks",
    "certificates",
    "cursor",
    "deliveries",
    "documents",
    "draw_rounds",
    "evidence_documents",
    "examinations",
    "governance_events",
    "hosted_accounts",
    "licences",
    "listings",
    "manifests",
    "marks",
    "matching_configs",
    "messages",
    "metadata",
    "notice_subjects",
    "operations",
    "outbox",
    "parcels",
    "participants",
    "payment_requests",
    "profiles",
    "progress",
    "quota_entries",
    "rate_tables",
    "receipts",
    "records",
    "refusals",
    "relayed_receipts",
    "rights",
    "risk_assessments",
    "risk_configs",
    "screening_hits",
    "screenings",
    "sequences",
    "signature_policies",
    "signature_refusals",
    "tax_bills",
    "transactions",
    "webhooks",
]
