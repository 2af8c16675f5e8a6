"""Summaries at the console: a month closed, its sums, the lists in them and left out, and the files that prove them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import GuanlianError
from backend.services import month_closing, summaries, summary_messages
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, four_digits_in, parcel_in, row_in

router = APIRouter(prefix="/console/summaries", route_class=PageRoute, include_in_schema=False)

PAGE = 50
#: Lists of a summary that its page shows.
SHOWN = 200


@router.get("")
def every(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    return _list(request, session, cursor)


@router.post("")
def close(
    request: Request,
    session: OwnForm,
    month: Annotated[str, Form(max_length=20)] = "",
    district: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A closing, or the form again with what is wrong with it."""
    require(session.caller, "close a month", Scope.enterprise)
    typed = {"month": month, "district": district, "reason": reason}
    try:
        number = month_closing.close(
            gateway_of(request),
            session.caller.acting_no,
            district=four_digits_in("district", district),
            month=month.strip(),
            reason=reason.strip() or None,
        )
    except GuanlianError as refused:
        return _list(request, session, "", refused.status, refused=refused, typed=typed)
    return redirect(f"/console/summaries/closings/{number}")


@router.get("/closings/{closing_id}")
def closing(request: Request, session: SignedIn, closing_id: Number) -> HTMLResponse:
    return _closing(request, session, row_in("closing", closing_id))


@router.get("/closings/{closing_id}/message")
def message(
    request: Request,
    session: SignedIn,
    closing_id: Number,
    dxp_id: Annotated[str, Query(max_length=60)] = "",
    part: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """The closing's 701, to be kept; or the closing again with what is wrong with what was typed."""
    number = row_in("closing", closing_id)
    try:
        data = summary_messages.message(gateway_of(request), session.caller, number, dxp_id=dxp_id.strip(), part=part)
    except GuanlianError as refused:
        return _closing(request, session, number, refused.status, refused=refused, typed={"dxp_id": dxp_id})
    headers = {"Content-Disposition": f'attachment; filename="CEB701-{number}-{part}.xml"'}
    return Response(data, media_type="application/xml", headers=headers)


@router.get("/{summary_id}")
def summary(request: Request, session: SignedIn, summary_id: Number) -> HTMLResponse:
    view = summaries.summary_view(gateway_of(request), session.caller, row_in("summary", summary_id))
    return render(request, "console/summary.html", one=view, shown=SHOWN)


@router.get("/{summary_id}/proof")
def proof(
    request: Request,
    session: SignedIn,
    summary_id: Number,
    parcel: Annotated[str, Query(max_length=66)] = "",
) -> Response:
    """The file that anybody checks offline, to be kept."""
    named = parcel_in("parcel", parcel) if parcel else None
    found = summaries.proof_file(gateway_of(request), session.caller, row_in("summary", summary_id), named)
    name = f"summary-{summary_id}{f'-{parcel[:8]}' if named else ''}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(orjson.dumps(found), media_type="application/json", headers=headers)


def _closing(
    request: Request,
    session: Session,
    number: int,
    http_status: int = 200,
    *,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    view = summaries.closing_view(gateway_of(request), session.caller, number)
    return render(
        request,
        "console/closing.html",
        http_status,
        one=view,
        shown=SHOWN,
        answers=summary_messages.answers(gateway_of(request), session.caller, number),
        asks=any(each["followed_by_declaration"] for each in view["summaries"]),
        refused=refused,
        typed=typed or {},
    )


def _list(
    request: Request,
    session: Session,
    cursor: str,
    http_status: int = 200,
    *,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    found = summaries.list_summaries(gateway_of(request), session.caller, cursor=cursor or None, limit=PAGE)
    return render(
        request,
        "console/summaries.html",
        http_status,
        summaries=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
        closes=session.closes_months,
        refused=refused,
        typed=typed or {},
    )
