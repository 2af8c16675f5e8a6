"""Recording steps: the table row by row, subsets, refusals and the history's head."""

from __future__ import annotations

import brownie
import pytest

from backend.domain import commitments, errors
from backend.domain.events import Recorded, RecordRefused, Refusal
from backend.domain.ledger import Record
from backend.domain.lifecycle import FLAG_SETS, RULES, Direction, Flag, State, Step, bits
from tests.contracts.paths import ROWS, flags_after, way_to, who_takes
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash

EVIDENCE = a_hash("evidence")


def at(world: World, manifest: bytes, index: int) -> tuple[State, int]:
    """State and flag set of a parcel as the chain tells them."""
    state, flags = world.ledger.parcelAt(manifest, index)
    return State(state), int(flags)


@pytest.mark.parametrize(("step", "row"), ROWS, ids=lambda value: getattr(value, "name", str(value)))
def test_a_row_moves_exactly_the_parcels_named(world: World, step: Step, row: int) -> None:
    rule, way = RULES[step][row], way_to(step, row)
    manifest = way.walk(world, 5)
    state, flags = at(world, manifest, 0)
    (event,) = world.take(who_takes(rule, way.profile), step, manifest, 0b01010)
    after = (rule.leads_to if rule.leads_to is not None else state, flags_after(rule, flags))
    assert isinstance(event, Recorded)
    assert event.parcels == 0b01010
    assert [at(world, manifest, n) for n in range(5)] == [after if n in (1, 3) else (state, flags) for n in range(5)]
    world.assert_same_state()


def test_a_whole_life_leaves_a_head_that_its_events_fold_to(world: World) -> None:
    declaration = world.declaration(4, declaring_district=SUZHOU)
    (declared,) = world.act("declarant", "declare", [declaration])
    manifest, head = declared.manifest, declared.head
    life = [
        ("platform", Step.OrderAttested, 0b1111),
        ("logistics", Step.WaybillAttested, 0b1111),
        ("site_operator", Step.Arrival, 0b0111),
        ("customs_suzhou", Step.Acceptance, 0b1111),
        ("customs_suzhou", Step.InspectionOrdered, 0b0001),
        ("customs_suzhou", Step.InspectionPassed, 0b0001),
        ("customs_suzhou", Step.Release, 0b0111),
        ("customs_suzhou", Step.TransitDeparture, 0b0111),
        ("customs_pudong", Step.TransitArrival, 0b0111),
        ("logistics", Step.Departure, 0b0110),
        ("customs_suzhou", Step.Closure, 0b0010),
    ]
    for who, step, parcels in life:
        (event,) = world.take(who, step, manifest, parcels)
        number = world.numbers[who]
        head = commitments.next_head(head, step, number, parcels, event.evidence, world.now)
    assert bytes(world.ledger.headOf(manifest)) == head
    assert [at(world, manifest, n)[0] for n in range(4)] == [
        State.AtPort,
        State.Closed,
        State.Departed,
        State.Accepted,
    ]


def test_trying_moves_the_eligible_and_says_why_for_each_of_the_rest(world: World) -> None:
    manifest = world.accepted(6)
    world.take("customs_pudong", Step.Release, manifest, 0b000001)
    world.take("customs_pudong", Step.ReviewOpened, manifest, 0b000110)
    world.take("customs_pudong", Step.Detention, manifest, 0b000100)
    late = world.declared(6)
    world.take("platform", Step.OrderAttested, late)
    world.take("logistics", Step.WaybillAttested, late)
    world.take("customs_pudong", Step.Acceptance, late)
    world.take("site_operator", Step.Arrival, late, 0b000011)
    records = [
        Record(manifest, Step.Release, 0b1000111 | 0b011000, EVIDENCE),
        Record(late, Step.Release, 0b000111, EVIDENCE),
    ]
    number = world.numbers["customs_pudong"]
    events = world.act("customs_pudong", "tryRecord", records)
    blocking = bits(Flag.Review, Flag.HeldDeclaring)
    assert events[:3] == [
        RecordRefused(manifest, number, Step.Release, 0b1000000, Refusal.ParcelsUnknown, 0),
        RecordRefused(manifest, number, Step.Release, 0b000001, Refusal.StepNotAllowed, 0),
        RecordRefused(manifest, number, Step.Release, 0b000110, Refusal.FlagsBlocking, blocking),
    ]
    assert events[3].parcels == 0b011000
    assert events[4] == RecordRefused(late, number, Step.Release, 0b000100, Refusal.FlagsMissing, bits(Flag.Arrived))
    assert events[5].parcels == 0b000011
    world.assert_same_state()


