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
from backend.domain.merkle_sum import root_of
from backend.domain.participants import Role
from backend.domain.reasons import reason_in
from backend.domain.summaries import (
    LeftOut,
    Listed,
    anchored_hash,
    key_commitment,
    listed,
    merged,
    month_bounds,
    reason_left_out,
    statement,
)
from backend.domain.summary_errors import MonthClosed, MonthNotClosed, MonthOpen, NothingToSum
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import Entry, account_of, enqueue, new_operation
from backend.services.stored_documents import stored_document
from backend.store import readmodel
from backend.store import summaries as store
from backend.store.database import Connection


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


def close(gateway: Gateway, declarant_no: int, *, district: int, month: str, reason: str | None = None) -> int:
    """Sums up what a declarant's lists of a month became, or corrects it for a reason; the closing's id.

    `month` is `YYYY-MM` in China. Raises InvalidInput, RoleMissing, MonthOpen, MonthClosed where it was closed and no
    reason is given, MonthNotClosed where it was not and one is, NothingToSum, NotHosted.
    """
    wanted = _Wanted(declarant_no, district, month, None if reason is None else reason_in(reason))
    while True:
        # A month is long to read, which no writer should wait for. Whoever was overtaken meanwhile reads anew: what it
        # has is older than what another closing said since.
        with gateway.database.read() as connection:
            found = _read(connection, wanted, gateway.now())
        with gateway.database.write() as connection:
            if store.last_number(connection, declarant_no, district, month) == found.closings:
                return _keep(connection, wanted, found, gateway.now())


# ---------------------------------------------------------------------------------------------------


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


def _leaf_row(one: Listed, parcel_id: bytes) -> dict[str, Any]:
    figures = one.figures
    return {
        "parcel_id": parcel_id,
        "root": one.root,
        "gross_g": figures.gross_g,
        "net_g": figures.net_g,
        "value": figures.value,
    }
