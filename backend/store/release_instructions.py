"""Release instructions, their parcels and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backend.domain.release_instructions import ENDS, TOLD_CUSTOMS, TOLD_TERMINAL, InstructionFact
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import (
    notice_subjects,
    release_instruction_facts,
    release_instruction_parcels,
    release_instructions,
)

_INSTRUCTION = release_instructions.c
_FACT = release_instruction_facts.c


def insert_instruction(connection: Connection, row: Mapping[str, Any], parcel_ids: Sequence[bytes]) -> int:
    """Adds an instruction with its parcels; its id."""
    made = sa.insert(release_instructions).returning(_INSTRUCTION.id)
    number = int(connection.execute(made, dict(row)).scalar_one())
    rows = [{"instruction_id": number, "parcel_id": parcel_id} for parcel_id in parcel_ids]
    connection.execute(sa.insert(release_instruction_parcels), rows)
    return number


def insert_fact(connection: Connection, row: Mapping[str, Any], *, answers: bool) -> None:
    """Adds a fact; one that `answers` takes the instruction from those that wait for the terminal or the clock."""
    connection.execute(sa.insert(release_instruction_facts), dict(row))
    if answers:
        changed = sa.update(release_instructions).where(_INSTRUCTION.id == row["instruction_id"])
        connection.execute(changed.values(answered=True))


def instruction_row(connection: Connection, instruction_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(release_instructions).where(_INSTRUCTION.id == instruction_id)).first()


def parcels_of(connection: Connection, instruction_id: int) -> list[bytes]:
    """The parcels of an instruction, ascending."""
    column = release_instruction_parcels.c
    query = sa.select(column.parcel_id).where(column.instruction_id == instruction_id).order_by(column.parcel_id)
    return list(connection.execute(query).scalars())


def facts_of(connection: Connection, ids: Collection[int]) -> dict[int, list[sa.Row[Any]]]:
    """The facts of these instructions, in order."""
    found: dict[int, list[sa.Row[Any]]] = {number: [] for number in ids}
    for part in chunks(sorted(set(ids))):
        query = sa.select(release_instruction_facts).where(_FACT.instruction_id.in_(part)).order_by(_FACT.id)
        for row in connection.execute(query):
            found[row.instruction_id].append(row)
    return found


def find_instructions(
    connection: Connection,
    *,
    terminal_no: int | None,
    district: int | None,
    open_only: bool,
    below_id: int | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Instructions, newest first: of a terminal or of a customs district, or all where both are None.

    `open_only`: those that somebody has still to answer or to settle.
    """
    query = sa.select(release_instructions).order_by(_INSTRUCTION.id.desc()).limit(limit)
    if terminal_no is not None:
        query = query.where(_INSTRUCTION.terminal_no == terminal_no)
    if district is not None:
        query = query.where(_INSTRUCTION.district == district)
    if open_only:
        ended = sa.exists().where(_FACT.instruction_id == _INSTRUCTION.id, _FACT.name.in_(ENDS))
        query = query.where(~ended)
    if below_id is not None:
        query = query.where(_INSTRUCTION.id < below_id)
    return list(connection.execute(query))


def unanswered_since(connection: Connection, now: int, limit: int) -> list[sa.Row[Any]]:
    """Instructions whose limit has passed without an answer and of which that is not written down yet."""
    noted = sa.exists().where(_FACT.instruction_id == _INSTRUCTION.id, _FACT.name == InstructionFact.Overdue)
    query = sa.select(release_instructions).where(~_INSTRUCTION.answered, _INSTRUCTION.due_at < now, ~noted)
    return list(connection.execute(query.order_by(_INSTRUCTION.due_at, _INSTRUCTION.id).limit(limit)))


def open_instructions_of(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, int]:
    """Of these parcels those that an instruction names which was not withdrawn, with its id."""
    column = release_instruction_parcels.c
    withdrawn = sa.exists().where(
        _FACT.instruction_id == column.instruction_id, _FACT.name == InstructionFact.Withdrawn
    )
    found: dict[bytes, int] = {}
    for part in chunks(parcel_ids):
        query = sa.select(column.parcel_id, column.instruction_id).where(column.parcel_id.in_(part), ~withdrawn)
        found.update((row.parcel_id, row.instruction_id) for row in connection.execute(query))
    return found


def parcels_on_bill(connection: Connection, bill_no: str, limit: int) -> list[bytes]:
    """The parcels that notices name under a master bill, as far as they are known by their id."""
    column = notice_subjects.c
    query = sa.select(column.parcel_id).where(column.bill_no == bill_no, column.parcel_id.is_not(None)).distinct()
    return list(connection.execute(query.order_by(column.parcel_id).limit(limit)).scalars())


# ---------------------------------------------------------------------------------------------------
# What webhooks tell


def newest_fact(connection: Connection) -> int:
    """The id of the newest fact; 0 where there is none."""
    return int(connection.execute(sa.select(sa.func.max(_FACT.id))).scalar() or 0)


def last_fact_before(connection: Connection, at: int) -> int:
    """The id behind which every fact stands that happened at an instant (Unix seconds) or later."""
    first = connection.execute(sa.select(sa.func.min(_FACT.id)).where(_FACT.at >= at)).scalar()
    return newest_fact(connection) if first is None else int(first) - 1


def _told(participant_no: int) -> sa.ColumnElement[bool]:
    """That a fact, joined with its instruction, is told a participant."""
    return sa.or_(
        sa.and_(_INSTRUCTION.terminal_no == participant_no, _FACT.name.in_(TOLD_TERMINAL)),
        sa.and_(_INSTRUCTION.customs_no == participant_no, _FACT.name.in_(TOLD_CUSTOMS)),
    )


def facts_after(connection: Connection, participant_no: int, after: int, limit: int) -> list[sa.Row[Any]]:
    """The next facts that a participant is told of: id and instruction, in order."""
    query = sa.select(_FACT.id, _FACT.instruction_id).join(
        release_instructions, _INSTRUCTION.id == _FACT.instruction_id
    )
    query = query.where(_told(participant_no), _FACT.id > after).order_by(_FACT.id).limit(limit)
    return list(connection.execute(query))


def facts_by_id(connection: Connection, ids: Collection[int]) -> dict[int, sa.Row[Any]]:
    """Facts with their instructions: name, reason and `fact_at` of the fact, everything of the instruction."""
    columns = (
        _FACT.id.label("fact_id"),
        _FACT.name,
        _FACT.reason,
        _FACT.operation_id,
        _FACT.at.label("fact_at"),
        *release_instructions.c,
    )
    found: dict[int, sa.Row[Any]] = {}
    for part in chunks(sorted(set(ids))):
        query = sa.select(*columns).join(release_instructions, _INSTRUCTION.id == _FACT.instruction_id)
        found.update({row.fact_id: row for row in connection.execute(query.where(_FACT.id.in_(part)))})
    return found
