"""What the gateway does because the chain moved: vouches for documents, takes waiting steps, has parcels looked at.

Only by what the chain says now. While the read model is rebuilt, or after a long pause, it stands for a time where the
chain stood long ago: what was done then would be done again, for declarations that are over. So nothing is done until
the head is reached, and then whatever has been missed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from backend.domain.lifecycle import State, indices
from backend.services import examination, notices
from backend.services.attestation import attest
from backend.store import examinations, notice_queries, progress, readmodel
from backend.store.database import Connection

#: The last block that was read without acting on it; 0 where nothing is left of that.
_POSTPONED = "postponed_block"

MANIFESTS, SUBJECTS = 50, 500


def postpone(connection: Connection, block: int) -> None:
    """The chain has more blocks than these: what follows from them is done at its head."""
    progress.reach(connection, _POSTPONED, block)


def act(
    connection: Connection,
    declared: Sequence[tuple[Any, Sequence[bytes]]],
    touched: Collection[bytes],
    touched_parcels: Collection[bytes],
    freed: Collection[bytes],
    now: int,
) -> None:
    """Does what follows from the newest blocks: manifests declared, each with its parcels, and those that moved.

    `freed`: parcels that are no longer detained, for which documents that came meanwhile are vouched for.
    """
    if progress.reached(connection, _POSTPONED):
        progress.reach(connection, _POSTPONED, 0)
        _act_on_everything(connection, now)
        return
    attest(connection, [*(parcel for _, parcels in declared for parcel in parcels), *freed], now)
    notices.advance(connection, touched_parcels, now)
    examination.chain_moved(connection, declared, touched)


def _act_on_everything(connection: Connection, now: int) -> None:
    after = 0
    while manifests := examinations.undecided_manifests(connection, None, after, MANIFESTS):
        after = manifests[-1].id
        declared = []
        for manifest in manifests:
            parcels = readmodel.parcels_of(connection, manifest.id)
            open_ones = indices(readmodel.sets_of_blob(manifest.size, manifest.sets).words[State.Declared])
            declared.append((manifest, [parcels[position] for position in open_ones]))
        attest(connection, [parcel for _, parcels in declared for parcel in parcels], now)
        examination.chain_moved(connection, declared, [manifest.manifest for manifest in manifests])
    after = 0
    while subjects := notice_queries.waiting_after(connection, after, SUBJECTS):
        after = subjects[-1].id
        notices.advance(connection, {bytes(row.parcel_id) for row in subjects}, now)
