"""Original and successor, both ways: which parcels followed a parcel's return, and which return it follows."""

from __future__ import annotations

from typing import Any

from backend.store import returns as store
from backend.store.database import Connection


def links_of(connection: Connection, parcel_id: bytes) -> dict[str, Any]:
    """For the view of a parcel that its reader may see; nothing of it is public."""
    sequels, before = store.sequels_of(connection, parcel_id), store.sequel_to(connection, parcel_id)
    return {
        "sequels": [{"kind": row.kind, "parcel_id": row.successor.hex()} for row in sequels],
        "sequel_of": None if before is None else {"kind": before.kind, "parcel_id": before.parcel_id.hex()},
    }
