"""The rules that documents are compared by, and what a district sets for them: read by all, set by its customs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from backend.domain.districts import DISTRICTS
from backend.domain.errors import Conflict, InvalidInput
from backend.services.access import Caller
from backend.services.rulebook import EVERY_DISTRICT, district_view, load_matching, matching_view
from backend.web.rendering import PageRoute, gateway_of, redirect, render
from backend.web.sessions import OwnForm, Session, SignedIn
from backend.web.typed import body_of, number_in

router = APIRouter(prefix="/console/rules", route_class=PageRoute, include_in_schema=False)


@router.get("")
def rules(
    request: Request,
    session: SignedIn,
    district: Annotated[str, Query(max_length=4)] = "",
    version: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """One's own district first, or the settings of every district for who has none."""
    chosen = number_in("district", district) if district else session.caller.district or EVERY_DISTRICT
    return _page(request, session, chosen, version=version)


@router.post("/{district}")
def load(
    request: Request,
    session: OwnForm,
    district: Annotated[int, Path(ge=0, le=9999)],
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Puts a version in force, or shows what is wrong with it, field by field."""
    gateway = gateway_of(request)
    try:
        load_matching(gateway, session.caller, district, body_of(gateway, file, text))
    except (InvalidInput, Conflict) as refused:
        return _page(request, session, district, refused.status, refused=refused, text=text)
    return redirect(f"/console/rules?district={district:04d}")


def _page(
    request: Request,
    session: Session,
    district: int,
    http_status: int = 200,
    *,
    version: str = "",
    refused: InvalidInput | Conflict | None = None,
    text: str = "",
) -> HTMLResponse:
    gateway = gateway_of(request)
    config = district_view(gateway, district, version or None)
    settings = config["settings"]
    return render(
        request,
        "console/rules.html",
        http_status,
        rules=_with_settings(matching_view(gateway)["rules"], settings["rules"]),
        config=config,
        settings=settings,
        versions=config["versions"],
        districts=sorted({f"{EVERY_DISTRICT:04d}", config["district"], *DISTRICTS}),
        every=f"{EVERY_DISTRICT:04d}",
        may_load=_may_load(session.caller, session.is_customs, district),
        refused=refused,
        text=text or json.dumps(settings, indent=2, ensure_ascii=False),
    )


def _with_settings(rules: Iterable[Mapping[str, Any]], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each rule with the district's `setting` for it; None where it is as the rule's row says."""
    return [{**rule, "setting": settings.get(rule["rule"])} for rule in rules]


def _may_load(caller: Caller, is_customs: bool, district: int) -> bool:
    return caller.is_governance or (is_customs and caller.district == district and district != EVERY_DISTRICT)
