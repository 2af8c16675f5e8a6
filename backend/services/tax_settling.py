"""What becomes of tax bills: collected once nothing can come back any more, void where it did.

The states and records of a bill's own manifest decide, so that looking again, late or twice, changes nothing that
was right. What was told of a bill is never taken back: void stays void.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from typing import Any

from backend.domain.lifecycle import Flag, State, Step
from backend.domain.quota import RETURN_APPLY_DAYS
from backend.domain.returns import may_apply, may_be_in_time, part_of, returned_shares, shares_of
from backend.domain.tax import money
from backend.services.stored_documents import stored_document, stored_notice
from backend.services.tax_bills import FIRST, Content, guid_of, return_time_of
from backend.store import tax_bills as store
from backend.store.database import Connection
from backend.store.declarations import fields_of_documents, return_applications
from backend.store.parcel_queries import instants_of_steps, sets_of
from backend.store.readmodel import places_of
from backend.store.returns import freed_by_finding
from backend.store.tax_bills import BillStatus

#: The bill of what stayed after a part came back in time.
_REMAINDER = "_1"

_DAY = 86_400

_TAXES = ("customsTax", "valueAddedTax", "consumptionTax")


@dataclass(frozen=True, slots=True)
class BillNews:
    """What is to be told of a bill: a change of its status (818), or the bill of what stayed (816)."""

    receipt_type: str
    parcel_id: bytes
    document_id: int
    tax_no: str
    content: Content


class _Verdict(Enum):
    Wait = auto()
    Collect = auto()
    Void = auto()


def settle_bills(connection: Connection, now: int) -> list[BillNews]:
    """Collects each bill whose goods can no longer come back in time: an 818 with status 2 for each.

    A return may be applied for until 30 days after release, and the goods be back until 45 (announcement 2020
    no.45). A return that is applied for or under way holds its bill back for as long as it can still be in time.
    """
    news: list[BillNews] = []
    # Days are counted as China's calendar has them; whoever is not past them in seconds is not past them there.
    for rows in store.made_before(connection, now - RETURN_APPLY_DAYS * _DAY):
        verdicts = _verdicts(connection, rows, now)
        due = [row for row in rows if verdicts[row.id] is _Verdict.Collect]
        store.set_bill_status(connection, [row.id for row in due], BillStatus.Collected, now)
        news += [_status_news(row, BillStatus.Collected, now) for row in due]
    return news


def void_bills(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> list[BillNews]:
    """Voids the bills of those among these parcels that came back in time or went abroad: an 818 with status 3.

    Where only a part came back (625), what stayed gets a bill of its own: an 816, each line's price and taxes less
    its returned share.
    """
    rows = store.valid_bills_of(connection, parcel_ids)
    verdicts = _verdicts(connection, rows, now)
    void = [row for row in rows if verdicts[row.id] is _Verdict.Void]
    shares = _returned_shares(connection, void)
    store.set_bill_status(connection, [row.id for row in void], BillStatus.Void, now)
    news: list[BillNews] = []
    kept: list[dict[str, Any]] = []
    for row in void:
        news.append(_status_news(row, BillStatus.Void, now))
        content = _remainder(row, shares.get(row.id), now)
        if content is not None:
            tax_no = content["head"]["taxNo"]
            columns = {name: value for name, value in row._mapping.items() if name != "id"}
            fresh = {"tax_no": tax_no, "status": int(BillStatus.Made), "bill": content, "updated_at": now}
            kept.append(columns | fresh)
            news.append(BillNews("816", row.parcel_id, row.document_id, tax_no, content))
    store.insert_bills(connection, kept)
    return news


# ---------------------------------------------------------------------------------------------------
# The verdict


def _verdicts(connection: Connection, rows: Sequence[Any], now: int) -> dict[int, _Verdict]:
    found = places_of(connection, list({row.parcel_id for row in rows}))
    places = {row.id: place for row in rows for place in found.get(row.parcel_id, ()) if place.manifest == row.manifest}
    steps = (Step.ReturnRequested, Step.ReturnArrived)
    instants = instants_of_steps(connection, {place.parcel_id: place for place in places.values()}, steps)
    freed = freed_by_finding(connection, list({row.parcel_id for row in rows}))
    return {
        # A manifest that is not read yet, as while the read model is rebuilt, tells nothing.
        row.id: _verdict(row, places[row.id], instants[row.parcel_id], freed.get(row.parcel_id), now)
        if row.id in places
        else _Verdict.Wait
        for row in rows
    }


def _verdict(
    row: Any, place: Any, instants: Mapping[Step, int], freed: Mapping[Decimal, Decimal] | None, now: int
) -> _Verdict:
    """`freed`: what customs' finding about the return frees of tax, None where there is no finding."""
    sets = sets_of(place)
    state = sets.state_of(place.position)
    applied, back = instants.get(Step.ReturnRequested), instants.get(Step.ReturnArrived)
    is_asked = Flag.ReturnPending in sets.flags_of(place.position) or state in {State.Returning, State.Returned}
    in_hope = is_asked and applied is not None and may_be_in_time(row.released_at, applied, back, now)
    in_hope = in_hope and freed != {}
    match state:
        case State.ReturnedAbroad:
            return _Verdict.Void
        case State.Returned if in_hope and not row.tax_no.endswith(_REMAINDER):
            return _Verdict.Void
        case State.Declared | State.Rejected | State.Accepted | State.Cancelled:
            # Its release went away with a block, and comes again or does not.
            return _Verdict.Wait
        case State.Returned:
            is_over = True
        case _:
            is_over = not in_hope
    return _Verdict.Collect if is_over and not may_apply(row.released_at, now) else _Verdict.Wait


