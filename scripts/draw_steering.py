"""Measures what whoever knows a seed and makes the block whose hash is mixed in could do to a draw.

    python -m scripts.draw_steering

Prints how many blocks must be tried until none of some parcels is selected, and how many are tried in a second by one
core of plain Python; then after how many parcels without a selection chance is no explanation. `docs/draw.md` says
what follows from it.
"""

from __future__ import annotations

import sys
from itertools import count
from math import ceil, log
from time import perf_counter

from backend.domain.commitments import keccak
from backend.domain.draw import WHOLE, draw_number
from backend.domain.risk import RiskConfig

SEED = keccak(b"seed")
RUNS = 60
#: More tries than that are told as expected and not measured.
MOST_TRIES = 1_000
CHANCES = (0.01, 0.0001)


def tries_until_spared(parcels: int, rate: int, run: int) -> int:
    """How many block hashes are tried until none of these parcels is selected."""
    manifests = [keccak(b"manifest %d" % n) for n in range(parcels)]
    for tried in count(1):
        block_hash = keccak(b"block %d %d" % (run, tried))
        if all(draw_number(SEED, block_hash, manifest, 0) >= rate for manifest in manifests):
            return tried
    raise AssertionError("count does not end")


def expected_tries(parcels: int, rate: int) -> float:
    return float((1 - rate / WHOLE) ** -parcels)


def parcels_that_tell(rate: int, chance: float) -> int:
    """After so many parcels, none of them selected, that was chance with at most this probability."""
    return ceil(log(chance) / log(1 - rate / WHOLE))


def main() -> int:
    rates = RiskConfig().rates
    begun, tried = perf_counter(), 0
    while perf_counter() - begun < 2:
        tries_until_spared(10, rates.review, tried)
        tried += 1
    print(f"draws of ten parcels steered in one second: {tried / 2:.0f}")
    for name, rate in (("direct", rates.direct), ("review", rates.review)):
        for parcels in (1, 10, 50):
            expected = expected_tries(parcels, rate)
            runs = [tries_until_spared(parcels, rate, run) for run in range(RUNS)] if expected < MOST_TRIES else []
            measured = f"{sum(runs) / RUNS:.1f}" if runs else "not measured"
            print(f"{name}, {parcels} parcels: {measured} tries, {expected:.1f} expected")
        told = ", ".join(f"{parcels_that_tell(rate, chance)} ({chance:g})" for chance in CHANCES)
        print(f"{name}: parcels without a selection that are no chance any more: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
