"""The documents of a parcel, as far as a reader may see them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from backend.domain.commitments import RevealedField, reveal
from backend.domain.documents import is_public
from backend.domain.instants import iso
from backend.services.access import Caller
from backend.services.sight import sees_all_documents


def fields_of(row: Any) -> list[tuple[str, str]]:
    """A document's fields in the order of its evidence; none where they were erased."""
    if row.fields is None:
        return []
    return [(path, value) for path, value in json.loads(row.fields)]


def document_views(rows: Sequence[Any], manifest: Any, caller: Caller) -> list[dict[str, Any]]:
    """The documents a caller may read, with every field: its own, or all for customs of the district.

    A document whose content was erased is there with its commitment and without fields.
    """
    all_of_them = sees_all_documents(manifest, caller)
    return [
        {
            "kind": row.kind,
            "message_type": row.message_type,
            "guid": row.guid,
            "business_key": row.business_key,
            "version": row.version,
            "participant_no": row.participant_no,
            "root": "0x" + row.root.hex(),
            "attested": row.attested_in is not None,
            "received_at": iso(row.received_at),
            "erased": row.fields is None,
            "fields": [{"path": path, "value": value} for path, value in fields_of(row)],
        }
        for row in rows
        if all_of_them or (caller.participant_no is not None and row.participant_no == caller.participant_no)
    ]


def field_json(field: RevealedField) -> dict[str, Any]:
    """A revealed field with what a stranger checks it by, as the API and certificates write it."""
    return {
        "path": field.path,
        "value": field.value,
        "salt": "0x" + field.salt.hex(),
        "position": field.position,
        "size": field.size,
        "proof": ["0x" + sister.hex() for sister in field.proof],
    }


def revealed(rows: Sequence[Any]) -> dict[str, Any] | None:
    """What anyone may read of a parcel's declaration (origin, HS heading, brand), each field with its proof.

    None where this gateway does not hold the declaration or its content was erased. `root` is the evidence of
    the document; salt, position and proof let a stranger check each field against it (RFC 9162).
    """
    for row in reversed(rows):
        if row.kind != "Declaration" or row.fields is None or row.secret is None:
            continue
        fields = fields_of(row)
        paths = {path for path, _ in fields if is_public(path)}
        return {
            "root": "0x" + row.root.hex(),
            "fields": [field_json(field) for field in reveal(row.secret, fields, paths)],
        }
    return None
