"""Consignments as their parties write them: opened, loaded, moved step by step, changed openly.

A list is what the chain's events folded to here. A step presents all of it; one too long for a call goes in pieces,
and where a piece was refused the same step again presents what is left: `domain.consignments`, docs/transit.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backend.chain import carriage_calls as calls
from backend.domain.commitments import keccak
from backend.domain.consignment_errors import ContentsDiffer, ParcelsNotInside
from backend.domain.consignment_standing import ConsignmentAct
from backend.domain.consignments import (
    ConsignmentKind,
    Entry,
    Opening,
    TakingReason,
    consignment_id,
    next_head,
    number_commitment,
    pieces,
    tail_of,
)
from backend.domain.errors import ParticipantUnknown
from backend.services.carriage_rehearsal import CarriageStage
from backend.services.carriage_writing import Call, Evidence, Facts, calling, with_evidence, write
from backend.services.gateway import Gateway
from backend.services.steps import Target, each_once, targets_of
from backend.store import consignments as store
from backend.store.carriage_folding import contents_without
from backend.store.participant_queries import participant_row

#: Steps that present the list: the model's act and the call.
_WALKS: dict[ConsignmentAct, tuple[str, Callable[..., bytes]]] = {
    ConsignmentAct.Depart: ("depart", calls.depart),
    ConsignmentAct.Arrive: ("arrive", calls.arrive),
    ConsignmentAct.WriteOff: ("write_off", calls.write_off),
}
#: Acts about the whole, with evidence alone.
_PLAIN: dict[ConsignmentAct, tuple[str, Callable[..., bytes]]] = {
    ConsignmentAct.Cancel: ("cancel_consignment", calls.cancel_consignment),
    ConsignmentAct.Apply: ("apply_for_transit", calls.apply_for_transit),
    ConsignmentAct.Approve: ("approve_transit", calls.approve_transit),
    ConsignmentAct.Decline: ("decline_transit", calls.decline_transit),
    ConsignmentAct.Acknowledge: ("acknowledge_release", calls.acknowledge_release),
}


def open_consignment(
    gateway: Gateway,
    opener_no: int,
    *,
    reference: str,
    kind: ConsignmentKind,
    number: str,
    origin_district: int,
    port_district: int,
    lane_id: int = 0,
    terminal_no: int = 0,
) -> tuple[str, bytes]:
    """Opens a consignment under the opener's own reference; the operation's id and the consignment's.

    Raises RoleMissing, ConsignmentTaken, NumberInUse, LaneUnfit, TerminalUnfit, ParticipantUnknown, Conflict.
    """
    consignment = consignment_id(opener_no, keccak(reference.encode()))
    committed = number_commitment(gateway.consortium_key, kind, number)
    opening = Opening(keccak(reference.encode()), kind, committed, origin_district, port_district, lane_id, terminal_no)
    facts = {
        "consignment": "0x" + consignment.hex(),
        "kind": kind.name,
        "number": "0x" + committed.hex(),
        "origin_district": f"{origin_district:04d}",
        "port_district": f"{port_district:04d}",
        "lane_id": lane_id,
        "terminal_no": terminal_no,
    }

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        if terminal_no and participant_row(stage.connection, terminal_no) is None:
            raise ParticipantUnknown(participant_no=terminal_no)
        if store.consignment_row(stage.connection, consignment) is not None:
            stage.add_consignment(consignment)
        if other := store.open_with_number(stage.connection, committed):
            stage.model.consignment_numbers[committed] = other
        stage.act("open_consignment", opening, committed=False)
        store.keep_text(stage.connection, committed, number.upper(), stage.now)
        return facts, [lambda _: calls.open_consignment(opening)]

    operation_id = write(
        gateway,
        opener_no,
        "ConsignmentOpening",
        facts,
        prepare,
        evidence=None,
        reference=reference,
        numbers=[terminal_no],
        has_evidence=False,
    )
    return operation_id, consignment


def load(
    gateway: Gateway, opener_no: int, consignment: bytes, parcel_ids: Sequence[bytes], reference: str | None = None
) -> str:
    """Puts parcels in, of whatever manifests; long lists in several calls. Operation id.

    Raises ConsignmentUnknown, OpenerOnly, ConsignmentStageUnfit, StepHalfPresented, EntriesTooMany, NotFound for a
    parcel that nobody declared, StepNotAllowed for one that is not released, FlagsBlocking for one that is held or in
    a consignment.
    """
    wanted = each_once(parcel_ids)

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        added = [Entry(target.manifest, target.parcels) for target in targets_of(stage.connection, wanted)]
        stage.add_consignment(consignment, added)
        made: list[Call] = []
        for start in range(0, len(added), calls.MOST_ENTRIES_IN_CALL):
            part = added[start : start + calls.MOST_ENTRIES_IN_CALL]
            stage.act("load", consignment, part, committed=False)
            made.append(calling(calls.load, consignment, part))
        return {"consignment": "0x" + consignment.hex(), "parcels": len(wanted), "entries": len(added)}, made

    asked = {"consignment": consignment.hex(), "parcels": [parcel.hex() for parcel in wanted]}
    return write(
        gateway,
        opener_no,
        "ConsignmentLoading",
        asked,
        prepare,
        evidence=None,
        reference=reference,
        has_evidence=False,
    )


def take_out(
    gateway: Gateway,
    participant_no: int,
    consignment: bytes,
    parcel_ids: Sequence[bytes],
    reason: TakingReason,
    evidence: Evidence,
    reference: str | None = None,
) -> str:
    """Takes parcels out openly, one call for each entry that holds some. Operation id.

    Raises ConsignmentUnknown, OpenerOnly, DistrictOfRouteOnly, TakingNotAllowed, ParcelsNotInside, NotFound.
    """
    wanted = each_once(parcel_ids)

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        targets = list(targets_of(stage.connection, wanted))
        entries = store.entries_of(stage.connection, consignment)
        row = stage.add_consignment(consignment, [Entry(target.manifest, 0) for target in targets])
        made: list[Call] = []
        pending = row.pending
        for target in targets:
            left = target.parcels
            for place in range(len(entries) - 1, -1, -1):
                entry = entries[place]
                if entry.manifest != target.manifest or not entry.parcels & left:
                    continue
                parcels = entry.parcels & left
                before, tail = tail_of(consignment, entries, place)
                stage.act("take_out", consignment, before, tail, parcels, reason)
                made.append(with_evidence(calls.take_out, consignment, before, tail, parcels, reason))
                entries, pending = contents_without(consignment, entries, before, parcels, pending)
                left &= ~parcels
            if left:
                _not_inside(consignment, target, left)
        facts = {"consignment": "0x" + consignment.hex(), "reason": reason.name, "parcels": len(wanted)}
        return facts, made

    asked = {
        "consignment": consignment.hex(),
        "parcels": [parcel.hex() for parcel in wanted],
        "reason": reason.name,
    }
    return write(
        gateway, participant_no, "ConsignmentTakingOut", asked, prepare, evidence=evidence, reference=reference
    )


def take(
    gateway: Gateway,
    participant_no: int,
    consignment: bytes,
    act: ConsignmentAct,
    evidence: Evidence,
    *,
    head: bytes | None = None,
    reference: str | None = None,
) -> str:
    """Any act that needs its evidence and nothing else. Operation id.

    `head` is the contents that the caller means: where they changed meanwhile, ContentsDiffer. Raises what the contract
    would refuse with; KeyError for an act that needs more.
    """

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        entries = store.entries_of(stage.connection, consignment) if act in _WALKS else []
        row = stage.add_consignment(consignment, entries)
        _check_head(consignment, row, head)
        made: list[Call] = []
        if act in _WALKS:
            name, call = _WALKS[act]
            left = _left(consignment, row, entries)
            parts = list(pieces(consignment, left, calls.MOST_ENTRIES_IN_CALL)) or [(consignment, [])]
            for before, part in parts:
                stage.act(name, consignment, before, part)
                made.append(with_evidence(call, consignment, before, part))
        else:
            name, call = _PLAIN[act]
            stage.act(name, consignment)
            made.append(with_evidence(call, consignment))
        return _facts_of(consignment, row), made

    asked = {"consignment": consignment.hex(), "act": act.value, "head": head.hex() if head else None}
    kind = f"Consignment{act.name}"
    return write(gateway, participant_no, kind, asked, prepare, evidence=evidence, reference=reference)


def verify(
    gateway: Gateway,
    customs_no: int,
    consignment: bytes,
    *,
    seal_intact: bool,
    found: int,
    evidence: Evidence,
    reference: str | None = None,
) -> str:
    """The port looks at the seal and counts; what differs is an anomaly at once. Operation id.

    Raises ConsignmentUnknown, RoleMissing, DistrictOfRouteOnly, ConsignmentStageUnfit.
    """

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        row = stage.add_consignment(consignment)
        stage.act("verify_consignment", consignment, seal_intact, found)
        facts = _facts_of(consignment, row) | {"seal_intact": seal_intact, "found": found}
        return facts, [with_evidence(calls.verify_consignment, consignment, seal_intact, found)]

    asked = {"consignment": consignment.hex(), "seal_intact": seal_intact, "found": found}
    return write(gateway, customs_no, "ConsignmentVerify", asked, prepare, evidence=evidence, reference=reference)


# ---------------------------------------------------------------------------------------------------


def _not_inside(consignment: bytes, target: Target, parcels: int) -> None:
    outside = [parcel.hex() for position, parcel in target.members if parcels >> position & 1]
    raise ParcelsNotInside(
        consignment="0x" + consignment.hex(), manifest="0x" + target.manifest.hex(), parcels=outside[:100]
    )


def _left(consignment: bytes, row: Any, entries: Sequence[Entry]) -> Sequence[Entry]:
    """What of the list is still to be presented for the step that is under way."""
    if row.pending is None:
        return entries
    head = consignment
    for place, entry in enumerate(entries):
        if head == row.pending:
            return entries[:place]
        head = next_head(head, entry)
    return entries


def _check_head(consignment: bytes, row: Any, head: bytes | None) -> None:
    if head is not None and head != row.head:
        raise ContentsDiffer(
            consignment="0x" + consignment.hex(), committed="0x" + row.head.hex(), presented="0x" + head.hex()
        )


def _facts_of(consignment: bytes, row: Any) -> Facts:
    return {"consignment": "0x" + consignment.hex(), "head": "0x" + row.head.hex(), "parcels": row.count}
