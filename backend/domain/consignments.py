"""Consignments: parcels of many manifests that travel under one seal or one master waybill, numbered as on the chain.

A consignment commits its contents as a list of entries (manifest, subset of its parcels). The head of the list starts
as the consignment's id and takes in one entry after the other: `next_head`. Who presents the list for a step presents
all of it, or pieces of it from its end, each with the head before the piece: `pieces`.

The contract is `Consignments.sol`; docs/transit.md tells the whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from backend.domain.commitments import Hash, keccak

#: How many entries a list may have.
MOST_ENTRIES = 1000

#: Seconds in which an anomaly is to be settled. The carrier explains what is missing within 24 hours, an overdue
#: vehicle escalates after four.
SETTLING = 24 * 3600
ESCALATING = 4 * 3600

MOST_HOURS = 720
MOST_NOTICE_DAYS = 366


class ConsignmentKind(IntEnum):
    """What holds a consignment together: the seal of a transit between two districts, or a master waybill."""

    Seal = 0
    Waybill = 1


class ConsignmentStage(IntEnum):
    """Where a consignment stands. The last three are final: its number is free again."""

    Loading = 0
    Applied = 1
    Approved = 2
    InTransit = 3
    Arrived = 4
    Verified = 5
    WrittenOff = 6
    Departed = 7
    Cancelled = 8

    @property
    def is_final(self) -> bool:
        return self >= ConsignmentStage.WrittenOff


class TakingReason(IntEnum):
    """Why parcels are taken out."""

    RiskHit = 0
    Short = 1
    Offloaded = 2


class AnomalyKind(IntEnum):
    """What can go wrong under way."""

    SealBroken = 0
    Short = 1
    Over = 2
    Overdue = 3
    Diverted = 4
    RiskHit = 5
    #: The cargo terminal did not acknowledge the release within the lane's limit.
    Unacknowledged = 6


#: What anybody may put on record, because time alone makes it true.
BY_TIME = frozenset({AnomalyKind.Overdue, AnomalyKind.Unacknowledged})


class ReinspectionReason(IntEnum):
    """Why a port opens again what the origin inspected."""

    RiskHit = 0
    SealBroken = 1
    CountDiffers = 2
    Intelligence = 3
    QualityCheck = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """Parcels of one manifest: bit n of `parcels` is the parcel with index n."""

    manifest: Hash
    parcels: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What a consignment is opened with. `number` is a keyed commitment to the seal's or master waybill's number."""

    ref: Hash
    kind: ConsignmentKind
    number: Hash
    origin_district: int
    port_district: int
    lane_id: int = 0
    terminal_no: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """What two districts agreed. `handled_by_port` is a bit set of anomalies; instants are zero until they come."""

    origin_district: int
    port_district: int
    proposer_no: int
    accepter_no: int
    transit_hours: int
    acknowledge_hours: int
    notice_days: int
    handled_by_port: int
    proposed_by_port: bool
    accepted_at: int
    ends_at: int
    text: Hash

    def is_in_force(self, at: int) -> bool:
        return 0 < self.accepted_at <= at and (self.ends_at == 0 or at < self.ends_at)

    def owner_of(self, kind: AnomalyKind) -> int:
        """The district that settles an anomaly."""
        return self.port_district if self.handled_by_port >> kind & 1 else self.origin_district


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that went wrong, its owner and its clock."""

    consignment: Hash
    kind: AnomalyKind
    owner_district: int
    raised_by_no: int
    raised_at: int
    settle_by: int
    settled_at: int = 0


def consignment_id(opener_no: int, reference: Hash) -> Hash:
    """keccak256(abi.encode("Consignment", opener number, reference)): the same reference again is refused."""
    return keccak(b"Consignment".ljust(32, b"\0") + opener_no.to_bytes(32, "big") + reference)


def number_commitment(consortium_key: bytes, kind: ConsignmentKind, number: str) -> Hash:
    """HMAC-SHA256(consortium key, "number" ‖ 0x1F ‖ kind ‖ 0x1F ‖ number in capitals): 32 bytes.

    The same seal is the same commitment at every gateway of the consortium, and nobody else can try numbers out.
    """
    text = f"number\x1f{kind.name}\x1f{number.upper()}"
    return hmac.new(consortium_key, text.encode(), hashlib.sha256).digest()


def next_head(head: Hash, entry: Entry) -> Hash:
    """keccak256(abi.encode(head, manifest, parcels))."""
    return keccak(head + entry.manifest + entry.parcels.to_bytes(32, "big"))


def fold(head: Hash, entries: Sequence[Entry]) -> Hash:
    """The head after the entries."""
    for entry in entries:
        head = next_head(head, entry)
    return head


def pieces(consignment: Hash, entries: Sequence[Entry], most: int) -> Iterator[tuple[Hash, Sequence[Entry]]]:
    """A list in pieces of at most `most` entries, the last one first, each with the head before it."""
    heads = [consignment]
    for entry in entries:
        heads.append(next_head(heads[-1], entry))
    for end in range(len(entries), 0, -most):
        start = max(0, end - most)
        yield heads[start], entries[start:end]


def tail_of(consignment: Hash, entries: Sequence[Entry], place: int) -> tuple[Hash, Sequence[Entry]]:
    """What is presented to take parcels out of the entry at a place: the head before it, it and all that follow."""
    return fold(consignment, entries[:place]), entries[place:]


def reinspection_evidence(reason: ReinspectionReason, evidence: Hash) -> Hash:
    """What the ledger's record of a second inspection has as evidence: it binds the reason."""
    return keccak(reason.to_bytes(32, "big") + evidence)
