"""The draw: rounds that follow each other, seeds committed to before and revealed after, and every way to steer it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from brownie import web3

from backend.domain import errors
from backend.domain.draw import (
    HASH_DELAY,
    HASHES_KNOWN,
    LEAST_BLOCKS,
    MOST_BLOCKS,
    REVEAL_WINDOW,
    Round,
    RoundState,
    Tier,
    commitment_of,
)
from tests.contracts.draw_rows import RATES, SEED, closed, mixed, opened, revealed, void
from tests.contracts.world import PUDONG, SUZHOU, World, a_hash, block_hash, block_number, mine

OTHER_SEED = a_hash("other seed")


def assert_same(world: World) -> None:
    """Every round on chain is the model's, and stands where the model says."""
    now = world.now
    for (district, number), entry in world.model.rounds.items():
        found = world.draw.roundOf(district, number)
        assert tuple(found) == _as_answered(entry)
        assert world.draw.stateOf(district, number) == world.model.state_of(district, number, now)
    for district in (PUDONG, SUZHOU):
        assert world.draw.roundCountOf(district) == world.model.round_count_of(district)


def _as_answered(entry: Round) -> tuple[Any, ...]:
    words = tuple(web3.to_hex(word) for word in (entry.commitment, entry.block_hash, entry.seed))
    rates = (entry.rates.direct, entry.rates.review, entry.rates.inspect)
    return (*words, entry.customs_no, entry.opens_at, entry.closes_at, *rates, entry.reveal_by, entry.failed)


def state_of(world: World, number: int = 1) -> RoundState:
    assert_same(world)
    return RoundState(world.draw.stateOf(PUDONG, number))


# -- a round's life


def test_a_round_goes_from_commitment_to_a_draw_that_everybody_computes_alike(world: World) -> None:
    event = opened(world)
    assert (event.opens_at, event.closes_at) == (block_number(), block_number() + LEAST_BLOCKS)
    assert state_of(world) is RoundState.Open
    mine(LEAST_BLOCKS)
    assert state_of(world) is RoundState.Open, "a declaration in the last block is still in the round"
    mine(1)
    assert state_of(world) is RoundState.Closed
    mine(HASH_DELAY)
    world.act("outsider", "recordBlockHash", PUDONG, 1)
    assert state_of(world) is RoundState.Mixed
    (seen,) = world.act("customs_pudong", "revealSeed", PUDONG, 1, SEED)
    assert seen.seed == SEED
    assert state_of(world) is RoundState.Revealed

    draw = random.Random(3)
    for _ in range(40):
        manifest, index, tier = draw.randbytes(32), draw.randrange(256), draw.choice(list(Tier))
        number = world.draw.drawOf(PUDONG, 1, manifest, index)
        assert number == world.model.draw_of(PUDONG, 1, manifest, index, world.now)
        selected = world.draw.isSelected(PUDONG, 1, manifest, index, tier)
        assert selected == world.model.is_selected(PUDONG, 1, manifest, index, tier, world.now)
        assert selected == (number < RATES[tier])


def test_the_hash_is_that_of_the_block_fixed_by_the_close(world: World) -> None:
    event = closed(world)
    mine(100)
    (recorded,) = world.act("outsider", "recordBlockHash", PUDONG, 1)
    assert recorded.block_hash == block_hash(event.closes_at + HASH_DELAY), "whenever it is recorded"
    assert recorded.reveal_by == world.now + REVEAL_WINDOW


# -- rounds follow each other


def test_the_next_round_begins_where_the_last_one_ends(world: World) -> None:
    first = opened(world)
    second = opened(world, OTHER_SEED)
    assert second.opens_at == first.closes_at
    assert_same(world)


def test_one_round_ahead_is_the_most(world: World) -> None:
    opened(world)
    second = opened(world, OTHER_SEED)
    third = commitment_of(a_hash("third"))
    with pytest.raises(errors.RoundAhead) as refused:
        world.act("customs_pudong", "openRound", third, LEAST_BLOCKS, *RATES)
    assert refused.value.details == {"district": PUDONG, "number": 2, "opens_at": second.opens_at}
    mine(second.opens_at - block_number() - 1)
    world.act("customs_pudong", "openRound", third, LEAST_BLOCKS, *RATES)
    assert_same(world)


def test_after_a_pause_the_next_round_covers_no_block_that_is_past(world: World) -> None:
    first = opened(world)
    mine(LEAST_BLOCKS + 30)
    second = opened(world, OTHER_SEED)
    assert second.opens_at == block_number() > first.closes_at


