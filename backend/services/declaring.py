"""Whether a parcel is free to be declared: once at a time, anew after a rejection or a cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.lifecycle import DECLARABLE_ANEW
from backend.store import documents, outbox, readmodel
from backend.store.database import Connection

#: The list is not on its way to the chain, or its parcel's declaration is over.
FREE = "free"
#: The list waits in the outbox: a change may still take its place.
WAITING = "waiting"
TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class ListStanding:
    """How the current list of a parcel stands."""

    document_id: int | None
    standing: str
    parcel_id: bytes
    taken_by: str = ""

    def may_be_declared(self, replaces: int | None) -> bool:
        """Whether another list may be stored, which replaces the document of that id (None: none)."""
        if self.taken_by:
            return False
        if self.standing == FREE:
            return True
        return self.standing == WAITING and replaces == self.document_id


def list_standings(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, ListStanding]:
    """The standing of each parcel that has a current list here or is declared on the chain."""
    lists = documents.current_lists(connection, parcel_ids)
    sent = outbox.declarations_of(connection, [row.id for row in lists])
    places = readmodel.places_of(connection, parcel_ids)
    found: dict[bytes, ListStanding] = {}
    for parcel, rows in places.items():
        sets = readmodel.sets_of_blob(rows[0].size, rows[0].sets)
        over = DECLARABLE_ANEW >> sets.state_of(rows[0].position) & 1
        found[parcel] = ListStanding(None, FREE if over else TAKEN, parcel)
    for row in lists:
        item = sent.get(row.id)
        if item is None or item.status in ("quarantined", "cancelled"):
            standing = FREE
        elif item.status == "waiting":
            standing = WAITING
        elif any(place.manifest == item.manifest for place in places.get(row.parcel_id, ())):
            continue
        else:
            standing = TAKEN
        if found.get(row.parcel_id, ListStanding(None, FREE, row.parcel_id)).standing == FREE:
            found[row.parcel_id] = ListStanding(row.id, standing, row.parcel_id)
    return found
