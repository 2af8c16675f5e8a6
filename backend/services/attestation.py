"""Vouching for documents: orders, payments and waybills meet their parcel, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain.commitments import record_evidence
from backend.domain.errors import NotHosted
from backend.domain.lifecycle import State, Step
from backend.services.outbox import Entry, account_of, enqueue
from backend.store import documents, readmodel
from backend.store.database import Connection

STEP_OF_KIND = {
    "Order": Step.OrderAttested,
    "Payment": Step.PaymentAttested,
    "Waybill": Step.WaybillAttested,
}


def attest(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> set[int]:
    """Queues an attestation for each document of these parcels that has none yet; the ids of those documents.

    One record per participant, kind, manifest and operation, its evidence over the documents in index order.
    Only parcels that still stand Declared take part: later the documents are history, not claims. Called where
    documents are stored and where manifests are read from the chain; both happen in write transactions, so the
    later of the two sees the other.
    """
    known = documents.to_attest(connection, parcel_ids)
    if not known:
        return set()
    places = readmodel.places_of(connection, list({row.parcel_id for row in known}))
    grouped: dict[tuple[bytes, int, str, str], list[tuple[int, bytes, int]]] = {}
    for row in known:
        for place in places.get(row.parcel_id, ())[:1]:
            declared = readmodel.number(place.sets[State.Declared * 32 : State.Declared * 32 + 32])
            if row.attested_in != place.manifest and declared >> place.position & 1:
                key = (place.manifest, row.participant_no, row.kind, row.operation_id)
                grouped.setdefault(key, []).append((place.position, row.root, row.id))
    rows = []
    attested: set[int] = set()
    accounts: dict[int, str | None] = {}
    for (manifest, participant_no, kind, operation_id), members in sorted(grouped.items()):
        if participant_no not in accounts:
            accounts[participant_no] = _hosted_account(connection, participant_no)
        account = accounts[participant_no]
        if account is None:
            continue
        members.sort()
        evidence = record_evidence([root for _, root, _ in members])
        ids = [document_id for _, _, document_id in members]
        documents.keep_evidence(connection, evidence, ids)
        documents.mark_attested(connection, ids, manifest)
        parcels = sum(1 << position for position, _, _ in members)
        entry = Entry(operation_id, account, participant_no, now)
        rows.append(entry.record(manifest, STEP_OF_KIND[kind], parcels, evidence))
        attested.update(ids)
    enqueue(connection, rows)
    return attested


def _hosted_account(connection: Connection, participant_no: int) -> str | None:
    """None for a participant whose own gateway vouches for its documents."""
    try:
        return account_of(connection, participant_no)
    except NotHosted:
        return None
