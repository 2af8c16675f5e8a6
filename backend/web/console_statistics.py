"""Statistics at the console: figures by one dimension, their charts, times in each state, and what does not add up."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.districts import DISTRICTS
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.statistics import Dimension
from backend.services import statistics
from backend.web.rendering import STATIC, PageRoute, district_text, duration, gateway_of, language_for, render
from backend.web.sessions import SignedIn
from backend.web.texts import Language, text, word
from backend.web.typed import Asked, AskedDep

router = APIRouter(prefix="/console/statistics", route_class=PageRoute, include_in_schema=False)

#: Draws the charts in the reader's browser, made out of `charts/` when the gateway is set up.
SCRIPT = "charts.js"

#: Groups that the page shows; the file has all.
MOST_GROUPS = 400

_Text = Annotated[str, Query(max_length=20)]


@router.get("")
def figures(
    request: Request,
    session: SignedIn,
    asked: AskedDep,
    by: _Text = "month",
) -> HTMLResponse:
    """The figures of what the caller may see."""
    gateway, language = gateway_of(request), language_for(request)
    dimension = _dimension(by)
    both = statistics.count_with_whole(gateway, _question(dimension, asked), session.caller)
    grouped, whole = (statistics.as_json(counted) for counted in both)
    typed = {"by": dimension.value, **asked.as_dict()}
    return render(
        request,
        "console/statistics.html",
        block=whole["block"],
        groups=grouped["groups"][:MOST_GROUPS],
        more=len(grouped["groups"]) - MOST_GROUPS,
        whole=next(iter(whole["groups"]), None),
        oddities=whole["oddities"],
        name_of=partial(_named, language, dimension),
        time_of=partial(duration, language),
        dimensions=list(Dimension),
        districts=sorted(DISTRICTS),
        asked=typed,
        query=urlencode({name: value for name, value in typed.items() if value}),
        script=SCRIPT if (STATIC / SCRIPT).is_file() else "",
    )


@router.get("/file")
def file(
    request: Request,
    session: SignedIn,
    asked: AskedDep,
    by: _Text = "month",
    form: Annotated[str, Query(alias="format", max_length=8)] = "csv",
) -> Response:
    """The same figures as a file, each row with the block that it is true up to."""
    if form not in statistics.MEDIA_TYPES:
        raise NotFound(what="document", value=form)
    counted = statistics.count(gateway_of(request), _question(_dimension(by), asked), session.caller)
    name = f'attachment; filename="guanlian-statistics-{counted.at.block}.{form}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(statistics.as_file(counted, form), media_type=statistics.MEDIA_TYPES[form], headers=headers)


def _question(by: Dimension, asked: Asked) -> statistics.Question:
    return statistics.Question((by,), asked.first_day, asked.last_day, asked.district_no)


def _dimension(typed: str) -> Dimension:
    if typed not in Dimension.__members__:
        raise InvalidInput(field="by", value=typed, rule=f"one of {', '.join(Dimension)}")
    return Dimension(typed)


def _named(language: Language, dimension: Dimension, group: dict[str, Any]) -> str:
    """What a group is called; where the dimension has no value for its parcels, that is said."""
    value = str(group[dimension.value])
    if not value:
        return text(language, "statistics.unstated")
    if dimension in (Dimension.district, Dimension.port):
        return district_text(language, value)
    return word(language, f"statistics.{dimension.value}.{value}", value)
