"""Consistent simulated documents, ways to spoil them, and the report on what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.domain.documents import MESSAGES, Document
from backend.domain.matching import Context, MatchingConfig, MatchReport, match
from backend.services.simulation import simulate

Documents = dict[str, Document]

HEADS = {message_type: facts.head for message_type, facts in MESSAGES.items()}

IMPORTED = next(p for p in simulate(40, 2, "import").parcels if len(p.documents["311"].lines) > 1)
EXPORTED = next(
    p for p in simulate(60, 2, "export").parcels if len(p.documents["303"].lines) > 1 and "403" in p.documents
)


def judge(documents: Documents, config: MatchingConfig | None = None, context: Context | None = None) -> MatchReport:
    """The report on a parcel's documents, which are by message type."""
    imports, exports = ("621", "311", "411", "511"), ("603", "303", "403", "505")
    types = exports if documents.keys() & set(exports) else imports
    declaration, order, payment, waybill = (documents.get(kind) for kind in types)
    return match(declaration, order, payment, waybill, config or MatchingConfig(), context or Context())


def set_head(message_type: str, **values: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        documents[message_type] = replace(document, head={**document.head, **values})

    return change


def set_line(message_type: str, **values: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        lines = ({**document.lines[0], **values}, *document.lines[1:])
        documents[message_type] = replace(document, lines=lines)

    return change


def drop_line(message_type: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        document = documents[message_type]
        documents[message_type] = replace(document, lines=document.lines[:-1])

    return change


def drop(*message_types: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        for message_type in message_types:
            del documents[message_type]

    return change
