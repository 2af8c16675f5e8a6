"""Evidence of decisions: a small document of its own, salted, kept here, committed on the chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from backend.domain.commitments import document_root, new_secret, record_evidence
from backend.domain.errors import EvidenceMissing, InvalidInput
from backend.services.gateway import Gateway
from backend.store.database import Connection
from backend.store.documents import insert_documents, keep_evidence

#: Fields of one evidence document, characters of one value, levels of nesting.
MOST_FIELDS = 200
LONGEST_VALUE = 4_000
DEEPEST = 5

KIND = "Evidence"


def flattened(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A JSON object as (path, text) fields: `{"report": {"lines": [3]}}` has `report.lines.1`.

    In the order of their paths. Numbers keep their shortest text, truth values are `true` and `false`, null
    is left out. Raises EvidenceMissing for an object without a field, InvalidInput for one too large or deep.
    """
    fields = sorted(_fields("", content, 1))
    if not fields:
        raise EvidenceMissing()
    if len(fields) > MOST_FIELDS:
        raise InvalidInput(field="evidence", value=f"{len(fields)} fields", rule=f"at most {MOST_FIELDS} fields")
    return fields


def _fields(prefix: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise InvalidInput(field=f"evidence.{prefix}"[:60], value="…", rule=f"at most {DEEPEST} levels")
    if isinstance(value, Mapping):
        for name, member in value.items():
            if not name or not str(name).isprintable() or "." in name:
                raise InvalidInput(field="evidence", value=str(name)[:40], rule="printable names without dots")
            yield from _fields(f"{prefix}.{name}" if prefix else str(name), member, depth + 1)
    elif isinstance(value, list | tuple):
        for place, member in enumerate(value, 1):
            yield from _fields(f"{prefix}.{place}", member, depth + 1)
    elif value is not None:
        text = value if isinstance(value, str) else json.dumps(value)
        if len(text) > LONGEST_VALUE:
            raise InvalidInput(
                field=f"evidence.{prefix}"[:60],
                value=text[:20] + "…",
                rule=f"at most {LONGEST_VALUE} characters",
            )
        yield prefix, text


def keep(
    connection: Connection,
    *,
    operation_id: str,
    participant_no: int,
    contents: Sequence[Mapping[str, Any]],
    parcel_ids: Sequence[bytes | None] = (None,),
    first: int = 0,
    now: int,
) -> bytes:
    """Stores evidence documents, one per parcel in index order or a single one for all; their commitment, 32 bytes.

    `first` tells the documents of one operation apart: its number for the first of these.
    """
    return keep_fields(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        documents=[flattened(content) for content in contents],
        parcel_ids=parcel_ids,
        first=first,
        now=now,
    )


def keep_fields(
    connection: Connection,
    *,
    operation_id: str,
    participant_no: int,
    documents: Sequence[Sequence[tuple[str, str]]],
    parcel_ids: Sequence[bytes | None] = (None,),
    first: int = 0,
    now: int,
) -> bytes:
    """As `keep`, for documents that are (path, text) fields already, in the order of their evidence."""
    rows: list[dict[str, Any]] = []
    roots: list[bytes] = []
    for place, (fields, parcel_id) in enumerate(zip(documents, parcel_ids, strict=True), first):
        secret = new_secret()
        text = orjson.dumps(fields)
        roots.append(document_root(secret, fields))
        rows.append(
            {
                "kind": KIND,
                "message_type": "",
                "business_key": f"{KIND}|{operation_id}|{place}",
                "version": 1,
                "current": True,
                "guid": "",
                "participant_no": participant_no,
                "operation_id": operation_id,
                "parcel_id": parcel_id,
                "waybill_key": None,
                "seller_no": None,
                "secret": secret,
                "fields": text,
                "root": roots[-1],
                "content_digest": hashlib.sha256(text).digest(),
                "attested_in": None,
                "received_at": now,
            }
        )
    ids = insert_documents(connection, rows)
    evidence = record_evidence(roots)
    keep_evidence(connection, [(evidence, ids)])
    return evidence


def commit_alone(
    connection: Connection,
    gateway: Gateway,
    *,
    operation_id: str,
    participant_no: int,
    content: Mapping[str, Any],
) -> bytes:
    """Stores one document that is the whole evidence of a decision; the commitment that goes on the chain."""
    return keep(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        contents=[content],
        now=gateway.now(),
    )
