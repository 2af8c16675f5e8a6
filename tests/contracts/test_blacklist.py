"""The blacklist: grounds, a second authority, an end, a lift; what is in force at every moment."""

from __future__ import annotations

import pytest

from backend.domain import errors
from backend.domain.events import Level, ListingConfirmed, ListingInForce
from backend.domain.participants import Role, role_set
from backend.domain.reference.blacklist import LONGEST_TERM, MOST_CONFIRMATIONS, MOST_IN_FORCE
from tests.contracts.world import World, a_hash

DAY = 86_400
GROUNDS, EVIDENCE = a_hash("grounds"), a_hash("evidence")


def propose(world: World, who: str = "market_regulator", level: Level = Level.Barred, term: int = 30 * DAY) -> int:
    until = world.now + term
    seller = world.numbers["seller"]
    (event,) = world.act(who, "impose", seller, level, GROUNDS, EVIDENCE, until)
    return int(event.listing_id)


def in_force(world: World, level: Level = Level.Barred) -> int:
    """The end of what is in force, as chain and model agree on it."""
    seller = world.numbers["seller"]
    until = int(world.blacklist.inForceUntil(seller, level))
    assert until == world.model.in_force_until(seller, level, world.now)
    assert world.blacklist.isBarred(seller) == world.model.is_barred(seller, world.now)
    return until


def test_a_proposed_listing_bars_nobody(world: World) -> None:
    listing = propose(world)
    assert in_force(world) == 0
    assert not world.blacklist.isBarred(world.numbers["seller"])
    assert world.blacklist.listing(listing)[3] == 0


def test_a_second_authority_puts_a_listing_in_force(world: World) -> None:
    listing = propose(world)
    events = world.act("customs_suzhou", "confirm", listing, EVIDENCE)
    until = in_force(world)
    assert events == [
        ListingConfirmed(listing, world.numbers["customs_suzhou"], EVIDENCE),
        ListingInForce(listing, world.numbers["seller"], Level.Barred, until),
    ]
    assert world.blacklist.isBarred(world.numbers["seller"])
    seller, imposer = world.numbers["seller"], world.numbers["market_regulator"]
    kept = tuple(world.blacklist.listing(listing))
    assert kept == (seller, imposer, kept[2], world.now, until, 0, 1, Level.Barred, kept[2], 0, 0, 0)


def test_the_imposing_authority_cannot_confirm_itself(world: World) -> None:
    listing = propose(world)
    with pytest.raises(errors.ConfirmationRepeated):
        world.act("market_regulator", "confirm", listing, EVIDENCE)


def test_another_account_of_the_same_authority_is_no_second_authority(world: World) -> None:
    listing = propose(world)
    regulator = world.numbers["market_regulator"]
    world.act("owner", "addAccount", regulator, world.accounts["spare_1"])
    with pytest.raises(errors.ConfirmationRepeated):
        world.act("spare_1", "confirm", listing, EVIDENCE)


def test_each_level_needs_its_own_number_of_confirmations(world: World) -> None:
    world.act("owner", "setConfirmations", Level.Barred, 2)
    listing = propose(world)
    assert len(world.act("customs_pudong", "confirm", listing, EVIDENCE)) == 1
    with pytest.raises(errors.ConfirmationRepeated):
        world.act("customs_pudong", "confirm", listing, EVIDENCE)
    assert in_force(world) == 0
    assert len(world.act("customs_suzhou", "confirm", listing, EVIDENCE)) == 2
    assert in_force(world)
    watch = propose(world, level=Level.Watch)
    assert len(world.act("customs_suzhou", "confirm", watch, EVIDENCE)) == 2


@pytest.mark.parametrize("needed", [0, MOST_CONFIRMATIONS + 1, 255])
def test_refuses_numbers_of_confirmations_that_make_no_sense(world: World, needed: int) -> None:
    with pytest.raises(errors.ConfirmationsInvalid):
        world.act("owner", "setConfirmations", Level.Watch, needed)


def test_as_many_confirmations_as_there_may_be(world: World) -> None:
    world.act("owner", "setConfirmations", Level.Watch, MOST_CONFIRMATIONS)
    assert world.blacklist.confirmationsOf(Level.Watch) == MOST_CONFIRMATIONS
    assert world.blacklist.confirmationsOf(Level.Barred) == 1


