"""Taking steps: customs, site operators, carriers and declarants say what happened to which parcels, with evidence.

Refused at once, with the chain's own words, where the chain is bound to refuse; the judgement is made on the
sets as they will stand once everything this gateway has under way is done. The chain decides in the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from backend.domain.errors import (
    DistrictNotCompetent,
    EvidenceMissing,
    FlagsBlocking,
    FlagsMissing,
    InvalidInput,
    NotFound,
    ParticipantSuspended,
    ParticipantUnknown,
    RoleMissing,
    SellerBarred,
    StepNotAllowed,
)
from backend.domain.events import Level
from backend.domain.lifecycle import (
    FLAG_SETS,
    RULES,
    Flag,
    Rule,
    Sets,
    Step,
    divide,
    indices,
    rule_for,
    travelling,
)
from backend.domain.participants import has_role
from backend.services import evidence as evidences
from backend.services import rulebook, stock
from backend.services.gateway import Gateway
from backend.services.outbox import Entry, account_of, enqueue, new_operation, submitted_before
from backend.services.quota import held_declarations, reserve_for_acceptance
from backend.services.screening import release_warnings
from backend.store import outbox, readmodel
from backend.store.database import Connection
from backend.store.listing_queries import levels_in_force
from backend.store.profiles import names_of

MOST_PARCELS = 10_000
#: Warnings that an operation tells of; it counts the others.
MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """What a step does in one manifest."""

    manifest: bytes
    row: Any
    parcels: int
    #: parcel ids by index, ascending
    members: tuple[tuple[int, bytes], ...]


def submit_steps(
    gateway: Gateway,
    participant_no: int,
    step: Step,
    parcel_ids: Sequence[bytes],
    evidence: Mapping[str, Any] | None = None,
    evidence_of: Mapping[str, Mapping[str, Any]] | None = None,
    reference: str | None = None,
) -> str:
    """Queues a step for parcels, wherever they are declared; the operation's id.

    `evidence` is one document that speaks for all of them, `evidence_of` (parcel id in hex → document) one for
    each; exactly one of the two. The same `reference` with the same content again gives the same operation.

    Raises InvalidInput, EvidenceMissing, NotFound, Conflict, NotHosted and what the contract would refuse with.
    """
    wanted = _checked(parcel_ids, evidence, evidence_of)
    # Before the transaction: goods are screened anew, which no writer should wait for.
    warnings = release_warnings(gateway, wanted) if step is Step.Release else []
    digest = hashlib.sha256(
        orjson.dumps([step, [parcel.hex() for parcel in wanted], evidence, evidence_of], option=orjson.OPT_SORT_KEYS)
    ).digest()
    with gateway.database.write() as connection:
        if reference is not None:
            before = submitted_before(connection, participant_no, reference, digest)
            if before is not None:
                return before
        return queue_step(
            connection,
            gateway,
            participant_no,
            step,
            wanted,
            evidence=evidence,
            evidence_of=evidence_of,
            reference=reference,
            digest=digest,
            warnings=warnings,
        )


def queue_step(
    connection: Connection,
    gateway: Gateway,
    participant_no: int,
    step: Step,
    wanted: Sequence[bytes],
    *,
    evidence: Mapping[str, Any] | None = None,
    evidence_of: Mapping[str, Mapping[str, Any]] | None = None,
    reference: str | None = None,
    digest: bytes | None = None,
    warnings: Sequence[Mapping[str, Any]] = (),
) -> str:
    """As `submit_steps`, within the caller's transaction: what it has read decides together with the step.

    `warnings` are told in the operation, the first of them; they refuse nothing.
    """
    now = gateway.now()
    account = account_of(connection, participant_no)
    targets = list(targets_of(connection, wanted))
    _precheck(connection, participant_no, step, targets, now)
    if step is Step.Acceptance:
        for target in targets:
            limits = rulebook.config_of(connection, target.row.declaring_district).limits
            declarations = held_declarations(connection, [parcel for _, parcel in target.members])
            reserve_for_acceptance(connection, gateway.consortium_key, declarations, now, limits)
            stock.reserve_for_acceptance(connection, declarations, now)
    summary: dict[str, Any] = {"step": step.name, "parcels": len(wanted), "manifests": len(targets)}
    if warnings:
        summary |= {"warnings": [dict(each) for each in warnings[:MOST_WARNINGS]], "warnings_in_all": len(warnings)}
    operation_id = new_operation(connection, "step", participant_no, summary, now, reference=reference, digest=digest)
    keep = partial(evidences.keep, connection, operation_id=operation_id, participant_no=participant_no, now=now)
    shared = keep(contents=[evidence]) if evidence else None
    entry = Entry(operation_id, account, participant_no, now)
    rows, kept = [], 0
    for target in targets:
        commitment = shared
        if commitment is None:
            ids = [parcel for _, parcel in target.members]
            contents = [(evidence_of or {})[parcel.hex()] for parcel in ids]
            commitment = keep(contents=contents, parcel_ids=ids, first=kept)
            kept += len(ids)
        rows.append(entry.record(target.manifest, step, target.parcels, commitment))
    enqueue(connection, rows)
    return operation_id


def _checked(
    parcel_ids: Sequence[bytes],
    evidence: Mapping[str, Any] | None,
    evidence_of: Mapping[str, Mapping[str, Any]] | None,
) -> list[bytes]:
    wanted = each_once(parcel_ids)
    if bool(evidence) == bool(evidence_of):
        raise EvidenceMissing(field="evidence | evidence_of")
    if evidence_of:
        missing = [parcel.hex() for parcel in wanted if not evidence_of.get(parcel.hex())]
        if missing:
            raise EvidenceMissing(field=f"evidence_of.{missing[0]}")
    return wanted


def each_once(parcel_ids: Sequence[bytes]) -> list[bytes]:
    """Raises InvalidInput for no parcel and for more than one operation takes."""
    wanted = list(dict.fromkeys(parcel_ids))
    if not 1 <= len(wanted) <= MOST_PARCELS:
        raise InvalidInput(field="parcels", value=len(wanted), rule=f"1 to {MOST_PARCELS} parcels")
    return wanted


def targets_of(connection: Connection, wanted: Sequence[bytes]) -> Iterator[Target]:
    """The parcels by the newest manifest that each is declared in. Raises NotFound for one that is in none."""
    places = readmodel.places_of(connection, wanted)
    grouped: dict[bytes, list[tuple[int, bytes]]] = {}
    rows: dict[bytes, Any] = {}
    for parcel in wanted:
        if parcel not in places:
            raise NotFound(what="parcel", value=parcel.hex())
        place = places[parcel][0]
        rows[place.manifest] = place
        grouped.setdefault(place.manifest, []).append((place.position, parcel))
    for manifest, members in grouped.items():
        members.sort()
        yield Target(manifest, rows[manifest], sum(1 << position for position, _ in members), tuple(members))


# ---------------------------------------------------------------------------------------------------
# The judgement


def _precheck(connection: Connection, participant_no: int, step: Step, targets: Sequence[Target], now: int) -> None:
    rows = RULES.get(step)
    if rows is None:
        raise StepNotAllowed(step=step.name, parcels="*")
    caller = names_of(connection, [participant_no]).get(participant_no)
    if caller is None:
        raise ParticipantUnknown(participant_no=participant_no)
    if caller.suspended:
        raise ParticipantSuspended(participant_no=participant_no)
    if not has_role(caller.roles, rows[0].role):
        raise RoleMissing(participant_no=participant_no, role=rows[0].role.name)
    projected = project(connection, targets)
    for target in targets:
        row = target.row
        profile = readmodel.profile_of_row(row)
        rule, exists = rule_for(
            step,
            profile,
            in_declaring_district=caller.district == row.declaring_district,
            in_port_district=caller.district == row.port_district,
            is_own_declarant=participant_no == row.declarant_no,
        )
        if not exists:
            raise StepNotAllowed(step=step.name, **_named(target, target.parcels))
        if rule is None:
            raise DistrictNotCompetent(
                manifest="0x" + target.manifest.hex(),
                step=step.name,
                participant_no=participant_no,
                district=caller.district,
            )
        if rule.seller_clear and _is_barred(connection, row.seller_no, now):
            raise SellerBarred(manifest="0x" + target.manifest.hex(), seller_no=row.seller_no)
        _judge(projected[target.manifest], travelling(step, rule, consigned=False), step, target)


def _is_barred(connection: Connection, seller_no: int, now: int) -> bool:
    return levels_in_force(connection, [seller_no], now).get(seller_no) == Level.Barred


def _judge(sets: Sets, rule: Rule, step: Step, target: Target) -> None:
    found = divide(sets, rule, target.parcels)
    if found.wrong_state:
        states = {sets.state_of(index).name for index in indices(found.wrong_state)}
        raise StepNotAllowed(step=step.name, states=sorted(states), **_named(target, found.wrong_state))
    if found.missing:
        raise FlagsMissing(
            step=step.name,
            flags=_flags(rule.needs, lambda word: found.missing & ~word, sets),
            **_named(target, found.missing),
        )
    if found.blocked:
        raise FlagsBlocking(
            step=step.name,
            flags=_flags(rule.forbids, lambda word: found.blocked & word, sets),
            **_named(target, found.blocked),
        )


def project(connection: Connection, targets: Sequence[Target]) -> dict[bytes, Sets]:
    """The sets of each manifest as they will stand once what this gateway has under way on it is done."""
    projected = {target.manifest: readmodel.sets_of_blob(target.row.size, target.row.sets) for target in targets}
    rows = {target.manifest: target.row for target in targets}
    for pending in outbox.pending_on(connection, list(projected)):
        row, sets = rows[pending.manifest], projected[pending.manifest]
        profile, parcels = readmodel.profile_of_row(row), readmodel.number(pending.parcels)
        fitting = [rule for rule in RULES[Step(pending.step)] if rule.profiles >> profile & 1]
        # Whose the step is decides the row, and rows differ in where they start from: each moves its own parcels.
        for rule, eligible in [(rule, divide(sets, rule, parcels).eligible) for rule in fitting]:
            sets.apply(rule, eligible)
    return projected


def _flags(flags: int, affected: Any, sets: Sets) -> str:
    names = [flag.name for flag in Flag if flags >> flag & 1 and affected(sets.words[FLAG_SETS + flag])]
    return ", ".join(names)


def _named(target: Target, parcels: int) -> dict[str, Any]:
    """The parcels of a refusal by their ids, the first hundred of them."""
    ids = [parcel.hex() for position, parcel in target.members if parcels >> position & 1]
    return {"manifest": "0x" + target.manifest.hex(), "parcels": ids[:100]}