# ---------------------------------------------------------------------------------------------------
# What came back


def _returned_shares(connection: Connection, rows: Sequence[Any]) -> dict[int, tuple[Fraction, ...]]:
    """For each bill the share of each of its lines that came back; a bill that nothing tells it of is left out.

    What customs found counts, else what was applied for. Nothing is known of what another return left out, so all
    of it counts as come back.
    """
    applications = return_applications(connection, [row.parcel_id for row in rows])
    freed = freed_by_finding(connection, [row.parcel_id for row in rows])
    told = [row.document_id for row in rows if row.parcel_id in applications or row.parcel_id in freed]
    lists = fields_of_documents(connection, told)
    found: dict[int, tuple[Fraction, ...]] = {}
    for row in rows:
        kept = lists.get(row.document_id)
        if kept is None or kept.fields is None:
            continue
        declaration = stored_document(kept.message_type, kept.fields)
        if row.parcel_id in freed:
            found[row.id] = shares_of(declaration, freed[row.parcel_id])
            continue
        for each in reversed(applications[row.parcel_id]):
            application = stored_notice(each.message_type, each.fields)
            if not (application.is_staged or application.is_withdrawal):
                found[row.id] = returned_shares(declaration, application)
                break
    return found


def _remainder(row: Any, shares: Sequence[Fraction] | None, now: int) -> Content | None:
    """The bill of what stayed, every line in its place; None where nothing did."""
    if shares is None or all(share == 1 for share in shares) or not row.tax_no.endswith(FIRST):
        return None
    lines = []
    for line, share in zip(row.bill["lines"], shares, strict=True):
        amounts = {name: Decimal(line[name]) for name in ("taxPrice", *_TAXES)}
        stayed = {name: money(amount - part_of(amount, share)) for name, amount in amounts.items()}
        lines.append({**line, **stayed})
    tax_no = row.tax_no.removesuffix(FIRST) + _REMAINDER
    totals = {name: money(sum((Decimal(line[name]) for line in lines), Decimal(0))) for name in _TAXES}
    head = {
        **row.bill["head"],
        **totals,
        "guid": guid_of("816", tax_no, BillStatus.Made),
        "returnTime": return_time_of(now),
        "taxNo": tax_no,
    }
    return {"head": head, "lines": lines}


def _status_news(row: Any, status: BillStatus, now: int) -> BillNews:
    bill = row.bill["head"]
    head = {
        "guid": guid_of("818", row.tax_no, status),
        "returnTime": return_time_of(now),
        "invtNo": bill["invtNo"],
        "taxNo": row.tax_no,
        "status": str(int(status)),
    }
    if "assureCode" in bill:
        head["assureCode"] = bill["assureCode"]
    return BillNews("818", row.parcel_id, row.document_id, row.tax_no, {"head": head, "lines": []})
