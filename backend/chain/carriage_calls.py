"""Calldata for every write of consignments, lanes and anomalies. Instants are Unix seconds, evidence 32 bytes."""

from __future__ import annotations

from collections.abc import Sequence

from backend.chain.calls import encode_call
from backend.domain.consignments import AnomalyKind, Entry, Opening, ReinspectionReason, TakingReason
from backend.domain.ledger import Record

CONTRACT = "Consignments"

#: What an entry of a list may cost: its share of calldata, and a record with up to three sets that it touches.
ENTRY_GAS = 70_000
#: So many entries fit one call with room to spare.
MOST_ENTRIES_IN_CALL = 150


def record_for(account: str, records: Sequence[Record]) -> bytes:
    """What the consignment contract sends to the ledger; a gateway has no right to it."""
    rows = [(r.manifest, int(r.step), r.parcels, r.evidence) for r in records]
    return encode_call("ParcelLedger", "recordFor", account, rows)


def open_consignment(opening: Opening) -> bytes:
    values = (opening.ref, int(opening.kind), opening.number, opening.origin_district, opening.port_district)
    return encode_call(CONTRACT, "openConsignment", (*values, opening.lane_id, opening.terminal_no))


def load(consignment: bytes, entries: Sequence[Entry]) -> bytes:
    return encode_call(CONTRACT, "load", consignment, _rows(entries))


def take_out(
    consignment: bytes, before: bytes, tail: Sequence[Entry], parcels: int, reason: TakingReason, evidence: bytes
) -> bytes:
    return encode_call(CONTRACT, "takeOut", consignment, before, _rows(tail), parcels, int(reason), evidence)


def cancel_consignment(consignment: bytes, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "cancelConsignment", consignment, evidence)


def apply_for_transit(consignment: bytes, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "applyForTransit", consignment, evidence)


def approve_transit(consignment: bytes, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "approveTransit", consignment, evidence)


def decline_transit(consignment: bytes, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "declineTransit", consignment, evidence)


def depart(consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "depart", consignment, before, _rows(entries), evidence)


def arrive(consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "arrive", consignment, before, _rows(entries), evidence)


def verify_consignment(consignment: bytes, seal_intact: bool, found: int, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "verifyConsignment", consignment, seal_intact, found, evidence)


def write_off(consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "writeOff", consignment, before, _rows(entries), evidence)


def acknowledge_release(consignment: bytes, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "acknowledgeRelease", consignment, evidence)


def reinspect(manifest: bytes, parcels: int, reason: ReinspectionReason, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "reinspect", manifest, parcels, int(reason), evidence)


def propose_lane(
    origin_district: int,
    port_district: int,
    transit_hours: int,
    acknowledge_hours: int,
    notice_days: int,
    handled_by_port: int,
    text: bytes,
) -> bytes:
    terms = (transit_hours, acknowledge_hours, notice_days, handled_by_port, text)
    return encode_call(CONTRACT, "proposeLane", origin_district, port_district, *terms)


def accept_lane(lane_id: int, text: bytes) -> bytes:
    return encode_call(CONTRACT, "acceptLane", lane_id, text)


def end_lane(lane_id: int, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "endLane", lane_id, evidence)


def raise_anomaly(consignment: bytes, kind: AnomalyKind, manifest: bytes, parcels: int, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "raiseAnomaly", consignment, int(kind), manifest, parcels, evidence)


def settle_anomaly(anomaly_id: int, evidence: bytes) -> bytes:
    return encode_call(CONTRACT, "settleAnomaly", anomaly_id, evidence)


def _rows(entries: Sequence[Entry]) -> list[tuple[bytes, int]]:
    return [(entry.manifest, entry.parcels) for entry in entries]
