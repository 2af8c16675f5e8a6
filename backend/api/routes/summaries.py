"""Summary declarations: a month's released export lists merged, proven and corrected (清单核放、汇总申报)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from backend.api.dependencies import GatewayDep, answer, in_thread, scoped
from backend.api.schemas import MOST_NUMBER, USUAL, Body, Cursor, DistrictText, Limit, ParcelIdText
from backend.domain.reasons import LONGEST_REASON
from backend.services import month_closing, summaries, summary_messages
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/summaries", tags=["summaries"])

SummaryId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
ClosingId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
DxpId = Annotated[
    str,
    Query(pattern=r"^[A-Za-z0-9]{1,30}$", description="The sender's own address at customs' exchange (dxpId)"),
]
MonthText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]

_declarant = scoped("close a month", Scope.enterprise)
_party = scoped("read summaries", Scope.enterprise, Scope.authority)


class ClosingBody(Body):
    """Which month (YYYY-MM, in China) of which declaring district; the reason where it was closed before."""

    month: MonthText
    district: DistrictText
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] | None = None


@router.post("", status_code=201, operation_id="close_month")
async def close_month(body: ClosingBody, gateway: GatewayDep, caller: Caller = _declarant) -> Response:
    """Sums up the lists released in a month that is over, or corrects what was summed up; all or nothing."""
    number = await in_thread(
        month_closing.close,
        gateway,
        caller.acting_no,
        district=int(body.district),
        month=body.month,
        reason=body.reason,
    )
    view = await in_thread(summaries.closing_view, gateway, caller, number)
    return answer(view, 201, {"Location": f"/v1/summaries/closings/{number}"})


@router.get("", operation_id="list_summaries")
def list_summaries(
    gateway: GatewayDep,
    caller: Caller = _party,
    month: Annotated[MonthText | None, Query(description="YYYY-MM")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """A declarant's own, or those of a customs office's district, newest first."""
    return answer(summaries.list_summaries(gateway, caller, month=month, cursor=cursor, limit=limit))


@router.get("/closings/{closing_id}", operation_id="get_closing")
def get_closing(closing_id: ClosingId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """One closing: its summaries, and each list that it left out, with the reason."""
    return answer(summaries.closing_view(gateway, caller, closing_id))


@router.get("/closings/{closing_id}/message", operation_id="get_closing_message")
def get_closing_message(
    closing_id: ClosingId,
    gateway: GatewayDep,
    dxp_id: DxpId,
    caller: Caller = _party,
    part: Annotated[int, Query(ge=1, le=MOST_NUMBER)] = 1,
) -> Response:
    """The closing's 701 for customs, which its declarant signs and sends; very many lists make several parts."""
    data = summary_messages.message(gateway, caller, closing_id, dxp_id=dxp_id, part=part)
    name = f'attachment; filename="CEB701-{closing_id}-{part}.xml"'
    return Response(data, media_type="application/xml", headers={"Content-Disposition": name})


@router.get("/closings/{closing_id}/answers", operation_id="list_closing_answers")
def list_closing_answers(closing_id: ClosingId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """What customs answered to the closing's 701: its receipts (702) and results (792), oldest first."""
    return answer({"items": summary_messages.answers(gateway, caller, closing_id), "next": None})


@router.get("/{summary_id}", operation_id="get_summary")
def get_summary(summary_id: SummaryId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """One summary with its lists and their figures."""
    return answer(summaries.summary_view(gateway, caller, summary_id))


@router.get("/{summary_id}/proof", operation_id="get_summary_proof")
def get_summary_proof(
    summary_id: SummaryId,
    gateway: GatewayDep,
    caller: Caller = _party,
    parcel_id: Annotated[ParcelIdText | None, Query(description="The parcel whose list is to be proven")] = None,
) -> Response:
    """The file that anybody checks offline; it discloses no list but the one that is named."""
    named = None if parcel_id is None else bytes.fromhex(parcel_id)
    return answer(summaries.proof_file(gateway, caller, summary_id, named))