def test_no_block_is_in_two_rounds_of_a_district(world: World) -> None:
    draw = random.Random(7)
    for n in range(12):
        length = draw.randint(LEAST_BLOCKS, 3 * LEAST_BLOCKS)
        try:
            opened(world, a_hash(n), length)
        except errors.RoundAhead:
            mine(LEAST_BLOCKS)
        mine(draw.randint(0, 2 * LEAST_BLOCKS))
    rounds = list(world.model.rounds.values())
    assert len(rounds) > 4
    for block in range(rounds[0].opens_at, rounds[-1].closes_at + 2):
        assert sum(entry.covers(block) for entry in rounds) <= 1
    assert_same(world)


def test_districts_have_rounds_of_their_own(world: World) -> None:
    opened(world)
    (event,) = world.act("customs_suzhou", "openRound", commitment_of(OTHER_SEED), LEAST_BLOCKS, *RATES)
    assert (event.district, event.number) == (SUZHOU, 1)
    assert_same(world)


# -- opening


@pytest.mark.parametrize("length", [0, LEAST_BLOCKS - 1, MOST_BLOCKS + 1, 2**32 - 1])
def test_a_round_has_a_length_within_bounds(world: World, length: int) -> None:
    with pytest.raises(errors.RoundLengthInvalid) as refused:
        opened(world, length=length)
    assert refused.value.details == {"length": length, "least": LEAST_BLOCKS, "most": MOST_BLOCKS}


def test_the_longest_round_is_opened(world: World) -> None:
    assert opened(world, length=MOST_BLOCKS).closes_at == block_number() + MOST_BLOCKS


@pytest.mark.parametrize("rates", [(1, 0, 10_000), (0, 2, 1), (0, 0, 10_001), (65_535, 65_535, 65_535)])
def test_rates_rise_with_the_tier_and_are_shares(world: World, rates: tuple[int, int, int]) -> None:
    with pytest.raises(errors.RatesInvalid):
        world.act("customs_pudong", "openRound", commitment_of(SEED), LEAST_BLOCKS, *rates)


def test_a_commitment_serves_once_in_any_district(world: World) -> None:
    opened(world)
    for who in ("customs_pudong", "customs_suzhou"):
        with pytest.raises(errors.CommitmentUsed):
            world.act(who, "openRound", commitment_of(SEED), LEAST_BLOCKS, *RATES)
    with pytest.raises(errors.CommitmentMissing):
        world.act("customs_pudong", "openRound", bytes(32), LEAST_BLOCKS, *RATES)


# -- the block hash


def test_the_hash_is_not_recorded_before_its_block_is_past(world: World) -> None:
    event = opened(world)
    for blocks in (0, LEAST_BLOCKS, HASH_DELAY - 3):
        mine(blocks)
        with pytest.raises(errors.HashNotReady) as refused:
            world.act("outsider", "recordBlockHash", PUDONG, 1)
        assert refused.value.details["hash_block"] == event.closes_at + HASH_DELAY
    assert block_number() == event.closes_at + HASH_DELAY, "in the block itself its own hash is not known"
    world.act("outsider", "recordBlockHash", PUDONG, 1)


def test_the_hash_is_recorded_once(world: World) -> None:
    mixed(world)
    with pytest.raises(errors.RoundStateUnfit):
        world.act("customs_pudong", "recordBlockHash", PUDONG, 1)


def test_the_last_block_that_knows_the_hash_records_it(world: World) -> None:
    event = opened(world)
    mine(event.closes_at + HASH_DELAY + HASHES_KNOWN - 1 - block_number())
    (recorded,) = world.act("outsider", "recordBlockHash", PUDONG, 1)
    assert recorded.block_hash == block_hash(event.closes_at + HASH_DELAY) != bytes(32)


def test_a_round_whose_hash_nobody_recorded_is_void_and_that_is_put_on_record(world: World) -> None:
    event = opened(world)
    mine(event.closes_at + HASH_DELAY + HASHES_KNOWN - block_number())
    for function, arguments in (("recordBlockHash", ()), ("revealSeed", (SEED,))):
        with pytest.raises(errors.RoundStateUnfit) as refused:
            world.act("customs_pudong", function, PUDONG, 1, *arguments)
        assert refused.value.details["state"] == "Void"
    (failed,) = world.act("outsider", "declareFailed", PUDONG, 1)
    assert failed.state is RoundState.Void
    with pytest.raises(errors.FailureAlreadyDeclared):
        world.act("outsider", "declareFailed", PUDONG, 1)
    assert state_of(world) is RoundState.Void


