"""What the draw says has happened; read with `backend.domain.events`. Blocks by their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.draw import RoundState


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """A district committed to a seed. Rates are parcels of ten thousand."""

    district: int
    number: int
    customs_no: int
    commitment: bytes
    opens_at: int
    closes_at: int
    direct_rate: int
    review_rate: int
    inspect_rate: int


@dataclass(frozen=True, slots=True)
class BlockHashRecorded:
    """The block hash of a round is known; its seed is to be revealed before `reveal_by`."""

    district: int
    number: int
    block_hash: bytes
    reveal_by: int


@dataclass(frozen=True, slots=True)
class SeedRevealed:
    """Every draw of a round can be computed."""

    district: int
    number: int
    seed: bytes


@dataclass(frozen=True, slots=True)
class RoundFailed:
    """A round will never have a draw, and somebody put that on record."""

    district: int
    number: int
    state: RoundState


DrawEvent = RoundOpened | BlockHashRecorded | SeedRevealed | RoundFailed
