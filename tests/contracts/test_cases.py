"""Infringement cases: both routes, their clocks, every way out, and what the ledger refuses meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backend.domain import errors
from backend.domain.lifecycle import Direction, State, Step
from backend.domain.reference.calendar import CHINA
from backend.domain.rights import YUAN, CaseState, Disposal, Outcome, RightKind, Route, security_for
from tests.contracts.world import BAGS, PUDONG, SHOES, SUZHOU, YEAR, World, a_hash

FILE = a_hash("file")
#: Goods of 60,000 yuan: half of it is the least security.
VALUE = 60_000 * YUAN
SECURITY = 30_000 * YUAN
SUSPECTED = 0b011


def notify(world: World, manifest: bytes, right: int | None = None, **changes: Any) -> int:
    """The number of a case that customs have just begun."""
    values: dict[str, Any] = {
        "right": world.recorded() if right is None else right,
        "heading": SHOES,
        "manifest": manifest,
        "parcels": SUSPECTED,
        "value": VALUE,
        "evidence": FILE,
    }
    who = changes.pop("who", "customs_pudong")
    notified, *_ = world.act(who, "notifyHolder", *(values | changes).values())
    return int(notified.case_id)


def lodge(world: World, right: int, customs: str = "customs_pudong", value: int = VALUE) -> int:
    arguments = (right, world.numbers[customs], SHOES, value, value, FILE)
    (lodged,) = world.act("rights_holder", "lodgeComplaint", *arguments)
    return int(lodged.case_id)


def detained(world: World, kind: RightKind = RightKind.Trademark, **changes: Any) -> tuple[int, bytes]:
    """A case ex officio whose goods are detained, and their manifest."""
    manifest = world.held(**changes)
    case = notify(world, manifest, world.recorded(kind))
    world.act("rights_holder", "requestDetention", case, SECURITY, FILE)
    return case, manifest


def found(world: World, **changes: Any) -> tuple[int, bytes]:
    """A case whose goods were found infringing, which can still be appealed."""
    case, manifest = detained(world, **changes)
    world.act("customs_pudong", "recordFinding", case, True, FILE)
    return case, manifest


def infringing(world: World, **changes: Any) -> tuple[int, bytes]:
    """A case whose goods infringe for good."""
    case, manifest = detained(world, **changes)
    world.act("customs_pudong", "recordCourtNotice", case, FILE)
    world.act("customs_pudong", "recordRuling", case, True, FILE)
    return case, manifest


def state_of(world: World, case: int) -> tuple[CaseState, Outcome]:
    kept, model = world.cases.caseOf(case), world.model.cases[case]
    assert (kept[7], kept[8]) == (model.state, model.outcome)
    return CaseState(kept[7]), Outcome(kept[8])


def clock_of(world: World, case: int, early: int = 0) -> int:
    """The seconds until a case's clock runs out."""
    return world.model.cases[case].lapses_at - early - world.now


def is_free(world: World, manifest: bytes) -> bool:
    """Whether customs can lift the hold again."""
    try:
        world.take("customs_pudong", Step.DetentionLifted, manifest, SUSPECTED)
    except errors.FlagsBlocking as refused:
        return refused.details["flags"] != "CaseOpen"
    return True


# -- ex officio


def test_counterfeit_goods_go_from_notice_to_destruction(world: World) -> None:
    manifest = world.held(direction=Direction.Import, declaring_district=PUDONG)
    case = notify(world, manifest)
    assert state_of(world, case) == (CaseState.Notified, Outcome.Zero)
    world.act("rights_holder", "requestDetention", case, SECURITY, FILE)
    world.act("customs_pudong", "recordFinding", case, True, FILE)
    with pytest.raises(errors.ClockRunning):
        world.act("outsider", "confirmFinding", case)
    decided, recorded = world.act("outsider", "confirmFinding", case, after=clock_of(world, case))
    assert decided.outcome is Outcome.Infringing
    assert recorded.step is Step.InfringementFound
    assert recorded.participant_no == 1, "the case contract's own number"
    world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)
    for way in (Disposal.PublicWelfare, Disposal.SaleToHolder):
        (passed,) = world.act("customs_pudong", "passOverDisposal", case, FILE)
        assert passed.disposal is way
    chosen, ordered = world.act("customs_pudong", "chooseDisposal", case, FILE)
    assert (chosen.disposal, ordered.step) == (Disposal.Destruction, Step.DestructionOrdered)
    world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)
    assert world.ledger.parcelAt(manifest, 0)[0] == State.Destroyed
    world.assert_same_state()


