"""Calldata for the writes of registry, blacklist and ledger, and how much of it fits into one transaction.

Those of calendar, rights and cases stand in `rights_calls`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from faster_eth_abi import encode

from backend.chain import interfaces
from backend.domain.anchors import AnchorKind
from backend.domain.events import Level
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import CreditGrade

#: Gas of one transaction at most: EIP-7825 allows 16,777,216; the rest is room for what an estimate misses.
MOST_GAS = 14_000_000

#: Calldata of one transaction at most: go-ethereum's pool takes transactions of 128 KiB, signature and all.
MOST_CALLDATA = 120 * 1024

#: A transaction's own 21,000, reading who the caller is, and the call's frame.
BASE_GAS = 60_000
#: A manifest's header, head and root, the first time they are written, its event's fixed part, the seller's
#: standing.
MANIFEST_GAS = 90_000
#: A parcel in a declaration: 32 bytes of calldata (1,280 gas where calldata dominates, EIP-7623), its leaf
#: and share of the tree, its part of the event.
PARCEL_GAS = 3_600
#: A record that writes the header, the head and three sets, two of them for the first time.
RECORD_GAS = 110_000
#: Any other call: registrations and listings write a handful of slots.
OTHER_GAS = 300_000


@dataclass(frozen=True, slots=True)
class DeclarationCall:
    """One manifest to be declared: `ref` and `evidence` of 32 bytes, 1 to 256 `parcel_ids` in index order."""

    ref: bytes
    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: Direction
    evidence: bytes
    parcel_ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordCall:
    """One step of the parcels of a set: bit n of `parcels` is the parcel with index n."""

    manifest: bytes
    step: Step
    parcels: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class MembershipCall:
    """A parcel's place in a manifest with the proof that it is there."""

    manifest: bytes
    index: int
    proof: tuple[bytes, ...]


# ---------------------------------------------------------------------------------------------------
# How much fits


def gas_of_declarations(calls: Sequence[DeclarationCall]) -> int:
    """An upper bound for `declare` and `tryDeclare` over these manifests."""
    return BASE_GAS + sum(MANIFEST_GAS + PARCEL_GAS * len(call.parcel_ids) for call in calls)


def gas_of_records(calls: Sequence[RecordCall]) -> int:
    """An upper bound for `record` and `tryRecord` over these records."""
    return BASE_GAS + RECORD_GAS * len(calls)


# ---------------------------------------------------------------------------------------------------
# ParcelLedger


def declare(calls: Sequence[DeclarationCall]) -> bytes:
    """All of the manifests or none."""
    return _encoded("ParcelLedger", "declare", [_declaration(call) for call in calls])


def try_declare(calls: Sequence[DeclarationCall]) -> bytes:
    """Those manifests that may be declared."""
    return _encoded("ParcelLedger", "tryDeclare", [_declaration(call) for call in calls])


def record(calls: Sequence[RecordCall]) -> bytes:
    """All of the records, for all of their parcels, or none."""
    return _encoded("ParcelLedger", "record", [_record(call) for call in calls])


def try_record(calls: Sequence[RecordCall]) -> bytes:
    """Each record for those of its parcels that may take the step."""
    return _encoded("ParcelLedger", "tryRecord", [_record(call) for call in calls])


def anchor(kind: AnchorKind, root: bytes, count: int) -> bytes:
    """`root` is the RFC 9162 tree head over `count` documents' evidence."""
    return _encoded("ParcelLedger", "anchor", int(kind), root, count)


def report_duplicate(parcel_id: bytes, one: MembershipCall, other: MembershipCall) -> bytes:
    places = [(place.manifest, place.index, list(place.proof)) for place in (one, other)]
    return _encoded("ParcelLedger", "reportDuplicate", parcel_id, *places)


# ---------------------------------------------------------------------------------------------------
# ParticipantRegistry


#: No first account: sellers need none.
NO_ACCOUNT = "0x" + "00" * 20


def register(legal_identity: bytes, roles: int, district: int = 0, account: str = NO_ACCOUNT) -> bytes:
    """`roles` is a role set; `district` zero where there is none."""
    return _encoded("ParticipantRegistry", "register", legal_identity, roles, district, account)


def set_roles(participant_no: int, roles: int, district: int = 0) -> bytes:
    return _encoded("ParticipantRegistry", "setRoles", participant_no, roles, district)


def add_account(participant_no: int, account: str) -> bytes:
    return _encoded("ParticipantRegistry", "addAccount", participant_no, account)


def revoke_account(participant_no: int, account: str) -> bytes:
    return _encoded("ParticipantRegistry", "revokeAccount", participant_no, account)


def set_credit_grade(participant_no: int, credit_grade: CreditGrade) -> bytes:
    return _encoded("ParticipantRegistry", "setCreditGrade", participant_no, int(credit_grade))


def suspend(participant_no: int) -> bytes:
    return _encoded("ParticipantRegistry", "suspend", participant_no)


def reinstate(participant_no: int) -> bytes:
    return _encoded("ParticipantRegistry", "reinstate", participant_no)


# ---------------------------------------------------------------------------------------------------
# Blacklist


def impose(participant_no: int, level: Level, grounds: bytes, evidence: bytes, until: int) -> bytes:
    """`until` in Unix seconds."""
    return _encoded("Blacklist", "impose", participant_no, int(level), grounds, evidence, until)


def confirm(listing_id: int, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "confirm", listing_id, evidence)


def lift(listing_id: int, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "lift", listing_id, evidence)


def set_confirmations(level: Level, confirmations: int) -> bytes:
    return _encoded("Blacklist", "setConfirmations", int(level), confirmations)


def make_statement(listing_id: int, statement: bytes) -> bytes:
    return _encoded("Blacklist", "makeStatement", listing_id, statement)


def appeal_listing(listing_id: int, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "appealListing", listing_id, evidence)


def decide_listing_appeal(listing_id: int, upheld: bool, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "decideListingAppeal", listing_id, upheld, evidence)


def ask_repair(listing_id: int, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "askRepair", listing_id, evidence)


def decide_repair(listing_id: int, granted: bool, evidence: bytes) -> bytes:
    return _encoded("Blacklist", "decideRepair", listing_id, granted, evidence)


def set_hearing_window(hearing_window: int) -> bytes:
    """In seconds."""
    return _encoded("Blacklist", "setHearingWindow", hearing_window)


def set_urgency(grounds: bytes, urgent: bool) -> bytes:
    return _encoded("Blacklist", "setUrgency", grounds, urgent)


# ---------------------------------------------------------------------------------------------------


def encode_call(contract: str, name: str, *arguments: Any) -> bytes:
    """The calldata of any function of the contracts, enums as numbers, structs as tuples."""
    return _encoded(contract, name, *arguments)


def _encoded(contract: str, name: str, *arguments: Any) -> bytes:
    return _encoder(contract, name)(arguments)


@functools.cache
def _encoder(contract: str, name: str) -> Callable[[tuple[Any, ...]], bytes]:
    entry = interfaces.function(contract, name)
    selector, types = entry.selector, [p.spelled for p in entry.inputs]
    return lambda arguments: selector + encode(types, arguments)


def _declaration(call: DeclarationCall) -> tuple[Any, ...]:
    return (
        call.ref,
        call.seller_no,
        call.declaring_district,
        call.port_district,
        call.supervision_mode,
        int(call.direction),
        call.evidence,
        call.parcel_ids,
    )


def _record(call: RecordCall) -> tuple[Any, ...]:
    return (call.manifest, int(call.step), call.parcels, call.evidence)
