"""What moves between districts, as a map and a table, with the way of each truck that is under way or has trouble."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.domain.consignments import ConsignmentStage
from backend.services.consignment_views import consignment_view, list_consignments
from backend.services.flow import flow_view
from backend.web.flow_map import flow_map
from backend.web.rendering import PageRoute, gateway_of, language_for, render
from backend.web.sessions import SignedIn

router = APIRouter(prefix="/console/flow", route_class=PageRoute, include_in_schema=False)

#: The way that a page draws for every route.
STAGES = tuple(stage.name for stage in ConsignmentStage if stage is not ConsignmentStage.Cancelled)
#: Consignments whose story is told: the newest.
STORIES = 6


@router.get("")
def flow(request: Request, session: SignedIn) -> HTMLResponse:
    gateway, language = gateway_of(request), language_for(request)
    view = flow_view(gateway, session.caller)
    newest = list_consignments(gateway, session.caller, open_only=False, limit=STORIES)["items"]
    stories = [
        consignment_view(gateway, session.caller, bytes.fromhex(one["consignment"].removeprefix("0x")))
        for one in newest
    ]
    return render(
        request,
        "console/flow.html",
        view=view,
        map=flow_map(view["routes"], language),
        stages=STAGES,
        stories=stories,
    )