def test_wrongly_suspected_goods_go_from_detention_to_release(world: World) -> None:
    case, manifest = detained(world)
    _, decided, closed = world.act("customs_pudong", "recordFinding", case, False, FILE)
    assert (decided.outcome, closed.step) == (Outcome.NotInfringing, Step.CaseClosed)
    world.take("customs_pudong", Step.DetentionLifted, manifest, SUSPECTED)
    world.take("customs_pudong", Step.Release, manifest)
    world.assert_same_state()


def test_the_clocks_are_those_of_the_law(world: World) -> None:
    manifest = world.held()
    case = notify(world, manifest)
    assert world.model.cases[case].lapses_at == world.calendar.addWorkingDays(world.now, 3)
    world.act("rights_holder", "requestDetention", case, SECURITY, FILE)
    kept = world.model.cases[case]
    assert kept.find_by == world.calendar.addWorkingDays(world.now, 30)
    assert kept.lapses_at == world.calendar.addWorkingDays(world.now, 50)
    world.assert_same_state()


def test_a_holder_that_answers_too_late_lets_the_goods_go(world: World) -> None:
    manifest = world.held()
    case = notify(world, manifest)
    with pytest.raises(errors.ClockRunning):
        world.act("outsider", "declareLapsed", case)
    with pytest.raises(errors.ClockRunOut):
        world.act("rights_holder", "requestDetention", case, SECURITY, FILE, after=clock_of(world, case))
    assert not is_free(world, manifest)
    world.act("outsider", "declareLapsed", case)
    assert state_of(world, case) == (CaseState.Closed, Outcome.Lapsed)
    assert is_free(world, manifest)


def test_a_holder_answers_until_the_last_second(world: World) -> None:
    case = notify(world, world.held())
    world.act("rights_holder", "requestDetention", case, SECURITY, FILE, after=clock_of(world, case, 1))
    assert state_of(world, case)[0] is CaseState.Detained


def test_an_investigation_ends_after_thirty_working_days_and_the_court_has_fifty(world: World) -> None:
    case, manifest = detained(world)
    find_by = world.model.cases[case].find_by
    with pytest.raises(errors.ClockRunOut) as refused:
        world.act("customs_pudong", "recordFinding", case, True, FILE, after=find_by - world.now)
    assert refused.value.details["deadline"] == find_by
    with pytest.raises(errors.ClockRunning):
        world.act("outsider", "declareLapsed", case, after=clock_of(world, case, 1))
    with pytest.raises(errors.ClockRunOut):
        world.act("customs_pudong", "recordCourtNotice", case, FILE)
    world.act("outsider", "declareLapsed", case)
    assert is_free(world, manifest)


def test_customs_find_until_the_last_second(world: World) -> None:
    case, _ = detained(world)
    after = world.model.cases[case].find_by - 1 - world.now
    world.act("customs_pudong", "recordFinding", case, True, FILE, after=after)
    assert state_of(world, case)[0] is CaseState.Found


# -- on application


def test_a_complaint_holds_nothing_until_customs_detain(world: World) -> None:
    manifest, right = world.held(), world.recorded()
    case = lodge(world, right)
    assert state_of(world, case)[0] is CaseState.Lodged
    assert is_free(world, manifest)
    world.take("customs_pudong", Step.Detention, manifest, SUSPECTED)
    detained_, opened = world.act("customs_pudong", "detainGoods", case, manifest, SUSPECTED, FILE)
    assert opened.step is Step.CaseOpened
    assert detained_.lapses_at == world.calendar.addWorkingDays(world.now, 20)
    assert not is_free(world, manifest)
    world.assert_same_state()


def test_on_application_customs_make_no_finding_and_the_goods_go_after_twenty_working_days(world: World) -> None:
    manifest, case = world.held(), lodge(world, world.recorded())
    world.act("customs_pudong", "detainGoods", case, manifest, SUSPECTED, FILE)
    with pytest.raises(errors.RouteUnfit):
        world.act("customs_pudong", "recordFinding", case, True, FILE)
    world.act("outsider", "declareLapsed", case, after=clock_of(world, case))
    assert is_free(world, manifest)


