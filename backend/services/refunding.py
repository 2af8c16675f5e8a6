"""Evidence for the tax refund of one export order: order, list, receipt and departure, proven in one file.

The file is a parcel's certificate with those documents opened, and the proof that its list is in a month's sums. What
makes and checks a certificate does so here too; `backend.certificate.refund` checks the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from backend.certificate import Status
from backend.certificate.reading import MOST_FIELDS, VERSION
from backend.certificate.refund import DOCUMENTS, FORMAT, GONE, check_refund
from backend.domain.documents import is_personal, is_public
from backend.domain.errors import ChainUnavailable, Forbidden, NotFound
from backend.domain.lifecycle import Direction, Flag
from backend.domain.participants import Role
from backend.domain.summary_errors import RefundRefused
from backend.services.access import Caller
from backend.services.certifying import certificate_of
from backend.services.gateway import Gateway
from backend.services.parcel_documents import fields_of
from backend.services.summaries import proof_file
from backend.store import parcel_queries, readmodel
from backend.store.database import Connection
from backend.store.summary_messages import summary_of_list

#: The kinds of the documents that are opened, by the names of the format.
_KINDS = {"order": "Order", "list": "Declaration", "receipt": "Payment"}
#: What is opened of a line of the list: what a refund is computed from, beside what anyone may read.
_OF_LINE = frozenset({"gnum", "gcode", "qty", "totalPrice", "currency"})


def refund_evidence(gateway: Gateway, caller: Caller, parcel_id: bytes) -> bytes:
    """The file, checked before it is given. For customs of the declaring district, and who sent all three documents.

    Raises NotFound for a parcel, Forbidden, RefundRefused with the rule that the parcel breaks, NotFinalYet,
    ChainUnavailable.
    """
    with gateway.database.read() as connection:
        place = next(iter(readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])), None)
        if place is None:
            raise NotFound(what="parcel", value=parcel_id.hex())
        documents = _documents(connection, parcel_id)
        if not may_ask(place, documents, caller):
            raise Forbidden(action="read refund evidence", needed="customs of the district, or all three documents")
        _require_refundable(parcel_id, place, documents)
        summary_id = summary_of_list(connection, parcel_id, documents["list"].root)
    paths = {path for document in documents.values() for path in _paths(parcel_id, document)}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "certificate": orjson.loads(certificate_of(gateway, parcel_id, caller, paths)),
        "summary": None if summary_id is None else proof_file(gateway, caller, summary_id, parcel_id),
    }
    data = orjson.dumps(content)
    found = check_refund(data, None, gateway.now())
    for each in found.findings:
        if each.status is Status.Invalid:
            # What was read and what is final on the chain are of two moments.
            raise ChainUnavailable(reason=f"the evidence does not fit the ledger yet: {each.question} {each.code}")
    return data


def is_refundable(gateway: Gateway, caller: Caller, parcel_id: bytes) -> bool:
    """Whether `refund_evidence` would give this caller a file, as far as the read model knows."""
    with gateway.database.read() as connection:
        place = next(iter(readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])), None)
        documents = _documents(connection, parcel_id)
        if place is None or not may_ask(place, documents, caller):
            return False
    try:
        _require_refundable(parcel_id, place, documents)
    except RefundRefused:
        return False
    return True


def may_ask(place: Any, documents: Mapping[str, Any], caller: Caller) -> bool:
    """Whether a caller may read every part of the evidence."""
    if caller.bears(Role.Customs) and caller.district == place.declaring_district:
        return True
    senders = {row.participant_no for row in documents.values()}
    return documents.keys() == _KINDS.keys() and senders == {caller.participant_no}


# ---------------------------------------------------------------------------------------------------


def _documents(connection: Connection, parcel_id: bytes) -> dict[str, Any]:
    """The current order, list and receipt of a parcel, as far as they are here with their content."""
    rows = {row.kind: row for row in parcel_queries.current_documents(connection, parcel_id)}
    return {
        name: rows[kind] for name, kind in _KINDS.items() if kind in rows and rows[kind].fields and rows[kind].secret
    }


def _require_refundable(parcel_id: bytes, place: Any, documents: Mapping[str, Any]) -> None:
    def refused(rule: str) -> RefundRefused:
        return RefundRefused(parcel_id=parcel_id.hex(), rule=rule)

    if place.direction != Direction.Export:
        raise refused("an export")
    if documents.keys() != DOCUMENTS.keys():
        raise refused("order, list and receipt are here with their content")
    listed = dict(fields_of(documents["list"]))
    if listed.get("InventoryHead.statisticsFlag", "").strip() != "B":
        raise refused("a list that a declaration follows (statisticsFlag B); simplified lists take part in no refund")
    sets = parcel_queries.sets_of(place)
    flags = set(sets.flags_of(place.position))
    if sets.state_of(place.position).name not in GONE or {Flag.HeldDeclaring, Flag.HeldPort} & flags:
        raise refused("released and departed, and neither detained nor come back")
    if not {Flag.Order, Flag.Payment} <= flags:
        raise refused("order and receipt are attested on the ledger")


def _paths(parcel_id: bytes, document: Any) -> list[str]:
    """What is opened of a document: its head but for persons, and of lines of the list what a refund needs."""
    heads = {head for _, head in DOCUMENTS.values()}
    found = []
    public = 0
    for path, _ in fields_of(document):
        block, _, name = path.partition(".")
        public += is_public(path)
        if (block in heads and not is_personal(path)) or (
            block == "InventoryList" and name.partition(".")[2] in _OF_LINE
        ):
            found.append(path)
    if len(found) + public > MOST_FIELDS:
        raise RefundRefused(parcel_id=parcel_id.hex(), rule="at most 512 opened fields of one document")
    return found