def test_a_listing_ends_by_itself(world: World) -> None:
    listing = propose(world, term=DAY)
    world.act("customs_pudong", "confirm", listing, EVIDENCE)
    until = in_force(world)
    world.act("platform", "anchor", 1, EVIDENCE, 1, after=until - world.now - 1)
    assert in_force(world) == until
    world.act("platform", "anchor", 1, EVIDENCE, 1)
    assert in_force(world) == 0
    world.declared()


@pytest.mark.parametrize(("late", "open_"), [(-1, True), (0, False), (86_400, False)])
def test_a_proposal_can_come_in_force_until_its_end_and_not_at_it(world: World, late: int, open_: bool) -> None:
    listing = propose(world, term=DAY)
    seconds = world.model.listings[listing].until - world.now + late
    if open_:
        world.act("customs_pudong", "confirm", listing, EVIDENCE, after=seconds)
        assert in_force(world)
    else:
        with pytest.raises(errors.ListingNotOpen):
            world.act("customs_pudong", "confirm", listing, EVIDENCE, after=seconds)


def test_a_place_among_those_in_force_is_free_at_the_very_end_of_another(world: World) -> None:
    for _ in range(MOST_IN_FORCE):
        world.act("customs_pudong", "confirm", propose(world, term=DAY), EVIDENCE)
    late = propose(world, term=3 * DAY)
    first_end = min(entry.until for entry in world.model.listings.values())
    with pytest.raises(errors.ListingsInForceTooMany):
        world.act("customs_suzhou", "confirm", late, EVIDENCE, after=first_end - 1 - world.now)
    world.act("customs_suzhou", "confirm", late, EVIDENCE)


def test_a_listing_is_confirmed_into_force_once(world: World) -> None:
    listing = world.barred()
    with pytest.raises(errors.ListingNotOpen):
        world.act("customs_suzhou", "confirm", listing, EVIDENCE)


def test_a_lifted_proposal_cannot_be_confirmed(world: World) -> None:
    listing = propose(world)
    world.act("market_regulator", "lift", listing, EVIDENCE)
    with pytest.raises(errors.ListingNotOpen):
        world.act("customs_pudong", "confirm", listing, EVIDENCE)


@pytest.mark.parametrize("who", ["market_regulator", "appeal_body"])
def test_a_lift_ends_a_listing_at_once(world: World, who: str) -> None:
    listing = world.barred()
    world.act(who, "lift", listing, EVIDENCE)
    assert in_force(world) == 0
    assert world.blacklist.listing(listing)[5] == world.now
    with pytest.raises(errors.ListingAlreadyLifted):
        world.act(who, "lift", listing, EVIDENCE)
    world.declared()


def test_the_confirming_authority_cannot_lift(world: World) -> None:
    listing = world.barred()
    with pytest.raises(errors.RoleMissing):
        world.act("customs_pudong", "lift", listing, EVIDENCE)


def test_an_appeal_body_that_took_part_cannot_lift(world: World) -> None:
    listing = propose(world)
    number = world.numbers["appeal_body"]
    both = role_set([Role.AppealBody, Role.MarketRegulator])
    world.act("owner", "setRoles", number, both, 0)
    world.act("appeal_body", "confirm", listing, EVIDENCE)
    with pytest.raises(errors.AppealNotImpartial):
        world.act("appeal_body", "lift", listing, EVIDENCE)


def test_an_authority_that_is_one_no_more_cannot_lift_what_it_imposed(world: World) -> None:
    listing = world.barred()
    world.act("owner", "setRoles", world.numbers["market_regulator"], role_set([Role.Platform]), 0)
    with pytest.raises(errors.RoleMissing):
        world.act("market_regulator", "lift", listing, EVIDENCE)


def test_the_longest_listing_counts_and_the_next_longest_after_its_lift(world: World) -> None:
    ends = {}
    for days in (20, 40, 30):
        listing = propose(world, term=days * DAY)
        world.act("customs_pudong", "confirm", listing, EVIDENCE)
        ends[days] = (listing, world.model.listings[listing].until)
    assert in_force(world) == ends[40][1]
    world.act("appeal_body", "lift", ends[40][0], EVIDENCE)
    assert in_force(world) == ends[30][1]
    world.act("appeal_body", "lift", ends[20][0], EVIDENCE)
    assert in_force(world) == ends[30][1]
    world.act("appeal_body", "lift", ends[30][0], EVIDENCE)
    assert in_force(world) == 0


