"""Returns: how far one has come, what customs found of it, and what followed it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import Body, ParcelId, ParcelIdText, QuantityText
from backend.domain.reasons import LONGEST_REASON
from backend.domain.returns import Condition, Found, Sequel
from backend.services import return_views, returns
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/returns", tags=["returns"])

LineNumber = Annotated[int, Field(ge=1, le=9999)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]

_party = scoped("read returns", Scope.enterprise, Scope.authority)
_customs = scoped("examine returned goods", Scope.authority)
_enterprise = scoped("say what follows a return", Scope.enterprise)


class FoundLine(Body):
    """So much of a line of the list, in such a condition."""

    gnum: LineNumber
    qty: QuantityText
    condition: Literal["Unopened", "Opened", "Defective", "Used", "Altered", "OtherGoods", "Missing"]


class FindingBody(Body):
    """What is back; the reason where it corrects an earlier finding."""

    lines: Annotated[list[FoundLine], Field(min_length=1, max_length=returns.MOST_LINES)]
    reason: Reason | None = None


class SequelLine(Body):
    """So much of a line of the original list."""

    gnum: LineNumber
    qty: QuantityText


class SequelBody(Body):
    """The parcel that replaces returned goods, or is them again; of a resale, how much of which line."""

    kind: Literal["Exchange", "Resale"]
    parcel_id: ParcelIdText
    lines: Annotated[list[SequelLine], Field(max_length=returns.MOST_LINES, default_factory=list)]


@router.get("/{parcel_id}", operation_id="get_return")
def get_return(parcel_id: ParcelId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """A parcel's return: its windows, what was applied for, what customs found and freed, and what followed it."""
    return answer(return_views.return_view(gateway, caller, bytes.fromhex(parcel_id)))


@router.post("/{parcel_id}/findings", status_code=202, operation_id="record_return_finding")
async def record_return_finding(
    parcel_id: ParcelId,
    body: FindingBody,
    request: Request,
    gateway: GatewayDep,
    confirm: ConfirmDep = False,
    caller: Caller = _customs,
) -> Response:
    """Customs say line by line what is back and in what condition, before they verify it; or correct that."""
    found = [Found(Decimal(line.gnum), Decimal(line.qty), Condition(line.condition)) for line in body.lines]
    parcel = bytes.fromhex(parcel_id)
    operation = await in_thread(returns.record_finding, gateway, caller.acting_no, parcel, found, reason=body.reason)
    return await written(request, caller, operation, confirm)


@router.post("/{parcel_id}/sequels", status_code=202, operation_id="link_return_sequel")
async def link_return_sequel(
    parcel_id: ParcelId,
    body: SequelBody,
    request: Request,
    gateway: GatewayDep,
    confirm: ConfirmDep = False,
    caller: Caller = _enterprise,
) -> Response:
    """Says which parcel replaces returned goods (换货), or sells them again once customs verified them into stock."""
    operation = await in_thread(
        returns.link_sequel,
        gateway,
        caller.acting_no,
        bytes.fromhex(parcel_id),
        Sequel(body.kind),
        bytes.fromhex(body.parcel_id),
        returns.summed((Decimal(line.gnum), Decimal(line.qty)) for line in body.lines),
    )
    return await written(request, caller, operation, confirm)
