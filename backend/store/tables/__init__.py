"""The gateway's tables.

Two kinds. *Kept* tables (`kept`, `conversation`, `screening`, `risk`, `enforcement`, `scans`, `summaries`,
`terminals`, `returns`, `bonded`) hold what only this gateway has. *Read model* tables (`readmodel`, `proceedings`,
`carriage`) are folded from the chain's events and can be dropped and rebuilt at any time; nothing a decision depends
on stands only there.
"""

from __future__ import annotations

from backend.store.tables.base import metadata
from backend.store.tables.bonded import bonded_books, bonded_draws, bonded_movements, bonded_transfers
from backend.store.tables.carriage import (
    anomalies,
    carriage_events,
    carriage_texts,
    consignment_entries,
    consignments,
    lanes,
)
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
from backend.store.tables.enforcement import (
    platform_notice_facts,
    platform_notices,
    proposal_rules,
    rule_proposals,
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
from backend.store.tables.proceedings import cases, dated_facts, listing_rules
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
from backend.store.tables.returns import return_findings, return_sequels
from backend.store.tables.risk import draw_rounds, risk_assessments, risk_configs
from backend.store.tables.scans import scan_days
from backend.store.tables.screening import marks, screening_hits, screenings
from backend.store.tables.summaries import summaries, summary_closings, summary_lists
from backend.store.tables.terminals import (
    release_instruction_facts,
    release_instruction_parcels,
    release_instructions,
)

__all__ = [
    "READ_MODEL",
    "accounts",
    "anchors",
    "anomalies",
    "api_keys",
    "blocks",
    "bonded_books",
    "bonded_draws",
    "bonded_movements",
    "bonded_transfers",
    "carriage_events",
    "carriage_texts",
    "cases",
    "certificates",
    "consignment_entries",
    "consignments",
    "cursor",
    "dated_facts",
    "deliveries",
    "documents",
    "draw_rounds",
    "evidence_documents",
    "examinations",
    "governance_events",
    "hosted_accounts",
    "lanes",
    "licences",
    "listing_rules",
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
    "platform_notice_facts",
    "platform_notices",
    "profiles",
    "progress",
    "proposal_rules",
    "quota_entries",
    "rate_tables",
    "receipts",
    "records",
    "refusals",
    "relayed_receipts",
    "release_instruction_facts",
    "release_instruction_parcels",
    "release_instructions",
    "return_findings",
    "return_sequels",
    "rights",
    "risk_assessments",
    "risk_configs",
    "rule_proposals",
    "scan_days",
    "screening_hits",
    "screenings",
    "sequences",
    "signature_policies",
    "signature_refusals",
    "summaries",
    "summary_closings",
    "summary_lists",
    "tax_bills",
    "transactions",
    "webhooks",
]
