"""What goes into the next transaction of an account: grouping is what makes the chain cheap."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.chain import calls
from backend.chain.calls import DeclarationCall, RecordCall
from backend.domain.commitments import manifest_id, record_evidence
from backend.domain.lifecycle import MOST_PARCELS, Direction, Step
from backend.store.readmodel import number, word

#: Declared parcels in one call: ten full manifests stay within a transaction's gas and calldata.
MOST_PARCELS_IN_CALL = 2_560
MOST_RECORDS_IN_CALL = 100


@dataclass(frozen=True, slots=True)
class Group:
    """What all lists of one manifest have in common."""

    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: Direction

    def key(self) -> str:
        return (
            f"{self.seller_no}|{self.declaring_district}|{self.port_district}|"
            f"{self.supervision_mode}|{int(self.direction)}"
        )

    @classmethod
    def of(cls, key: str) -> Group:
        seller, declaring, port, mode, direction = map(int, key.split("|"))
        return cls(seller, declaring, port, mode, Direction(direction))


@dataclass(frozen=True, slots=True)
class ListDocument:
    """A list document that waits to be declared."""

    row_id: int
    document_id: int
    parcel_id: bytes
    root: bytes


@dataclass(slots=True)
class Plan:
    """One call: which rows it carries, where declared lists are placed, which documents its evidence covers."""

    contract: str
    calldata: bytes
    gas: int
    rows: list[int]
    placed: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    evidence: list[tuple[bytes, list[int]]] = field(default_factory=list)


def plan_declarations(
    declarant_no: int, groups: Sequence[tuple[Group, Sequence[ListDocument]]], most: int
) -> Plan | None:
    """Manifests of up to 256 parcels out of groups that are ready; `most` bounds how many lists go into the call."""
    declarations: list[DeclarationCall] = []
    plan = Plan("ParcelLedger", b"", 0, [])
    taken = 0
    for group, lists in groups:
        for start in range(0, len(lists), MOST_PARCELS):
            members = lists[start : start + min(MOST_PARCELS, most - taken)]
            if not members:
                break
            reference = os.urandom(32)
            evidence = record_evidence([member.root for member in members])
            call = DeclarationCall(
                reference,
                group.seller_no,
                group.declaring_district,
                group.port_district,
                group.supervision_mode,
                group.direction,
                evidence,
                tuple(member.parcel_id for member in members),
            )
            if declarations and calls.gas_of_declarations([*declarations, call]) > calls.MOST_GAS:
                return _finished(plan, declarations)
            declarations.append(call)
            taken += len(members)
            manifest = manifest_id(declarant_no, reference)
            plan.rows += [member.row_id for member in members]
            plan.placed += [(member.row_id, manifest, word(1 << n)) for n, member in enumerate(members)]
            plan.evidence.append((evidence, [member.document_id for member in members]))
    return _finished(plan, declarations) if declarations else None


def _finished(plan: Plan, declarations: list[DeclarationCall]) -> Plan:
    plan.calldata = calls.try_declare(declarations)
    plan.gas = calls.gas_of_declarations(declarations)
    return plan


def plan_records(rows: Sequence[Any], most: int) -> Plan | None:
    """The first records of an account's queue that fit one call, in their order.

    One call holds each (manifest, step) once, so that its refusals name their row; a second one ends the turn of
    that manifest, because what follows on it must not overtake it.
    """
    records: list[RecordCall] = []
    taken: list[int] = []
    seen: set[tuple[bytes, int]] = set()
    closed: set[bytes] = set()
    for row in rows:
        if row.manifest in closed:
            continue
        if (row.manifest, row.step) in seen:
            closed.add(row.manifest)
            continue
        call = RecordCall(row.manifest, Step(row.step), number(row.parcels), row.evidence)
        full = len(records) >= min(most, MOST_RECORDS_IN_CALL)
        if full or (records and calls.gas_of_records([*records, call]) > calls.MOST_GAS):
            break
        seen.add((row.manifest, row.step))
        records.append(call)
        taken.append(row.id)
    if not records:
        return None
    return Plan("ParcelLedger", calls.try_record(records), calls.gas_of_records(records), taken)
