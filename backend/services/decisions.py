"""Decisions of customs that are not recorded after all: refused by the chain, or given up before they were sent."""

from __future__ import annotations

from typing import Any

from backend.domain.lifecycle import State, Step, indices
from backend.services import quota, stock
from backend.services.attestation import attest
from backend.store import examinations, outbox, readmodel
from backend.store.database import Connection
from backend.store.parcel_queries import parcel_ids_at

#: The steps that end a parcel's wait for customs' decision.
DECISIONS = frozenset({Step.Acceptance, Step.Rejection, Step.Cancellation})

#: Seconds until another look at what could not be decided, if nothing is heard of it before.
LOOK_AGAIN = 60


def take_back(connection: Connection, row: Any, parcels: int, now: int) -> None:
    """Undoes what was noted of a decision in an outbox row that is over: these parcels wait again, nothing is reserved.

    Not of parcels about which another decision is recorded or on its way.
    """
    if row.step not in DECISIONS:
        return
    manifest = readmodel.manifests_by_id(connection, [row.manifest]).get(row.manifest)
    if manifest is None:
        return
    parcels &= readmodel.sets_of_blob(manifest.size, manifest.sets).words[State.Declared]
    for pending in outbox.pending_on(connection, [row.manifest]):
        if pending.step in DECISIONS:
            parcels &= ~readmodel.number(pending.parcels)
    ids = list(parcel_ids_at(connection, {manifest.id: indices(parcels)}).values())
    if row.step == Step.Acceptance:
        quota.withdraw(connection, ids, now)
        stock.withdraw(connection, ids, now)
    # What came behind the decision was not vouched for, since the parcel was about to leave its state.
    attest(connection, ids, now)
    examinations.reopen(connection, row.manifest, ids, now + LOOK_AGAIN)