def test_levels_do_not_mix(world: World) -> None:
    listing = propose(world, level=Level.Inspect)
    world.act("customs_pudong", "confirm", listing, EVIDENCE)
    assert in_force(world, Level.Inspect)
    assert in_force(world, Level.Watch) == 0
    assert in_force(world, Level.Barred) == 0
    world.declared()


def test_one_level_takes_so_many_listings_in_force_and_no_more(world: World) -> None:
    for days in range(1, MOST_IN_FORCE + 1):
        world.act("customs_pudong", "confirm", propose(world, term=days * DAY), EVIDENCE)
    one_more = propose(world)
    with pytest.raises(errors.ListingsInForceTooMany):
        world.act("customs_pudong", "confirm", one_more, EVIDENCE)
    elsewhere = propose(world, level=Level.Watch)
    world.act("customs_pudong", "confirm", elsewhere, EVIDENCE)
    # The first has ended after a day: its place is free again.
    world.act("customs_pudong", "confirm", one_more, EVIDENCE, after=DAY)
    assert in_force(world) == world.model.listings[one_more].until


def test_listings_have_an_end_within_the_law(world: World) -> None:
    seller = world.numbers["seller"]
    arguments = ("impose", seller, Level.Barred, GROUNDS, EVIDENCE)
    for term in (0, LONGEST_TERM + 1):
        with pytest.raises(errors.ListingTermInvalid):
            world.act("market_regulator", *arguments, world.now + 1 + term)
    for term in (1, LONGEST_TERM):
        world.act("market_regulator", *arguments, world.now + 1 + term)
    assert world.blacklist.longestTerm() == LONGEST_TERM


@pytest.mark.parametrize(("grounds", "evidence"), [(bytes(32), EVIDENCE), (GROUNDS, bytes(32))])
def test_refuses_a_listing_without_grounds_or_evidence(world: World, grounds: bytes, evidence: bytes) -> None:
    seller = world.numbers["seller"]
    with pytest.raises(errors.GroundsMissing):
        world.act("market_regulator", "impose", seller, Level.Watch, grounds, evidence, world.now + DAY)


@pytest.mark.parametrize("function", ["confirm", "lift"])
def test_refuses_a_decision_without_evidence(world: World, function: str) -> None:
    listing = propose(world)
    who = "customs_pudong" if function == "confirm" else "market_regulator"
    with pytest.raises(errors.GroundsMissing):
        world.act(who, function, listing, bytes(32))


@pytest.mark.parametrize("function", ["confirm", "lift"])
@pytest.mark.parametrize("listing", [0, 1, 2**256 - 1])
def test_refuses_listings_that_nobody_proposed(world: World, function: str, listing: int) -> None:
    with pytest.raises(errors.ListingUnknown):
        world.act("market_regulator", function, listing, EVIDENCE)


def test_refuses_to_list_nobody(world: World) -> None:
    with pytest.raises(errors.ParticipantUnknown):
        world.act("market_regulator", "impose", 999, Level.Watch, GROUNDS, EVIDENCE, world.now + DAY)


def test_an_authority_neither_lists_itself_nor_confirms_that_it_is_listed(world: World) -> None:
    regulator = world.numbers["market_regulator"]
    until = world.now + DAY
    with pytest.raises(errors.SelfListing):
        world.act("market_regulator", "impose", regulator, Level.Watch, GROUNDS, EVIDENCE, until)
    (event,) = world.act("customs_pudong", "impose", regulator, Level.Watch, GROUNDS, EVIDENCE, until)
    with pytest.raises(errors.SelfListing):
        world.act("market_regulator", "confirm", event.listing_id, EVIDENCE)


def test_counts_every_listing_ever_proposed(world: World) -> None:
    before = world.blacklist.listingCount()
    first, second = propose(world), propose(world)
    assert (first, second) == (before + 1, before + 2)
    assert world.blacklist.listingCount() == second


def test_reads_no_listing_that_is_not_there(world: World) -> None:
    assert isinstance(world.refusal_of_view("listing", 77), errors.ListingUnknown)
