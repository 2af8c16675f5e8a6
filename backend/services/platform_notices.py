"""Platforms' own notices under the E-commerce Law: what holders, platforms and sellers say, and what follows when.

Kept by this gateway alone. Nothing here reaches the chain, a case or customs' list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.errors import Forbidden, NotFound, NoticePartyOnly, ParticipantUnknown, RoleMissing
from backend.domain.instants import iso
from backend.domain.participants import Role, has_role
from backend.domain.platform_notices import NoticeFact, check_notice_fact, standing_of_notice
from backend.services.access import Caller
from backend.services.evidence import flattened
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import participant_json
from backend.store import platform_notices as store
from backend.store.database import Connection
from backend.store.participant_queries import participant_row
from backend.store.proceeding_queries import sellers_registered_by
from backend.store.profiles import names_of

Said = Mapping[str, Any]

#: Whose each fact is; the seller's may be brought by the platform, to which sellers without a key of their own answer.
_WHOSE: dict[NoticeFact, tuple[str, ...]] = {
    NoticeFact.MeasuresTaken: ("platform_no",),
    NoticeFact.StatementMade: ("seller_no", "platform_no"),
    NoticeFact.StatementForwarded: ("platform_no",),
    NoticeFact.ActionTold: ("holder_no",),
    NoticeFact.MeasuresEnded: ("platform_no",),
    NoticeFact.Withdrawn: ("holder_no",),
}


def give_notice(
    gateway: Gateway,
    holder_no: int,
    *,
    platform_no: int,
    seller_no: int,
    right_name: str,
    right_id: int | None,
    goods: str,
    evidence: Said,
) -> int:
    """A holder's notice to a platform about a seller's goods, with prima facie evidence; its id.

    Raises RoleMissing for a holder, platform or seller that is none, ParticipantUnknown, EvidenceMissing.
    """
    said, now = _said(evidence), gateway.now()
    with gateway.database.write() as connection:
        require_role(connection, holder_no, Role.RightsHolder)
        _require(connection, platform_no, Role.Platform)
        _require(connection, seller_no, Role.Seller)
        row = {
            "platform_no": platform_no,
            "holder_no": holder_no,
            "seller_no": seller_no,
            "right_id": right_id,
            "right_name": right_name,
            "goods": goods,
            "created_at": now,
        }
        notice_id = store.insert_notice(connection, row)
        _add(connection, notice_id, NoticeFact.Noticed, holder_no, said, now)
    return notice_id


def add_fact(gateway: Gateway, participant_no: int, notice_id: int, fact: NoticeFact, evidence: Said) -> None:
    """What a party does next. Raises NotFound, NoticePartyOnly, NoticeStateUnfit, EvidenceMissing."""
    said, now = _said(evidence), gateway.now()
    with gateway.database.write() as connection:
        row = store.notice_row(connection, notice_id)
        if row is None or not _is_party(connection, row, participant_no):
            raise NotFound(what="platform notice", value=notice_id)
        if not _may(connection, row, participant_no, fact):
            raise NoticePartyOnly(notice_id=notice_id, participant_no=participant_no, act=fact.value)
        known = store.facts_of(connection, [notice_id])[notice_id]
        check_notice_fact(notice_id, fact, _plain(known), now)
        _add(connection, notice_id, fact, participant_no, said, now)


def notice_view(gateway: Gateway, notice_id: int, caller: Caller | None = None) -> dict[str, Any]:
    """One notice: its stage and dated facts for anyone (article 44), what was said for its parties. Raises NotFound."""
    with gateway.database.read() as connection:
        row = store.notice_row(connection, notice_id)
        if row is None:
            raise NotFound(what="platform notice", value=notice_id)
        facts = store.facts_of(connection, [notice_id])
        return _notice_json(connection, row, facts[notice_id], caller, gateway.now())


def list_notices(
    gateway: Gateway,
    caller: Caller | None = None,
    *,
    own: bool = False,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of notices, newest first; `own` only those in which the caller is a party."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    concerning = None if caller is None or not own else caller.participant_no
    if own and concerning is None:
        raise Forbidden(action="read its own notices", needed="a key that speaks for a participant")
    with gateway.database.read() as connection:
        rows = store.find_notices(connection, concerning, below, limit + 1)
        page, now = rows[:limit], gateway.now()
        facts = store.facts_of(connection, [row.id for row in page])
        items = [_notice_json(connection, row, facts[row.id], caller, now) for row in page]
    return {"items": items, "next": cursor_of(page[-1].id) if len(rows) > limit else None}


# ---------------------------------------------------------------------------------------------------


def _require(connection: Connection, participant_no: int, role: Role) -> None:
    row = participant_row(connection, participant_no)
    if row is None:
        raise ParticipantUnknown(participant_no=participant_no)
    if not has_role(row.roles, role):
        raise RoleMissing(participant_no=participant_no, role=role.name)


def _is_party(connection: Connection, row: Any, participant_no: int) -> bool:
    if participant_no in (row.platform_no, row.holder_no, row.seller_no):
        return True
    return bool(sellers_registered_by(connection, participant_no, [row.seller_no]))


def _may(connection: Connection, row: Any, participant_no: int, fact: NoticeFact) -> bool:
    """Whether a fact is this party's to bring, whether or not it is time for it."""
    speaks = fact is NoticeFact.StatementMade and bool(
        sellers_registered_by(connection, participant_no, [row.seller_no])
    )
    return speaks or participant_no in {getattr(row, name) for name in _WHOSE[fact]}


def _said(evidence: Said) -> list[list[str]]:
    """What is kept of what was said: paths and texts, within the bounds of any evidence."""
    return [[path, value] for path, value in flattened(evidence)]


def _add(
    connection: Connection, notice_id: int, fact: NoticeFact, participant_no: int, said: list[list[str]], now: int
) -> None:
    row = {"notice_id": notice_id, "name": fact.value, "participant_no": participant_no, "said": said, "at": now}
    store.insert_fact(connection, row)


def _yours(connection: Connection, row: Any, own: int, possible: Sequence[NoticeFact]) -> list[str]:
    """What the reader itself may bring now."""
    return [fact.value for fact in possible if _may(connection, row, own, fact)]


def _plain(facts: Sequence[Any]) -> list[tuple[NoticeFact, int]]:
    return [(NoticeFact(fact.name), fact.at) for fact in facts]


def _notice_json(
    connection: Connection, row: Any, facts: Sequence[Any], caller: Caller | None, now: int
) -> dict[str, Any]:
    names = names_of(connection, {row.platform_no, row.holder_no, row.seller_no})
    standing = standing_of_notice(_plain(facts), now)
    own = None if caller is None else caller.participant_no
    reads = own is not None and _is_party(connection, row, own)
    return {
        "notice_id": row.id,
        "platform": participant_json(row.platform_no, names),
        "holder": participant_json(row.holder_no, names),
        "seller": participant_json(row.seller_no, names),
        "right_id": row.right_id,
        "right_name": row.right_name,
        "goods": row.goods,
        "stage": standing.stage.value,
        "deadline": iso(standing.deadline) if standing.deadline else None,
        "next": [fact.value for fact in standing.possible],
        **({"yours": _yours(connection, row, own, standing.possible)} if reads and own is not None else {}),
        "facts": [
            {"name": fact.name, "at": iso(fact.at), "participant_no": fact.participant_no}
            | ({"said": [{"path": path, "value": value} for path, value in fact.said]} if reads else {})
            for fact in facts
        ],
    }