def test_a_record_that_moves_nobody_leaves_no_link(world: World) -> None:
    manifest = world.declared()
    before = bytes(world.ledger.headOf(manifest))
    (event,) = world.act("customs_pudong", "tryRecord", [Record(manifest, Step.Release, 0b1, EVIDENCE)])
    assert isinstance(event, RecordRefused)
    assert bytes(world.ledger.headOf(manifest)) == before


@pytest.mark.parametrize("position", range(4))
def test_a_bad_record_in_any_position_stops_all_of_them(world: World, position: int) -> None:
    manifest = world.declared(4)
    records = [Record(manifest, Step.OrderAttested, 1 << n, a_hash(n)) for n in range(4)]
    records[position] = Record(manifest, Step.OrderAttested, 1 << 4, EVIDENCE)
    with pytest.raises(errors.ParcelsUnknown) as refused:
        world.act("platform", "record", records)
    assert refused.value.details["index"] == position
    assert not any(world.ledger.setsOf(manifest)[FLAG_SETS:])
    world.assert_same_state()


def test_steps_of_one_call_build_on_each_other(world: World) -> None:
    manifest = world.accepted()
    steps = (Step.ReviewOpened, Step.ReviewClosed, Step.InspectionOrdered, Step.InspectionPassed)
    records = [Record(manifest, step, 0b111, a_hash(step)) for step in (*steps, Step.Release)]
    world.act("customs_pudong", "record", records)
    assert at(world, manifest, 2)[0] is State.Released


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"manifest": a_hash("nowhere")}, errors.ManifestUnknown),
        ({"evidence": bytes(32)}, errors.EvidenceMissing),
        ({"step": Step.Declaration}, errors.StepNotAllowed),
        ({"step": Step.DuplicateReported}, errors.StepNotAllowed),
        ({"step": Step.Release}, errors.RoleMissing),
        ({"parcels": 0}, errors.ParcelsUnknown),
        ({"parcels": 1 << 255}, errors.ParcelsUnknown),
    ],
)
def test_refuses_records_that_cannot_be(
    world: World, record: dict[str, object], expected: type[errors.GuanlianError]
) -> None:
    whole = {"manifest": world.declared(), "step": Step.OrderAttested, "parcels": 1, "evidence": EVIDENCE}
    entry = Record(**(whole | record))
    with pytest.raises(expected):
        world.act("platform", "record", [entry])
    (event,) = world.act("platform", "tryRecord", [entry])
    assert event.reason.name == expected.__name__


def test_steps_that_do_not_exist_are_refused_before_anything_is_read(world: World) -> None:
    manifest = world.declared()
    data = world.ledger.record.encode_input([(manifest, 0, 1, EVIDENCE)])
    beyond = f"{len(Step):064x}"
    at_step = data.index(manifest.hex()) + 64
    with pytest.raises(ValueError, match="revert"):
        brownie.web3.eth.call(
            {
                "from": world.accounts["platform"],
                "to": world.ledger.address,
                "data": data[:at_step] + beyond + data[at_step + 64 :],
            }
        )


def test_a_detained_parcel_is_not_released(world: World) -> None:
    manifest = world.accepted()
    world.take("customs_pudong", Step.Detention, manifest, 0b010)
    with pytest.raises(errors.FlagsBlocking) as refused:
        world.take("customs_pudong", Step.Release, manifest)
    assert refused.value.details["parcel_indices"] == [1]
    assert refused.value.details["flags"] == "HeldDeclaring"
    world.take("customs_pudong", Step.DetentionLifted, manifest, 0b010)
    world.take("customs_pudong", Step.Release, manifest)


def test_one_district_neither_lifts_nor_decides_what_the_other_holds(world: World) -> None:
    manifest = world.declared(declaring_district=SUZHOU, direction=Direction.Import)
    world.take("customs_pudong", Step.PortDetention, manifest)
    with pytest.raises(errors.FlagsMissing):
        world.take("customs_suzhou", Step.DetentionLifted, manifest)
    with pytest.raises(errors.DistrictNotCompetent):
        world.take("customs_suzhou", Step.PortDetentionLifted, manifest)
    world.take("customs_suzhou", Step.Detention, manifest)
    for who in ("customs_suzhou", "customs_pudong"):
        with pytest.raises(errors.FlagsBlocking):
            world.take(who, Step.Confiscation, manifest)
    world.take("customs_pudong", Step.PortDetentionLifted, manifest)
    world.take("customs_suzhou", Step.Confiscation, manifest)
    with pytest.raises(errors.FlagsMissing):
        world.take("customs_pudong", Step.Destruction, manifest)
    world.take("customs_suzhou", Step.Destruction, manifest)


