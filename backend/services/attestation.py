"""Vouching for documents: orders, payments and waybills meet their parcel, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.commitments import record_evidence
from backend.domain.errors import NotHosted
from backend.domain.lifecycle import RULES, Step, divide
from backend.services.outbox import Entry, account_of, enqueue
from backend.services.steps import project, targets_of
from backend.store import documents, readmodel
from backend.store.database import Connection

STEP_OF_KIND = {
    "Order": Step.OrderAttested,
    "Payment": Step.PaymentAttested,
    "Waybill": Step.WaybillAttested,
}


def attest(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> set[int]:
    """Queues an attestation for each document of these parcels that has none yet; the ids of those documents.

    One record per participant, kind and manifest, its evidence over the documents in index order.
    Only parcels take part that still stand Declared, are not detained, and will be so when what is under way is done:
    later the documents are history, not claims. Called where
    documents are stored and where manifests are read from the chain; both happen in write transactions, so the
    later of the two sees the other.
    """
    known = documents.to_attest(connection, parcel_ids)
    if not known:
        return set()
    places = readmodel.places_of(connection, list({row.parcel_id for row in known}))
    targets = list(targets_of(connection, [row.parcel_id for row in known if row.parcel_id in places]))
    to_come = project(connection, targets)
    grouped: dict[tuple[bytes, int, str], list[tuple[int, bytes, int, str]]] = {}
    for row in known:
        for place in places.get(row.parcel_id, ())[:1]:
            on_chain = readmodel.sets_of_blob(place.size, place.sets)
            (rule,) = RULES[STEP_OF_KIND[row.kind]]
            may_be = (divide(sets, rule, 1 << place.position).eligible for sets in (on_chain, to_come[place.manifest]))
            if row.attested_in != place.manifest and all(may_be):
                key = (place.manifest, row.participant_no, row.kind)
                grouped.setdefault(key, []).append((place.position, row.root, row.id, row.operation_id))
    accounts = {number: _hosted_account(connection, number) for _, number, _ in grouped}
    rows: list[dict[str, Any]] = []
    kept: list[tuple[bytes, list[int]]] = []
    for (manifest, participant_no, kind), members in sorted(grouped.items()):
        account = accounts[participant_no]
        if account is None:
            continue
        members.sort()
        parcels = 0
        for position, _, _, _ in members:
            parcels |= 1 << position
        evidence = record_evidence([root for _, root, _, _ in members])
        kept.append((evidence, [document_id for _, _, document_id, _ in members]))
        # The row belongs to the first document's operation; the others' find it through their documents.
        entry = Entry(members[0][3], account, participant_no, now)
        rows.append(entry.record(manifest, STEP_OF_KIND[kind], parcels, evidence))
    documents.keep_evidence(connection, kept)
    row_ids = enqueue(connection, rows)
    marks = [
        (document_id, row["manifest"], row_id)
        for row, row_id, (_, ids) in zip(rows, row_ids, kept, strict=True)
        for document_id in ids
    ]
    documents.mark_attested(connection, marks)
    return {document_id for document_id, _, _ in marks}


def _hosted_account(connection: Connection, participant_no: int) -> str | None:
    """None for a participant whose own gateway vouches for its documents."""
    try:
        return account_of(connection, participant_no)
    except NotHosted:
        return None
