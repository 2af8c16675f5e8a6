"""The dated facts of a right as answers: what the chain said, and the documents behind it for those who read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from backend.domain.instants import iso
from backend.domain.rights import Application, RightKind
from backend.services.parcel_documents import fields_of
from backend.services.parcels import participant_json
from backend.store.database import Connection
from backend.store.listing_queries import evidence_fields
from backend.store.profiles import ParticipantName

#: Evidence and grounds, by their commitment: each as fields.
Documents = Mapping[bytes, list[dict[str, str]]]

_COMMITMENTS = ("marks", "goods", "evidence", "grounds")
_INSTANTS = ("until", "underlying_until", "decide_by")


def documents_of_facts(connection: Connection, facts: Collection[Any]) -> Documents:
    """The evidence and grounds that are held here."""
    wanted = {commitment for fact in facts for commitment in _evidence_in(fact)}
    return {
        commitment: [{"path": path, "value": value} for row in rows for path, value in fields_of(row)]
        for commitment, rows in evidence_fields(connection, wanted).items()
    }


def authority_in(fact: Any) -> int:
    """The participant that a fact names as deciding; zero for what a holder does."""
    return int(fact.arguments.get("authority_no", 0))


def fact_json(fact: Any, names: dict[int, ParticipantName], told: Documents) -> dict[str, Any]:
    authority = authority_in(fact)
    view = {
        "fact": fact.name,
        "at": iso(fact.at),
        "block": fact.block,
        "transaction": "0x" + fact.transaction_hash.hex(),
        "by": participant_json(authority, names) if authority else None,
        "details": {name: _detail(name, value) for name, value in fact.arguments.items() if name != "right_id"},
    }
    documents = [told[commitment] for commitment in _evidence_in(fact) if commitment in told]
    return view | ({"documents": documents} if documents else {})


def _detail(name: str, value: Any) -> Any:
    if name in _COMMITMENTS:
        return "0x" + value
    if name in _INSTANTS:
        return iso(value)
    match name:
        case "kind":
            return RightKind(value).name
        case "application":
            return Application(value).name
        case "headings":
            return [f"{heading:04d}" for heading in value]
    return value


def _evidence_in(fact: Any) -> list[bytes]:
    return [bytes.fromhex(fact.arguments[name]) for name in ("evidence", "grounds") if name in fact.arguments]