def test_a_barred_seller_is_not_released_by_any_district(world: World) -> None:
    manifests = {
        "customs_pudong": world.accepted(),
        "customs_suzhou": world.accepted(declaring_district=SUZHOU),
    }
    listing = world.barred("seller")
    for customs, manifest in manifests.items():
        with pytest.raises(errors.SellerBarred):
            world.take(customs, Step.Release, manifest)
        release = Record(manifest, Step.Release, 0b1, EVIDENCE)
        (event,) = world.act(customs, "tryRecord", [release])
        assert event.reason is Refusal.SellerBarred
    world.act("market_regulator", "lift", listing, EVIDENCE)
    for customs, manifest in manifests.items():
        world.take(customs, Step.Release, manifest)


def test_imports_need_the_payment_and_exports_do_not(world: World) -> None:
    for direction in Direction:
        manifest = world.declared(direction=direction)
        world.take("platform", Step.OrderAttested, manifest)
        world.take("logistics", Step.WaybillAttested, manifest)
        if direction is Direction.Import:
            with pytest.raises(errors.FlagsMissing) as refused:
                world.take("customs_pudong", Step.Acceptance, manifest)
            assert refused.value.details["flags"] == "Payment"
            world.take("payment", Step.PaymentAttested, manifest)
        world.take("customs_pudong", Step.Acceptance, manifest)


@pytest.mark.parametrize(("mode", "waits"), [(9610, True), (1210, False), (1239, False)])
def test_only_direct_imports_wait_for_arrival(world: World, mode: int, waits: bool) -> None:
    manifest = world.declared(direction=Direction.Import, supervision_mode=mode)
    for who, step in (
        ("platform", Step.OrderAttested),
        ("payment", Step.PaymentAttested),
        ("logistics", Step.WaybillAttested),
        ("customs_pudong", Step.Acceptance),
    ):
        world.take(who, step, manifest)
    if waits:
        with pytest.raises(errors.FlagsMissing):
            world.take("customs_pudong", Step.Release, manifest)
    else:
        world.take("customs_pudong", Step.Release, manifest)


def test_a_set_that_was_full_or_empty_reads_nothing_of_its_former_slot(world: World) -> None:
    manifest = world.declared(8)
    for parcels in (0b1, 0b11111110, 0b10000000):
        world.take("customs_pudong", Step.Detention, manifest, parcels & ~_held(world, manifest))
        world.assert_same_state()
        world.take("customs_pudong", Step.DetentionLifted, manifest, parcels)
        world.assert_same_state()
    world.take("customs_pudong", Step.Detention, manifest)
    assert world.ledger.header(manifest)[-1] == 0
    world.take("customs_pudong", Step.DetentionLifted, manifest)
    world.take("customs_pudong", Step.Detention, manifest, 0b100)
    assert _held(world, manifest) == 0b100


def _held(world: World, manifest: bytes) -> int:
    return int(world.ledger.setsOf(manifest)[FLAG_SETS + Flag.HeldDeclaring])


def test_all_256_parcels_fit_one_word(world: World) -> None:
    manifest = world.accepted(256)
    world.take("customs_pudong", Step.Release, manifest, 1 << 255 | 1)
    world.assert_same_state()
    assert at(world, manifest, 255)[0] is State.Released
    assert at(world, manifest, 254)[0] is State.Accepted


def test_a_parcel_beyond_the_manifest_has_no_state(world: World) -> None:
    manifest = world.declared(3)
    refusal = world.refusal_of_view("parcelAt", manifest, 3)
    assert isinstance(refusal, errors.ParcelsUnknown)
    assert refusal.details["parcel_indices"] == [3]


def test_documents_are_anchored_before_their_manifest_exists(world: World) -> None:
    (event,) = world.act("payment", "anchor", 2, a_hash("root"), 50)
    assert (event.participant_no, event.kind, event.count) == (world.numbers["payment"], 2, 50)
    with pytest.raises(errors.EvidenceMissing):
        world.act("payment", "anchor", 2, bytes(32), 50)


def test_an_attestation_may_be_amended(world: World) -> None:
    manifest = world.declared()
    first, second = (world.take("platform", Step.OrderAttested, manifest)[0] for _ in range(2))
    assert first.head != second.head


def test_everybody_checks_against_the_same_registry(world: World) -> None:
    assert world.ledger.registry() == world.registry.address == world.blacklist.registry()
    assert world.ledger.blacklist() == world.blacklist.address
    assert world.registry.authorityOf(world.accounts["customs_pudong"])[2] == PUDONG
