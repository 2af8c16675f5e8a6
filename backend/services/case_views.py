"""Infringement cases as their readers see them: whose turn, until when, what may be done next, and what happened.

The parties of a case and the authorities that may have to act on it read it whole. Anyone else reads its number, right,
stage and outcome: nothing of the goods, the amounts or the seller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from backend.domain.amounts import yuan_of
from backend.domain.calendar import china_day
from backend.domain.case_standing import Act, Party, Possible, Standing, standing_of, step_due
from backend.domain.clocks import working_days_left
from backend.domain.errors import CaseUnknown, Forbidden
from backend.domain.instants import iso
from backend.domain.lifecycle import Direction, Sets, indices
from backend.domain.participants import Role
from backend.domain.reference.case_book import Case
from backend.domain.rights import CaseState, Outcome, security_for
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcel_documents import fields_of
from backend.services.parcels import completeness, participant_json
from backend.services.rehearsal import case_of_row, ledger_now, published_years
from backend.store import proceeding_queries as queries
from backend.store import readmodel
from backend.store.database import Connection
from backend.store.listing_queries import evidence_fields
from backend.store.proceeding_queries import NEVER, CaseFilter
from backend.store.profiles import ParticipantName, names_of

#: What a queue holds: what waits for the caller, all that is open, what has run out, what is over.
QUEUES = ("mine", "open", "overdue", "closed")

_OPEN = tuple(state for state in CaseState if state is not CaseState.Closed)

#: They may have to act on any case, or rest a listing on its finding.
_READERS = (Role.Customs, Role.MarketRegulator, Role.AppealBody)


@dataclass(frozen=True, slots=True)
class _Clock:
    """The ledger's time, and the working days of the years that its calendar has."""

    now: int
    years: Mapping[int, int]


def case_view(gateway: Gateway, case_id: int, caller: Caller | None = None) -> dict[str, Any]:
    """One case, whole for those who may read it, with the evidence that this gateway keeps. Raises CaseUnknown."""
    with gateway.database.read() as connection:
        row = queries.case_row(connection, case_id)
        if row is None:
            raise CaseUnknown(case_id=case_id)
        complete = completeness(connection)
        seen = _reads_whole(connection, row, caller)
        if not seen:
            return _public_json(row) | complete
        facts = queries.facts_of(connection, "case", case_id)
        names = names_of(connection, _numbers(row) | {fact.participant_no for fact in facts} - {None})
        kept = evidence_fields(connection, [fact.evidence for fact in facts if fact.evidence])
        clock = _Clock(ledger_now(connection, gateway), published_years(connection))
        view = _whole_json(connection, clock, row, names, caller)
        view["facts"] = [_fact_json(fact, names, kept) for fact in facts]
        view["goods"] = _goods_json(connection, row)
    return view | complete


