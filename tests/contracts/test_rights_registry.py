"""Recordals: applied for, decided by headquarters alone, renewed, changed, ended; licences to sellers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backend.domain import errors
from backend.domain.participants import Role, role_set
from backend.domain.reference.calendar import CHINA
from backend.domain.reference.rights import MOST_HEADINGS, RENEWAL_WINDOW, TERM
from backend.domain.rights import Application, RightKind
from tests.contracts.world import BAGS, SHOES, YEAR, World, a_hash

DAY = 86_400
FILE = a_hash("file")
MARKS, GOODS = a_hash("marks"), a_hash("goods")


def apply_for(world: World, who: str = "rights_holder", **changes: Any) -> int:
    """The number of a right that was just applied for."""
    values: dict[str, Any] = {
        "kind": RightKind.Trademark,
        "marks": MARKS,
        "goods": GOODS,
        "headings": [SHOES],
        "underlying_until": world.now + 20 * YEAR,
        "evidence": FILE,
    }
    applied, _ = world.act(who, "applyForRecordal", *(values | changes).values())
    return int(applied.right_id)


def wait(world: World, seconds: int) -> None:
    world.act("platform", "anchor", 1, FILE, 1, after=seconds)


def is_in_force(world: World, right: int, at: int | None = None) -> bool:
    """Whether it is, as chain and model agree."""
    instant = world.now if at is None else at
    found = bool(world.rights.isInForce(right, instant))
    assert found == world.model.is_in_force(right, instant)
    return found


# -- applying and deciding


def test_a_right_is_in_force_from_its_approval_on_and_not_before(world: World) -> None:
    right = apply_for(world)
    assert not is_in_force(world, right)
    assert not world.rights.covers(right, SHOES)
    (approved,) = world.act("headquarters", "approveApplication", right, FILE)
    at = world.now
    assert (approved.application, approved.until, approved.late) == (Application.Recordal, at + TERM, False)
    assert is_in_force(world, right)
    assert not is_in_force(world, right, at - 1)
    assert is_in_force(world, right, approved.until - 1)
    assert not is_in_force(world, right, approved.until)
    assert world.rights.covers(right, SHOES)
    assert not world.rights.covers(right, BAGS)


def test_a_right_keeps_what_was_asked_for_and_by_when_it_is_decided(world: World) -> None:
    right = apply_for(world, kind=RightKind.Copyright)
    applied_at, model = world.now, world.model.rights[right]
    kept = world.rights.right(right)
    holder, decide_by = world.numbers["rights_holder"], world.model.add_working_days(applied_at, 30)
    pending = (Application.Recordal, decide_by, model.underlying_until, 0, 1)
    assert tuple(kept) == (holder, RightKind.Copyright, applied_at, 0, 0, 0, *pending)


def test_no_right_outlives_the_one_beneath_it(world: World) -> None:
    ends = world.now + 3 * YEAR
    right = apply_for(world, underlying_until=ends)
    (approved,) = world.act("headquarters", "approveApplication", right, FILE)
    assert approved.until == ends


def test_a_right_whose_underlying_one_ended_meanwhile_is_not_recorded(world: World) -> None:
    right = apply_for(world, underlying_until=world.now + 5 * DAY)
    with pytest.raises(errors.UnderlyingRightEnds):
        world.act("headquarters", "approveApplication", right, FILE, after=6 * DAY)


def test_headquarters_refuse_with_grounds_and_the_holder_may_apply_anew(world: World) -> None:
    right = apply_for(world)
    with pytest.raises(errors.CommitmentMissing):
        world.act("headquarters", "refuseApplication", right, bytes(32), FILE)
    (refused,) = world.act("headquarters", "refuseApplication", right, a_hash("grounds"), FILE)
    assert refused.application is Application.Recordal
    with pytest.raises(errors.ApplicationMissing):
        world.act("headquarters", "approveApplication", right, FILE)
    assert not is_in_force(world, right)
    assert apply_for(world) == right + 1


@pytest.mark.parametrize(("early", "late"), [(1, False), (0, True), (-DAY, True)])
def test_a_decision_after_thirty_working_days_is_on_the_record_as_late(world: World, early: int, late: bool) -> None:
    right = apply_for(world)
    decide_by = world.model.rights[right].decide_by
    (approved,) = world.act("headquarters", "approveApplication", right, FILE, after=decide_by - world.now - early)
    assert approved.late is late
    assert is_in_force(world, right)


def test_nothing_is_decided_twice(world: World) -> None:
    right = world.recorded()
    for function, arguments in (("approveApplication", (FILE,)), ("refuseApplication", (FILE, FILE))):
        with pytest.raises(errors.ApplicationMissing):
            world.act("headquarters", function, right, *arguments)


def test_headquarters_do_not_decide_on_their_own_right(world: World) -> None:
    both = role_set([Role.Customs, Role.RightsHolder])
    world.act("owner", "setRoles", world.numbers["headquarters"], both, 100)
    right = apply_for(world, who="headquarters")
    for function, arguments in (("approveApplication", (FILE,)), ("revokeRecordal", (FILE, FILE))):
        with pytest.raises(errors.SelfApproval):
            world.act("headquarters", function, right, *arguments)


def test_headquarters_that_are_customs_no_more_decide_nothing(world: World) -> None:
    right = apply_for(world)
    world.act("owner", "setRoles", world.numbers["headquarters"], role_set([Role.Platform]), 0)
    with pytest.raises(errors.RoleMissing):
        world.act("headquarters", "approveApplication", right, FILE)


def test_another_office_becomes_headquarters_and_the_former_one_decides_no_more(world: World) -> None:
    right = apply_for(world)
    world.act("owner", "setHeadquarters", world.numbers["customs_suzhou"])
    with pytest.raises(errors.HeadquartersOnly) as refused:
        world.act("headquarters", "approveApplication", right, FILE)
    assert refused.value.details["headquarters_no"] == world.numbers["customs_suzhou"]
    world.act("customs_suzhou", "approveApplication", right, FILE)


def test_only_a_customs_office_is_headquarters(world: World) -> None:
    with pytest.raises(errors.RoleMissing):
        world.act("owner", "setHeadquarters", world.numbers["market_regulator"])
    with pytest.raises(errors.ParticipantUnknown):
        world.act("owner", "setHeadquarters", 999)


def test_headings_are_hs_headings(world: World) -> None:
    right = world.recorded(headings=(101, 9701, 9799, 6404, 6404))
    assert all(world.rights.covers(right, heading) for heading in (101, 9701, 9799, 6404))
    assert not any(world.rights.covers(right, heading) for heading in (100, 102, 6403, 9700, 65_535))
    for heading in (0, 1, 99, 100, 6400, 9700, 9800, 9801, 65_535):
        with pytest.raises(errors.HeadingInvalid):
            apply_for(world, headings=[SHOES, heading])


@pytest.mark.parametrize("count", [0, MOST_HEADINGS + 1])
def test_a_right_names_goods_and_not_all_of_them(world: World, count: int) -> None:
    with pytest.raises(errors.HeadingsInvalid):
        apply_for(world, headings=[101 + n for n in range(count)])
    apply_for(world, headings=[101 + n for n in range(MOST_HEADINGS)])


@pytest.mark.parametrize("missing", ["marks", "goods", "evidence"])
def test_nothing_is_recorded_without_marks_goods_and_evidence(world: World, missing: str) -> None:
    with pytest.raises(errors.CommitmentMissing):
        apply_for(world, **{missing: bytes(32)})


def test_two_holders_may_ask_for_the_same_mark_and_headquarters_end_the_wrong_one(world: World) -> None:
    wrong, right = world.recorded(who="other_holder"), world.recorded()
    world.act("headquarters", "revokeRecordal", wrong, a_hash("somebody else's mark"), FILE)
    assert (is_in_force(world, wrong), is_in_force(world, right)) == (False, True)
    assert is_in_force(world, wrong, world.now - 1), "what was in force stays known"
    with pytest.raises(errors.RightNotInForce):
        world.act("headquarters", "revokeRecordal", wrong, FILE, FILE)


def test_nobody_disposes_of_another_holders_right(world: World) -> None:
    right = world.recorded()
    for function, arguments in (
        ("withdrawRecordal", (FILE,)),
        ("applyForChange", (MARKS, GOODS, [BAGS], FILE)),
        ("grantLicence", (world.numbers["seller"], GOODS, world.now + YEAR, FILE)),
    ):
        with pytest.raises(errors.HolderOnly):
            world.act("other_holder", function, right, *arguments)


@pytest.mark.parametrize("right", [0, 99, 2**256 - 1])
def test_refuses_rights_that_nobody_applied_for(world: World, right: int) -> None:
    with pytest.raises(errors.RightUnknown):
        world.act("rights_holder", "withdrawRecordal", right, FILE)
    for view, arguments in (("right", ()), ("isInForce", (0,)), ("covers", (SHOES,)), ("isLicensed", (1,))):
        assert isinstance(world.refusal_of_view(view, right, *arguments), errors.RightUnknown)


# -- renewal, change, withdrawal


def near_the_end(world: World, right: int, before: int = RENEWAL_WINDOW) -> None:
    wait(world, world.model.rights[right].until - before - world.now)


def test_a_renewal_runs_ten_years_from_the_end_of_the_term(world: World) -> None:
    right = world.recorded()
    first_end = world.model.rights[right].until
    near_the_end(world, right)
    world.act("rights_holder", "applyForRenewal", right, world.now + 30 * YEAR, FILE)
    (approved,) = world.act("headquarters", "approveApplication", right, FILE)
    assert (approved.application, approved.until) == (Application.Renewal, first_end + TERM)
    assert is_in_force(world, right, first_end + 1)


def test_no_renewal_comes_before_the_last_six_months_or_after_the_end(world: World) -> None:
    right = world.recorded()
    arguments = (right, world.now + 30 * YEAR, FILE)
    near_the_end(world, right, RENEWAL_WINDOW + 2)
    with pytest.raises(errors.RenewalTooEarly):
        world.act("rights_holder", "applyForRenewal", *arguments)
    world.act("rights_holder", "applyForRenewal", *arguments)
    world.act("headquarters", "refuseApplication", right, FILE, FILE)
    near_the_end(world, right, 0)
    with pytest.raises(errors.RightNotInForce):
        world.act("rights_holder", "applyForRenewal", *arguments)


def test_a_renewal_asked_for_in_time_is_granted_after_the_term_as_well(world: World) -> None:
    right = world.recorded()
    end = world.model.rights[right].until
    near_the_end(world, right, 10)
    world.act("rights_holder", "applyForRenewal", right, end + YEAR, FILE)
    wait(world, 2 * DAY)
    assert not is_in_force(world, right)
    world.act("headquarters", "approveApplication", right, FILE)
    assert world.model.rights[right].until == end + YEAR
    assert is_in_force(world, right)


def test_a_refused_renewal_leaves_the_rest_of_the_term(world: World) -> None:
    right = world.recorded()
    near_the_end(world, right)
    world.act("rights_holder", "applyForRenewal", right, world.now + 30 * YEAR, FILE)
    world.act("headquarters", "refuseApplication", right, FILE, FILE)
    assert is_in_force(world, right)


def test_a_renewal_brings_no_refused_goods_in(world: World) -> None:
    right = world.recorded(headings=(SHOES,))
    near_the_end(world, right)
    world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)
    world.act("headquarters", "refuseApplication", right, FILE, FILE)
    world.act("rights_holder", "applyForRenewal", right, world.now + 30 * YEAR, FILE)
    world.act("headquarters", "approveApplication", right, FILE)
    assert (world.rights.covers(right, SHOES), world.rights.covers(right, BAGS)) == (True, False)


def test_nothing_is_renewed_whose_underlying_right_ends_with_the_term(world: World) -> None:
    right = world.recorded()
    near_the_end(world, right)
    until = world.model.rights[right].until
    with pytest.raises(errors.UnderlyingRightEnds):
        world.act("rights_holder", "applyForRenewal", right, until, FILE)


def test_changed_goods_hold_once_approved_and_the_former_ones_no_more(world: World) -> None:
    right = world.recorded(headings=(SHOES,))
    world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)
    assert (world.rights.covers(right, SHOES), world.rights.covers(right, BAGS)) == (True, False)
    (approved,) = world.act("headquarters", "approveApplication", right, FILE)
    assert approved.application is Application.Change
    assert (world.rights.covers(right, SHOES), world.rights.covers(right, BAGS)) == (False, True)


def test_refused_changes_never_hold_even_after_the_next_ones_do(world: World) -> None:
    right = world.recorded(headings=(SHOES,))
    world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [101], FILE)
    world.act("headquarters", "refuseApplication", right, FILE, FILE)
    assert world.rights.covers(right, SHOES)
    world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)
    world.act("headquarters", "approveApplication", right, FILE)
    assert [bool(world.rights.covers(right, heading)) for heading in (SHOES, 101, BAGS)] == [False, False, True]


def test_one_thing_is_asked_for_at_a_time(world: World) -> None:
    right = world.recorded()
    near_the_end(world, right)
    world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)
    with pytest.raises(errors.ApplicationPending) as refused:
        world.act("rights_holder", "applyForRenewal", right, world.now + 30 * YEAR, FILE)
    assert refused.value.details["application"] == "Change"
    with pytest.raises(errors.ApplicationPending):
        world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)


def test_a_withdrawn_right_ends_at_once_and_for_good(world: World) -> None:
    right = world.recorded()
    world.act("rights_holder", "withdrawRecordal", right, FILE)
    assert not is_in_force(world, right)
    with pytest.raises(errors.RightNotInForce):
        world.act("rights_holder", "withdrawRecordal", right, FILE)
    with pytest.raises(errors.RightNotInForce):
        world.act("rights_holder", "applyForChange", right, MARKS, GOODS, [BAGS], FILE)


def test_an_application_is_withdrawn_before_it_is_decided(world: World) -> None:
    right = apply_for(world)
    world.act("rights_holder", "withdrawRecordal", right, FILE)
    with pytest.raises(errors.ApplicationMissing):
        world.act("headquarters", "approveApplication", right, FILE)


def test_a_clock_into_a_year_that_nobody_published_stops_an_application(world: World) -> None:
    last_december = datetime(max(world.model.years), 12, 1, tzinfo=CHINA)
    wait(world, int(last_december.timestamp()) - world.now)
    with pytest.raises(errors.CalendarMissing):
        apply_for(world)
    assert world.rights.rightCount() == 0


# -- licences


def license_(world: World, right: int, seller: str = "seller", term: int = YEAR) -> None:
    world.act("rights_holder", "grantLicence", right, world.numbers[seller], GOODS, world.now + term, FILE)


def is_licensed(world: World, right: int, who: str = "seller") -> bool:
    found = bool(world.rights.isLicensed(right, world.numbers[who]))
    assert found == world.model.is_licensed(right, world.numbers[who], world.now)
    return found


def test_a_licence_is_one_sellers_until_its_end(world: World) -> None:
    right = world.recorded()
    license_(world, right, term=DAY)
    assert is_licensed(world, right)
    assert not is_licensed(world, right, "other_seller")
    wait(world, world.model.licences[right, world.numbers["seller"]].until - 1 - world.now)
    assert is_licensed(world, right)
    wait(world, 1)
    assert not is_licensed(world, right)


def test_a_revoked_licence_ends_at_once_and_may_be_granted_anew(world: World) -> None:
    right = world.recorded()
    license_(world, right)
    world.act("rights_holder", "revokeLicence", right, world.numbers["seller"], FILE)
    assert not is_licensed(world, right)
    assert tuple(world.rights.licence(right, world.numbers["seller"]))[2] == world.now
    with pytest.raises(errors.LicenceMissing):
        world.act("rights_holder", "revokeLicence", right, world.numbers["seller"], FILE)
    license_(world, right)
    assert is_licensed(world, right)


def test_a_licence_holds_while_the_right_does(world: World) -> None:
    right = world.recorded()
    license_(world, right)
    world.act("rights_holder", "withdrawRecordal", right, FILE)
    assert not is_licensed(world, right)
    with pytest.raises(errors.RightNotInForce):
        license_(world, right)


def test_a_holder_needs_no_licence_for_its_own_goods(world: World) -> None:
    right = world.recorded()
    assert is_licensed(world, right, "rights_holder")


def test_licences_are_for_registered_sellers_and_end_in_the_future(world: World) -> None:
    right = world.recorded()
    for number in (0, 999, world.numbers["platform"]):
        with pytest.raises(errors.LicenseeInvalid):
            world.act("rights_holder", "grantLicence", right, number, GOODS, world.now + YEAR, FILE)
    with pytest.raises(errors.LicenceTermInvalid):
        world.act("rights_holder", "grantLicence", right, world.numbers["seller"], GOODS, world.now + 1, FILE)
    for commitments in ((bytes(32), world.now + YEAR, FILE), (GOODS, world.now + YEAR, bytes(32))):
        with pytest.raises(errors.CommitmentMissing):
            world.act("rights_holder", "grantLicence", right, world.numbers["seller"], *commitments)
