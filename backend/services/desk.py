"""What somebody at a desk needs beside the lists: who they are, and whether a parcel's documents agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.domain.documents import DocumentKind
from backend.domain.matching import MatchReport
from backend.services.access import Caller
from backend.services.comparing import compare
from backend.services.gateway import Gateway
from backend.services.parcels import participant_json
from backend.store.profiles import names_of


def whoever(gateway: Gateway, caller: Caller) -> dict[str, Any] | None:
    """The participant a caller speaks for, by number and names; None for governance and operators."""
    if caller.participant_no is None:
        return None
    with gateway.database.read() as connection:
        return participant_json(caller.participant_no, names_of(connection, [caller.participant_no]))


def match_report(gateway: Gateway, view: Mapping[str, Any]) -> MatchReport | None:
    """Whether a parcel's documents agree; None where the view's reader has too few of them to be told."""
    readable = {document["kind"] for document in view.get("documents") or [] if not document["erased"]}
    if DocumentKind.Declaration not in readable or len(readable & set(DocumentKind)) < 2:
        return None
    parcel_id = bytes.fromhex(view["parcel_id"])
    with gateway.database.read() as connection:
        return compare(connection, [parcel_id]).get(parcel_id)
