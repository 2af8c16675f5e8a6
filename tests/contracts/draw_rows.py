"""Who may do what to the draw: customs open rounds, and anybody brings them to their end."""

from __future__ import annotations

from typing import Any

from backend.domain import errors
from backend.domain.draw import HASH_DELAY, HASHES_KNOWN, LEAST_BLOCKS, commitment_of
from tests.contracts.rows import CUSTOMS, Row
from tests.contracts.world import CALLERS, PUDONG, World, a_hash, mine

SEED = a_hash("seed")
RATES = (500, 2_500, 10_000)


def opened(world: World, seed: bytes = SEED, length: int = LEAST_BLOCKS) -> Any:
    """A round of Pudong, just opened."""
    (event,) = world.act("customs_pudong", "openRound", commitment_of(seed), length, *RATES)
    return event


def closed(world: World, seed: bytes = SEED) -> Any:
    """A round whose hash can be recorded by the next call."""
    event = opened(world, seed)
    mine(LEAST_BLOCKS + HASH_DELAY)
    return event


def mixed(world: World, seed: bytes = SEED) -> Any:
    event = closed(world, seed)
    world.act("outsider", "recordBlockHash", PUDONG, event.number)
    return event


def revealed(world: World, seed: bytes = SEED) -> Any:
    event = mixed(world, seed)
    world.act("customs_pudong", "revealSeed", PUDONG, event.number, seed)
    return event


def void(world: World) -> Any:
    event = closed(world)
    mine(HASHES_KNOWN)
    return event


DRAW_ROWS = {
    "openRound": Row(
        "openRound",
        lambda world: (commitment_of(SEED), LEAST_BLOCKS, *RATES),
        CUSTOMS,
        errors.RoleMissing,
    ),
    "recordBlockHash": Row(
        "recordBlockHash", lambda world: (PUDONG, 1), set(CALLERS), errors.RoleMissing, prepare=closed
    ),
    "revealSeed": Row("revealSeed", lambda world: (PUDONG, 1, SEED), set(CALLERS), errors.RoleMissing, prepare=mixed),
    "declareFailed": Row("declareFailed", lambda world: (PUDONG, 1), set(CALLERS), errors.RoleMissing, prepare=void),
}
