"""Making a parcel's certificate: its history, and what proves it at one final block, in one file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from backend.certificate import Status, verify
from backend.certificate.reading import FORMAT, MOST_DOCUMENTS, MOST_HEADERS, VERSION
from backend.certificate.state import slots_needed
from backend.chain.proofs import headers, storage_nodes
from backend.domain.commitments import evidence_leaf, inclusion_proof, membership_proof, reveal
from backend.domain.documents import is_public
from backend.domain.errors import ChainUnavailable, NotFinalYet, NotFound
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.parcel_documents import field_json, fields_of
from backend.services.recorded_marks import recorded_marks
from backend.services.sight import sees_all_documents
from backend.store import documents, readmodel
from backend.store.database import Connection
from backend.store.readmodel import number

#: The format's name of each contract, and the deployment's.
CONTRACTS = {
    "ledger": "ParcelLedger",
    "registry": "ParticipantRegistry",
    "blacklist": "Blacklist",
    "rights": "RightsRegistry",
}

#: The chain may move between reading records and proving them; then both are read anew.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _Told:
    """What the gateway's own store says of a parcel, as of one block."""

    place: Any
    parcel_ids: list[bytes]
    records: list[Any]
    rights: tuple[int, ...]
    revealed: list[dict[str, Any]]


def certificate_of(
    gateway: Gateway, parcel_id: bytes, caller: Caller | None = None, paths: Collection[str] = ()
) -> bytes:
    """The certificate of a parcel (docs/certificate.md) at the newest block that is final, checked before it is given.

    It reveals of the declaration what anyone may read, and of the documents that the caller may read the fields at
    `paths`. Raises NotFound for a parcel or a path, NotFinalYet, ChainUnavailable.
    """
    fault = ""
    for _ in range(_ATTEMPTS):
        block = _final_block(gateway)
        told = _told(gateway, parcel_id, caller, set(paths), block)
        data = orjson.dumps(_certificate(gateway, told, block))
        unchanged = verify(data, None, gateway.now()).unchanged
        if unchanged.status is Status.Valid:
            return data
        fault = unchanged.code
    raise ChainUnavailable(reason=f"the proofs do not fit the records: {fault}")


def engine_of(gateway: Gateway) -> str:
    """The chain's engine by the name that certificates give it."""
    return "none" if gateway.settings.embedded else gateway.settings.engine or "clique"


def _final_block(gateway: Gateway) -> int:
    """The newest block that is final and that the read model has."""
    head = gateway.client.head().number
    with gateway.database.read() as connection:
        cursor = readmodel.get_cursor(connection)
    final = head - gateway.settings.confirmations + 1
    return max(0, final if cursor is None else min(final, cursor.block))


def _certificate(gateway: Gateway, told: _Told, block: int) -> dict[str, Any]:
    place, deployment = told.place, gateway.deployment
    addresses = {name: deployment.contracts[contract] for name, contract in CONTRACTS.items()}
    slots = slots_needed(place.manifest, place.seller_no, told.rights)
    sealed = headers(gateway.client, block, min(gateway.settings.confirmations, MOST_HEADERS))
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": gateway.now(),
        "chain": {"chain_id": deployment.chain_id, "engine": engine_of(gateway)},
        "contracts": {name: address.lower() for name, address in addresses.items()},
        "parcel": {
            "parcel_id": _hex(place.parcel_id),
            "manifest": _hex(place.manifest),
            "index": place.position,
            "proof": [_hex(sister) for sister in membership_proof(told.parcel_ids, place.position)],
        },
        "records": [
            {
                "step": record.step,
                "participant_no": record.participant_no,
                "parcels": _hex(record.parcels),
                "evidence": _hex(record.evidence),
                "at": record.at,
            }
            for record in told.records
        ],
        "rights": list(told.rights),
        "block": {"hash": _hex(sealed[0][1]), "headers": [_hex(header) for header, _ in sealed]},
        "nodes": [
            _hex(node)
            for node in storage_nodes(gateway.client, block, {addresses[name]: slots[name] for name in addresses})
        ],
        "revealed": told.revealed,
    }


def _told(gateway: Gateway, parcel_id: bytes, caller: Caller | None, paths: set[str], block: int) -> _Told:
    with gateway.database.read() as connection:
        places = readmodel.places_of(connection, [parcel_id]).get(parcel_id, [])
        if not places:
            raise NotFound(what="parcel", value=parcel_id.hex())
        # A parcel that was declared anew a moment ago has its earlier declaration certified until then.
        for place in places:
            records = [row for row in readmodel.records_of(connection, place.id) if row.block <= block]
            if records:
                break
        else:
            raise NotFinalYet(what="parcel", value=parcel_id.hex(), block=place.block)
        rights = sorted({int(mark["right_id"]) for mark in recorded_marks(connection, parcel_id, place, gateway.now())})
        return _Told(
            place,
            readmodel.parcels_of(connection, place.id),
            records,
            tuple(rights),
            _revealed(connection, place, records, caller, paths),
        )


# ---------------------------------------------------------------------------------------------------
# Revealed fields


def _revealed(
    connection: Connection, place: Any, records: Sequence[Any], caller: Caller | None, paths: set[str]
) -> list[dict[str, Any]]:
    """The fields that are shown, by the record whose evidence commits to their document. Raises NotFound."""
    found: list[dict[str, Any]] = []
    missing = set(paths)
    for at, position, roots, document in _own_documents(connection, place, records):
        may_read = caller is not None and (
            sees_all_documents(place, caller)
            or (caller.participant_no is not None and document.participant_no == caller.participant_no)
        )
        fields = fields_of(document)
        wanted = {path for path, _ in fields if _is_shown(path, document.kind) or (may_read and path in paths)}
        missing -= wanted
        if not wanted or len(found) == MOST_DOCUMENTS:
            continue
        leaves = [evidence_leaf(root) for root in roots]
        found.append(
            {
                "record": at,
                "document": {
                    "root": _hex(document.root),
                    "position": position,
                    "size": len(roots),
                    "proof": [_hex(sister) for sister in inclusion_proof(leaves, position)],
                },
                "fields": [field_json(field) for field in reveal(document.secret, fields, wanted)],
            }
        )
    for path in sorted(missing):
        raise NotFound(what="revealed field", value=path)
    return found


def _is_shown(path: str, kind: str) -> bool:
    return kind == "Declaration" and is_public(path)


def _own_documents(
    connection: Connection, place: Any, records: Sequence[Any]
) -> Iterator[tuple[int, int, list[bytes], Any]]:
    """Of each record that moves the parcel, the document that is the parcel's own or speaks for all.

    Gives the record's place, the document's place in the evidence, the roots of all documents there, the document.

    A record that the chain took for some of its parcels only commits to documents of others too; which is whose, a
    stranger could not tell, so none of those is given.
    """
    moving = [(at, record) for at, record in enumerate(records) if number(record.parcels) >> place.position & 1]
    committed = documents.committed_by(connection, [record.evidence for _, record in moving])
    for at, record in moving:
        rows = committed.get(record.evidence, [])
        parcels = number(record.parcels)
        rank = (parcels & ((1 << place.position) - 1)).bit_count()
        if len(rows) == 1:
            position = 0
        elif len(rows) == parcels.bit_count():
            position = rank
        else:
            continue
        document = rows[position]
        if document.fields is not None and document.secret is not None:
            yield at, position, [row.root for row in rows], document


def _hex(data: bytes) -> str:
    return "0x" + bytes(data).hex()