def test_customs_decline_a_complaint_and_nothing_was_held(world: World) -> None:
    case = lodge(world, world.recorded())
    (decided,) = world.act("customs_pudong", "declineComplaint", case, FILE)
    assert decided.outcome is Outcome.Declined
    with pytest.raises(errors.CaseStateUnfit):
        world.act("customs_pudong", "detainGoods", case, world.held(), SUSPECTED, FILE)


def test_a_complaint_over_a_right_that_ended_meanwhile_detains_nothing(world: World) -> None:
    right, manifest = world.recorded(), world.held()
    case = lodge(world, right)
    world.act("rights_holder", "withdrawRecordal", right, FILE)
    with pytest.raises(errors.RightNotInForce):
        world.act("customs_pudong", "detainGoods", case, manifest, SUSPECTED, FILE)


def test_the_end_of_a_recordal_does_not_undo_a_detention(world: World) -> None:
    case, manifest = detained(world)
    world.act("rights_holder", "withdrawRecordal", 1, FILE)
    assert not is_free(world, manifest)
    world.act("customs_pudong", "recordFinding", case, True, FILE)


def test_a_complaint_goes_to_a_customs_office_and_no_other(world: World) -> None:
    right = world.recorded()
    with pytest.raises(errors.InvestigatorUnfit):
        world.act("rights_holder", "lodgeComplaint", right, world.numbers["platform"], SHOES, VALUE, VALUE, FILE)
    with pytest.raises(errors.ParticipantUnknown):
        world.act("rights_holder", "lodgeComplaint", right, 999, SHOES, VALUE, VALUE, FILE)


# -- what a case may be about


def test_no_case_over_parcels_that_the_district_does_not_hold(world: World) -> None:
    manifest, right = world.held(declaring_district=SUZHOU), world.recorded()
    for who, parcels, loose in (("customs_suzhou", 0b111, [2]), ("customs_pudong", 0b001, [0])):
        with pytest.raises(errors.ParcelsNotHeld) as refused:
            notify(world, manifest, right, who=who, parcels=parcels)
        assert refused.value.details["parcel_indices"] == loose
    notify(world, manifest, right, who="customs_suzhou")


def test_the_port_district_opens_a_case_over_what_it_holds(world: World) -> None:
    manifest, right = world.accepted(declaring_district=SUZHOU), world.recorded()
    world.take("customs_pudong", Step.PortDetention, manifest, SUSPECTED)
    notify(world, manifest, right)
    with pytest.raises(errors.FlagsBlocking):
        world.take("customs_pudong", Step.PortDetentionLifted, manifest, SUSPECTED)


def test_no_case_over_parcels_that_have_departed(world: World) -> None:
    manifest, right = world.accepted(), world.recorded()
    world.take("customs_pudong", Step.Release, manifest)
    world.take("logistics", Step.Departure, manifest, 0b001)
    world.take("customs_pudong", Step.Detention, manifest, SUSPECTED)
    with pytest.raises(errors.StepNotAllowed) as refused:
        notify(world, manifest, right)
    assert refused.value.details["parcel_indices"] == [0]
    assert world.cases.caseCount() == 0
    notify(world, manifest, right, parcels=0b010)


def test_a_parcel_stands_in_one_open_case_at_a_time(world: World) -> None:
    manifest, right = world.held(), world.recorded()
    other = world.recorded(who="other_holder")
    first = notify(world, manifest, right)
    with pytest.raises(errors.FlagsBlocking):
        notify(world, manifest, other, parcels=0b001)
    world.act("rights_holder", "withdrawCase", first, FILE)
    notify(world, manifest, other)


def test_no_case_without_a_right_in_force_that_covers_the_goods(world: World) -> None:
    manifest, right = world.held(), world.recorded(headings=(BAGS,))
    with pytest.raises(errors.GoodsNotCovered):
        notify(world, manifest, right)
    notify(world, manifest, right, heading=BAGS, parcels=0b001)
    world.act("headquarters", "revokeRecordal", right, FILE, FILE)
    with pytest.raises(errors.RightNotInForce):
        notify(world, manifest, right, heading=BAGS, parcels=0b010)
    with pytest.raises(errors.RightUnknown):
        notify(world, manifest, 99)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"value": 0}, errors.GoodsValueInvalid),
        ({"evidence": bytes(32)}, errors.EvidenceMissing),
        ({"parcels": 0}, errors.ParcelsUnknown),
        ({"parcels": 1 << 200}, errors.ParcelsNotHeld),
    ],
)
def test_no_case_about_nothing(world: World, changes: dict[str, Any], refusal: type[errors.GuanlianError]) -> None:
    with pytest.raises(refusal):
        notify(world, world.held(), **changes)
    with pytest.raises(errors.ManifestUnknown):
        notify(world, a_hash("nowhere"), 1)
    assert world.cases.caseCount() == 0


