"""Telling terminals what customs let go: instructions given, answered, overdue, settled.

Each fact is an evidence document of whoever brings it, anchored on the chain: that customs told the terminal, and when,
and that it answered, can be shown to anybody, and neither can change it later. Parcels stay off the chain here; the
document commits to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.errors import (
    DistrictNotCompetent,
    InstructionContentsDiffer,
    InstructionForAnother,
    InvalidInput,
    NotFound,
    NotHosted,
    ParcelInstructed,
    ParcelNotLetGo,
    ParticipantUnknown,
    RoleMissing,
)
from backend.domain.instants import iso
from backend.domain.lifecycle import Sets, Step
from backend.domain.participants import Role, has_role
from backend.domain.reasons import reason_in
from backend.domain.release_instructions import (
    ANSWERS,
    EXCEPTIONS,
    HOLDING,
    LET_GO,
    MOST_PARCELS,
    REASONED,
    InstructionFact,
    check_instruction_fact,
    contents_of,
    standing_of_instruction,
)
from backend.services import evidence as evidences
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import Entry, account_of, enqueue, new_operation
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import participant_json
from backend.store import readmodel
from backend.store import release_instructions as store
from backend.store.database import Connection
from backend.store.participant_queries import participant_row
from backend.store.profiles import names_of

#: Instructions that one round makes overdue.
_MOST_OVERDUE = 200

#: Facts after which neither the terminal nor the clock is waited for.
_ANSWERING = frozenset({*ANSWERS, InstructionFact.Withdrawn})
_ANCHORS = {
    InstructionFact.Issued: AnchorKind.ReleaseInstruction,
    InstructionFact.Acknowledged: AnchorKind.ReleaseAnswer,
    InstructionFact.Refused: AnchorKind.ReleaseAnswer,
    InstructionFact.Overdue: AnchorKind.ReleaseException,
    InstructionFact.Withdrawn: AnchorKind.ReleaseException,
    InstructionFact.Settled: AnchorKind.ReleaseException,
}


def issue(
    gateway: Gateway,
    customs_no: int,
    *,
    terminal_no: int,
    parcels: Sequence[bytes] = (),
    bill_no: str | None = None,
    limit_minutes: int,
) -> int:
    """Customs tell a terminal what it may load: these parcels, or all that are known under a master bill; the id.

    Raises RoleMissing, ParticipantUnknown, InvalidInput for no or too many parcels, NotFound for a parcel that nobody
    declared, DistrictNotCompetent for one that is another district's, ParcelNotLetGo, ParcelInstructed for one that
    another instruction names, NotHosted. One parcel that cannot be loaded refuses the whole instruction.
    """
    now = gateway.now()
    with gateway.database.write() as connection:
        require_role(connection, customs_no, Role.Customs)
        district = int(_participant(connection, customs_no).district)
        terminal = _participant(connection, terminal_no)
        if not has_role(terminal.roles, Role.SiteOperator):
            raise RoleMissing(participant_no=terminal_no, role=Role.SiteOperator.name)
        named = sorted(set(_named(connection, parcels, bill_no)))
        _check_parcels(connection, named, customs_no, district)
        contents = contents_of(named)
        row = {
            "customs_no": customs_no,
            "district": district,
            "terminal_no": terminal_no,
            "bill_no": bill_no,
            "parcels": len(named),
            "contents": contents,
            "issued_at": now,
            "due_at": now + 60 * limit_minutes,
            "answered": False,
        }
        instruction_id = store.insert_instruction(connection, row, named)
        made = store.instruction_row(connection, instruction_id)
        _add(connection, made, InstructionFact.Issued, customs_no, "", now)
    return instruction_id


def acknowledge(gateway: Gateway, terminal_no: int, instruction_id: int, count: int, contents: bytes) -> None:
    """The terminal has exactly these parcels on its loading list.

    Raises NotFound, InstructionForAnother, InstructionContentsDiffer, InstructionStateUnfit, NotHosted.
    """
    with gateway.database.write() as connection:
        row, now = _own(connection, instruction_id, terminal_no, InstructionFact.Acknowledged), gateway.now()
        if (count, contents) != (row.parcels, row.contents):
            raise InstructionContentsDiffer(
                instruction_id=instruction_id,
                count=count,
                contents="0x" + contents.hex(),
                expected_count=row.parcels,
                expected="0x" + row.contents.hex(),
            )
        _check(connection, row, InstructionFact.Acknowledged, now)
        _add(connection, row, InstructionFact.Acknowledged, terminal_no, "", now)


def say(gateway: Gateway, participant_no: int, instruction_id: int, fact: InstructionFact, reason: str) -> None:
    """The terminal refuses, or customs withdraw or settle, each with a reason.

    Raises NotFound, InstructionForAnother, InstructionStateUnfit, InvalidInput, NotHosted; ValueError for other facts.
    """
    if fact not in REASONED:
        raise ValueError(f"{fact} is not said with a reason")
    said = reason_in(reason)
    with gateway.database.write() as connection:
        row, now = _own(connection, instruction_id, participant_no, fact), gateway.now()
        _check(connection, row, fact, now)
        _add(connection, row, fact, participant_no, said, now)


def note_overdue(gateway: Gateway) -> int:
    """Writes down, for whoever gave them, which instructions nobody answered within the limit; how many."""
    with gateway.database.read() as connection:
        if not store.unanswered_since(connection, gateway.now(), 1):
            return 0
    with gateway.database.write() as connection:
        now = gateway.now()
        rows = store.unanswered_since(connection, now, _MOST_OVERDUE)
        for row in rows:
            _add(connection, row, InstructionFact.Overdue, row.customs_no, "", now)
    return len(rows)


def instruction_view(gateway: Gateway, caller: Caller, instruction_id: int) -> dict[str, Any]:
    """One instruction with its parcels and facts, for its terminal and the customs of its district. Raises NotFound."""
    with gateway.database.read() as connection:
        row = store.instruction_row(connection, instruction_id)
        if row is None or not _may_read(row, caller):
            raise NotFound(what="release instruction", value=instruction_id)
        facts = store.facts_of(connection, [instruction_id])[instruction_id]
        (view,) = _as_json(connection, [row], {instruction_id: facts}, caller, gateway.now())
        named = store.parcels_of(connection, instruction_id)
        return view | {"parcel_ids": [parcel_id.hex() for parcel_id in named]}


def list_instructions(
    gateway: Gateway, caller: Caller, *, open_only: bool, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of instructions, newest first: a terminal's own, or those of a customs officer's district."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    customs = caller.bears(Role.Customs)
    with gateway.database.read() as connection:
        rows = store.find_instructions(
            connection,
            terminal_no=None if customs else caller.acting_no,
            district=caller.district if customs else None,
            open_only=open_only,
            below_id=below,
            limit=limit + 1,
        )
        page = rows[:limit]
        facts = store.facts_of(connection, [row.id for row in page])
        items = _as_json(connection, page, facts, caller, gateway.now())
    return {"items": items, "next": cursor_of(page[-1].id) if len(rows) > limit else None}


def facts_json(connection: Connection, fact_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Facts as webhooks tell them, by id. The parcels of the instruction are read at `address`."""
    rows = store.facts_by_id(connection, fact_ids)
    numbers = {number for row in rows.values() for number in (row.customs_no, row.terminal_no)}
    names = names_of(connection, numbers)
    return {
        fact_id: {
            "type": "release_instruction",
            "fact_id": fact_id,
            "fact": row.name,
            "at": iso(row.fact_at),
            "reason": row.reason or None,
            "operation_id": row.operation_id,
            "address": f"/v1/release-instructions/{row.id}",
            **_instruction_facts(row, names),
        }
        for fact_id, row in rows.items()
    }


