"""Closing a month: its released export lists merged, each summary under a commitment that stands on the chain.

The rules are `domain/summaries.py`. A closing is one transaction: its summaries, their leaves and what is to be
anchored are kept together or not at all. What changes afterwards is corrected openly: a further closing, with its
reason, brings new summaries for the keys that changed, and each names the anchor that it supersedes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.instants import iso
from backend.domain.merkle_sum import Figures, leaf, levels_of, proof_of, root_of
from backend.domain.participants import Role
from backend.domain.summaries import (
    KEY_FIELDS,
    LeftOut,
    Listed,
    anchored_hash,
    key_commitment,
    listed,
    membership_json,
    merged,
    month_bounds,
    reason_left_out,
    statement,
)
from backend.domain.summary_errors import MonthClosed, MonthNotClosed, MonthOpen, NothingToSum
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import Entry, account_of, enqueue, new_operation
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import participant_json
from backend.services.stored_documents import stored_document
from backend.store import readmodel
from backend.store import summaries as store
from backend.store.database import Connection
from backend.store.profiles import names_of

LONGEST_REASON = 500

#: Names of a summary's key: the fields that its lists share, and their currency.
KEY_NAMES = (*KEY_FIELDS, "currency")


def close(gateway: Gateway, declarant_no: int, *, district: int, month: str, reason: str | None = None) -> int:
    """Sums up what a declarant's lists of a month became, or corrects it for a reason; the closing's id.

    `month` is `YYYY-MM` in China. Raises InvalidInput, RoleMissing, MonthOpen, MonthClosed where it was closed and no
    reason is given, MonthNotClosed where it was not and one is, NothingToSum, NotHosted.
    """
    wanted = _Wanted(declarant_no, district, month, _reason(reason))
    while True:
        # A month is long to read, which no writer should wait for. Whoever was overtaken meanwhile reads anew: what it
        # has is older than what another closing said since.
        with gateway.database.read() as connection:
            found = _read(connection, wanted, gateway.now())
        with gateway.database.write() as connection:
            if store.last_number(connection, declarant_no, district, month) == found.closings:
                return _keep(connection, wanted, found, gateway.now())


def closing_view(gateway: Gateway, caller: Caller, closing_id: int) -> dict[str, Any]:
    """A closing with its summaries and the lists that it left out, each with the reason. Raises NotFound."""
    with gateway.database.read() as connection:
        row = store.closing_row(connection, closing_id)
        if row is None or not _may_read(row, caller):
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
# Closing


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which month is to be closed, by whom; the reason where it is a correction."""

    declarant_no: int
    district: int
    month: str
    reason: str | None

    @property
    def district_text(self) -> str:
        return f"{self.district:04d}"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a month consists of, read up to a block, when it had been closed so many times."""

    block: int
    closings: int
    lists: list[Listed]
    #: The parcel of each list.
    parcels: list[bytes]
    left_out: list[tuple[bytes, LeftOut]]


def _read(connection: Connection, wanted: _Wanted, now: int) -> _Found:
    """Raises InvalidInput, RoleMissing, MonthOpen, MonthClosed, MonthNotClosed."""
    first, before = month_bounds(wanted.month)
    require_role(connection, wanted.declarant_no, Role.Declarant)
    at = readmodel.get_cursor(connection)
    if at is None or at.timestamp < before or now < before:
        raise MonthOpen(month=wanted.month)
    closings = store.last_number(connection, wanted.declarant_no, wanted.district, wanted.month)
    _check_closings(closings, wanted)
    return _Found(at.block, closings, *_lists(connection, wanted.declarant_no, wanted.district, first, before))


def _keep(connection: Connection, wanted: _Wanted, found: _Found, now: int) -> int:
    """Keeps a closing with its summaries and queues their anchors; its id. Raises NothingToSum, NotHosted."""
    changes = _changes(connection, wanted, found.lists)
    if not changes:
        raise NothingToSum(participant_no=wanted.declarant_no, district=wanted.district_text, month=wanted.month)
    number = found.closings + 1
    summary = {"month": wanted.month, "district": wanted.district_text, "number": number}
    operation_id = new_operation(connection, "summary", wanted.declarant_no, summary, now)
    closing = {
        "declarant_no": wanted.declarant_no,
        "district": wanted.district,
        "month": wanted.month,
        "number": number,
        "reason": wanted.reason or "",
        "block": found.block,
        "lists": len(found.lists),
        "left_out": [[parcel_id.hex(), why.value] for parcel_id, why in found.left_out],
        "operation_id": operation_id,
        "closed_at": now,
    }
    closing_id = store.insert_closing(connection, closing)
    entry = Entry(operation_id, account_of(connection, wanted.declarant_no), wanted.declarant_no, now)
    anchors = []
    for key, places, earlier in changes:
        salt = os.urandom(32)
        made = statement(
            month=wanted.month,
            district=wanted.district_text,
            currency=key[-1],
            key=key_commitment(salt, key),
            root=root_of([found.lists[place].node for place in places]),
            supersedes=None if earlier is None else earlier.anchor,
        )
        anchor = anchored_hash(made)
        row = {"closing_id": closing_id, "key": list(key), "key_salt": salt, "statement": made, "anchor": anchor}
        leaves = [_leaf_row(found.lists[place], found.parcels[place]) for place in places]
        store.insert_summary(connection, row, leaves, None if earlier is None else earlier.id)
        anchors.append(entry.call("ParcelLedger", calls.anchor(AnchorKind.Summary, anchor, 1)))
    enqueue(connection, anchors)
    return closing_id


def _reason(reason: str | None) -> str | None:
    if reason is None:
        return None
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON or not said.replace("\n", " ").isprintable():
        raise InvalidInput(field="reason", value=said[:40], rule=f"1 to {LONGEST_REASON} printable characters")
    return said


def _check_closings(closings: int, wanted: _Wanted) -> None:
    if closings and wanted.reason is None:
        raise MonthClosed(participant_no=wanted.declarant_no, district=wanted.district_text, month=wanted.month)
    if not closings and wanted.reason is not None:
        raise MonthNotClosed(district=wanted.district_text, month=wanted.month)


def _lists(
    connection: Connection, declarant_no: int, district: int, first: int, before: int
) -> tuple[list[Listed], list[bytes], list[tuple[bytes, LeftOut]]]:
    """The lists to sum up, the parcel of each, and what is left out with the reason."""
    lists: list[Listed] = []
    parcels: list[bytes] = []
    left_out: list[tuple[bytes, LeftOut]] = []
    found = store.released_lists(connection, declarant_no=declarant_no, district=district, first=first, before=before)
    for each in found:
        out: Listed | LeftOut | None = reason_left_out(
            each.sets.state_of(each.position), each.sets.flags_of(each.position)
        )
        if out is None and each.fields is None:
            out = LeftOut.Unreadable
        if out is None and each.fields is not None:
            out = listed(stored_document(each.message_type, each.fields), each.root)
        if isinstance(out, LeftOut):
            left_out.append((each.parcel_id, out))
        elif out is not None:
            lists.append(out)
            parcels.append(each.parcel_id)
    return lists, parcels, sorted(left_out)


def _changes(
    connection: Connection, wanted: _Wanted, lists: Sequence[Listed]
) -> list[tuple[tuple[str, ...], list[int], Any]]:
    """The keys whose lists are not those of the summary in force: key, places of its lists, that summary or None.

    A key that has lost all its lists has no places: a summary of nothing supersedes what was said.
    """
    now_said = store.current_summaries(connection, wanted.declarant_no, wanted.district, wanted.month)
    in_force = {tuple(row.key): row for row in now_said}
    groups = dict(merged(lists))
    changes = []
    for key in sorted({*groups, *in_force}):
        places, earlier = groups.get(key, []), in_force.get(key)
        before = None if earlier is None else store.roots_of(connection, earlier.id)
        if before != [lists[place].root for place in places]:
            changes.append((key, places, earlier))
    return changes


# ---------------------------------------------------------------------------------------------------


def _leaf_row(one: Listed, parcel_id: bytes) -> dict[str, Any]:
    figures = one.figures
    return {
        "parcel_id": parcel_id,
        "root": one.root,
        "gross_g": figures.gross_g,
        "net_g": figures.net_g,
        "value": figures.value,
    }


def _figures(row: Any) -> Figures:
    return Figures(1, row.gross_g, row.net_g, row.value)


def _own(connection: Connection, caller: Caller, summary_id: int) -> Any:
    row = store.summary_row(connection, summary_id)
    if row is None or not _may_read(row, caller):
        raise NotFound(what="summary", value=summary_id)
    return row


def _may_read(row: Any, caller: Caller) -> bool:
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