@pytest.mark.parametrize("case", [0, 1, 2**256 - 1])
def test_refuses_cases_that_nobody_began(world: World, case: int) -> None:
    for function in ("declareLapsed", "confirmFinding"):
        with pytest.raises(errors.CaseUnknown):
            world.act("outsider", function, case)
    assert isinstance(world.refusal_of_view("caseOf", case), errors.CaseUnknown)


def test_a_clock_into_a_year_that_nobody_published_opens_no_case(world: World) -> None:
    """The last published New Year: three working days are still in it, fifty are not."""
    last = max(world.model.years)
    before = int(datetime(last - 1, 12, 20, tzinfo=CHINA).timestamp()) - 10 * 86_400
    world.act("platform", "anchor", 1, FILE, 1, after=before - world.now)
    right, manifest = world.recorded(underlying_until=before + 9 * YEAR), world.held()
    december = int(datetime(last, 12, 1, tzinfo=CHINA).timestamp())
    case = notify(world, manifest, right, parcels=0b001)
    world.act("rights_holder", "withdrawCase", case, FILE)
    case = _notified_at(world, december, manifest, right)
    with pytest.raises(errors.CalendarMissing) as refused:
        world.act("rights_holder", "requestDetention", case, SECURITY, FILE)
    assert refused.value.details == {"year": last + 1}
    assert state_of(world, case)[0] is CaseState.Notified


def _notified_at(world: World, instant: int, manifest: bytes, right: int) -> int:
    world.act("platform", "anchor", 1, FILE, 1, after=instant - world.now)
    return notify(world, manifest, right)


# -- security


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (1, 1),
        (19_999 * YUAN, 19_999 * YUAN),
        (20_000 * YUAN - 1, 20_000 * YUAN - 1),
        (20_000 * YUAN, 20_000 * YUAN),
        (39_999 * YUAN, 20_000 * YUAN),
        (40_000 * YUAN, 20_000 * YUAN),
        (40_000 * YUAN + 1, 20_000 * YUAN + 1),
        (60_000 * YUAN, 30_000 * YUAN),
        (200_000 * YUAN, 100_000 * YUAN),
        (200_000 * YUAN + 1, 100_000 * YUAN),
        (2**96 - 1, 100_000 * YUAN),
    ],
)
def test_security_follows_the_tiers(world: World, value: int, least: int) -> None:
    assert world.cases.securityFor(Route.ExOfficio, value) == least == security_for(Route.ExOfficio, value)
    assert world.cases.securityFor(Route.OnApplication, value) == value == security_for(Route.OnApplication, value)
    assert least <= value


def test_security_is_neither_too_small_nor_more_than_the_goods_are_worth(world: World) -> None:
    case = notify(world, world.held())
    for security in (0, SECURITY - 1, VALUE + 1):
        with pytest.raises(errors.SecurityInvalid) as refused:
            world.act("rights_holder", "requestDetention", case, security, FILE)
        assert refused.value.details["required"] == SECURITY
    world.act("rights_holder", "requestDetention", case, VALUE, FILE)


def test_a_complaint_comes_with_security_for_the_whole_value(world: World) -> None:
    right, customs = world.recorded(), world.numbers["customs_pudong"]
    for security in (VALUE - 1, VALUE + 1):
        with pytest.raises(errors.SecurityInvalid):
            world.act("rights_holder", "lodgeComplaint", right, customs, SHOES, VALUE, security, FILE)


# -- separation of powers


def test_confiscation_for_other_reasons_needs_no_case(world: World) -> None:
    manifest = world.held()
    world.take("customs_pudong", Step.Confiscation, manifest, SUSPECTED)
    world.take("customs_pudong", Step.Destruction, manifest, SUSPECTED)


def test_another_district_investigates_nothing(world: World) -> None:
    case, _ = detained(world)
    for who in ("customs_suzhou", "headquarters"):
        with pytest.raises(errors.InvestigatorOnly):
            world.act(who, "recordFinding", case, True, FILE)
