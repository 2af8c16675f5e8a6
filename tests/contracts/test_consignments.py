"""Consignments: what is committed to is what travels, whole or piece by piece, and changes openly or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain import carriage_events, consignment_errors, errors
from backend.domain.consignments import (
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    Opening,
    ReinspectionReason,
    TakingReason,
    fold,
    pieces,
    reinspection_evidence,
    tail_of,
)
from backend.domain.errors import GuanlianError
from backend.domain.events import Recorded, RecordRefused, Refusal
from backend.domain.ledger import Record
from backend.domain.lifecycle import FLAG_SETS, Flag, State, Step, bits
from tests.contracts import carriage_rows as until
from tests.contracts.world import JIAXING, PUDONG, SUZHOU, World, a_hash, isolated

FILE = a_hash("file")
NOTHING = bytes(32)
HOUR = 3600


@pytest.fixture
def loaded(world: World) -> tuple[bytes, list[Entry]]:
    """A transit of three manifests of 3, 5 and 256 parcels, ready to be applied for."""
    return world.loaded([world.released(count) for count in (3, 5, 256)])


def approve(world: World, consignment: bytes) -> None:
    world.act("logistics", "applyForTransit", consignment, FILE)
    world.act("customs_suzhou", "approveTransit", consignment, FILE)


def bring_to_port(world: World, consignment: bytes, entries: list[Entry]) -> None:
    approve(world, consignment)
    world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)
    world.act("customs_pudong", "arrive", consignment, consignment, entries, FILE)


def states(world: World, manifest: bytes) -> set[State]:
    sets = world.model.manifests[manifest].sets
    return {sets.state_of(index) for index in range(sets.count)}


def consigned(world: World, manifest: bytes) -> int:
    return world.model.manifests[manifest].sets.words[FLAG_SETS + Flag.Consigned]


# ---------------------------------------------------------------------------------------------------
# A whole life


def test_a_transit_goes_from_seal_to_write_off_and_on_under_a_master_waybill(
    world: World, loaded: tuple[bytes, list[Entry]]
) -> None:
    consignment, entries = loaded
    kept = world.model.consignments[consignment]
    assert (kept.count, kept.entries) == (264, 3)
    bring_to_port(world, consignment, entries)
    for entry in entries:
        assert states(world, entry.manifest) == {State.AtPort}
        assert consigned(world, entry.manifest) == entry.parcels
    world.act("customs_pudong", "verifyConsignment", consignment, True, 264, FILE)
    *_, staged = world.act("customs_pudong", "writeOff", consignment, consignment, entries, FILE)
    assert staged == carriage_events.ConsignmentStaged(
        consignment,
        world.numbers["customs_pudong"],
        ConsignmentStage.WrittenOff,
        FILE,
        kept.acknowledge_by,
    )
    assert not any(consigned(world, entry.manifest) for entry in entries)
    world.act("site_operator", "acknowledgeRelease", consignment, FILE)

    waybill = world.opened(ConsignmentKind.Waybill)
    world.act("logistics", "load", waybill, entries)
    world.act("logistics", "depart", waybill, waybill, entries, FILE)
    for entry in entries:
        assert states(world, entry.manifest) == {State.Departed}
        assert not consigned(world, entry.manifest)
    world.assert_same_state()


def test_every_record_of_a_consignment_names_it_as_its_evidence(
    world: World, loaded: tuple[bytes, list[Entry]]
) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    told = world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)
    records = [event for event in told if isinstance(event, Recorded)]
    assert [(event.manifest, event.parcels) for event in records] == [(e.manifest, e.parcels) for e in entries]
    assert {(event.evidence, event.participant_no) for event in records} == {
        (consignment, world.numbers["customs_suzhou"])
    }


def test_a_long_list_is_presented_from_its_end_in_pieces(world: World, loaded: tuple[bytes, list[Entry]]) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    stages = []
    for before, piece in pieces(consignment, entries, 1):
        world.act("customs_suzhou", "depart", consignment, before, piece, FILE)
        stages.append(world.model.consignments[consignment].stage)
    assert stages == [ConsignmentStage.Approved, ConsignmentStage.Approved, ConsignmentStage.InTransit]
    world.assert_same_state()


@pytest.mark.parametrize("fault", ["another subset", "one left out", "one too many", "other order", "no end", "again"])
def test_what_differs_from_the_contents_neither_departs_nor_arrives(
    world: World, loaded: tuple[bytes, list[Entry]], fault: str
) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    other = Entry(world.released(), 0b111)
    first, second, third = entries
    before, piece = next(pieces(consignment, entries, 1))
    presented: dict[str, tuple[bytes, list[Entry]]] = {
        "another subset": (consignment, [Entry(first.manifest, first.parcels & ~1), second, third]),
        "one left out": (consignment, [first, second]),
        "one too many": (consignment, [*entries, other]),
        "other order": (consignment, [second, first, third]),
        "no end": (a_hash("made up"), [third]),
        "again": (before, list(piece)),
    }
    for who, function in (("customs_suzhou", "depart"), ("customs_pudong", "arrive")):
        if fault == "again":
            world.act(who, function, consignment, *presented[fault], FILE)
        with pytest.raises(consignment_errors.ContentsDiffer):
            world.act(who, function, consignment, *presented[fault], FILE)
        rest = [first, second] if fault == "again" else entries
        world.act(who, function, consignment, consignment, rest, FILE)


# ---------------------------------------------------------------------------------------------------
# In one place at a time


def test_a_parcel_is_in_one_consignment_at_a_time(world: World, loaded: tuple[bytes, list[Entry]]) -> None:
    _, entries = loaded
    other = world.opened()
    with pytest.raises(errors.FlagsBlocking):
        world.act("logistics", "load", other, [Entry(entries[0].manifest, 0b001)])
    fresh = world.released()
    with pytest.raises(errors.FlagsBlocking):
        world.act("logistics", "load", other, [Entry(fresh, 0b011), Entry(fresh, 0b110)])
    world.act("logistics", "load", other, [Entry(fresh, 0b011), Entry(fresh, 0b100)])
    assert world.model.consignments[other].count == 3


@pytest.mark.parametrize("function", ["record", "tryRecord"])
def test_a_consigned_parcel_does_not_travel_otherwise(
    world: World, loaded: tuple[bytes, list[Entry]], function: str
) -> None:
    _, entries = loaded
    alone = [Record(entries[0].manifest, Step.TransitDeparture, 0b001, FILE)]
    if function == "record":
        with pytest.raises(errors.FlagsBlocking):
            world.act("customs_suzhou", function, alone)
    else:
        (refused,) = world.act("customs_suzhou", function, alone)
        assert isinstance(refused, RecordRefused)
        assert (refused.reason, refused.flags) == (Refusal.FlagsBlocking, bits(Flag.Consigned))


def test_a_parcel_that_is_in_no_consignment_does_not_travel_with_one(world: World) -> None:
    manifest = world.released()
    entry = Record(manifest, Step.TransitDeparture, 0b001, FILE)
    with pytest.raises(errors.FlagsMissing):
        world.act("carriage", "recordFor", world.accounts["customs_suzhou"], [entry])


@pytest.mark.parametrize("step", [Step.Release, Step.Detention, Step.DetentionLifted, Step.Closure, Step.Declaration])
def test_only_carriage_comes_by_way_of_the_consignment_contract(world: World, step: Step) -> None:
    manifest = world.accepted(declaring_district=SUZHOU)
    with pytest.raises(errors.StepNotAllowed):
        world.act("carriage", "recordFor", world.accounts["customs_suzhou"], [Record(manifest, step, 1, FILE)])


@pytest.mark.parametrize(("speaker", "refusal"), [
    ("logistics", errors.RoleMissing),
    ("customs_jiaxing", errors.DistrictNotCompetent),
    ("suspended", errors.ParticipantSuspended),
    ("outsider", errors.AccountUnknown),
])  # fmt: skip
def test_the_ledger_itself_asks_for_the_speakers_role_and_district(
    world: World, speaker: str, refusal: type[GuanlianError]
) -> None:
    manifest = world.released()
    entry = Record(manifest, Step.TransitDeparture, 0b001, FILE)
    with pytest.raises(refusal):
        world.act("carriage", "recordFor", world.accounts[speaker], [entry])


def test_a_transit_of_manifests_of_another_district_does_not_depart(world: World) -> None:
    consignment, entries = world.loaded([world.released(declaring_district=JIAXING)])
    approve(world, consignment)
    with pytest.raises(errors.DistrictNotCompetent):
        world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)


# ---------------------------------------------------------------------------------------------------
# Opening


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"number": NOTHING}, errors.CommitmentMissing),
    ({"lane_id": 0}, consignment_errors.LaneUnfit),
    ({"lane_id": 9}, consignment_errors.LaneUnfit),
    ({"origin_district": JIAXING}, consignment_errors.LaneUnfit),
    ({"port_district": SUZHOU, "origin_district": PUDONG}, consignment_errors.LaneUnfit),
    ({"terminal_no": 0}, consignment_errors.TerminalUnfit),
    ({"terminal_no": 3}, consignment_errors.TerminalUnfit),
    ({"terminal_no": 999}, errors.ParticipantUnknown),
    ({"kind": ConsignmentKind.Waybill, "lane_id": 1}, consignment_errors.LaneUnfit),
    ({"kind": ConsignmentKind.Waybill, "lane_id": 0, "port_district": 0}, consignment_errors.LaneUnfit),
    ({"kind": ConsignmentKind.Waybill, "lane_id": 0, "terminal_no": 3}, consignment_errors.TerminalUnfit),
])  # fmt: skip
def test_an_opening_names_a_number_a_lane_in_force_and_a_terminal(
    world: World, changes: dict[str, Any], refusal: type[GuanlianError]
) -> None:
    lane = world.lane()
    usual = Opening(a_hash("ref"), ConsignmentKind.Seal, a_hash("number"), SUZHOU, PUDONG, lane)
    values = {name: getattr(usual, name) for name in Opening.__slots__}
    values |= {"terminal_no": world.numbers["site_operator"]}
    with pytest.raises(refusal):
        world.act("logistics", "openConsignment", Opening(**(values | changes)))
    world.act("logistics", "openConsignment", Opening(**values))


def test_a_reference_is_used_once_and_a_number_by_one_open_consignment(world: World) -> None:
    lane = world.lane()
    number, ref = a_hash("number"), a_hash("ref")
    first = world.opened(lane_id=lane, number=number, ref=ref)
    with pytest.raises(consignment_errors.ConsignmentTaken):
        world.opened(lane_id=lane, ref=ref)
    with pytest.raises(consignment_errors.NumberInUse):
        world.opened(lane_id=lane, number=number, by="declarant")
    world.act("logistics", "cancelConsignment", first, FILE)
    second = world.opened(lane_id=lane, number=number, by="declarant")
    assert world.consignments.consignmentWith(number) == "0x" + second.hex()


def test_a_list_has_an_end(world: World) -> None:
    consignment = world.opened()
    many = [Entry(a_hash(n), 1) for n in range(1001)]
    with pytest.raises(consignment_errors.EntriesTooMany):
        world.act("logistics", "load", consignment, many)
    with pytest.raises(consignment_errors.ContentsMissing):
        world.act("logistics", "load", consignment, [])
    with pytest.raises(consignment_errors.ContentsMissing):
        world.act("logistics", "applyForTransit", consignment, FILE)


@pytest.mark.parametrize("flaw", ["detained", "under inspection", "not released", "imported"])
def test_what_may_not_travel_is_not_loaded(world: World, flaw: str) -> None:
    kind = ConsignmentKind.Waybill if flaw == "under inspection" else ConsignmentKind.Seal
    refusal: type[GuanlianError] = errors.FlagsBlocking
    if flaw == "under inspection":
        manifest = world.released()
        world.take("customs_suzhou", Step.TransitDeparture, manifest)
        world.take("customs_pudong", Step.TransitArrival, manifest)
        world.take("customs_pudong", Step.InspectionOrdered, manifest, 0b001)
    elif flaw == "detained":
        manifest = world.released()
        world.take("customs_pudong", Step.PortDetention, manifest, 0b001)
    else:
        changes = {"direction": 0} if flaw == "imported" else {}
        manifest = world.accepted(declaring_district=SUZHOU, **changes)
        refusal = errors.StepNotAllowed
    consignment = world.opened(kind)
    with pytest.raises(refusal):
        world.act("logistics", "load", consignment, [Entry(manifest, 0b111)])


# ---------------------------------------------------------------------------------------------------
# Taking out


def test_taking_out_is_a_record_of_its_own_and_changes_head_and_count(
    world: World, loaded: tuple[bytes, list[Entry]]
) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)
    before, tail = tail_of(consignment, entries, 1)
    taken, recorded = world.act(
        "customs_suzhou", "takeOut", consignment, before, tail, 0b00011, TakingReason.RiskHit, FILE
    )
    left = [entries[0], Entry(entries[1].manifest, 0b11100), entries[2]]
    assert (taken.head, taken.count) == (fold(consignment, left), 262)
    assert (recorded.step, recorded.parcels, recorded.evidence) == (Step.TakenOut, 0b00011, consignment)
    with pytest.raises(consignment_errors.ContentsDiffer):
        world.act("customs_pudong", "arrive", consignment, consignment, entries, FILE)
    world.act("customs_pudong", "arrive", consignment, consignment, left, FILE)
    # What was taken out goes on alone.
    world.take("customs_pudong", Step.TransitArrival, entries[1].manifest, 0b00011)
    world.assert_same_state()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("presented", [0, 1, 2])
def test_a_parcel_is_taken_out_of_a_step_that_is_half_presented(
    world: World, loaded: tuple[bytes, list[Entry]], presented: int, place: int, whole: bool
) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    walk = list(pieces(consignment, entries, 1))
    for before, piece in walk[:presented]:
        world.act("customs_suzhou", "depart", consignment, before, piece, FILE)
    before, tail = tail_of(consignment, entries, place)
    parcels = tail[0].parcels if whole else 1
    world.act("customs_suzhou", "takeOut", consignment, before, tail, parcels, TakingReason.RiskHit, FILE)

    left = list(entries)
    left[place] = Entry(tail[0].manifest, tail[0].parcels & ~parcels)
    rest = [entry for entry in left[: len(entries) - presented] if entry.parcels]
    world.act("customs_suzhou", "depart", consignment, consignment, rest, FILE)
    inside = [entry for entry in left if entry.parcels]
    world.act("customs_pudong", "arrive", consignment, consignment, inside, FILE)
    world.assert_same_state()


def test_nothing_departs_with_a_detained_parcel_inside(world: World, loaded: tuple[bytes, list[Entry]]) -> None:
    consignment, entries = loaded
    approve(world, consignment)
    world.take("customs_pudong", Step.PortDetention, entries[2].manifest, 1 << 255)
    with pytest.raises(errors.FlagsBlocking):
        world.act("customs_suzhou", "depart", consignment, consignment, entries, FILE)
    before, tail = tail_of(consignment, entries, 2)
    world.act("customs_suzhou", "takeOut", consignment, before, tail, 1 << 255, TakingReason.RiskHit, FILE)
    left = [*entries[:2], Entry(entries[2].manifest, entries[2].parcels & ~(1 << 255))]
    world.act("customs_suzhou", "depart", consignment, consignment, left, FILE)
    assert world.model.manifests[entries[2].manifest].sets.state_of(255) is State.Released


def test_what_was_confiscated_inside_is_taken_out(world: World, loaded: tuple[bytes, list[Entry]]) -> None:
    consignment, entries = loaded
    manifest = entries[0].manifest
    world.take("customs_suzhou", Step.Detention, manifest, 0b001)
    world.take("customs_suzhou", Step.Confiscation, manifest, 0b001)
    arguments = (consignment, consignment, entries, 0b001, TakingReason.RiskHit, FILE)
    world.act("customs_suzhou", "takeOut", *arguments)
    assert consigned(world, manifest) == 0b110


@pytest.mark.parametrize(("fault", "refusal"), [
    ("parcels", consignment_errors.ParcelsNotInside),
    ("none", consignment_errors.ParcelsNotInside),
    ("tail", consignment_errors.ContentsDiffer),
    ("empty", consignment_errors.ContentsMissing),
    ("evidence", errors.CommitmentMissing),
])  # fmt: skip
def test_only_what_is_inside_is_taken_out(
    world: World, loaded: tuple[bytes, list[Entry]], fault: str, refusal: type[GuanlianError]
) -> None:
    consignment, entries = loaded
    parcels = {"parcels": 0b1001, "none": 0}.get(fault, 1)
    tail = {"tail": entries[:2], "empty": []}.get(fault, entries)
    evidence = NOTHING if fault == "evidence" else FILE
    with pytest.raises(refusal):
        world.act("logistics", "takeOut", consignment, consignment, tail, parcels, TakingReason.Offloaded, evidence)


@pytest.mark.parametrize(("stage", "reason", "who", "allowed"), [
    (until.loading, TakingReason.Offloaded, "logistics", True),
    (until.approved, TakingReason.Offloaded, "logistics", True),
    (until.in_transit, TakingReason.Offloaded, "logistics", False),
    (until.loading, TakingReason.Short, "customs_pudong", False),
    (until.in_transit, TakingReason.Short, "customs_pudong", False),
    (until.arrived, TakingReason.Short, "customs_pudong", True),
    (until.verified, TakingReason.Short, "customs_suzhou", True),
    (until.loading, TakingReason.RiskHit, "customs_suzhou", True),
    (until.verified, TakingReason.RiskHit, "customs_pudong", True),
    (until.at_a_port, TakingReason.Offloaded, "logistics", True),
    (until.at_a_port, TakingReason.RiskHit, "customs_pudong", True),
    (until.at_a_port, TakingReason.Short, "customs_pudong", False),
])  # fmt: skip
def test_each_reason_has_its_stages(world: World, stage: Any, reason: TakingReason, who: str, allowed: bool) -> None:
    stage(world)
    consignment, entries = until.the_consignment(world)
    arguments = (consignment, consignment, entries, 1, reason, FILE)
    if allowed:
        world.act(who, "takeOut", *arguments)
    else:
        with pytest.raises(consignment_errors.TakingNotAllowed):
            world.act(who, "takeOut", *arguments)


def test_what_is_final_gives_nothing_out_and_is_not_cancelled(world: World) -> None:
    until.written_off(world)
    consignment, entries = until.the_consignment(world)
    with pytest.raises(consignment_errors.ConsignmentStageUnfit):
        world.act("customs_pudong", "takeOut", consignment, consignment, entries, 1, TakingReason.RiskHit, FILE)
    with pytest.raises(consignment_errors.ConsignmentStageUnfit):
        world.act("logistics", "cancelConsignment", consignment, FILE)


def test_an_empty_consignment_is_cancelled_and_a_full_one_is_not(world: World) -> None:
    until.approved(world)
    consignment, entries = until.the_consignment(world)
    with pytest.raises(consignment_errors.ContentsInside):
        world.act("logistics", "cancelConsignment", consignment, FILE)
    world.act("logistics", "takeOut", consignment, consignment, entries, 0b111, TakingReason.Offloaded, FILE)
    with pytest.raises(consignment_errors.ContentsMissing):
        world.act("customs_suzhou", "depart", consignment, consignment, [], FILE)
    world.act("customs_suzhou", "cancelConsignment", consignment, FILE)
    world.assert_same_state()


# ---------------------------------------------------------------------------------------------------
# Order of a transit

ACTS = {
    "applyForTransit": "logistics",
    "approveTransit": "customs_suzhou",
    "declineTransit": "customs_suzhou",
    "depart": "customs_suzhou",
    "arrive": "customs_pudong",
    "verifyConsignment": "customs_pudong",
    "writeOff": "customs_pudong",
    "acknowledgeRelease": "site_operator",
}
ALLOWED: dict[str, tuple[Any, set[str]]] = {
    "loading": (until.loading, {"applyForTransit"}),
    "applied": (until.applied, {"approveTransit", "declineTransit"}),
    "approved": (until.approved, {"depart"}),
    "in transit": (until.in_transit, {"arrive"}),
    "arrived": (until.arrived, {"verifyConsignment"}),
    "verified": (until.verified, {"writeOff"}),
    "written off": (until.written_off, {"acknowledgeRelease"}),
}


@pytest.mark.parametrize("stage", ALLOWED)
def test_each_act_has_its_stage(world: World, stage: str) -> None:
    bring, allowed = ALLOWED[stage]
    bring(world)
    consignment, entries = until.the_consignment(world)
    for function, who in ACTS.items():
        arguments: tuple[Any, ...] = (consignment, FILE)
        if function in ("depart", "arrive", "writeOff"):
            arguments = (consignment, consignment, entries, FILE)
        if function == "verifyConsignment":
            arguments = (consignment, True, 3, FILE)
        with isolated(world) as trial:
            if function in allowed:
                trial.act(who, function, *arguments)
                continue
            with pytest.raises(consignment_errors.ConsignmentStageUnfit):
                trial.act(who, function, *arguments)


def test_nothing_is_loaded_after_the_application_or_into_a_half_departed_one(world: World) -> None:
    until.applied(world)
    consignment, _ = until.the_consignment(world)
    more = [Entry(world.released(), 1)]
    with pytest.raises(consignment_errors.ConsignmentStageUnfit):
        world.act("logistics", "load", consignment, more)
    world.act("customs_suzhou", "declineTransit", consignment, FILE)
    world.act("logistics", "load", consignment, more)

    waybill, entries = world.loaded(
        [world.released(declaring_district=PUDONG) for _ in range(2)], kind=ConsignmentKind.Waybill
    )
    before, piece = next(pieces(waybill, entries, 1))
    world.act("logistics", "depart", waybill, before, piece, FILE)
    with pytest.raises(consignment_errors.StepHalfPresented):
        world.act("logistics", "load", waybill, [Entry(world.released(declaring_district=PUDONG), 1)])


def test_the_limits_are_the_lanes(world: World) -> None:
    until.written_off(world)
    kept = world.model.consignments[until.the_consignment(world)[0]]
    assert kept.due_at - kept.departed_at == 24 * HOUR
    assert kept.acknowledge_by - world.now == 2 * HOUR


def test_a_lane_that_ended_lets_nothing_new_through_and_what_is_under_way_arrive(world: World) -> None:
    lane = world.lane(notice_days=1)
    applied, _ = world.loaded([world.released()], lane_id=lane)
    under_way, entries = world.loaded([world.released()], lane_id=lane)
    approve(world, under_way)
    world.act("logistics", "applyForTransit", applied, FILE)
    world.act("customs_pudong", "endLane", lane, FILE)
    assert world.consignments.isLaneInForce(lane, world.now)
    world.act("customs_suzhou", "depart", under_way, under_way, entries, FILE, after=86_400)
    with pytest.raises(consignment_errors.LaneUnfit):
        world.act("customs_suzhou", "approveTransit", applied, FILE)
    with pytest.raises(consignment_errors.LaneUnfit):
        world.opened(lane_id=lane)
    world.act("customs_pudong", "arrive", under_way, under_way, entries, FILE)


# ---------------------------------------------------------------------------------------------------
# Inspected once


def test_what_was_inspected_is_opened_again_with_a_reason_on_the_record(world: World) -> None:
    manifest = world.accepted(declaring_district=SUZHOU)
    world.take("customs_suzhou", Step.InspectionOrdered, manifest, 0b001)
    world.take("customs_suzhou", Step.InspectionPassed, manifest, 0b001)
    world.take("customs_suzhou", Step.Release, manifest)
    world.take("customs_suzhou", Step.TransitDeparture, manifest)
    world.take("customs_pudong", Step.TransitArrival, manifest)
    world.take("customs_pudong", Step.InspectionOrdered, manifest, 0b110)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.InspectionOrdered, manifest, 0b001)

    reason = ReinspectionReason.Intelligence
    with pytest.raises(errors.FlagsMissing):
        world.act("customs_pudong", "reinspect", manifest, 0b010, reason, FILE)
    ordered, recorded = world.act("customs_pudong", "reinspect", manifest, 0b001, reason, FILE)
    assert (ordered.reason, ordered.evidence) == (reason, FILE)
    assert recorded.evidence == reinspection_evidence(reason, FILE)
    world.take("customs_pudong", Step.InspectionPassed, manifest)
    world.act("customs_pudong", "reinspect", manifest, 0b010, ReinspectionReason.RiskHit, FILE)
