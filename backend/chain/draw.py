"""The draw on the chain: calldata for its writes, its rounds as they stand, and where manifests were declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from faster_eth_abi import decode

from backend.chain import events, interfaces
from backend.chain.calls import encode_call
from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment
from backend.domain.draw import Rates, Round
from backend.domain.events import ManifestDeclared, Recorded

CONTRACT = "SelectionDraw"

#: Blocks in one question for logs.
_RANGE = 5_000


def open_round(commitment: bytes, length: int, rates: Rates) -> bytes:
    """`length` in blocks."""
    return encode_call(CONTRACT, "openRound", commitment, length, rates.direct, rates.review, rates.inspect)


def record_block_hash(district: int, number: int) -> bytes:
    return encode_call(CONTRACT, "recordBlockHash", district, number)


def reveal_seed(district: int, number: int, seed: bytes) -> bytes:
    """The seed is public from the moment when this is sent, also where the contract refuses it."""
    return encode_call(CONTRACT, "revealSeed", district, number, seed)


def declare_failed(district: int, number: int) -> bytes:
    return encode_call(CONTRACT, "declareFailed", district, number)


@dataclass(frozen=True, slots=True)
class DeclaredAt:
    """A manifest's declaration with the block that it is in."""

    event: ManifestDeclared
    block: int


class DrawViews:
    """What one deployment's draw answers, and what its ledger's logs say of manifests.

    `block` asks for the answer at that block where the node keeps it; None is the newest. Raises RoundUnknown and
    ChainUnavailable.
    """

    def __init__(self, client: ChainClient, deployment: Deployment) -> None:
        self._client = client
        self._deployment = deployment

    def round_count(self, district: int, block: int | None = None) -> int:
        """How many rounds a district ever opened; they are numbered from one."""
        return int(self._ask("roundCountOf", district, block=block)[0])

    def round(self, district: int, number: int, block: int | None = None) -> Round:
        (found,) = self._ask("roundOf", district, number, block=block)
        commitment, block_hash, seed, customs_no, opens_at, closes_at, direct, review, inspect, reveal_by, failed = (
            found
        )
        words = (bytes(commitment), bytes(block_hash), bytes(seed))
        rates = Rates(direct, review, inspect)
        return Round(district, number, *words, customs_no, opens_at, closes_at, rates, reveal_by, failed)

    def round_covering(self, district: int, declared_in: int, block: int | None = None) -> Round | None:
        """The round of a district in which a block's declarations are; None where it had none open."""
        low, high = 1, self.round_count(district, block)
        while low <= high:
            middle = (low + high) // 2
            found = self.round(district, middle, block)
            if found.covers(declared_in):
                return found
            low, high = (middle + 1, high) if found.closes_at < declared_in else (low, middle - 1)
        return None

    # From the logs

    def declaration(self, manifest: bytes) -> DeclaredAt | None:
        """The declaration of one manifest."""
        return next(self._declarations(["0x" + manifest.hex()]), None)

    def declarations_of(self, parcel_id: bytes) -> list[DeclaredAt]:
        """Every manifest that lists a parcel, oldest first, found by reading all declarations there are."""
        return [found for found in self._declarations([None]) if parcel_id in found.event.parcel_ids]

    def records_of(self, manifest: bytes) -> list[tuple[Recorded, int]]:
        """What happened to parcels of a manifest, in the chain's order, each with its block."""
        topics: list[str | None] = [events.topics()["Recorded"], "0x" + manifest.hex()]
        return [(event, block) for event, block in self._logged(topics) if isinstance(event, Recorded)]

    def _declarations(self, rest: list[str | None]) -> Iterator[DeclaredAt]:
        for event, block in self._logged([events.topics()["ManifestDeclared"], *rest]):
            if isinstance(event, ManifestDeclared):
                yield DeclaredAt(event, block)

    def _logged(self, topics: list[str | None]) -> Iterator[tuple[Any, int]]:
        head, ledger = self._client.head().number, self._deployment.contracts["ParcelLedger"]
        for first in range(self._deployment.block, head + 1, _RANGE):
            for raw in self._client.logs(first, min(head, first + _RANGE - 1), [ledger], topics):
                logged = events.decode(raw)
                if logged is not None:
                    yield logged.event, logged.block

    def _ask(self, name: str, *arguments: Any, block: int | None = None) -> tuple[Any, ...]:
        answer = self._client.call(
            self._deployment.contracts[CONTRACT], encode_call(CONTRACT, name, *arguments), block=block
        )
        return tuple(decode([p.spelled for p in interfaces.function(CONTRACT, name).outputs], answer))