# ---------------------------------------------------------------------------------------------------


def _participant(connection: Connection, participant_no: int) -> Any:
    row = participant_row(connection, participant_no)
    if row is None:
        raise ParticipantUnknown(participant_no=participant_no)
    return row


def _named(connection: Connection, parcels: Sequence[bytes], bill_no: str | None) -> Sequence[bytes]:
    """The parcels that are meant; either a list or a bill says which."""
    if bool(parcels) == (bill_no is not None):
        raise InvalidInput(field="parcels", value=f"{len(parcels)}", rule="either parcels or bill_no, and not both")
    found = parcels if bill_no is None else store.parcels_on_bill(connection, bill_no, MOST_PARCELS + 1)
    if not found:
        raise NotFound(what="parcel", value=f"bill_no {bill_no}")
    if len(found) > MOST_PARCELS:
        raise InvalidInput(field="parcels", value=f"{len(found)}", rule=f"at most {MOST_PARCELS} parcels")
    return found


def _check_parcels(connection: Connection, named: Sequence[bytes], customs_no: int, district: int) -> None:
    places = readmodel.places_of(connection, named)
    # Thousands of parcels stand in few manifests.
    sets_at: dict[bytes, Sets] = {}
    for parcel_id in named:
        if parcel_id not in places:
            raise NotFound(what="parcel", value=parcel_id.hex())
        place = places[parcel_id][0]
        if district not in (place.declaring_district, place.port_district):
            raise DistrictNotCompetent(
                manifest="0x" + place.manifest.hex(),
                step=Step.Release.name,
                participant_no=customs_no,
                district=district,
            )
        if place.manifest not in sets_at:
            sets_at[place.manifest] = readmodel.sets_of_blob(place.size, place.sets)
        sets = sets_at[place.manifest]
        state, flags = sets.state_of(place.position), sets.flags_of(place.position)
        if state not in LET_GO or HOLDING & set(flags):
            shown = ", ".join(flag.name for flag in flags if flag in HOLDING) or "-"
            raise ParcelNotLetGo(parcel_id=parcel_id.hex(), state=state.name, flags=shown)
    for parcel_id, instruction_id in store.open_instructions_of(connection, named).items():
        raise ParcelInstructed(parcel_id=parcel_id.hex(), instruction_id=instruction_id)


