"""Platforms' notices under the E-commerce Law at the console: given, answered, forwarded, and what waits for whom."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import GuanlianError, InvalidInput, NotFound
from backend.domain.platform_notices import NoticeFact
from backend.services import platform_notices
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, evidence_in, number_in, row_in

router = APIRouter(prefix="/console/notices", route_class=PageRoute, include_in_schema=False)

PAGE = 50

Text = Annotated[str, Form(max_length=2000)]


@router.get("")
def notices(request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    return _list(request, session, cursor)


@router.post("")
def give(
    request: Request,
    session: OwnForm,
    platform_no: Annotated[str, Form()] = "",
    seller_no: Annotated[str, Form()] = "",
    right_name: Text = "",
    right_id: Annotated[str, Form()] = "",
    goods: Text = "",
    note: Text = "",
) -> Response:
    """A holder's notice, or the form again with what is wrong with it."""
    require(session.caller, "give platforms notice", Scope.enterprise)
    typed = {
        "platform_no": platform_no,
        "seller_no": seller_no,
        "right_name": right_name,
        "right_id": right_id,
        "goods": goods,
        "note": note,
    }
    try:
        notice_id = platform_notices.give_notice(
            gateway_of(request),
            session.caller.acting_no,
            platform_no=number_in("platform_no", platform_no),
            seller_no=number_in("seller_no", seller_no),
            right_name=_filled("right_name", right_name, 200),
            right_id=number_in("right_id", right_id) if right_id.strip() else None,
            goods=_filled("goods", goods, 400),
            evidence=evidence_in(note),
        )
    except GuanlianError as refused:
        return _list(request, session, "", refused.status, refused=refused, typed=typed)
    return redirect(f"/console/notices/{notice_id}")


@router.get("/{notice_id}")
def notice(request: Request, session: SignedIn, notice_id: Number) -> HTMLResponse:
    view = platform_notices.notice_view(gateway_of(request), row_in("platform notice", notice_id), session.caller)
    return render(request, "console/notice.html", one=view)


@router.post("/{notice_id}/{fact}")
def bring(request: Request, session: OwnForm, notice_id: Number, fact: str, note: Text = "") -> Response:
    """What a party brings next."""
    require(session.caller, "answer a platform notice", Scope.enterprise)
    if fact not in NoticeFact.__members__ or fact == NoticeFact.Noticed:
        raise NotFound(what="address", value=fact[:40])
    said = evidence_in(note)
    platform_notices.add_fact(
        gateway_of(request), session.caller.acting_no, row_in("platform notice", notice_id), NoticeFact[fact], said
    )
    return redirect(f"/console/notices/{notice_id}")


def _list(
    request: Request,
    session: Session,
    cursor: str,
    http_status: int = 200,
    *,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    own = session.caller.participant_no is not None
    found = platform_notices.list_notices(
        gateway_of(request), session.caller, own=own, cursor=cursor or None, limit=PAGE
    )
    return render(
        request,
        "console/notices.html",
        http_status,
        notices=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
        gives=session.holds_rights,
        refused=refused,
        typed=typed or {},
    )


def _filled(field: str, text: str, most: int) -> str:
    """A field that must say something. Raises InvalidInput."""
    said = text.strip()
    if not said or len(said) > most or "\0" in said:
        raise InvalidInput(field=field, value=said[:20], rule=f"1 to {most} characters")
    return said
