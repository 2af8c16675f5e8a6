"""Where time is lost: the process as it really runs, what was done twice, and a change tried before it is made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from backend.domain.calendar import last_second, midnight
from backend.domain.districts import DISTRICTS
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.process import DEFAULT_COSTS, Cost, RedundancyKind
from backend.services import access, change_trials, mining, mining_exports
from backend.services.access import Scope
from backend.services.gateway import Gateway
from backend.web.rendering import PageRoute, duration, gateway_of, language_for, render
from backend.web.sessions import Session, SignedIn
from backend.web.texts import Language, text, word
from backend.web.typed import Asked, AskedDep, number_in

router = APIRouter(prefix="/console/process", route_class=PageRoute, include_in_schema=False)

#: Rows of waits that the page shows at once; the others unfold.
MOST_WAITS = 10

_Text = Annotated[str, Query(max_length=20)]
_KINDS = {
    "inspection": (RedundancyKind.InspectionAtPortAgain, RedundancyKind.InspectionAgain),
    "review": (RedundancyKind.ReviewAgain,),
    "duplicate": (RedundancyKind.DuplicateDeclaration,),
}


@router.get("")
def process(
    request: Request,
    session: SignedIn,
    asked: AskedDep,
    scenario: Annotated[str, Query(max_length=60)] = "",
    teams: _Text = "",
    seed: _Text = "",
) -> HTMLResponse:
    """Everything of one period; with a scenario, what it would bring as well."""
    _require_reader(session)
    gateway, language = gateway_of(request), language_for(request)
    period = _period(asked)
    typed = {name: request.query_params.get(name, "")[:12] for name in _cost_fields()}
    costs = _costs(typed)
    name_of = partial(activity_name, language)
    time_of = partial(duration, language)
    words = mining.PictureWords(
        title=text(language, "process.model"),
        description=text(language, "process.model.lead", share=mining.USUAL_SHARE),
        name_of=name_of,
        time_of=time_of,
    )
    found, picture = mining.process_with_picture(gateway, session.caller, period, costs, words)
    waited = sum(one["total_seconds"] for one in found["waits"])
    return render(
        request,
        "console/process.html",
        found=found,
        picture=Markup(picture),  # noqa: S704 - drawn by us; every name in it is escaped
        waits=(found["waits"][:MOST_WAITS], found["waits"][MOST_WAITS:]),
        waited=max(1, waited),
        name_of=name_of,
        time_of=time_of,
        signed=partial(_signed, language),
        districts=sorted(DISTRICTS),
        asked=asked.as_dict(),
        costs={name: str(value) for name, value in _shown(costs).items()},
        scenarios=change_trials.scenarios_view(),
        scenario=scenario,
        teams=teams or str(change_trials.USUAL_TEAMS),
        seed=seed or "1",
        **_trial(gateway, session, period, scenario, teams, seed),
    )


@router.get("/log")
def log_file(
    request: Request,
    session: SignedIn,
    asked: AskedDep,
    kind: Annotated[str, Query(alias="format", max_length=5)] = "ocel",
) -> Response:
    """The event log of the same period, or its picture, as a file."""
    _require_reader(session)
    gateway, period = gateway_of(request), _period(asked)
    match kind:
        case "ocel":
            data: bytes | str = mining_exports.export_ocel(gateway, session.caller, period)
            media_type, name = "application/json", "ocel.json"
        case "xes":
            data = mining_exports.export_xes(gateway, session.caller, period)
            media_type, name = "application/xml", "xes"
        case "svg":
            data = mining.process_picture(gateway, session.caller, period)
            media_type, name = "image/svg+xml", "svg"
        case _:
            raise NotFound(what="document", value=kind)
    headers = {"Content-Disposition": f'attachment; filename="guanlian-process.{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)


def activity_name(language: Language, activity: str) -> str:
    """What an activity is called: in Chinese as everywhere on the pages, in English shortly, by the step's name."""
    if activity in ("START", "END"):
        return text(language, f"process.{activity}")
    step, at_port = activity.removesuffix("AtPort"), activity.endswith("AtPort")
    name = word(language, f"step.{step}", step)
    if language is Language.English:
        name = re.sub(r"(?<!^)([A-Z])", r" \1", step).capitalize()
    return text(language, "process.port", step=name) if at_port else name


def _signed(language: Language, seconds: float) -> str:
    """A difference: `−3.5 h`; below a minute to a tenth of a second, `0.3 s`."""
    size = abs(seconds)
    told = f"{size:.1f} {text(language, 'process.unit.s')}" if size < 60 else duration(language, round(size))
    return f"{'−' if seconds < 0 else ''}{told}"


def _trial(
    gateway: Gateway, session: Session, period: mining.Period, scenario: str, teams: str, seed: str
) -> dict[str, Any]:
    """What the chosen change would bring, or that there is nothing to tell it from."""
    if not scenario:
        return {"trial": None, "no_ground": False}
    change_trials.scenario_named(scenario)
    trial = change_trials.Trial(
        scenario,
        seed=number_in("seed", seed or "1"),
        teams=number_in("teams", teams or str(change_trials.USUAL_TEAMS)),
    )
    try:
        return {"trial": change_trials.trial_view(gateway, session.caller, period, trial), "no_ground": False}
    except NotFound:
        return {"trial": None, "no_ground": True}


def _require_reader(session: Session) -> None:
    access.require(session.caller, "read how the process runs", Scope.authority, Scope.governance, Scope.operator)


def _period(asked: Asked) -> mining.Period:
    """Whole days of Beijing time, both included."""
    first, last = asked.first_day, asked.last_day
    return mining.Period(
        since=None if first is None else midnight(first),
        until=None if last is None else last_second(last),
        district=asked.district_no,
    )


def _cost_fields() -> list[str]:
    return [f"{kind}_{what}" for kind in _KINDS for what in ("minutes", "cny")]


def _costs(typed: Mapping[str, str]) -> dict[RedundancyKind, Cost]:
    """The costs that were typed in, the stated ones where nothing was. Raises InvalidInput."""
    costs = dict(DEFAULT_COSTS)
    for name, kinds in _KINDS.items():
        minutes, cny = typed[f"{name}_minutes"].strip(), typed[f"{name}_cny"].strip()
        if cny and not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", cny):
            raise InvalidInput(field=f"{name}_cny", value=cny, rule="an amount with at most two decimals")
        for kind in kinds:
            usual = DEFAULT_COSTS[kind]
            costs[kind] = Cost(
                number_in(f"{name}_minutes", minutes) if minutes else usual.minutes,
                Decimal(cny).quantize(Decimal("0.01")) if cny else usual.cny,
            )
    return costs


def _shown(costs: Mapping[RedundancyKind, Cost]) -> dict[str, int | Decimal]:
    found: dict[str, int | Decimal] = {}
    for name, kinds in _KINDS.items():
        found[f"{name}_minutes"], found[f"{name}_cny"] = costs[kinds[0]].minutes, costs[kinds[0]].cny
    return found