def list_cases(
    gateway: Gateway,
    caller: Caller | None = None,
    *,
    queue: str | None = None,
    right_id: int | None = None,
    parcel_id: bytes | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of cases. Without a queue all of them, newest first, as far as the caller may read each.

    In a queue the caller's own, the nearest deadline first: `mine` waits for the caller, `open` is not closed,
    `overdue` has a clock that ran out, `closed` is over. Raises Forbidden for a queue of nobody's.
    """
    after = None
    if cursor:
        due, number = numbers_of(cursor, 2)
        after = (due or NEVER, number)
    with gateway.database.read() as connection:
        complete = completeness(connection)
        now = ledger_now(connection, gateway)
        manifest = _manifest_of(connection, parcel_id)
        wanted = CaseFilter(right_id=right_id, manifest=manifest)
        if queue is not None:
            wanted = replace(wanted, **_queue(caller, queue, now))
        rows: Sequence[Any] = []
        if parcel_id is None or manifest is not None:
            rows = queries.find_cases(connection, wanted, by_deadline=queue is not None, after=after, limit=limit + 1)
        names = names_of(connection, {number for row in rows for number in _numbers(row)})
        page, clock = rows[:limit], _Clock(now, published_years(connection))
        items = [
            _whole_json(connection, clock, row, names, caller)
            if _reads_whole(connection, row, caller)
            else _public_json(row)
            for row in page
        ]
    last = page[-1] if len(rows) > limit else None
    following = None if last is None else cursor_of(0 if last.due_at == NEVER else last.due_at, last.case_id)
    return {"items": items, "next": following, **complete}


def security_view(route: Any, goods_value: int) -> dict[str, Any]:
    """The least and the most security for goods of a value, in yuan (order 183, articles 22 and 23)."""
    return {
        "route": route.name,
        "goods_value": yuan_of(goods_value),
        "required": yuan_of(security_for(route, goods_value)),
        "most": yuan_of(goods_value),
    }


# ---------------------------------------------------------------------------------------------------
# Who reads, and what waits for whom


def _reads_whole(connection: Connection, row: Any, caller: Caller | None) -> bool:
    if caller is None:
        return False
    if caller.sees_every_operation or any(caller.bears(role) for role in _READERS):
        return True
    own = caller.speaker_no
    return own is not None and bool(parties_of(connection, row, own) - {Party.Anyone})


def parties_of(connection: Connection, row: Any, participant_no: int) -> frozenset[Party]:
    """The parts that a participant has in a case, `Anyone` always among them."""
    found = {Party.Anyone}
    if participant_no == row.holder_no:
        found.add(Party.Holder)
    if participant_no == row.customs_no:
        found.add(Party.Investigator)
    if row.seller_no is not None:
        speaks = queries.sellers_registered_by(connection, participant_no, [row.seller_no])
        if participant_no in (row.seller_no, row.declarant_no) or speaks:
            found.add(Party.Accused)
    return frozenset(found)


def _queue(caller: Caller | None, queue: str, now: int) -> dict[str, Any]:
    """The filter of a queue: investigators by office, appeal bodies by what was appealed, anyone else by its part."""
    own = None if caller is None else caller.participant_no
    if caller is None or own is None:
        raise Forbidden(action="read a queue of cases", needed="a key that speaks for a participant")
    wanted: dict[str, Any] = {"states": _OPEN}
    if queue == "closed":
        wanted["states"] = (CaseState.Closed,)
    if queue == "overdue":
        wanted["overdue_at"] = now
    if caller.bears(Role.Customs):
        mine = (CaseState.Lodged, CaseState.Notified, CaseState.Detained, CaseState.InCourt, CaseState.Infringing)
        return wanted | {"of_customs": own} | ({"states": mine} if queue == "mine" else {})
    if caller.bears(Role.AppealBody):
        return wanted | ({} if queue == "closed" else {"states": (CaseState.Appealed,)})
    if caller.bears(Role.RightsHolder):
        return wanted | {"of_holder": own} | ({"states": (CaseState.Notified,)} if queue == "mine" else {})
    return wanted | {"of_accused": own} | ({"states": (CaseState.Found,)} if queue == "mine" else {})


def _manifest_of(connection: Connection, parcel_id: bytes | None) -> bytes | None:
    if parcel_id is None:
        return None
    places = readmodel.places_of(connection, [parcel_id]).get(parcel_id)
    return places[0].manifest if places else None


def _numbers(row: Any) -> set[int]:
    return {row.holder_no, row.customs_no, row.seller_no, row.declarant_no} - {None}


# ---------------------------------------------------------------------------------------------------
# Parts of an answer


def _public_json(row: Any) -> dict[str, Any]:
    case = case_of_row(row)
    return {
        "case_id": row.case_id,
        "right_id": row.right_id,
        "kind": case.kind.name,
        "route": case.route.name,
        "stage": case.state.name,
        "outcome": None if case.outcome is Outcome.Zero else case.outcome.name,
        "opened_at": iso(row.opened_at),
        "decided_at": None if row.decided_at is None else iso(row.decided_at),
    }


def _whole_json(
    connection: Connection,
    clock: _Clock,
    row: Any,
    names: Mapping[int, ParticipantName],
    caller: Caller | None,
) -> dict[str, Any]:
    case = case_of_row(row)
    standing = standing_of(case, clock.now)
    due = None
    if row.manifest is not None:
        (manifest,) = readmodel.manifests_by_id(connection, [row.manifest]).values()
        due = step_due(case, readmodel.sets_of_blob(manifest.size, manifest.sets))
    own = None if caller is None else caller.speaker_no
    parts = frozenset() if own is None else parties_of(connection, row, own)
    if caller is not None and caller.bears(Role.AppealBody) and len(parts) == 1:
        parts |= {Party.AppealBody}
    known = dict(names)
    return _public_json(row) | {
        "holder": participant_json(row.holder_no, known),
        "customs": participant_json(row.customs_no, known),
        "seller": None if row.seller_no is None else participant_json(row.seller_no, known),
        "declarant": None if row.declarant_no is None else participant_json(row.declarant_no, known),
        "heading": f"{row.heading:04d}",
        "goods_value": yuan_of(case.goods_value),
        "security": None if row.security is None else yuan_of(int(row.security)),
        "security_required": yuan_of(security_for(case.route, case.goods_value)),
        "bond": None if row.bond is None else yuan_of(int(row.bond)),
        "turn": standing.turn.value,
        "deadline": _deadline_json(clock, standing),
        "next": [_possible_json(each, case, due is not None) for each in standing.possible],
        "yours": [each.act.value for each in standing.possible if each.by in parts],
        "parcel_step": None if due is None else due.name,
        "disposal": case.disposal.name,
        "disposed": case.disposed,
    }


def _deadline_json(clock: _Clock, standing: Standing) -> dict[str, Any] | None:
    """The clock that runs: its end, the last day in China, and the working days that are left.

    `working_days_left` is null where the calendar of a year that is needed was not published: it is not guessed.
    """
    if not standing.deadline:
        return None
    last_day = china_day(standing.deadline - 1)
    return {
        "at": iso(standing.deadline),
        "last_day": last_day.isoformat(),
        "days_left": max(0, (last_day - china_day(clock.now)) // timedelta(days=1)),
        "working_days_left": working_days_left(clock.years, clock.now, standing.deadline),
        "run_out": standing.is_overdue(clock.now),
    }


def _possible_json(possible: Possible, case: Case, is_step_due: bool) -> dict[str, Any]:
    """`waits_for`: the parcels' step that the ledger wants first."""
    choosing = possible.act is Act.ChooseDisposal and is_step_due
    return {
        "act": possible.act.value,
        "by": possible.by.value,
        "until": iso(possible.until) if possible.until else None,
        "disposal": case.disposal.name if possible.act in (Act.ChooseDisposal, Act.PassOverDisposal) else None,
        "waits_for": "Confiscation" if choosing else None,
    }


def _fact_json(fact: Any, names: Mapping[int, ParticipantName], kept: Mapping[bytes, Sequence[Any]]) -> dict[str, Any]:
    documents = kept.get(fact.evidence or b"", ())
    said = {name: _said(name, value) for name, value in fact.said.items()}
    return {
        "name": fact.name,
        "at": iso(fact.at),
        "by": None if fact.participant_no is None else participant_json(fact.participant_no, dict(names)),
        "evidence": None if fact.evidence is None else "0x" + fact.evidence.hex(),
        # What time alone did has none; what was committed through another gateway is kept there.
        "evidence_kept": bool(documents),
        "evidence_fields": [
            {"path": path, "value": value} for document in documents for path, value in fields_of(document)
        ],
        "said": said,
    }


def _said(name: str, value: Any) -> Any:
    """What an event says besides, as people read it: amounts in yuan, instants in ISO 8601."""
    if name in ("security", "bond"):
        return yuan_of(int(value))
    if name.endswith(("_by", "_at")) or name == "until":
        return iso(value) if value else None
    return value


def _goods_json(connection: Connection, row: Any) -> dict[str, Any] | None:
    """The parcels of a case and how they stand; None while a complaint is only lodged."""
    if row.manifest is None:
        return None
    (manifest,) = readmodel.manifests_by_id(connection, [row.manifest]).values()
    sets: Sets = readmodel.sets_of_blob(manifest.size, manifest.sets)
    ids = readmodel.parcels_of(connection, manifest.id)
    return {
        "manifest": "0x" + row.manifest.hex(),
        "direction": Direction(manifest.direction).name,
        "declaring_district": f"{manifest.declaring_district:04d}",
        "port_district": f"{manifest.port_district:04d}",
        "parcels": [
            {
                "parcel_id": ids[index].hex(),
                "state": sets.state_of(index).name,
                "flags": [flag.name for flag in sets.flags_of(index)],
            }
            for index in indices(readmodel.number(row.parcels))
        ],
    }
