"""The draw: which parcels are opened, computed by anybody from what stands on the chain.

    seed = new secret, 32 bytes;  commitment = commitment_of(seed)      # before the declarations
    number = draw_number(seed, block_hash, manifest, index)             # 0 to 9999, once both are known
    selected = number < the rate of the parcel's tier

The contract is `SelectionDraw.sol`; what can and cannot be steered, docs/draw.md says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from backend.domain.commitments import keccak

#: Rates are parcels of so many.
WHOLE = 10_000
#: Blocks after its close at which a round's hash is taken.
HASH_DELAY = 8
#: For how many blocks the chain knows a hash.
HASHES_KNOWN = 256
#: Seconds for revealing, once the hash is recorded.
REVEAL_WINDOW = 86_400
LEAST_BLOCKS, MOST_BLOCKS = 8, 50_000

NO_HASH = bytes(32)


class Tier(IntEnum):
    """How closely customs look at a parcel of itself, before any draw."""

    Direct = 0
    Review = 1
    Inspect = 2


class RoundState(IntEnum):
    """Where a round stands; Void and Withheld are the two ways to fail."""

    #: Declarations made now, or in a while, are in the round.
    Open = 0
    #: Its block hash is awaited, or to be recorded.
    Closed = 1
    #: The hash is recorded, the seed awaited.
    Mixed = 2
    Revealed = 3
    #: Nobody recorded the hash while the chain knew it.
    Void = 4
    #: The district did not reveal in time.
    Withheld = 5


#: Rounds that will never have a draw.
FAILED = frozenset({RoundState.Void, RoundState.Withheld})
#: Rounds about which nothing is left to be done.
OVER = FAILED | {RoundState.Revealed}


@dataclass(frozen=True, slots=True)
class Rates:
    """How many parcels of ten thousand are selected, tier by tier."""

    direct: int
    review: int
    inspect: int

    def of(self, tier: Tier) -> int:
        return (self.direct, self.review, self.inspect)[tier]

    @property
    def are_valid(self) -> bool:
        """Whether a stricter tier never has a lower rate, and none is above the whole."""
        return 0 <= self.direct <= self.review <= self.inspect <= WHOLE


@dataclass(frozen=True, slots=True)
class Round:
    """A round as the contract has it. Hash and seed are zero, `reveal_by` too, until they are known."""

    district: int
    number: int
    commitment: bytes
    block_hash: bytes
    seed: bytes
    customs_no: int
    opens_at: int
    closes_at: int
    rates: Rates
    reveal_by: int
    failed: bool = False

    @property
    def hash_block(self) -> int:
        """The block whose hash is mixed in."""
        return self.closes_at + HASH_DELAY

    @property
    def is_revealed(self) -> bool:
        """Whether every draw of the round can be computed."""
        return self.seed != NO_HASH

    def covers(self, block: int) -> bool:
        """Whether a manifest that was declared in that block is in the round."""
        return self.opens_at < block <= self.closes_at

    def state_at(self, block: int, now: int) -> RoundState:
        """Where the round stands for a transaction in that block, at that time (Unix seconds)."""
        if self.is_revealed:
            return RoundState.Revealed
        if self.block_hash != NO_HASH:
            return RoundState.Mixed if now < self.reveal_by else RoundState.Withheld
        if block <= self.closes_at:
            return RoundState.Open
        return RoundState.Closed if block <= self.hash_block + HASHES_KNOWN else RoundState.Void

    def draw_of(self, manifest: bytes, index: int) -> int:
        """A parcel's number, 0 to 9999; meaningless before hash and seed are known."""
        return draw_number(self.seed, self.block_hash, manifest, index)

    def is_selected(self, manifest: bytes, index: int, tier: Tier) -> bool:
        return self.draw_of(manifest, index) < self.rates.of(tier)


def commitment_of(seed: bytes) -> bytes:
    """What a district puts on the chain in the place of its seed of 32 bytes."""
    return keccak(seed)


def draw_number(seed: bytes, block_hash: bytes, manifest: bytes, index: int) -> int:
    """The parcel's number, 0 to 9999: keccak-256 of the four as 32-byte words, modulo ten thousand.

    The remainder favours no number by more than one part in 10⁷².
    """
    return int.from_bytes(keccak(seed + block_hash + manifest + index.to_bytes(32))) % WHOLE
