"""The registers at the console: the blacklist for authorities, participants for those who register them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.calendar import CHINA
from backend.domain.errors import InvalidInput
from backend.domain.events import Level
from backend.domain.grounds import GROUND_NAMES, Ground
from backend.domain.participants import Role
from backend.services import listings
from backend.services.access import Scope, require
from backend.services.directory import list_participants
from backend.services.listing_views import search_listings
from backend.services.membership import Registration, register, reinstate, suspend
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import evidence_in, four_digits_in, one_of

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

PAGE = 50

#: Roles that governance gives at the console; sellers are registered by platforms and customs as well.
ROLES = tuple(Role)


# ---------------------------------------------------------------------------------------------------
# Listings


@router.get("/listings")
def listing_list(
    request: Request, session: SignedIn, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    found = search_listings(gateway_of(request), cursor=cursor or None, limit=PAGE, caller=session.caller)
    return render(
        request,
        "console/listings.html",
        listings=found["items"],
        more=urlencode({"cursor": found["next"]}) if found["next"] else "",
        levels=list(Level),
        grounds=GROUND_NAMES,
    )


@router.post("/listings")
def impose(
    request: Request,
    session: OwnForm,
    participant_no: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    ground: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    _require_authority(session)
    operation_id = listings.impose(
        gateway_of(request),
        session.caller.acting_no,
        participant_no=_number(participant_no),
        level=Level[one_of("level", level, Level.__members__)],
        ground=Ground(one_of("ground", ground, Ground.__members__)),
        until=_end_of_day(until),
        evidence=evidence_in(note),
    )
    return redirect(f"/console/operations/{operation_id}")


@router.post("/listings/{listing_id}/confirm")
def confirm(
    request: Request, session: OwnForm, listing_id: int, note: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    _require_authority(session)
    operation_id = listings.confirm(gateway_of(request), session.caller.acting_no, listing_id, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


@router.post("/listings/{listing_id}/lift")
def lift(
    request: Request, session: OwnForm, listing_id: int, note: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    _require_authority(session)
    operation_id = listings.lift(gateway_of(request), session.caller.acting_no, listing_id, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


@router.post("/listings/{listing_id}/{act}")
def decide(
    request: Request,
    session: OwnForm,
    listing_id: int,
    act: str,
    decision: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """An appeal body decides on an appeal, the imposing authority on credit repair."""
    _require_authority(session)
    decides = {"DecideListingAppeal": listings.decide_appeal, "DecideRepair": listings.decide_repair}
    chosen = decides[one_of("act", act, decides)]
    yes = one_of("decision", decision, ("yes", "no")) == "yes"
    operation_id = chosen(gateway_of(request), session.caller.acting_no, listing_id, yes, evidence_in(note))
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------
# Participants


@router.get("/participants")
def participant_list(
    request: Request,
    session: SignedIn,
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    known: int = 0,
) -> HTMLResponse:
    found = list_participants(gateway_of(request), text=q.strip() or None, cursor=cursor or None, limit=PAGE)
    return render(
        request,
        "console/participants.html",
        participants=found["items"],
        q=q,
        known=known,
        more=urlencode({"q": q, "cursor": found["next"]}) if found["next"] else "",
        roles=ROLES,
    )


@router.post("/participants")
def register_participant(
    request: Request,
    session: OwnForm,
    uscc: Annotated[str, Form()] = "",
    name_zh: Annotated[str, Form()] = "",
    name_en: Annotated[str, Form()] = "",
    customs_code: Annotated[str, Form()] = "",
    district: Annotated[str, Form()] = "",
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Governance registers any participant and keeps a key for it; platforms and customs register sellers."""
    require(session.caller, "register participants", Scope.governance, Scope.enterprise, Scope.authority)
    governance = session.caller.is_governance
    chosen = tuple(Role[one_of("roles", name, Role.__members__)] for name in roles or ())
    wanted = chosen if governance else (Role.Seller,)
    done = register(
        gateway_of(request),
        session.caller.acting_no,
        Registration(
            uscc=uscc.strip().upper(),
            name_zh=name_zh,
            name_en=name_en,
            roles=wanted,
            customs_code=customs_code.strip().upper() or None,
            district=four_digits_in("district", district) if district.strip() else 0,
            hosted=governance and wanted != (Role.Seller,),
        ),
    )
    if done.operation_id is None:
        return redirect(f"/console/participants?known={done.participant_no}")
    return redirect(f"/console/operations/{done.operation_id}")


@router.post("/participants/{participant_no}/{change}")
def change_standing(request: Request, session: OwnForm, participant_no: int, change: str) -> Response:
    """Suspends or reinstates a participant. Governance only; the service refuses anyone else."""
    act = {"suspend": suspend, "reinstate": reinstate}[one_of("change", change, ("suspend", "reinstate"))]
    operation_id = act(gateway_of(request), session.caller.acting_no, participant_no)
    return redirect(f"/console/operations/{operation_id}")


# ---------------------------------------------------------------------------------------------------
# What was typed


def _require_authority(session: Session) -> None:
    require(session.caller, "decide about listings", Scope.authority)


def _number(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise InvalidInput(field="participant_no", value=text[:20], rule="a participant's number")
    return int(digits)


def _end_of_day(text: str) -> int:
    """The last second of a date in Beijing, in Unix seconds."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise InvalidInput(field="until", value=text[:20], rule="a date as YYYY-MM-DD") from None
    return int((day + timedelta(days=1)).timestamp()) - 1
