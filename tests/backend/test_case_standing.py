"""Where cases and listings stand: what is said to be possible is what the reference model lets its party do."""

from __future__ import annotations

import random
from typing import Any

import pytest

from backend.domain.case_standing import Act, standing_of, step_due
from backend.domain.clocks import working_days_left
from backend.domain.events import Level
from backend.domain.lifecycle import Flag, Sets, State, Step
from backend.domain.listing_standing import ListingAct, ListingParty, ListingStage, listing_standing_of
from backend.domain.reference.case_book import Case
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind, Route
from backend.domain.working_days import arranged_years
from tests.support.reference_world import DAY, FILE, PLAYED_BY, SHOES, TRIED, VALUE, World, open_case


@pytest.mark.parametrize("kind", [RightKind.Trademark, RightKind.Patent])
@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("seed", range(6))
def test_what_may_be_done_in_a_case_is_what_the_model_lets_its_party_do(
    seed: int, route: Route, kind: RightKind
) -> None:
    chance, world = random.Random(seed), World(kind)
    open_case(world, route)
    for _ in range(14):
        standing = standing_of(world.case, world.now)
        open_now = {each.act: each for each in standing.possible}
        due = step_due(world.case, world.sets)
        assert all(PLAYED_BY[each.by] == TRIED[each.act][0] for each in standing.possible)
        for act, (who, name, arguments) in TRIED.items():
            waits = act is Act.ChooseDisposal and due is Step.Confiscation
            assert world.lets(who, name, *arguments(world)) == (act in open_now and not waits), (act, world.case)
        if standing.deadline:
            assert standing.deadline == (
                world.case.find_by
                if world.case.find_by > world.now and world.case.state is CaseState.Detained
                else world.case.lapses_at
            )
        for each in standing.possible:
            assert each.until == 0 or world.now < each.until
        if due is not None and chance.random() < 0.6:
            world.record("customs", due)
        elif standing.deadline > world.now and chance.random() < 0.3:
            world.now = standing.deadline - chance.choice((0, 1))
        elif open_now:
            who, name, arguments = TRIED[chance.choice(sorted(open_now))]
            if world.lets(who, name, *arguments(world)):
                world.do(who, name, *arguments(world))
        world.now += chance.randrange(1, 3 * DAY)


def test_every_state_and_act_is_reached_by_the_walks() -> None:
    states, acts = set(), set()
    for seed in range(200):
        chance = random.Random(seed)
        world = World(chance.choice((RightKind.Trademark, RightKind.Patent)))
        open_case(world, chance.choice(list(Route)))
        for _ in range(14):
            states.add(world.case.state)
            if chance.random() < 0.3:
                world.now = max(world.now, standing_of(world.case, world.now).deadline)
            standing, due = standing_of(world.case, world.now), step_due(world.case, world.sets)
            if due is not None:
                world.record("customs", due)
            elif standing.possible:
                possible = [each for each in standing.possible if each.act is not Act.WithdrawCase]
                act = chance.choice(possible or list(standing.possible)).act
                acts.add(act)
                who, name, arguments = TRIED[act]
                world.do(who, name, *arguments(world))
            world.now += DAY // 2
    assert states == set(CaseState)
    assert acts == set(Act) - {Act.WithdrawCase}


def a_case(**more: Any) -> Case:
    return Case(1, RightKind.Trademark, 1, 2, SHOES, Route.ExOfficio, VALUE, parcels=0b011, **more)


def sets_with(state: State, *flags: Flag) -> Sets:
    sets = Sets(2)
    sets.words[state] = 0b011
    for flag in flags:
        sets.words[16 + flag] = 0b011
    return sets


INFRINGING = {"state": CaseState.Infringing, "outcome": Outcome.Infringing}
CLOSED = {"state": CaseState.Closed, "outcome": Outcome.NotInfringing}


