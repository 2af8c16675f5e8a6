"""What `SelectionDraw.sol` does, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.domain import draw_events, errors
from backend.domain.draw import (
    FAILED,
    LEAST_BLOCKS,
    MOST_BLOCKS,
    NO_HASH,
    REVEAL_WINDOW,
    Rates,
    Round,
    RoundState,
    Tier,
    commitment_of,
)
from backend.domain.events import Event
from backend.domain.participants import Role
from backend.domain.reference.cases import ReferenceCases
from backend.domain.reference.refusing import refusal


class ReferenceDraw(ReferenceCases):
    """The rounds of every district, beside all that the other contracts hold.

    A draw depends on blocks, which a model has none of: `block` tells the number of the one that a call is in,
    `hash_of` the hash of an earlier one.
    """

    def __init__(self, owner: str, block: Callable[[], int], hash_of: Callable[[int], bytes]) -> None:
        super().__init__(owner)
        self.rounds: dict[tuple[int, int], Round] = {}
        self.commitments: set[bytes] = set()
        self._block = block
        self._hash_of = hash_of

    def open_round(
        self,
        account: str,
        now: int,
        commitment: bytes,
        length: int,
        direct_rate: int,
        review_rate: int,
        inspect_rate: int,
    ) -> list[Event]:
        customs, rates = self.authority_of(account), Rates(direct_rate, review_rate, inspect_rate)
        if not customs.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=customs.no, role=Role.Customs)
        if commitment == NO_HASH:
            raise refusal(errors.CommitmentMissing)
        if commitment in self.commitments:
            raise refusal(errors.CommitmentUsed, commitment=commitment)
        if not LEAST_BLOCKS <= length <= MOST_BLOCKS:
            raise refusal(errors.RoundLengthInvalid, length=length, least=LEAST_BLOCKS, most=MOST_BLOCKS)
        told = {"direct_rate": direct_rate, "review_rate": review_rate, "inspect_rate": inspect_rate}
        if not rates.are_valid:
            raise refusal(errors.RatesInvalid, **told)
        number = self.round_count_of(customs.district) + 1
        opens_at = self._next_opening(customs.district, number - 1)
        where = (opens_at, opens_at + length)

        self.commitments.add(commitment)
        parts = (customs.district, number, commitment, NO_HASH, NO_HASH, customs.no)
        self.rounds[customs.district, number] = Round(*parts, *where, rates, 0)
        return [draw_events.RoundOpened(customs.district, number, customs.no, commitment, *where, **told)]

    def record_block_hash(self, account: str, now: int, district: int, number: int) -> list[Event]:
        entry = self.round_of(district, number)
        self._check_state(entry, now, RoundState.Open, RoundState.Closed)
        if self._block() <= entry.hash_block:
            raise refusal(errors.HashNotReady, district=district, number=number, hash_block=entry.hash_block)
        found, reveal_by = self._hash_of(entry.hash_block), now + REVEAL_WINDOW
        self.rounds[district, number] = replace(entry, block_hash=found, reveal_by=reveal_by)
        return [draw_events.BlockHashRecorded(district, number, found, reveal_by)]

    def reveal_seed(self, account: str, now: int, district: int, number: int, seed: bytes) -> list[Event]:
        entry = self.round_of(district, number)
        self._check_state(entry, now, RoundState.Mixed)
        commitment = commitment_of(seed)
        if seed == NO_HASH or commitment != entry.commitment:
            raise refusal(errors.SeedWrong, district=district, number=number, commitment=commitment)
        self.rounds[district, number] = replace(entry, seed=seed)
        return [draw_events.SeedRevealed(district, number, seed)]

    def declare_failed(self, account: str, now: int, district: int, number: int) -> list[Event]:
        entry = self.round_of(district, number)
        self._check_state(entry, now, *FAILED)
        if entry.failed:
            raise refusal(errors.FailureAlreadyDeclared, district=district, number=number)
        self.rounds[district, number] = replace(entry, failed=True)
        return [draw_events.RoundFailed(district, number, self.state_of(district, number, now))]

    # -- views

    def draw_of(self, district: int, number: int, manifest: bytes, index: int, now: int) -> int:
        return self._revealed(district, number, now).draw_of(manifest, index)

    def is_selected(self, district: int, number: int, manifest: bytes, index: int, tier: Tier, now: int) -> bool:
        return self._revealed(district, number, now).is_selected(manifest, index, tier)

    def round_of(self, district: int, number: int) -> Round:
        """Raises RoundUnknown."""
        if (district, number) not in self.rounds:
            raise refusal(errors.RoundUnknown, district=district, number=number)
        return self.rounds[district, number]

    def state_of(self, district: int, number: int, now: int) -> RoundState:
        return self.round_of(district, number).state_at(self._block(), now)

    def round_count_of(self, district: int) -> int:
        return sum(where == district for where, _ in self.rounds)

    # -- checks

    def _next_opening(self, district: int, before: int) -> int:
        block = self._block()
        if before == 0:
            return block
        last = self.rounds[district, before]
        if last.opens_at > block:
            raise refusal(errors.RoundAhead, district=district, number=before, opens_at=last.opens_at)
        return max(last.closes_at, block)

    def _check_state(self, entry: Round, now: int, *fit: RoundState) -> None:
        state = entry.state_at(self._block(), now)
        if state not in fit:
            raise refusal(errors.RoundStateUnfit, district=entry.district, number=entry.number, state=state)

    def _revealed(self, district: int, number: int, now: int) -> Round:
        entry = self.round_of(district, number)
        self._check_state(entry, now, RoundState.Revealed)
        return entry
