"""Who may do what in consignments, lanes and anomalies: the rows of `test_roles` for that contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.domain import consignment_errors, errors
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    Entry,
    Opening,
    ReinspectionReason,
    TakingReason,
)
from backend.domain.errors import GuanlianError
from backend.domain.ledger import Record
from backend.domain.lifecycle import Step
from tests.contracts.rows import ANY_PARTICIPANT, CUSTOMS, DECLARANTS, Row
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash

FILE = a_hash("file")
DAY = 86_400
#: Customs that are of neither end, and those of one end where the other acts.
ELSEWHERE = dict.fromkeys(CUSTOMS - {"customs_pudong", "customs_suzhou"}, consignment_errors.DistrictOfRouteOnly)
NOT_PUDONG = dict.fromkeys(CUSTOMS - {"customs_pudong"}, consignment_errors.DistrictOfRouteOnly)
NOT_SUZHOU = dict.fromkeys(CUSTOMS - {"customs_suzhou"}, consignment_errors.DistrictOfRouteOnly)


def the_consignment(world: World) -> tuple[bytes, list[Entry]]:
    """The only consignment there is, and its list."""
    (consignment,) = world.model.consignments
    (manifest,) = world.model.manifests
    return consignment, [Entry(manifest, world.model.manifests[manifest].sets.every)]


def loading(world: World) -> None:
    world.loaded([world.released()])


def applied(world: World) -> None:
    loading(world)
    world.act("logistics", "applyForTransit", the_consignment(world)[0], FILE)


def approved(world: World) -> None:
    applied(world)
    world.act("customs_suzhou", "approveTransit", the_consignment(world)[0], FILE)


def in_transit(world: World) -> None:
    approved(world)
    walk(world, "customs_suzhou", "depart")


def arrived(world: World) -> None:
    in_transit(world)
    walk(world, "customs_pudong", "arrive")


def verified(world: World) -> None:
    arrived(world)
    world.act("customs_pudong", "verifyConsignment", the_consignment(world)[0], True, 3, FILE)


def written_off(world: World) -> None:
    verified(world)
    walk(world, "customs_pudong", "writeOff")


def at_a_port(world: World) -> None:
    world.loaded([world.released(declaring_district=PUDONG)], kind=ConsignmentKind.Waybill)


def walk(world: World, who: str, function: str, after: int = 1) -> None:
    consignment, entries = the_consignment(world)
    world.act(who, function, consignment, consignment, entries, FILE, after=after)


def _overdue(world: World) -> None:
    in_transit(world)
    world.act("platform", "anchor", 1, a_hash("root"), 1, after=2 * DAY)


def _an_anomaly(world: World) -> None:
    in_transit(world)
    world.act("customs_suzhou", "raiseAnomaly", the_consignment(world)[0], AnomalyKind.Short, bytes(32), 0, FILE)


def _proposed(world: World) -> None:
    world.act("customs_suzhou", "proposeLane", *_TERMS)


def _inspected_at_origin(world: World) -> None:
    manifest = world.accepted(declaring_district=SUZHOU)
    for step in (Step.InspectionOrdered, Step.InspectionPassed, Step.Release, Step.TransitDeparture):
        world.take("customs_suzhou", step, manifest)
    world.take("customs_pudong", Step.TransitArrival, manifest)


_TERMS = (SUZHOU, PUDONG, 24, 2, 30, 0, FILE)


def _opening(world: World) -> tuple[Opening]:
    return (Opening(a_hash("ref"), ConsignmentKind.Waybill, a_hash("number"), PUDONG, PUDONG),)


def _records_for_customs(world: World) -> tuple[Any, ...]:
    (manifest,) = world.model.manifests
    return world.accounts["customs_suzhou"], [Record(manifest, Step.Consigned, 1, FILE)]


def _row(
    function: str,
    prepare: Callable[[World], object],
    allowed: set[str],
    refusal: type[GuanlianError],
    *arguments: Any,
    besides: dict[str, type[GuanlianError]] | None = None,
) -> Row:
    """A row of a function whose first argument is the consignment."""
    return Row(
        function,
        lambda world: (next(iter(world.model.consignments)), *arguments),
        allowed,
        refusal,
        prepare=prepare,
        besides=besides or {},
    )


def _walking(
    function: str, prepare: Callable[[World], object], allowed: set[str], refusal: type[GuanlianError], **besides: Any
) -> Row:
    def arguments(world: World) -> tuple[Any, ...]:
        consignment, entries = the_consignment(world)
        return consignment, consignment, entries, FILE

    return Row(function, arguments, allowed, refusal, prepare=prepare, **besides)


def _taking(prepare: Callable[[World], object], reason: TakingReason, allowed: set[str], **besides: Any) -> Row:
    def arguments(world: World) -> tuple[Any, ...]:
        consignment, entries = the_consignment(world)
        return consignment, consignment, entries, 1, reason, FILE

    refusal = consignment_errors.OpenerOnly if reason is TakingReason.Offloaded else errors.RoleMissing
    return Row("takeOut", arguments, allowed, refusal, prepare=prepare, **besides)


BOTH_ENDS = {"customs_pudong", "customs_suzhou"}

CARRIAGE_ROWS = {
    "recordFor": Row(
        "recordFor", _records_for_customs, {"carriage"}, errors.RoleMissing, prepare=lambda world: world.released()
    ),
    "openConsignment": Row("openConsignment", _opening, {"logistics"} | DECLARANTS, errors.RoleMissing),
    "load": Row(
        "load",
        lambda world: (next(iter(world.model.consignments)), [Entry(next(iter(world.model.manifests)), 1)]),
        {"logistics"},
        consignment_errors.OpenerOnly,
        prepare=lambda world: (world.released(), world.opened()),
    ),
    "take out what is offloaded": _taking(loading, TakingReason.Offloaded, {"logistics"}),
    "take out for a risk": _taking(in_transit, TakingReason.RiskHit, BOTH_ENDS, besides=ELSEWHERE),
    "take out what is short": _taking(arrived, TakingReason.Short, BOTH_ENDS, besides=ELSEWHERE),
    "cancelConsignment": _row(
        "cancelConsignment",
        lambda world: world.opened(),
        {"logistics"} | BOTH_ENDS,
        errors.RoleMissing,
        FILE,
        besides=ELSEWHERE,
    ),
    "applyForTransit": _row("applyForTransit", loading, {"logistics"}, consignment_errors.OpenerOnly, FILE),
    "approveTransit": _row("approveTransit", applied, {"customs_suzhou"}, errors.RoleMissing, FILE, besides=NOT_SUZHOU),
    "declineTransit": _row("declineTransit", applied, {"customs_suzhou"}, errors.RoleMissing, FILE, besides=NOT_SUZHOU),
    "depart under a seal": _walking("depart", approved, {"customs_suzhou"}, errors.RoleMissing, besides=NOT_SUZHOU),
    "depart under a waybill": _walking("depart", at_a_port, {"logistics"}, consignment_errors.OpenerOnly),
    "arrive": _walking("arrive", in_transit, {"customs_pudong"}, errors.RoleMissing, besides=NOT_PUDONG),
    "verifyConsignment": _row(
        "verifyConsignment", arrived, {"customs_pudong"}, errors.RoleMissing, False, 2, FILE, besides=NOT_PUDONG
    ),
    "writeOff": _walking("writeOff", verified, {"customs_pudong"}, errors.RoleMissing, besides=NOT_PUDONG),
    "acknowledgeRelease": _row(
        "acknowledgeRelease", written_off, {"site_operator"}, consignment_errors.TerminalOnly, FILE
    ),
    "reinspect": Row(
        "reinspect",
        lambda world: (next(iter(world.model.manifests)), 1, ReinspectionReason.Intelligence, FILE),
        {"customs_pudong"},
        errors.RoleMissing,
        prepare=_inspected_at_origin,
        besides=dict.fromkeys(CUSTOMS - {"customs_pudong"}, errors.DistrictNotCompetent),
    ),
    "proposeLane": Row(
        "proposeLane",
        lambda world: _TERMS,
        BOTH_ENDS,
        errors.RoleMissing,
        besides=dict.fromkeys(ELSEWHERE, consignment_errors.LaneSignatoryUnfit),
    ),
    "acceptLane": Row(
        "acceptLane",
        lambda world: (1, FILE),
        {"customs_pudong"},
        errors.RoleMissing,
        prepare=_proposed,
        besides=dict.fromkeys(NOT_PUDONG, consignment_errors.LaneSignatoryUnfit),
    ),
    "endLane": Row(
        "endLane",
        lambda world: (1, FILE),
        BOTH_ENDS,
        errors.RoleMissing,
        prepare=World.lane,
        besides=dict.fromkeys(ELSEWHERE, consignment_errors.LaneSignatoryUnfit),
    ),
    "raise a diversion": _row(
        "raiseAnomaly",
        in_transit,
        BOTH_ENDS,
        errors.RoleMissing,
        AnomalyKind.Diverted,
        bytes(32),
        0,
        FILE,
        besides=ELSEWHERE,
    ),
    "raise what is overdue": _row(
        "raiseAnomaly",
        _overdue,
        ANY_PARTICIPANT,
        errors.AccountUnknown,
        AnomalyKind.Overdue,
        bytes(32),
        0,
        FILE,
    ),
    "settleAnomaly": Row(
        "settleAnomaly",
        lambda world: (1, FILE),
        {"customs_pudong"},
        errors.RoleMissing,
        prepare=_an_anomaly,
        besides=dict.fromkeys(NOT_PUDONG, consignment_errors.AnomalyOwnerOnly),
    ),
}