@pytest.mark.parametrize(
    ("case", "sets", "due"),
    [
        (a_case(**INFRINGING), sets_with(State.Accepted, Flag.HeldDeclaring, Flag.Infringing), Step.Confiscation),
        (a_case(**INFRINGING), sets_with(State.Confiscated, Flag.HeldDeclaring, Flag.Infringing), None),
        (
            a_case(**INFRINGING, disposed=True, disposal=Disposal.Destruction),
            sets_with(State.Confiscated, Flag.HeldDeclaring),
            Step.Destruction,
        ),
        (a_case(**INFRINGING, disposed=True), sets_with(State.Disposed, Flag.HeldDeclaring), None),
        (a_case(**INFRINGING, disposed=True, disposal=Disposal.Destruction), sets_with(State.Destroyed), None),
        (a_case(**CLOSED), sets_with(State.Accepted, Flag.HeldDeclaring), Step.DetentionLifted),
        (a_case(**CLOSED), sets_with(State.AtPort, Flag.HeldPort), Step.PortDetentionLifted),
        (a_case(**CLOSED), sets_with(State.Accepted), None),
        (a_case(state=CaseState.Detained), sets_with(State.Accepted, Flag.HeldDeclaring), None),
    ],
)
def test_the_step_that_the_district_owes_a_case(case: Case, sets: Sets, due: Step | None) -> None:
    assert step_due(case, sets) is due


@pytest.mark.parametrize(
    ("now", "deadline", "left"),
    [
        # 2026-09-30 10:00 in China; the National Day holiday is the first to the seventh, the tenth is worked.
        (1_790_733_600, 1_790_733_600 + 14 * 3600, 0),
        (1_790_733_600, 1_791_388_800 + DAY, 1),
        (1_790_733_600, 1_791_388_800 + 3 * DAY, 3),
        (1_790_733_600, 1_791_388_800 + 4 * DAY, 3),
        # past its end
        (1_790_733_600, 1_790_700_000, 0),
        # into a year that was not published: not guessed
        (1_790_733_600, 1_800_000_000, None),
    ],
)
def test_working_days_left_leave_out_holidays_and_count_make_up_days(now: int, deadline: int, left: int | None) -> None:
    assert working_days_left({2026: arranged_years()[2026]}, now, deadline) == left


# ---------------------------------------------------------------------------------------------------
# Listings

LISTING_TRIED: dict[ListingAct, tuple[str, tuple[Any, ...]]] = {
    ListingAct.MakeStatement: ("make_statement", (1, FILE)),
    ListingAct.ConfirmListing: ("confirm", (1, FILE)),
    ListingAct.LiftListing: ("lift", (1, FILE)),
    ListingAct.AppealListing: ("appeal_listing", (1, FILE)),
    ListingAct.DecideListingAppeal: ("decide_listing_appeal", (1, True, FILE)),
    ListingAct.AskRepair: ("ask_repair", (1, FILE)),
    ListingAct.DecideRepair: ("decide_repair", (1, False, FILE)),
}

LISTING_PLAYED_BY = {
    ListingParty.Listed: "owner",
    ListingParty.Imposer: "customs",
    ListingParty.CoSigner: "tax",
    ListingParty.AppealBody: "appeal_body",
}


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("seed", range(5))
def test_what_may_be_done_to_a_listing_is_what_the_model_lets_its_party_do(seed: int, level: Level) -> None:
    chance, world = random.Random(seed), World(RightKind.Trademark)
    world.do("owner", "set_confirmations", level, 1)
    world.do("customs", "impose", world.seller, level, FILE, FILE, world.now + chance.choice((90, 700)) * DAY)
    seen = set()
    for _ in range(14):
        standing = listing_standing_of(world.model.listings[1], world.now)
        seen.add(standing.stage)
        said = {(each.act, each.by) for each in standing.possible}
        for act, (name, arguments) in LISTING_TRIED.items():
            for party, who in LISTING_PLAYED_BY.items():
                assert world.lets(who, name, *arguments) == ((act, party) in said), (act, party, standing)
        if said and chance.random() < 0.7:
            careful = [pair for pair in sorted(said) if pair[0] is not ListingAct.LiftListing] or sorted(said)
            act, party = chance.choice(careful)
            name, arguments = LISTING_TRIED[act]
            world.do(LISTING_PLAYED_BY[party], name, *arguments)
        world.now += chance.choice((DAY, 10 * DAY, 100 * DAY))
    assert seen & {ListingStage.Hearing, ListingStage.Confirming}
