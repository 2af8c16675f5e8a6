"""The draw by itself: rounds and blocks, and whether its numbers fall as chance would have them."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest

from backend.domain.commitments import keccak
from backend.domain.draw import (
    HASH_DELAY,
    HASHES_KNOWN,
    NO_HASH,
    WHOLE,
    Rates,
    Round,
    RoundState,
    Tier,
    commitment_of,
    draw_number,
)

SEED, BLOCK_HASH = keccak(b"seed"), keccak(b"block")
RATES = Rates(500, 2_000, 10_000)


def a_round(**changes: object) -> Round:
    values = {
        "district": 2233,
        "number": 1,
        "commitment": commitment_of(SEED),
        "block_hash": NO_HASH,
        "seed": NO_HASH,
        "customs_no": 3,
        "opens_at": 100,
        "closes_at": 160,
        "rates": RATES,
        "reveal_by": 0,
    }
    return Round(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("block", "covered"), [(99, False), (100, False), (101, True), (160, True), (161, False)])
def test_a_declarations_block_decides_its_round(block: int, covered: bool) -> None:
    assert a_round().covers(block) is covered


@pytest.mark.parametrize(
    ("block", "state"),
    [
        (100, RoundState.Open),
        (160, RoundState.Open),
        (161, RoundState.Closed),
        (160 + HASH_DELAY + HASHES_KNOWN, RoundState.Closed),
        (161 + HASH_DELAY + HASHES_KNOWN, RoundState.Void),
    ],
)
def test_a_round_without_hash_stands_by_its_blocks(block: int, state: RoundState) -> None:
    assert a_round().state_at(block, 0) is state


def test_a_round_with_its_hash_stands_by_the_clock() -> None:
    mixed = a_round(block_hash=BLOCK_HASH, reveal_by=1_000)
    assert mixed.state_at(10**9, 999) is RoundState.Mixed
    assert mixed.state_at(10**9, 1_000) is RoundState.Withheld
    assert a_round(block_hash=BLOCK_HASH, seed=SEED, reveal_by=1_000).state_at(10**9, 5_000) is RoundState.Revealed


@pytest.mark.parametrize(
    ("rates", "valid"),
    [((0, 0, 0), True), ((1, 1, 1), True), ((2, 1, 3), False), ((0, 3, 2), False), ((0, 0, WHOLE + 1), False)],
)
def test_rates_rise_with_the_tier(rates: tuple[int, int, int], valid: bool) -> None:
    assert Rates(*rates).are_valid is valid


def test_the_number_is_fixed_for_ever() -> None:
    """A change here is a change of the contract, and of every draw that was ever verified."""
    assert [draw_number(SEED, BLOCK_HASH, keccak(b"manifest"), index) for index in (0, 1, 255)] == EXPECTED


#: keccak-256 of the four words modulo ten thousand.
EXPECTED = [9077, 8193, 8565]


# -- chance, made of fixed seeds


def numbers(rounds: int, manifests: int, parcels: int) -> list[int]:
    return [
        draw_number(keccak(b"seed %d" % r), keccak(b"block %d" % r), keccak(b"manifest %d %d" % (r, m)), index)
        for r in range(rounds)
        for m in range(manifests)
        for index in range(parcels)
    ]


def test_numbers_spread_evenly() -> None:
    found = numbers(20, 20, 100)
    buckets = Counter(number // 100 for number in found)
    expected = len(found) / 100
    chi_square = sum((buckets[n] - expected) ** 2 / expected for n in range(100))
    # 99 degrees of freedom: below this in all but one of ten thousand chances.
    assert chi_square < 160


@pytest.mark.parametrize("tier", [Tier.Direct, Tier.Review])
def test_a_tiers_rate_is_what_comes_out(tier: Tier) -> None:
    found = numbers(20, 20, 100)
    selected, rate = sum(number < RATES.of(tier) for number in found), RATES.of(tier) / WHOLE
    spread = sqrt(len(found) * rate * (1 - rate))
    assert abs(selected - len(found) * rate) < 4 * spread


def test_every_parcel_of_the_strictest_tier_is_selected() -> None:
    drawn = a_round(seed=SEED, block_hash=BLOCK_HASH)
    assert all(drawn.is_selected(keccak(b"manifest"), index, Tier.Inspect) for index in range(256))


def test_neighbours_and_rounds_say_nothing_of_each_other() -> None:
    found = numbers(20, 20, 100)
    for lag in (1, 100, 2_000):
        pairs = list(zip(found, found[lag:], strict=False))
        both = sum(one < 2_000 and other < 2_000 for one, other in pairs)
        expected, spread = len(pairs) * 0.04, sqrt(len(pairs) * 0.04 * 0.96)
        assert abs(both - expected) < 4 * spread, lag


def test_half_of_the_ingredients_say_nothing_of_the_number() -> None:
    """With the seed alone, or the hash alone, each parcel is selected about as often as with neither."""
    manifest, trials = keccak(b"manifest"), 4_000
    for given in ("seed", "hash"):
        drawn = [
            draw_number(
                SEED if given == "seed" else keccak(b"seed %d" % n),
                BLOCK_HASH if given == "hash" else keccak(b"hash %d" % n),
                manifest,
                7,
            )
            for n in range(trials)
        ]
        share = sum(number < 1_000 for number in drawn) / trials
        assert abs(share - 0.1) < 4 * sqrt(0.1 * 0.9 / trials)