# -- the seed


@pytest.mark.parametrize("way", [opened, closed])
def test_no_seed_is_revealed_before_the_hash_is_fixed(world: World, way: Any) -> None:
    way(world)
    with pytest.raises(errors.RoundStateUnfit):
        world.act("customs_pudong", "revealSeed", PUDONG, 1, SEED)


@pytest.mark.parametrize("seed", [OTHER_SEED, bytes(32), commitment_of(SEED)])
def test_another_seed_than_the_one_committed_to_is_refused(world: World, seed: bytes) -> None:
    mixed(world)
    with pytest.raises(errors.SeedWrong) as refused:
        world.act("customs_pudong", "revealSeed", PUDONG, 1, seed)
    assert refused.value.details["commitment"] == web3.to_hex(commitment_of(seed))


def test_a_seed_of_nothing_can_be_committed_to_and_never_revealed(world: World) -> None:
    mixed(world, bytes(32))
    with pytest.raises(errors.SeedWrong):
        world.act("customs_pudong", "revealSeed", PUDONG, 1, bytes(32))


def test_a_seed_is_revealed_once(world: World) -> None:
    revealed(world)
    with pytest.raises(errors.RoundStateUnfit):
        world.act("customs_pudong", "revealSeed", PUDONG, 1, SEED)


def test_whoever_knows_the_seed_may_reveal_it(world: World) -> None:
    mixed(world)
    world.act("outsider", "revealSeed", PUDONG, 1, SEED)
    assert state_of(world) is RoundState.Revealed


def test_a_seed_that_comes_late_is_refused_and_its_withholding_put_on_record(world: World) -> None:
    mixed(world)
    reveal_by = world.model.rounds[PUDONG, 1].reveal_by
    with pytest.raises(errors.RoundStateUnfit) as refused:
        world.act("customs_pudong", "revealSeed", PUDONG, 1, SEED, after=reveal_by - world.now)
    assert refused.value.details["state"] == "Withheld"
    (failed,) = world.act("outsider", "declareFailed", PUDONG, 1)
    assert failed.state is RoundState.Withheld
    assert state_of(world) is RoundState.Withheld
    assert isinstance(world.refusal_of_view("drawOf", PUDONG, 1, bytes(32), 0), errors.RoundStateUnfit)


def test_a_seed_is_taken_until_the_last_second(world: World) -> None:
    mixed(world)
    reveal_by = world.model.rounds[PUDONG, 1].reveal_by
    world.act("customs_pudong", "revealSeed", PUDONG, 1, SEED, after=reveal_by - 1 - world.now)
    assert state_of(world) is RoundState.Revealed


@pytest.mark.parametrize("way", [opened, closed, mixed, revealed])
def test_no_failure_is_declared_of_a_round_that_has_not_failed(world: World, way: Any) -> None:
    way(world)
    with pytest.raises(errors.RoundStateUnfit):
        world.act("outsider", "declareFailed", PUDONG, 1)


# -- reading


@pytest.mark.parametrize("way", [opened, closed, mixed, void])
def test_there_is_no_draw_before_the_seed_is_known(world: World, way: Any) -> None:
    way(world)
    for view, arguments in (("drawOf", ()), ("isSelected", (Tier.Direct,))):
        assert isinstance(world.refusal_of_view(view, PUDONG, 1, bytes(32), 0, *arguments), errors.RoundStateUnfit)


def test_a_round_that_nobody_opened_is_unknown(world: World) -> None:
    opened(world)
    for number in (0, 2):
        for view in ("roundOf", "stateOf"):
            refused = world.refusal_of_view(view, PUDONG, number)
            assert isinstance(refused, errors.RoundUnknown)
            assert refused.details == {"district": PUDONG, "number": number}
        for function, arguments in (("recordBlockHash", ()), ("revealSeed", (SEED,)), ("declareFailed", ())):
            with pytest.raises(errors.RoundUnknown):
                world.act("outsider", function, PUDONG, number, *arguments)


def test_every_part_of_the_draw_moves_it(world: World) -> None:
    revealed(world)
    manifests = [a_hash("manifest", n) for n in range(4)]
    numbers = [world.draw.drawOf(PUDONG, 1, manifest, index) for manifest in manifests for index in range(8)]
    assert len(set(numbers)) > 28