def _own(connection: Connection, instruction_id: int, participant_no: int, fact: InstructionFact) -> Any:
    """The instruction, where this fact is this participant's to bring."""
    row = store.instruction_row(connection, instruction_id)
    if row is None:
        raise NotFound(what="release instruction", value=instruction_id)
    if participant_no != (row.terminal_no if fact in ANSWERS else row.customs_no):
        raise InstructionForAnother(instruction_id=instruction_id, participant_no=participant_no, act=fact.value)
    return row


def _check(connection: Connection, row: Any, fact: InstructionFact, now: int) -> None:
    known = store.facts_of(connection, [row.id])[row.id]
    check_instruction_fact(row.id, fact, _plain(known), row.due_at, now)


def _add(connection: Connection, row: Any, fact: InstructionFact, participant_no: int, reason: str, now: int) -> None:
    """Keeps a fact with its evidence and queues its anchor. Raises NotHosted, but for what the clock says."""
    summary = {"release_instruction": row.id, "fact": fact.value}
    operation_id = new_operation(connection, "release_instruction", participant_no, summary, now)
    content = {
        "instruction": row.id,
        "fact": fact.value,
        "customs": row.customs_no,
        "district": f"{row.district:04d}",
        "terminal": row.terminal_no,
        "bill": row.bill_no,
        "parcels": row.parcels,
        "contents": "0x" + row.contents.hex(),
        "issued": iso(row.issued_at),
        "due": iso(row.due_at),
        "at": iso(now),
        "reason": reason or None,
    }
    evidence = evidences.keep(
        connection, operation_id=operation_id, participant_no=participant_no, contents=[content], now=now
    )
    try:
        entry = Entry(operation_id, account_of(connection, participant_no), participant_no, now)
    except NotHosted:
        # An account may have gone since the instruction was given; that nobody answered is written down all the same.
        if fact is not InstructionFact.Overdue:
            raise
    else:
        enqueue(connection, [entry.call("ParcelLedger", calls.anchor(_ANCHORS[fact], evidence, 1))])
    kept = {
        "instruction_id": row.id,
        "name": fact.value,
        "participant_no": participant_no,
        "reason": reason,
        "operation_id": operation_id,
        "at": now,
    }
    store.insert_fact(connection, kept, answers=fact in _ANSWERING)


def _plain(facts: Sequence[Any]) -> list[tuple[InstructionFact, int]]:
    return [(InstructionFact(fact.name), fact.at) for fact in facts]


def _may_read(row: Any, caller: Caller) -> bool:
    if caller.bears(Role.Customs) and caller.district == row.district:
        return True
    return bool(caller.participant_no == row.terminal_no)


def _as_json(
    connection: Connection, rows: Sequence[Any], facts: dict[int, list[Any]], caller: Caller, now: int
) -> list[dict[str, Any]]:
    names = names_of(connection, {number for row in rows for number in (row.customs_no, row.terminal_no)})
    return [_instruction_json(row, facts[row.id], caller, now, names) for row in rows]


def _instruction_facts(row: Any, names: Any) -> dict[str, Any]:
    """What an instruction says, whoever asks."""
    return {
        "instruction_id": row.id,
        "customs": participant_json(row.customs_no, names),
        "district": f"{row.district:04d}",
        "terminal": participant_json(row.terminal_no, names),
        "bill_no": row.bill_no,
        "parcels": row.parcels,
        "contents": "0x" + row.contents.hex(),
        "issued_at": iso(row.issued_at),
        "due_at": iso(row.due_at),
    }


def _instruction_json(row: Any, facts: Sequence[Any], caller: Caller, now: int, names: Any) -> dict[str, Any]:
    standing = standing_of_instruction(_plain(facts), row.due_at, now)
    own = caller.participant_no
    yours = [
        fact.value for fact in standing.possible if own == (row.terminal_no if fact in ANSWERS else row.customs_no)
    ]
    return {
        **_instruction_facts(row, names),
        "stage": standing.stage.value,
        "exception": standing.stage in EXCEPTIONS,
        "yours": yours,
        "facts": [
            {
                "name": fact.name,
                "at": iso(fact.at),
                "participant_no": fact.participant_no,
                "reason": fact.reason or None,
                "operation_id": fact.operation_id,
            }
            for fact in facts
        ],
    }
