"""Months that were closed and their summaries, as their declarant and customs read them, and what proves them."""

from __future__ import annotations

from typing import Any

from backend.domain.errors import NotFound
from backend.domain.instants import iso
from backend.domain.merkle_sum import Figures, leaf, levels_of, proof_of
from backend.domain.participants import Role
from backend.domain.summaries import (
    KEY_FIELDS,
    Listed,
    membership_json,
    month_bounds,
)
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import participant_json
from backend.store import summaries as store
from backend.store.database import Connection
from backend.store.profiles import names_of

#: Names of a summary's key: the fields that its lists share, and their currency.
KEY_NAMES = (*KEY_FIELDS, "currency")


def closing_view(gateway: Gateway, caller: Caller, closing_id: int) -> dict[str, Any]:
    """A closing with its summaries and the lists that it left out, each with the reason. Raises NotFound."""
    with gateway.database.read() as connection:
        row = store.closing_row(connection, closing_id)
        if row is None or not may_read(row, caller):
            raise NotFound(what="closing", value=closing_id)
        made = store.summaries_of_closing(connection, closing_id)
        names = names_of(connection, {row.declarant_no})
    return {
        "closing_id": row.id,
        "declarant": participant_json(row.declarant_no, names),
        "district": f"{row.district:04d}",
        "month": row.month,
        "number": row.number,
        "reason": row.reason or None,
        "block": row.block,
        "lists": row.lists,
        "left_out": [{"parcel_id": parcel_id, "why": why} for parcel_id, why in row.left_out],
        "operation_id": row.operation_id,
        "closed_at": iso(row.closed_at),
        "summaries": [_summary_json(summary, names) for summary in made],
    }


def summary_view(gateway: Gateway, caller: Caller, summary_id: int) -> dict[str, Any]:
    """A summary with the lists in it, for its declarant and the customs of its district. Raises NotFound."""
    with gateway.database.read() as connection:
        row = _own(connection, caller, summary_id)
        leaves = store.leaves_of(connection, summary_id)
        view = _summary_json(row, names_of(connection, {row.declarant_no}))
    return view | {
        "key_salt": "0x" + row.key_salt.hex(),
        "lists": [
            {
                "parcel_id": each.parcel_id.hex(),
                "list": "0x" + each.root.hex(),
                "gross_g": each.gross_g,
                "net_g": each.net_g,
                "value": each.value,
            }
            for each in leaves
        ],
    }


def list_summaries(
    gateway: Gateway, caller: Caller, *, month: str | None = None, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of summaries, newest first: a declarant's own, or those of a customs officer's district."""
    if month is not None:
        month_bounds(month)
    customs = caller.bears(Role.Customs)
    with gateway.database.read() as connection:
        rows = store.find_summaries(
            connection,
            declarant_no=None if customs else caller.acting_no,
            district=caller.district if customs else None,
            month=month,
            below_id=numbers_of(cursor, 1)[0] if cursor else None,
            limit=limit + 1,
        )
        page = rows[:limit]
        names = names_of(connection, {row.declarant_no for row in page})
    items = [_summary_json(row, names) for row in page]
    return {"items": items, "next": cursor_of(page[-1].id) if len(rows) > limit else None}


def proof_file(gateway: Gateway, caller: Caller, summary_id: int, parcel_id: bytes | None) -> dict[str, Any]:
    """What anybody checks offline: the statement, and of a named parcel that its list is in it. Raises NotFound."""
    with gateway.database.read() as connection:
        row = _own(connection, caller, summary_id)
        rows = store.leaves_of(connection, summary_id) if parcel_id is not None else []
    membership = None
    if parcel_id is not None:
        position = next((each.position for each in rows if each.parcel_id == parcel_id), None)
        if position is None:
            raise NotFound(what="parcel", value=parcel_id.hex())
        levels = levels_of([leaf(each.root, _figures(each)) for each in rows])
        one = Listed(tuple(row.key), _figures(rows[position]), rows[position].root)
        membership = membership_json(one, position, proof_of(levels, position))
    return {"statement": row.statement, "anchor": "0x" + row.anchor.hex(), "membership": membership}


# ---------------------------------------------------------------------------------------------------


def _figures(row: Any) -> Figures:
    return Figures(1, row.gross_g, row.net_g, row.value)


def _own(connection: Connection, caller: Caller, summary_id: int) -> Any:
    row = store.summary_row(connection, summary_id)
    if row is None or not may_read(row, caller):
        raise NotFound(what="summary", value=summary_id)
    return row


def may_read(row: Any, caller: Caller) -> bool:
    """Whether a closing or summary is the caller's to read: its declarant's, and its district's customs'."""
    if caller.bears(Role.Customs) and caller.district == row.district:
        return True
    return bool(caller.participant_no == row.declarant_no)


def _summary_json(row: Any, names: Any) -> dict[str, Any]:
    key = dict(zip(KEY_NAMES, row.key, strict=True))
    return {
        "summary_id": row.id,
        "closing_id": row.closing_id,
        "declarant": participant_json(row.declarant_no, names),
        "district": f"{row.district:04d}",
        "month": row.month,
        "number": row.number,
        "key": key,
        # A is statistics alone (汇总统计), B is followed by a declaration (汇总申报)
        "followed_by_declaration": key["statisticsFlag"] == "B",
        "figures": row.statement["figures"],
        "statement": row.statement,
        "anchor": "0x" + row.anchor.hex(),
        "superseded": row.superseded,
        "operation_id": row.operation_id,
        "closed_at": iso(row.closed_at),
    }
