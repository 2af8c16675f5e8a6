"""The lists that manifests were declared with, by the evidence that commits to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Step
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import documents, evidence_documents, records


def declared_lists(
    connection: Connection, rows: Iterable[int], *columns: sa.ColumnElement[Any]
) -> Iterator[sa.Row[Any]]:
    """Manifest row, position and these columns of each list that manifests were declared with, as held here."""
    for part in chunks(sorted(rows)):
        query = (
            sa.select(records.c.manifest_row, evidence_documents.c.position, *columns)
            .join(evidence_documents, evidence_documents.c.evidence == records.c.evidence)
            .join(documents, documents.c.id == evidence_documents.c.document_id)
            .where(records.c.manifest_row.in_(part), records.c.step == Step.Declaration)
        )
        yield from connection.execute(query)
