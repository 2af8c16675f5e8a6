"""Electronic tax bills: one for each released import, and reading them.

What becomes of a bill afterwards is in `tax_settling`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import structlog

from backend.domain.documents import Document, decimal_of
from backend.domain.errors import Conflict, Forbidden, GuanlianError, InvalidInput
from backend.domain.instants import instant, iso
from backend.domain.lifecycle import Direction
from backend.domain.participants import Role
from backend.domain.quota import USUAL_LIMITS, Limits, Route, route_of
from backend.domain.rates import RateTable
from backend.domain.tax import ConsumptionFormula, TaxBill, TaxTreatment, dutiable_value, tax_bill
from backend.formats.ceb.receipts import return_time
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.store import tax_bills as store
from backend.store.database import Connection
from backend.store.tax_bills import BillStatus

log = structlog.get_logger("tax")

#: A bill's or a status's `head` and `lines` with the names that 816 and 818 give them.
Content = dict[str, Any]

#: What 816 repeats of the declaration, where it is filled.
_REPEATED = ("assureCode", "ebcCode", "logisticsCode", "agentCode", "customsCode")

#: A list's first bill. The part after the number is seen in the observed bill; that it counts the list's bills is
#: this project's reading.
FIRST = "_0"


class Released(NamedTuple):
    """An import that customs released. `released_at` in Unix seconds; `list_no` is customs' number of the list."""

    parcel_id: bytes
    manifest: bytes
    document_id: int
    declaration: Document
    list_no: str
    released_at: int
    is_full_tax: bool = False


@dataclass(frozen=True, slots=True)
class MadeBill:
    """The bill of a released import. `content` is None where none could be made: `reason` says why."""

    parcel_id: bytes
    document_id: int
    tax_no: str
    content: Content | None
    reason: GuanlianError | None = None
    #: Whether this call made it; what was made before is given as it was stored.
    is_new: bool = False


def is_full_tax(declaration: Document, limits: Limits = USUAL_LIMITS) -> bool:
    """Whether an accepted purchase is one indivisible article above the transaction limit, taxed in full.

    Raises InvalidInput for a declaration whose value cannot be told.
    """
    is_single = len(declaration.lines) == 1 and decimal_of(declaration.lines[0].get("qty")) == 1
    return route_of(dutiable_value(declaration), single_item=is_single, used=None, limits=limits) is Route.FullTax


def make_bills(
    connection: Connection,
    released: Sequence[Released],
    rates: RateTable,
    now: int,
    formula: ConsumptionFormula = ConsumptionFormula.Composite,
) -> list[MadeBill]:
    """A bill for each released import, in their order; exports among them have none.

    A list has one first bill: made again it stays as it is, whatever the rates are by then. A line without a rate,
    or an amount that is none, gives no bill but its reason.
    """
    imports = [one for one in released if one.declaration.direction is Direction.Import]
    known = {
        tax_no: (row.parcel_id, row.bill)
        for tax_no, row in store.bills_numbered(connection, [one.list_no + FIRST for one in imports]).items()
    }
    made: list[MadeBill] = []
    rows: list[dict[str, Any]] = []
    for one in imports:
        tax_no = one.list_no + FIRST
        if tax_no in known:
            parcel_id, content = known[tax_no]
            taken = None if parcel_id == one.parcel_id else Conflict(what="tax bill", key=tax_no)
            made.append(MadeBill(one.parcel_id, one.document_id, tax_no, None if taken else content, taken))
            continue
        treatment = TaxTreatment.Full if one.is_full_tax else TaxTreatment.Reduced
        try:
            _require_number(one.list_no)
            bill = tax_bill(one.declaration, rates, treatment, formula)
        except InvalidInput as refused:
            log.warning("no tax bill", parcel=one.parcel_id.hex(), field=refused.details["field"])
            made.append(MadeBill(one.parcel_id, one.document_id, tax_no, None, refused))
            continue
        content = _content(one, tax_no, bill)
        known[tax_no] = (one.parcel_id, content)
        rows.append(
            {
                "tax_no": tax_no,
                "document_id": one.document_id,
                "parcel_id": one.parcel_id,
                "manifest": one.manifest,
                "status": int(BillStatus.Made),
                "bill": content,
                "treatment": treatment.value,
                "formula": formula.value,
                "rates_version": rates.version,
                "released_at": one.released_at,
                "updated_at": now,
            }
        )
        made.append(MadeBill(one.parcel_id, one.document_id, tax_no, content, is_new=True))
    store.insert_bills(connection, rows)
    return made


def list_bills(
    gateway: Gateway,
    caller: Caller,
    *,
    since: str | None = None,
    parcel_id: bytes | None = None,
    status: int | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of the bills on the caller's own lists and, for customs, of its district's parcels; newest first.

    `since`: bills made or changed at or after an ISO 8601 instant. Raises Forbidden without a participant.
    """
    if caller.participant_no is None:
        raise Forbidden(action="read tax bills", needed="a key that speaks for a participant")
    is_customs = caller.bears(Role.Customs) and caller.district
    sight = store.BillSight(caller.participant_no, caller.district if is_customs else None)
    wanted = store.BillFilter(instant(since, "since") if since else None, parcel_id, status)
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        rows = store.find_bills(connection, wanted, sight, below, limit + 1)
    page = rows[:limit]
    return {
        "items": [_bill_json(row) for row in page],
        "next": cursor_of(page[-1].id) if len(rows) > limit else None,
    }


def guid_of(receipt_type: str, tax_no: str, status: BillStatus) -> str:
    """The sequence number of a bill's message: the same message again has the same, no other has it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{receipt_type}|{tax_no}|{int(status)}")).upper()


def return_time_of(at: int) -> str:
    return return_time(datetime.fromtimestamp(at, UTC))


# ---------------------------------------------------------------------------------------------------


def _require_number(list_no: str) -> None:
    if not 1 <= len(list_no) <= 18:
        raise InvalidInput(field="invtNo", value=list_no[:40], rule="1 to 18 characters")


def _content(one: Released, tax_no: str, bill: TaxBill) -> Content:
    head = {
        "guid": guid_of("816", tax_no, BillStatus.Made),
        "returnTime": return_time_of(one.released_at),
        "invtNo": one.list_no,
        "taxNo": tax_no,
        **bill.to_fields(),
        "status": str(int(BillStatus.Made)),
    }
    repeated = {name: value for name in _REPEATED if (value := one.declaration.head.get(name, ""))}
    return {"head": head | repeated, "lines": [line.to_fields() for line in bill.lines]}


def _bill_json(row: Any) -> dict[str, Any]:
    bill: Mapping[str, Any] = row.bill
    return {
        "tax_no": row.tax_no,
        "list_no": bill["head"]["invtNo"],
        "parcel_id": row.parcel_id.hex(),
        "manifest": "0x" + row.manifest.hex(),
        "status": row.status,
        "treatment": row.treatment,
        "formula": row.formula,
        "rates_version": row.rates_version,
        "released_at": iso(row.released_at),
        "updated_at": iso(row.updated_at),
        "head": {**bill["head"], "status": str(row.status)},
        "lines": bill["lines"],
    }
