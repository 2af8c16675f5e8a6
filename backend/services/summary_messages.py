"""The messages of a closed month: what its declarant sends to customs (701), and what came back (702, 792).

The gateway writes the message and sends nothing: it is the declarant's, who signs it with its own card and hands it in
at its terminal, or here. What customs answer is connected to its summary by the number that the request bears, by
customs' own number, or by the lists that a result names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from backend.domain.documents import business_key_of
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.instants import iso
from backend.domain.notices import NOTICES
from backend.domain.summary_errors import ListUnnumbered, NothingToDeclare
from backend.domain.summary_requests import (
    MOST_LISTS,
    RECEIPT,
    REQUEST,
    RESULT,
    Asked,
    is_declared,
    message_guid,
    messages_of,
    own_number,
    requests_of,
)
from backend.formats.ceb.messages import Transfer
from backend.formats.ceb.statuses import status_label
from backend.formats.ceb.writer import write_message
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.stored_documents import stored_document
from backend.services.summaries import may_read
from backend.store import summaries as store
from backend.store import summary_messages as queries
from backend.store.database import Connection

_DXP_ID = re.compile(r"[A-Za-z0-9]{1,30}")
_PARTIES = ("agentCode", "agentName", "ebcCode", "ebcName")
#: What a receipt or a result says that whoever waits for it wants to know, by the name that the answer gives it.
_TOLD = {"sum_no": "sumNo", "declaration_no": "declSeqNo", "entry_id": "entryId"}


def message(gateway: Gateway, caller: Caller, closing_id: int, *, dxp_id: str, part: int = 1) -> bytes:
    """One 701 message of a closing, unsigned; the same bytes each time. For its declarant and its customs.

    `dxp_id` is the sender's own address at customs' exchange, which the gateway does not know. Raises InvalidInput for
    one of another shape, NotFound, also
    for a part that there is not, NothingToDeclare where no declaration follows any of the summaries, ListUnnumbered
    where customs' number of a list is not known here: then there is no message at all.
    """
    if not _DXP_ID.fullmatch(dxp_id):
        raise InvalidInput(field="dxp_id", value=dxp_id[:60], rule="1 to 30 letters and digits")
    with gateway.database.read() as connection:
        closing = _closing(connection, caller, closing_id)
        asked = [
            _asked(connection, closing, row)
            for row in store.summaries_of_closing(connection, closing_id)
            if is_declared(row.key)
        ]
    if not asked:
        raise NothingToDeclare(closing_id=closing_id)
    parts = messages_of([request for each in asked for request in requests_of(each)])
    if part > len(parts):
        raise NotFound(what="part of the message", value=part)
    requests = parts[part - 1]
    sender = requests[0].head
    transfer = Transfer(sender["agentCode"], sender["agentName"], "DXP", dxp_id, "")
    return write_message(REQUEST, requests, transfer, message_guid(requests))


def answers(gateway: Gateway, caller: Caller, closing_id: int) -> list[dict[str, Any]]:
    """What customs answered to the requests of a closing, oldest first, each with its summary. Raises NotFound.

    `from` is `here` for a receipt of this gateway's own customs, `relayed` for one of the national system.
    """
    with gateway.database.read() as connection:
        closing = _closing(connection, caller, closing_id)
        rows = [row for row in store.summaries_of_closing(connection, closing_id) if is_declared(row.key)]
        if not rows:
            return []
        by_number = {own_number(_first(connection, closing, row)[0]): row.id for row in rows}
        lists = {
            one.list_no: row.id for row in rows for one in queries.numbered_lists(connection, row.id) if one.list_no
        }
        relayed = queries.relayed_of(connection, closing.declarant_no, (RECEIPT, RESULT), closing.closed_at)
        given = _given_here(connection, closing, by_number, rows)
    found = given + _connected(relayed, by_number, lists)
    return sorted(found, key=lambda each: each.pop("at_ms") or 0)


# ---------------------------------------------------------------------------------------------------
# The request


def _closing(connection: Connection, caller: Caller, closing_id: int) -> Any:
    row = store.closing_row(connection, closing_id)
    if row is None or not may_read(row, caller):
        raise NotFound(what="closing", value=closing_id)
    return row


def _asked(connection: Connection, closing: Any, row: Any) -> Asked:
    first, before = _first(connection, closing, row)
    # Where nothing is left of a summary, what was asked before is taken back: it names the lists of then.
    source = row.id if row.statement["figures"]["count"] or before is None else before
    lists = queries.numbered_lists(connection, source)
    for one in lists:
        if not one.list_no:
            raise ListUnnumbered(parcel_id=one.parcel_id.hex())
    return Asked(
        first=first,
        anchor=row.anchor,
        corrects=before is not None,
        is_empty=source != row.id,
        district=f"{closing.district:04d}",
        parties=_parties(connection, source),
        lists=[one.list_no for one in lists],
        at=closing.closed_at,
    )


def _first(connection: Connection, closing: Any, row: Any) -> tuple[bytes, int | None]:
    """The anchor of the first summary that this one corrects (its own where none), and the one right before it."""
    anchor, said, before = row.anchor, row.statement, None
    while said["supersedes"] is not None:
        found = queries.summary_anchored(connection, closing.declarant_no, bytes.fromhex(said["supersedes"][2:]))
        if found is None:
            break
        anchor, said = found.anchor, found.statement
        before = found.id if before is None else before
    return anchor, before


def _parties(connection: Connection, summary_id: int) -> Mapping[str, str]:
    """Who asks, and for whom, as the lists themselves say it. Raises NotFound where all of them were erased."""
    row = queries.readable_list(connection, summary_id)
    if row is None:
        raise NotFound(what="document", value=f"summary {summary_id}")
    head = stored_document(row.message_type, row.fields).head
    return {name: head.get(name, "").strip() for name in _PARTIES}


# ---------------------------------------------------------------------------------------------------
# The answers


def _agents(connection: Connection, rows: Sequence[Any]) -> set[str]:
    found = (queries.readable_list(connection, row.id) for row in rows)
    return {stored_document(row.message_type, row.fields).head.get("agentCode", "").strip() for row in found if row}


def _given_here(
    connection: Connection, closing: Any, by_number: Mapping[str, int], rows: Sequence[Any]
) -> list[dict[str, Any]]:
    names, agents = NOTICES[REQUEST].key, _agents(connection, rows)
    pieces = max(-(-row.statement["figures"]["count"] // MOST_LISTS) for row in rows)
    keys = {
        business_key_of(REQUEST, names, {"agentCode": agent, "copNo": number, "msgSeqNo": str(piece)}): summary_id
        for number, summary_id in by_number.items()
        for agent in agents
        for piece in range(1, max(pieces, 1) + 1)
    }
    return [
        _answer(keys[row.business_key], row.receipt_type, row.status, row.at_ms, {}, "here")
        for row in queries.receipts_of_keys(connection, closing.declarant_no, sorted(keys))
    ]


def _connected(relayed: Sequence[Any], by_number: Mapping[str, int], lists: Mapping[str, int]) -> list[dict[str, Any]]:
    """The relayed rows that are about these summaries. A receipt tells customs' number, by which results are known."""
    read = [(row, orjson.loads(row.fields)) for row in relayed]
    by_customs: dict[str, int] = {}
    for _, content in read:
        fields = content["fields"]
        number = fields.get("sumNo", "").strip()
        if number and (summary_id := by_number.get(fields.get("copNo", "").strip())):
            by_customs[number] = summary_id
    found = []
    for row, content in read:
        fields = content["fields"]
        about = by_number.get(fields.get("copNo", "").strip()) or by_customs.get(fields.get("sumNo", "").strip())
        named = {lists[no] for line in content["lines"] or () if (no := line.get("invtNo", "").strip()) in lists}
        if about is None and len(named) == 1:
            (about,) = named
        if about is not None:
            found.append(_answer(about, row.receipt_type, row.status, row.at_ms, fields, "relayed"))
    return found


def _answer(
    summary_id: int, receipt_type: str, status: str, at_ms: int | None, fields: Mapping[str, str], source: str
) -> dict[str, Any]:
    label = status_label(status)
    return {
        "summary_id": summary_id,
        "receipt_type": receipt_type,
        "status": status,
        # 792 gives the state of the declaration, whose values customs do not publish
        "status_zh": label and label[0] if receipt_type == RECEIPT else None,
        "status_en": label and label[1] if receipt_type == RECEIPT else None,
        **{name: fields.get(field, "").strip() or None for name, field in _TOLD.items()},
        "from": source,
        "at": None if at_ms is None else iso(at_ms // 1000),
        "at_ms": at_ms,
    }
