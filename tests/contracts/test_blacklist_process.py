"""Due process: a hearing before anybody confirms, co-signing, appeal to a third, credit repair."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain import errors
from backend.domain.events import HearingOpened, Level, ListingAppealDecided, ListingLifted, StatementMade
from backend.domain.ledger import ZERO_ACCOUNT
from backend.domain.participants import Role, role_set
from backend.domain.reference.blacklist import APPEAL_WINDOW, LONGEST_HEARING, LONGEST_TERM, REPAIR_PERIODS
from tests.contracts.test_blacklist import DAY, EVIDENCE, GROUNDS, in_force
from tests.contracts.world import World, a_hash

STATEMENT = a_hash("statement")
HEARING = 5 * DAY


def hear(world: World, window: int = HEARING) -> None:
    world.act("owner", "setHearingWindow", window)


def propose(world: World, level: Level = Level.Barred, term: int = 900 * DAY, **changes: Any) -> int:
    values = {"participant_no": world.numbers["seller"], "level": level, "grounds": GROUNDS} | changes
    imposed, *_ = world.act("market_regulator", "impose", *values.values(), EVIDENCE, world.now + term)
    return int(imposed.listing_id)


def confirmed(world: World, level: Level = Level.Barred, **changes: Any) -> int:
    listing = propose(world, level, **changes)
    world.act("customs_pudong", "confirm", listing, EVIDENCE)
    return listing


def shop(world: World, by: str = "platform") -> int:
    """A seller without a key, registered by somebody."""
    (event,) = world.act(by, "register", a_hash("shop"), role_set([Role.Seller]), 0, ZERO_ACCOUNT)
    return int(event.participant_no)


# -- hearing


def test_nobody_confirms_before_the_party_could_be_heard(world: World) -> None:
    hear(world)
    seller = world.numbers["seller"]
    arguments = (seller, Level.Barred, GROUNDS, EVIDENCE, world.now + 900 * DAY)
    imposed, hearing = world.act("market_regulator", "impose", *arguments)
    until = world.now + HEARING
    assert hearing == HearingOpened(imposed.listing_id, seller, until)
    for after in (1, HEARING - 10):
        with pytest.raises(errors.HearingOpen) as refused:
            world.act("customs_pudong", "confirm", imposed.listing_id, EVIDENCE, after=after)
        assert refused.value.details == {"listing_id": imposed.listing_id, "until": until}
        assert in_force(world) == 0
    world.act("customs_pudong", "confirm", imposed.listing_id, EVIDENCE, after=until - world.now)
    assert in_force(world)


def test_urgent_grounds_are_not_heard_first(world: World) -> None:
    hear(world)
    world.act("owner", "setUrgency", a_hash("urgent"), True)
    assert world.blacklist.isUrgent(a_hash("urgent"))
    confirmed(world, grounds=a_hash("urgent"))
    assert in_force(world)
    world.act("owner", "setUrgency", a_hash("urgent"), False)
    with pytest.raises(errors.HearingOpen):
        confirmed(world, grounds=a_hash("urgent"))


def test_a_hearing_that_began_is_not_shortened(world: World) -> None:
    hear(world)
    listing = propose(world)
    hear(world, 0)
    world.act("owner", "setUrgency", GROUNDS, True)
    with pytest.raises(errors.HearingOpen):
        world.act("customs_pudong", "confirm", listing, EVIDENCE)


def test_a_listing_outlasts_its_hearing(world: World) -> None:
    hear(world)
    arguments = (world.numbers["seller"], Level.Watch, GROUNDS, EVIDENCE)
    with pytest.raises(errors.ListingTermInvalid):
        world.act("market_regulator", "impose", *arguments, world.now + 1 + HEARING)
    world.act("market_regulator", "impose", *arguments, world.now + 2 + HEARING)
    with pytest.raises(errors.ListingTermInvalid):
        world.act("market_regulator", "impose", *arguments, world.now + 2 + LONGEST_TERM)


def test_no_hearing_lasts_longer_than_it_may(world: World) -> None:
    hear(world, LONGEST_HEARING)
    for window in (LONGEST_HEARING + 1, 2**48 - 1):
        with pytest.raises(errors.HearingWindowInvalid):
            hear(world, window)
    with pytest.raises(errors.GroundsMissing):
        world.act("owner", "setUrgency", bytes(32), True)


def test_a_party_is_heard_by_whoever_speaks_for_it(world: World) -> None:
    hear(world)
    seller = shop(world)
    listing = propose(world, participant_no=seller)
    platform = world.numbers["platform"]
    assert world.act("platform", "makeStatement", listing, STATEMENT) == [
        StatementMade(listing, seller, platform, STATEMENT)
    ]
    for who in ("customs_pudong", "declarant", "market_regulator"):
        with pytest.raises(errors.ListedPartyOnly):
            world.act(who, "makeStatement", listing, STATEMENT)
    world.act("owner", "addAccount", seller, world.accounts["spare_0"])
    with pytest.raises(errors.ListedPartyOnly):
        world.act("platform", "makeStatement", listing, STATEMENT)
    (own,) = world.act("spare_0", "makeStatement", listing, STATEMENT)
    assert own.speaker_no == seller


def test_a_statement_says_something_and_comes_while_the_listing_stands(world: World) -> None:
    listing = propose(world, term=DAY)
    with pytest.raises(errors.GroundsMissing):
        world.act("owner", "makeStatement", listing, bytes(32))
    with pytest.raises(errors.ListingNotOpen):
        world.act("owner", "makeStatement", listing, STATEMENT, after=DAY)
    lifted = propose(world)
    world.act("market_regulator", "lift", lifted, EVIDENCE)
    with pytest.raises(errors.ListingAlreadyLifted):
        world.act("owner", "makeStatement", lifted, STATEMENT)


def test_an_authority_that_registered_a_seller_does_not_speak_for_whom_it_listed(world: World) -> None:
    seller = shop(world, by="customs_pudong")
    until = world.now + DAY
    (imposed,) = world.act("customs_pudong", "impose", seller, Level.Watch, GROUNDS, EVIDENCE, until)
    with pytest.raises(errors.ListedPartyOnly):
        world.act("customs_pudong", "makeStatement", imposed.listing_id, STATEMENT)


# -- co-signing


@pytest.mark.parametrize("who", ["tax_authority", "foreign_exchange", "other_regulator", "customs_suzhou"])
def test_other_authorities_sign_what_one_proposed(world: World, who: str) -> None:
    listing = propose(world)
    world.act(who, "confirm", listing, EVIDENCE)
    assert in_force(world)


@pytest.mark.parametrize("who", ["tax_authority", "foreign_exchange"])
def test_co_signing_authorities_propose_and_lift_nothing(world: World, who: str) -> None:
    with pytest.raises(errors.RoleMissing):
        world.act(who, "impose", world.numbers["seller"], Level.Watch, GROUNDS, EVIDENCE, world.now + DAY)
    listing = propose(world)
    world.act(who, "confirm", listing, EVIDENCE)
    with pytest.raises(errors.RoleMissing):
        world.act(who, "lift", listing, EVIDENCE)


def test_joint_punishment_needs_all_who_have_to_sign(world: World) -> None:
    world.act("owner", "setConfirmations", Level.Barred, 3)
    listing = propose(world)
    for who in ("customs_pudong", "tax_authority"):
        world.act(who, "confirm", listing, EVIDENCE)
        assert in_force(world) == 0
        with pytest.raises(errors.ConfirmationRepeated):
            world.act(who, "confirm", listing, EVIDENCE)
    world.act("foreign_exchange", "confirm", listing, EVIDENCE)
    assert in_force(world)


# -- appeal


def test_an_appeal_that_succeeds_lifts_the_listing(world: World) -> None:
    listing = confirmed(world)
    world.act("owner", "appealListing", listing, EVIDENCE)
    assert in_force(world), "it stays in force until it is decided"
    appeal_body, seller = world.numbers["appeal_body"], world.numbers["seller"]
    assert world.act("appeal_body", "decideListingAppeal", listing, False, EVIDENCE) == [
        ListingAppealDecided(listing, appeal_body, False, EVIDENCE),
        ListingLifted(listing, seller, appeal_body, EVIDENCE),
    ]
    assert in_force(world) == 0
    world.declared()


def test_an_appeal_that_fails_leaves_the_listing_and_is_the_last(world: World) -> None:
    listing = confirmed(world)
    world.act("owner", "appealListing", listing, EVIDENCE)
    world.act("appeal_body", "decideListingAppeal", listing, True, EVIDENCE)
    assert in_force(world)
    with pytest.raises(errors.AppealMissing):
        world.act("appeal_body", "decideListingAppeal", listing, False, EVIDENCE)
    with pytest.raises(errors.AppealRepeated):
        world.act("owner", "appealListing", listing, EVIDENCE)


def test_an_appeal_comes_within_sixty_days_of_the_listings_coming_into_force(world: World) -> None:
    early, late = confirmed(world), confirmed(world)
    latest = world.model.listings[early].in_force_at + APPEAL_WINDOW
    world.act("owner", "appealListing", early, EVIDENCE, after=latest - 1 - world.now)
    latest = world.model.listings[late].in_force_at + APPEAL_WINDOW
    with pytest.raises(errors.AppealTooLate) as refused:
        world.act("owner", "appealListing", late, EVIDENCE, after=latest - world.now)
    assert refused.value.details["latest"] == latest


def test_nobody_appeals_against_what_is_not_in_force(world: World) -> None:
    proposed, short, lifted = propose(world), confirmed(world, term=DAY), confirmed(world)
    world.act("market_regulator", "lift", lifted, EVIDENCE)
    for listing, after in ((proposed, 1), (lifted, 1), (short, DAY)):
        with pytest.raises(errors.ListingNotInForce):
            world.act("owner", "appealListing", listing, EVIDENCE, after=after)


def test_an_appeal_body_decides_on_appeals_alone(world: World) -> None:
    listing = confirmed(world)
    with pytest.raises(errors.AppealMissing):
        world.act("appeal_body", "decideListingAppeal", listing, False, EVIDENCE)
    world.act("owner", "appealListing", listing, EVIDENCE)
    with pytest.raises(errors.GroundsMissing):
        world.act("appeal_body", "decideListingAppeal", listing, False, bytes(32))
    world.act("market_regulator", "lift", listing, EVIDENCE)
    with pytest.raises(errors.ListingNotInForce):
        world.act("appeal_body", "decideListingAppeal", listing, False, EVIDENCE)


def test_an_appeal_body_that_took_part_or_is_listed_itself_decides_nothing(world: World) -> None:
    number = world.numbers["appeal_body"]
    listing = propose(world)
    world.act("owner", "setRoles", number, role_set([Role.AppealBody, Role.TaxAuthority]), 0)
    world.act("appeal_body", "confirm", listing, EVIDENCE)
    world.act("owner", "appealListing", listing, EVIDENCE)
    with pytest.raises(errors.AppealNotImpartial):
        world.act("appeal_body", "decideListingAppeal", listing, True, EVIDENCE)
    own = confirmed(world, participant_no=number)
    world.act("appeal_body", "appealListing", own, EVIDENCE)
    for function, arguments in (("decideListingAppeal", (False,)), ("lift", ())):
        with pytest.raises(errors.AppealNotImpartial):
            world.act("appeal_body", function, own, *arguments, EVIDENCE)


# -- credit repair


@pytest.mark.parametrize("level", Level)
def test_credit_is_repaired_when_a_listing_has_stood_long_enough(world: World, level: Level) -> None:
    listing = confirmed(world, level)
    earliest = world.now + REPAIR_PERIODS[level]
    assert world.blacklist.repairPeriodOf(level) == REPAIR_PERIODS[level]
    with pytest.raises(errors.RepairTooEarly) as refused:
        world.act("owner", "askRepair", listing, EVIDENCE, after=earliest - 1 - world.now)
    assert refused.value.details["earliest"] == earliest
    world.act("owner", "askRepair", listing, EVIDENCE)
    with pytest.raises(errors.RepairPending):
        world.act("owner", "askRepair", listing, EVIDENCE)
    world.act("market_regulator", "decideRepair", listing, True, EVIDENCE)
    assert in_force(world, level) == 0
    with pytest.raises(errors.ListingNotInForce):
        world.act("owner", "askRepair", listing, EVIDENCE)


def test_repair_that_is_refused_may_be_asked_for_again(world: World) -> None:
    listing = confirmed(world)
    world.act("owner", "askRepair", listing, EVIDENCE, after=REPAIR_PERIODS[Level.Barred])
    world.act("market_regulator", "decideRepair", listing, False, EVIDENCE)
    assert in_force(world)
    with pytest.raises(errors.RepairMissing):
        world.act("market_regulator", "decideRepair", listing, True, EVIDENCE)
    world.act("owner", "askRepair", listing, EVIDENCE)


def test_repair_is_for_the_imposing_authority(world: World) -> None:
    listing = confirmed(world)
    world.act("owner", "askRepair", listing, EVIDENCE, after=REPAIR_PERIODS[Level.Barred])
    for who in ("customs_pudong", "other_regulator"):
        with pytest.raises(errors.ImposingAuthorityOnly):
            world.act(who, "decideRepair", listing, True, EVIDENCE)


def test_nothing_is_repaired_that_has_ended_meanwhile(world: World) -> None:
    listing = confirmed(world, Level.Watch, term=100 * DAY)
    world.act("owner", "askRepair", listing, EVIDENCE, after=REPAIR_PERIODS[Level.Watch])
    with pytest.raises(errors.ListingNotInForce):
        world.act("market_regulator", "decideRepair", listing, True, EVIDENCE, after=20 * DAY)


@pytest.mark.parametrize(
    "function", ["makeStatement", "appealListing", "askRepair", "decideRepair", "decideListingAppeal"]
)
def test_refuses_listings_that_nobody_proposed(world: World, function: str) -> None:
    decides = {"decideRepair": "market_regulator", "decideListingAppeal": "appeal_body"}
    arguments = (True, EVIDENCE) if function in decides else (EVIDENCE,)
    with pytest.raises(errors.ListingUnknown):
        world.act(decides.get(function, "owner"), function, 7, *arguments)
