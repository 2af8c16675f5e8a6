"""Lanes that two districts sign, and what goes wrong on them: each anomaly with its owner, its clock and its record."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain import consignment_errors, errors
from backend.domain.carriage_events import AnomalyRaised, AnomalySettled
from backend.domain.consignments import AnomalyKind, Entry, TakingReason
from backend.domain.errors import GuanlianError
from tests.contracts import carriage_rows as until
from tests.contracts.world import JIAXING, PUDONG, SUZHOU, World, a_hash

FILE, TEXT = a_hash("file"), a_hash("agreement")
NOTHING = bytes(32)
HOUR, DAY = 3600, 86_400
KIND = AnomalyKind


def raise_(world: World, kind: AnomalyKind, who: str = "customs_pudong", after: int = 1) -> AnomalyRaised:
    consignment, _ = until.the_consignment(world)
    (event,) = world.act(who, "raiseAnomaly", consignment, kind, NOTHING, 0, FILE, after=after)
    assert isinstance(event, AnomalyRaised)
    return event


# ---------------------------------------------------------------------------------------------------
# Lanes


@pytest.mark.parametrize(("proposes", "accepts"), [
    ("customs_suzhou", "customs_pudong"),
    ("customs_pudong", "customs_suzhou"),
])  # fmt: skip
def test_a_lane_is_in_force_once_both_districts_signed(world: World, proposes: str, accepts: str) -> None:
    world.act(proposes, "proposeLane", SUZHOU, PUDONG, 24, 2, 30, 0b111, TEXT)
    assert not world.consignments.isLaneInForce(1, world.now)
    for who in (proposes, "customs_jiaxing"):
        with pytest.raises(consignment_errors.LaneSignatoryUnfit):
            world.act(who, "acceptLane", 1, TEXT)
    with pytest.raises(consignment_errors.LaneTextDiffers):
        world.act(accepts, "acceptLane", 1, a_hash("another text"))
    world.act(accepts, "acceptLane", 1, TEXT)
    assert world.consignments.isLaneInForce(1, world.now)
    with pytest.raises(consignment_errors.LaneStateUnfit):
        world.act(accepts, "acceptLane", 1, TEXT)
    world.assert_same_state()


def test_a_lane_ends_with_its_notice_and_a_proposal_at_once(world: World) -> None:
    lane = world.lane()
    world.act("customs_suzhou", "proposeLane", SUZHOU, PUDONG, 24, 2, 30, 0, TEXT)
    for number, notice in ((lane, 30 * DAY), (2, 0)):
        (ended,) = world.act("customs_pudong", "endLane", number, FILE)
        assert ended.ends_at == world.now + notice
        with pytest.raises(consignment_errors.LaneStateUnfit):
            world.act("customs_suzhou", "endLane", number, FILE)
    with pytest.raises(consignment_errors.LaneStateUnfit):
        world.act("customs_pudong", "acceptLane", 2, TEXT)
    last = world.model.lanes[lane].ends_at
    assert world.consignments.isLaneInForce(lane, last - 1)
    assert not world.consignments.isLaneInForce(lane, last)
    assert not world.consignments.isLaneInForce(9, last)


def test_an_office_that_moved_does_not_sign_for_both_ends(world: World) -> None:
    world.act("customs_suzhou", "proposeLane", SUZHOU, PUDONG, 24, 2, 30, 0, TEXT)
    suzhou = world.numbers["customs_suzhou"]
    world.act("owner", "setRoles", suzhou, 1 << 5, JIAXING)
    world.act("owner", "setRoles", world.numbers["customs_jiaxing"], 1 << 5, SUZHOU)
    with pytest.raises(consignment_errors.LaneSignatoryUnfit):
        world.act("customs_jiaxing", "acceptLane", 1, TEXT)


@pytest.mark.parametrize("terms", [
    (SUZHOU, SUZHOU, 24, 2, 30), (0, PUDONG, 24, 2, 30), (PUDONG, 0, 24, 2, 30),
    (SUZHOU, PUDONG, 0, 2, 30), (SUZHOU, PUDONG, 721, 2, 30),
    (SUZHOU, PUDONG, 24, 0, 30), (SUZHOU, PUDONG, 24, 721, 30), (SUZHOU, PUDONG, 24, 2, 367),
])  # fmt: skip
def test_a_lane_has_two_districts_and_limits_that_are_some(world: World, terms: tuple[int, ...]) -> None:
    with pytest.raises(consignment_errors.LaneTermsInvalid):
        world.act("customs_pudong", "proposeLane", *terms, 0, TEXT)


@pytest.mark.parametrize(("function", "arguments", "refusal"), [
    ("acceptLane", (9, TEXT), consignment_errors.LaneUnknown),
    ("endLane", (9, FILE), consignment_errors.LaneUnknown),
    ("settleAnomaly", (9, FILE), consignment_errors.AnomalyUnknown),
    ("cancelConsignment", (FILE, FILE), consignment_errors.ConsignmentUnknown),
    ("depart", (FILE, FILE, [], FILE), consignment_errors.ConsignmentUnknown),
    ("acknowledgeRelease", (FILE, FILE), consignment_errors.ConsignmentUnknown),
    ("raiseAnomaly", (FILE, KIND.Short, NOTHING, 0, FILE), consignment_errors.ConsignmentUnknown),
    ("proposeLane", (SUZHOU, PUDONG, 1, 1, 0, 0, NOTHING), errors.CommitmentMissing),
    ("reinspect", (FILE, 1, 0, NOTHING), errors.CommitmentMissing),
])  # fmt: skip
def test_what_does_not_exist_or_commits_to_nothing_is_refused(
    world: World, function: str, arguments: tuple[Any, ...], refusal: type[GuanlianError]
) -> None:
    with pytest.raises(refusal):
        world.act("customs_pudong", function, *arguments)


# ---------------------------------------------------------------------------------------------------
# Anomalies


@pytest.mark.parametrize("kind", sorted(set(KIND) - {KIND.Unacknowledged}))
@pytest.mark.parametrize("by_port", [False, True])
def test_the_lane_says_whose_an_anomaly_is_and_its_clock_runs(world: World, kind: AnomalyKind, by_port: bool) -> None:
    lane = world.lane(handled_by_port=(1 << kind) if by_port else 0x7F & ~(1 << kind))
    consignment, entries = world.loaded([world.released()], lane_id=lane)
    world.act("logistics", "applyForTransit", consignment, FILE)
    world.act("customs_suzhou", "approveTransit", consignment, FILE)
    world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)
    raised = raise_(world, kind, after=24 * HOUR + 1)
    assert raised.owner_district == (PUDONG if by_port else SUZHOU)
    assert raised.settle_by - world.now == (4 if kind is KIND.Overdue else 24) * HOUR
    owner, other = ("customs_pudong", "customs_suzhou") if by_port else ("customs_suzhou", "customs_pudong")
    with pytest.raises(consignment_errors.AnomalyOwnerOnly):
        world.act(other, "settleAnomaly", 1, FILE)
    with pytest.raises(errors.CommitmentMissing):
        world.act(owner, "settleAnomaly", 1, NOTHING)
    late = kind in (KIND.Short, KIND.Overdue)
    (settled,) = world.act(owner, "settleAnomaly", 1, FILE, after=raised.settle_by - world.now + late)
    assert isinstance(settled, AnomalySettled)
    assert settled.in_time is not late
    with pytest.raises(consignment_errors.AnomalyAlreadySettled):
        world.act(owner, "settleAnomaly", 1, FILE)
    world.assert_same_state()


@pytest.mark.parametrize(("stage", "fitting"), [
    (until.loading, set()),
    (until.approved, set()),
    (until.in_transit, {KIND.SealBroken, KIND.Short, KIND.Over, KIND.Diverted, KIND.RiskHit}),
    (until.arrived, {KIND.SealBroken, KIND.Short, KIND.Over, KIND.Diverted, KIND.RiskHit}),
    (until.verified, {KIND.SealBroken, KIND.Short, KIND.Over, KIND.Diverted, KIND.RiskHit}),
    (until.written_off, set()),
])  # fmt: skip
def test_each_kind_has_its_stages(world: World, stage: Any, fitting: set[AnomalyKind]) -> None:
    stage(world)
    for kind in KIND:
        if kind in fitting:
            raise_(world, kind)
        else:
            with pytest.raises(consignment_errors.AnomalyUnfit):
                raise_(world, kind)


def test_a_transit_is_overdue_after_its_limit_and_not_before(world: World) -> None:
    until.in_transit(world)
    due = world.model.consignments[until.the_consignment(world)[0]].due_at
    with pytest.raises(consignment_errors.AnomalyUnfit):
        raise_(world, KIND.Overdue, who="platform", after=due - world.now)
    raise_(world, KIND.Overdue, who="platform")
    until.walk(world, "customs_pudong", "arrive")
    with pytest.raises(consignment_errors.AnomalyUnfit):
        raise_(world, KIND.Overdue, who="platform")


def test_a_release_that_the_terminal_does_not_acknowledge_is_an_anomaly(world: World) -> None:
    until.written_off(world)
    consignment, _ = until.the_consignment(world)
    limit = world.model.consignments[consignment].acknowledge_by
    with pytest.raises(consignment_errors.AnomalyUnfit):
        raise_(world, KIND.Unacknowledged, who="logistics", after=limit - world.now)
    raise_(world, KIND.Unacknowledged, who="logistics")
    with pytest.raises(consignment_errors.TerminalOnly):
        world.act("logistics", "acknowledgeRelease", consignment, FILE)
    world.act("site_operator", "acknowledgeRelease", consignment, FILE)
    world.act("customs_suzhou", "settleAnomaly", 1, FILE)
    with pytest.raises(consignment_errors.AnomalyUnfit):
        raise_(world, KIND.Unacknowledged, who="logistics")


def test_a_kind_is_open_once_but_risk_hits_are_as_many_as_there_are(world: World) -> None:
    until.in_transit(world)
    raise_(world, KIND.Diverted)
    with pytest.raises(consignment_errors.AnomalyOpen):
        raise_(world, KIND.Diverted)
    raise_(world, KIND.RiskHit)
    raise_(world, KIND.RiskHit)
    assert world.model.consignments[until.the_consignment(world)[0]].open_anomalies == 3
    world.act("customs_suzhou", "settleAnomaly", 1, FILE)
    raise_(world, KIND.Diverted)
    world.assert_same_state()


# ---------------------------------------------------------------------------------------------------
# What the port finds


@pytest.mark.parametrize(("sealed", "found", "kinds"), [
    (True, 3, []),
    (False, 3, [KIND.SealBroken]),
    (True, 2, [KIND.Short]),
    (True, 4, [KIND.Over]),
    (False, 0, [KIND.SealBroken, KIND.Short]),
])  # fmt: skip
def test_what_the_port_finds_otherwise_is_an_anomaly(
    world: World, sealed: bool, found: int, kinds: list[AnomalyKind]
) -> None:
    until.arrived(world)
    consignment, entries = until.the_consignment(world)
    told = world.act("customs_pudong", "verifyConsignment", consignment, sealed, found, FILE)
    assert [event.kind for event in told if isinstance(event, AnomalyRaised)] == kinds
    if kinds:
        with pytest.raises(consignment_errors.AnomaliesUnsettled):
            world.act("customs_pudong", "writeOff", consignment, consignment, entries, FILE)
    for number in range(1, len(kinds) + 1):
        world.act("customs_pudong", "settleAnomaly", number, FILE)
    if found < 3:
        with pytest.raises(consignment_errors.ContentsShort):
            world.act("customs_pudong", "writeOff", consignment, consignment, entries, FILE)
        missing = (1 << (3 - found)) - 1
        arguments = (consignment, consignment, entries, missing, TakingReason.Short, FILE)
        world.act("customs_pudong", "takeOut", *arguments)
        left = entries[0].parcels & ~missing
        entries = [Entry(entries[0].manifest, left)] if left else []
    world.act("customs_pudong", "writeOff", consignment, consignment, entries, FILE)
    world.assert_same_state()


def test_what_was_raised_under_way_is_not_raised_again_when_the_port_looks(world: World) -> None:
    until.in_transit(world)
    raise_(world, KIND.SealBroken, who="customs_suzhou")
    until.walk(world, "customs_pudong", "arrive")
    consignment, _ = until.the_consignment(world)
    told = world.act("customs_pudong", "verifyConsignment", consignment, False, 3, FILE)
    assert not [event for event in told if isinstance(event, AnomalyRaised)]


def test_what_is_taken_out_after_the_count_was_counted(world: World) -> None:
    until.arrived(world)
    consignment, entries = until.the_consignment(world)
    world.act("customs_pudong", "verifyConsignment", consignment, True, 2, FILE)
    world.act("customs_pudong", "settleAnomaly", 1, FILE)
    world.act("customs_pudong", "takeOut", consignment, consignment, entries, 0b001, TakingReason.RiskHit, FILE)
    left = [Entry(entries[0].manifest, 0b110)]
    with pytest.raises(consignment_errors.ContentsShort):
        world.act("customs_pudong", "writeOff", consignment, consignment, left, FILE)
    world.act("customs_pudong", "takeOut", consignment, consignment, left, 0b010, TakingReason.Short, FILE)
    left = [Entry(entries[0].manifest, 0b100)]
    world.act("customs_pudong", "writeOff", consignment, consignment, left, FILE)
