"""The numbers that customs gave to lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import documents


def numbers_of(connection: Connection, ids: Sequence[int]) -> dict[int, str | None]:
    """The list number of each of these documents, None where it has none yet; unknown documents are left out."""
    found: dict[int, str | None] = {}
    for part in chunks(ids):
        query = sa.select(documents.c.id, documents.c.list_no).where(documents.c.id.in_(part))
        found.update({row.id: row.list_no for row in connection.execute(query)})
    return found


def set_numbers(connection: Connection, numbers: Mapping[int, str]) -> None:
    if numbers:
        connection.execute(_SET, [{"of_document": key, "number": number} for key, number in numbers.items()])


_SET = sa.update(documents).where(documents.c.id == sa.bindparam("of_document")).values(list_no=sa.bindparam("number"))
