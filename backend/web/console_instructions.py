"""Release instructions at the console: what a terminal may load, what it answers, and what customs have to settle."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import GuanlianError, InvalidInput, NotFound
from backend.domain.release_instructions import MOST_LIMIT_MINUTES, REASONED, USUAL_LIMIT_MINUTES, InstructionFact
from backend.services import release_instructions
from backend.services.access import Scope, require
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import Number, number_between, number_in, parcels_in, row_in

router = APIRouter(prefix="/console/instructions", route_class=PageRoute, include_in_schema=False)

PAGE = 50


@router.get("")
def instructions(
    request: Request,
    session: SignedIn,
    all: Annotated[bool, Query()] = False,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Those to be answered or settled first of all; with `all` the ended ones too."""
    return _list(request, session, cursor, everything=all)


@router.post("")
def issue(
    request: Request,
    session: OwnForm,
    terminal_no: Annotated[str, Form()] = "",
    bill_no: Annotated[str, Form(max_length=40)] = "",
    parcels: Annotated[str, Form(max_length=700_000)] = "",
    limit_minutes: Annotated[str, Form()] = str(USUAL_LIMIT_MINUTES),
) -> Response:
    """An instruction, or the form again with what is wrong with it."""
    require(session.caller, "give release instructions", Scope.authority)
    typed = {"terminal_no": terminal_no, "bill_no": bill_no, "parcels": parcels, "limit_minutes": limit_minutes}
    try:
        minutes = number_between("limit_minutes", limit_minutes, 1, MOST_LIMIT_MINUTES)
        number = release_instructions.issue(
            gateway_of(request),
            session.caller.acting_no,
            terminal_no=number_in("terminal_no", terminal_no),
            parcels=parcels_in(parcels),
            bill_no=bill_no.strip() or None,
            limit_minutes=minutes,
        )
    except GuanlianError as refused:
        return _list(request, session, "", refused.status, refused=refused, typed=typed)
    return redirect(f"/console/instructions/{number}")


@router.get("/{instruction_id}")
def instruction(request: Request, session: SignedIn, instruction_id: Number) -> HTMLResponse:
    return _one(request, session, instruction_id)


@router.post("/{instruction_id}/Acknowledged")
def acknowledge(
    request: Request,
    session: OwnForm,
    instruction_id: Number,
    parcels: Annotated[str, Form()] = "",
    contents: Annotated[str, Form(max_length=66)] = "",
) -> Response:
    """The terminal confirms what the page showed it: another page's contents are refused."""
    require(session.caller, "answer release instructions", Scope.enterprise)
    try:
        commitment = bytes.fromhex(contents.removeprefix("0x"))
    except ValueError:
        raise InvalidInput(field="contents", value=contents[:40], rule="64 hexadecimal digits") from None
    try:
        count = number_in("parcels", parcels)
        release_instructions.acknowledge(
            gateway_of(request),
            session.caller.acting_no,
            row_in("release instruction", instruction_id),
            count,
            commitment,
        )
    except GuanlianError as refused:
        return _one(request, session, instruction_id, refused)
    return redirect(f"/console/instructions/{instruction_id}")


@router.post("/{instruction_id}/{fact}")
def say(
    request: Request,
    session: OwnForm,
    instruction_id: Number,
    fact: str,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    require(session.caller, "follow release instructions", Scope.enterprise, Scope.authority)
    if fact not in REASONED:
        raise NotFound(what="address", value=fact[:40])
    try:
        release_instructions.say(
            gateway_of(request),
            session.caller.acting_no,
            row_in("release instruction", instruction_id),
            InstructionFact(fact),
            reason,
        )
    except GuanlianError as refused:
        return _one(request, session, instruction_id, refused)
    return redirect(f"/console/instructions/{instruction_id}")


def _one(request: Request, session: Session, instruction_id: int, refused: GuanlianError | None = None) -> HTMLResponse:
    view = release_instructions.instruction_view(
        gateway_of(request), session.caller, row_in("release instruction", instruction_id)
    )
    status = 200 if refused is None else refused.status
    return render(request, "console/instruction.html", status, one=view, refused=refused)


def _list(
    request: Request,
    session: Session,
    cursor: str,
    http_status: int = 200,
    *,
    everything: bool = False,
    refused: GuanlianError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    found = release_instructions.list_instructions(
        gateway_of(request), session.caller, open_only=not everything, cursor=cursor or None, limit=PAGE
    )
    following = {"cursor": found["next"]} | ({"all": "true"} if everything else {})
    return render(
        request,
        "console/instructions.html",
        http_status,
        instructions=found["items"],
        more=urlencode(following) if found["next"] else "",
        everything=everything,
        gives=session.is_customs and Scope.authority in session.caller.scopes,
        usual_limit=USUAL_LIMIT_MINUTES,
        refused=refused,
        typed=typed or {},
    )
