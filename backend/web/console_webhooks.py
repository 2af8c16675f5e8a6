"""Webhooks at the console: where an enterprise has its receipts sent, and what never arrived."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import InvalidInput, WebhooksTooMany
from backend.domain.webhooks import LONGEST_URL, MOST_WEBHOOKS
from backend.services import webhooks
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn, sessions_of
from backend.web.typed import Number, number_in

router = APIRouter(prefix="/console/webhooks", route_class=PageRoute, include_in_schema=False)

PAGE = 50


@router.get("")
def webhook_list(request: Request, session: SignedIn) -> HTMLResponse:
    """The caller's webhooks. The secret of one that was just made stands here once."""
    return _page(request, session, secret=sessions_of(request).take(session.session_id))


@router.post("")
def create(
    request: Request,
    session: OwnForm,
    url: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
) -> Response:
    owner = _owner(session)
    try:
        given = number_in("since", since) if since.strip() else None
        made = webhooks.create(gateway_of(request), owner, url.strip(), given)
    except (InvalidInput, WebhooksTooMany) as refused:
        return _page(request, session, refused.status, refused=refused, url=url, since=since)
    sessions_of(request).leave(session.session_id, f"{made['webhook_id']} {made['secret']}")
    return redirect("/console/webhooks")


@router.post("/{webhook_id}/remove")
def remove(request: Request, session: OwnForm, webhook_id: Number) -> Response:
    webhooks.remove(gateway_of(request), _owner(session), webhook_id)
    return redirect("/console/webhooks")


@router.post("/{webhook_id}/replay")
def replay(request: Request, session: OwnForm, webhook_id: Number, since: Annotated[str, Form()] = "") -> Response:
    """Sends everything after a receipt anew; a webhook that was switched off is active again."""
    owner = _owner(session)
    try:
        webhooks.replay(gateway_of(request), owner, webhook_id, number_in("since", since))
    except InvalidInput as refused:
        return _page(request, session, refused.status, refused=refused)
    return redirect("/console/webhooks")


@router.post("/{webhook_id}/ping")
async def ping(request: Request, session: OwnForm, webhook_id: Number) -> HTMLResponse:
    """Posts a signed message at once and says what the receiver answered."""
    limiter: anyio.CapacityLimiter = request.app.state.pings
    owner = _owner(session)
    found = await anyio.to_thread.run_sync(
        webhooks.ping, gateway_of(request), owner, webhook_id, limiter=limiter, abandon_on_cancel=True
    )
    return await anyio.to_thread.run_sync(lambda: _page(request, session, pinged=(webhook_id, found)))


@router.get("/{webhook_id}/dead")
def dead_list(
    request: Request, session: SignedIn, webhook_id: Number, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    found = webhooks.dead(gateway_of(request), _owner(session), webhook_id, cursor or None, PAGE)
    return render(
        request,
        "console/dead_deliveries.html",
        webhook_id=webhook_id,
        deliveries=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
    )


@router.post("/{webhook_id}/dead/{delivery_id}")
def retry(request: Request, session: OwnForm, webhook_id: Number, delivery_id: str) -> Response:
    """Has a delivery that was given up tried again."""
    webhooks.retry(gateway_of(request), _owner(session), webhook_id, delivery_id)
    return redirect(f"/console/webhooks/{webhook_id}/dead")


def _owner(session: Session) -> int:
    require(session.caller, "manage webhooks", Scope.enterprise, Scope.authority)
    return session.caller.acting_no


def _page(request: Request, session: Session, http_status: int = 200, **more: Any) -> HTMLResponse:
    """`more`: the secret of a new webhook, what was wrong with what was typed, or what a receiver answered."""
    found = webhooks.every(gateway_of(request), _owner(session))
    made_id, _, secret = more.pop("secret", "").partition(" ")
    shown = {"refused": None, "pinged": None, "url": "", "since": ""} | more
    return render(
        request,
        "console/webhooks.html",
        http_status,
        webhooks=found,
        secret=secret,
        made_id=made_id,
        longest=LONGEST_URL,
        most=MOST_WEBHOOKS,
        **shown,
    )
