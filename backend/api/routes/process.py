"""The process as it really runs, where its time is lost, and what a change to it would bring."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from backend.api.dependencies import GatewayDep, answer, scoped
from backend.api.schemas import DistrictText
from backend.domain.instants import instant
from backend.domain.process import DEFAULT_COSTS, Cost, RedundancyKind
from backend.services import change_trials, mining, mining_exports
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/process", tags=["process"])

_reader = scoped("read how the process runs", Scope.authority, Scope.governance, Scope.operator)

_Instant = Annotated[str | None, Query(max_length=40, description="ISO 8601 with its time zone")]
_Minutes = Annotated[int | None, Query(ge=0, le=10_000, description="Of work, for one repeat of one parcel")]
_Cny = Annotated[
    str | None,
    StringConstraints(pattern=r"^\d{1,6}(\.\d{1,2})?$"),
    Query(description="For one repeat of one parcel"),
]
_Share = Annotated[int, Query(ge=1, le=100, description="How much of all moves the model shows, in percent")]


def period_of(
    since: _Instant = None,
    until: _Instant = None,
    district: Annotated[DistrictText | None, Query()] = None,
) -> mining.Period:
    """Which parcels are looked at: all that the caller may see, unless it says otherwise."""
    return mining.Period(
        since=instant(since, "since") if since else None,
        until=instant(until, "until") if until else None,
        district=int(district) if district else None,
    )


def costs_of(
    inspection_minutes: _Minutes = None,
    inspection_cny: _Cny = None,
    review_minutes: _Minutes = None,
    review_cny: _Cny = None,
    duplicate_minutes: _Minutes = None,
    duplicate_cny: _Cny = None,
) -> Mapping[RedundancyKind, Cost]:
    """What a repeat costs, kind by kind; the stated defaults where nothing is said."""
    kinds = RedundancyKind
    return {
        kinds.InspectionAtPortAgain: _cost(kinds.InspectionAtPortAgain, inspection_minutes, inspection_cny),
        kinds.InspectionAgain: _cost(kinds.InspectionAgain, inspection_minutes, inspection_cny),
        kinds.ReviewAgain: _cost(kinds.ReviewAgain, review_minutes, review_cny),
        kinds.DuplicateDeclaration: _cost(kinds.DuplicateDeclaration, duplicate_minutes, duplicate_cny),
    }


def _cost(kind: RedundancyKind, minutes: int | None, cny: str | None) -> Cost:
    usual = DEFAULT_COSTS[kind]
    return Cost(
        usual.minutes if minutes is None else minutes,
        usual.cny if cny is None else Decimal(cny).quantize(Decimal("0.01")),
    )


PeriodDep = Annotated[mining.Period, Depends(period_of)]
CostsDep = Annotated[Mapping[RedundancyKind, Cost], Depends(costs_of)]


class LogFormat(StrEnum):
    """Formats of event logs."""

    ocel = "ocel"
    xes = "xes"


@router.get("", operation_id="get_process")
def get_process(
    gateway: GatewayDep,
    period: PeriodDep,
    costs: CostsDep,
    share: _Share = mining.USUAL_SHARE,
    caller: Caller = _reader,
) -> Response:
    """The discovered model, conformance with the lifecycle, repeats with what they cost, and waits."""
    return answer(mining.process_view(gateway, caller, period, costs, share))


@router.get("/model.svg", operation_id="get_process_picture")
def get_process_picture(
    gateway: GatewayDep, period: PeriodDep, share: _Share = mining.USUAL_SHARE, caller: Caller = _reader
) -> Response:
    """The discovered model as a picture, SVG: the same to the byte for the same log."""
    picture = mining.process_picture(gateway, caller, period, share)
    return Response(picture, media_type="image/svg+xml")


@router.get("/log", operation_id="export_process_log")
def export_process_log(
    gateway: GatewayDep,
    period: PeriodDep,
    as_format: Annotated[LogFormat, Query(alias="format")] = LogFormat.ocel,
    caller: Caller = _reader,
) -> Response:
    """The event log for other tools, under pseudonyms: OCEL 2.0 as JSON, or XES (IEEE 1849-2016) as XML."""
    if as_format is LogFormat.ocel:
        data, media_type, name = mining_exports.export_ocel(gateway, caller, period), "application/json", "ocel.json"
    else:
        data, media_type, name = mining_exports.export_xes(gateway, caller, period), "application/xml", "xes"
    headers = {"Content-Disposition": f'attachment; filename="guanlian-process.{name}"'}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/scenarios", operation_id="list_process_scenarios")
def list_process_scenarios(caller: Caller = _reader) -> Response:
    """The changes that can be tried before they are made."""
    return answer({"items": change_trials.scenarios_view()})


@router.get("/simulation", operation_id="simulate_process")
def simulate_process(
    gateway: GatewayDep,
    period: PeriodDep,
    scenario: Annotated[str, Query(max_length=60)],
    seed: Annotated[int, Query(ge=0, le=2**32 - 1)] = 1,
    replications: Annotated[int, Query(description="20 to 1000")] = change_trials.USUAL_REPLICATIONS,
    parcels: Annotated[int, Query(description="In each replication, 1 to 2000")] = change_trials.USUAL_PARCELS,
    teams: Annotated[int, Query(description="Inspection teams of each district, 1 to 200")] = change_trials.USUAL_TEAMS,
    caller: Caller = _reader,
) -> Response:
    """What a change would bring, with its 95 % confidence interval: the same seed, the same answer."""
    trial = change_trials.Trial(scenario, seed, replications, parcels, teams)
    return answer(change_trials.trial_view(gateway, caller, period, trial))
