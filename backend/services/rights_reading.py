"""Reading rights: the public register with its dated facts, and what holders and headquarters read beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.domain.errors import RightUnknown
from backend.domain.instants import iso
from backend.domain.recordals import RIGHT_KIND_NAMES, Goods, RecordedMark, goods_fields, marks_fields
from backend.domain.rights import Application, RightKind
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.mark_index import flags_of, overlaps_with
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import completeness, participant_json
from backend.services.right_facts import authority_in, documents_of_facts, fact_json
from backend.store import right_queries as queries
from backend.store.database import Connection
from backend.store.profiles import ParticipantName, names_of

STATUSES = queries.STATUSES

#: What a commitment's row here says, by commitment.
_Kept = Mapping[bytes, Any]


def search_rights(
    gateway: Gateway,
    *,
    caller: Caller | None = None,
    text: str | None = None,
    status: str | None = None,
    kind: RightKind | None = None,
    holder_no: int | None = None,
    undecided: bool = False,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of the register, newest first. Public. `text` is part of a recorded mark or of the holder's name."""
    wanted = queries.RightFilter(holder_no, None if kind is None else int(kind), status, undecided, text)
    now = gateway.now()
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = queries.find_rights(connection, wanted, below, limit + 1, now)
        page = rows[:limit]
        headquarters = queries.headquarters_no(connection)
        commitments = [each for row in page for each in (row.marks, row.goods, row.asked_marks, row.asked_goods)]
        kept = queries.opened(connection, commitments)
    return {
        "items": [_right_json(row, kept, _reads_asked(caller, row, headquarters), now) for row in page],
        "next": cursor_of(page[-1].right_id) if len(rows) > limit else None,
        "headquarters_no": headquarters or None,
        **complete,
    }


def right_view(gateway: Gateway, right_id: int, caller: Caller | None = None) -> dict[str, Any]:
    """One right with its dated facts and licences. Public. Raises RightUnknown.

    What is asked for and the evidence of decisions are for the holder and headquarters; `warnings` for headquarters,
    as long as it has something to decide.
    """
    now = gateway.now()
    with gateway.database.read() as connection:
        row = queries.right_row(connection, right_id)
        if row is None:
            raise RightUnknown(right_id=right_id)
        complete = completeness(connection)
        headquarters = queries.headquarters_no(connection)
        reads_asked = _reads_asked(caller, row, headquarters)
        facts = queries.facts_of(connection, right_id)
        granted = queries.licences_of_right(connection, right_id)
        commitments = [row.marks, row.goods, row.asked_marks, row.asked_goods, *(each.goods for each in granted)]
        kept = queries.opened(connection, commitments)
        numbers = {*(each.seller_no for each in granted), *(authority_in(fact) for fact in facts)} - {0}
        names = names_of(connection, numbers)
        told = documents_of_facts(connection, facts) if reads_asked else {}
        decides = caller is not None and caller.participant_no == headquarters and row.pending != Application.Zero
        warnings = _warnings(connection, gateway, row, kept, now) if decides else None
    view = _right_json(row, kept, reads_asked, now) | {
        "licences": [_licence_json(each, kept, names, now) for each in granted],
        "facts": [fact_json(fact, names, told) for fact in facts],
        "openings": _openings(row, kept, reads_asked),
        **complete,
    }
    return view | ({} if warnings is None else {"warnings": warnings})


# ---------------------------------------------------------------------------------------------------


def _reads_asked(caller: Caller | None, row: Any, headquarters: int) -> bool:
    """Whether a caller reads what is not public: a mark that is not recorded yet, and why it was decided so."""
    if caller is None or caller.participant_no is None:
        return False
    return caller.participant_no in (row.holder_no, headquarters) and not caller.suspended


def _right_json(row: Any, kept: _Kept, reads_asked: bool, now: int) -> dict[str, Any]:
    kind, pending = RightKind(row.kind), row.pending != Application.Zero
    status = queries.status_of(row, now)
    view = {
        "right_id": row.right_id,
        "kind": kind.name,
        "kind_zh": RIGHT_KIND_NAMES[kind][0],
        "kind_en": RIGHT_KIND_NAMES[kind][1],
        "status": status,
        "in_force": status == "in_force",
        "holder": {"participant_no": row.holder_no, "name_zh": row.name_zh or "", "name_en": row.name_en or ""},
        "applied_at": iso(row.applied_at),
        "recorded_at": _iso(row.recorded_at),
        "until": _iso(row.until),
        "ended_at": _iso(row.ended_at),
        "underlying_until": iso(row.underlying_until),
        **_protected(row.marks, row.goods, row.headings, kept),
        "pending": Application(row.pending).name if pending else None,
        "asked_at": _iso(row.asked_at) if pending else None,
        "decide_by": _iso(row.decide_by) if pending else None,
        "late": pending and row.decide_by <= now,
    }
    if reads_asked and row.asked_marks is not None:
        view["asked"] = _protected(row.asked_marks, row.asked_goods, row.asked_headings, kept)
    return view


def _protected(marks: bytes | None, goods: bytes | None, headings: list[int], kept: _Kept) -> dict[str, Any]:
    """Marks and goods; None for what is not recorded, or what another gateway has the words of."""
    return {
        "marks": _content(marks, kept).get("marks"),
        "headings": [f"{heading:04d}" for heading in headings],
        "nice_classes": _content(goods, kept).get("nice_classes"),
    }


def _content(commitment: bytes | None, kept: _Kept) -> Mapping[str, Any]:
    row = None if commitment is None else kept.get(bytes(commitment))
    found: Mapping[str, Any] = {} if row is None else row.content
    return found


def _openings(row: Any, kept: _Kept, reads_asked: bool) -> list[dict[str, Any]]:
    """What lets anybody reckon the commitments on the chain anew: the fields of each document, and its secret."""
    readable = [row.marks, row.goods, *([row.asked_marks, row.asked_goods] if reads_asked else [])]
    opened = [kept.get(bytes(each)) for each in readable if each is not None]
    return [
        {
            "commitment": "0x" + each.commitment.hex(),
            "of": each.kind,
            "secret": "0x" + each.secret.hex(),
            "fields": [{"path": path, "value": value} for path, value in _fields(each)],
        }
        for each in opened
        if each is not None
    ]


def _fields(opened: Any) -> list[tuple[str, str]]:
    content = opened.content
    if opened.kind == "marks":
        return marks_fields([RecordedMark.of_json(each) for each in content["marks"]])
    return goods_fields(Goods(tuple(content["headings"]), tuple(content["nice_classes"])))


def _licence_json(row: Any, kept: _Kept, names: dict[int, ParticipantName], now: int) -> dict[str, Any]:
    return {
        "seller": participant_json(row.seller_no, names),
        "headings": _content(row.goods, kept).get("headings"),
        "granted_at": iso(row.granted_at),
        "until": iso(row.until),
        "revoked_at": _iso(row.revoked_at),
        "in_force": row.revoked_at is None and row.until > now,
    }


def _warnings(connection: Connection, gateway: Gateway, row: Any, kept: _Kept, now: int) -> dict[str, Any]:
    """What headquarters should know before it decides: recordals that the marks meet, and marks that say little."""
    asked = _content(row.asked_marks or row.marks, kept).get("marks") or []
    return {
        "overlaps": overlaps_with(connection, gateway.bookshelf, row, now),
        "flags": flags_of([RecordedMark.of_json(each) for each in asked]),
        "marks_held": bool(asked),
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
