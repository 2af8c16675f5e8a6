"""What stands in a certificate and in a trust list, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.commitments import RevealedField

#: The contracts whose state a certificate proves, by the names that the format gives them.
CONTRACTS = ("ledger", "registry", "blacklist", "rights")

ENGINES = ("none", "clique", "qbft")


@dataclass(frozen=True, slots=True)
class Record:
    """One link of a manifest's history. `step` is a number that no step may have yet."""

    step: int
    participant_no: int
    parcels: int
    evidence: bytes
    at: int


@dataclass(frozen=True, slots=True)
class RevealedDocument:
    """Fields of one document, and the document's place in the evidence of the record at `record`."""

    record: int
    root: bytes
    position: int
    size: int
    proof: tuple[bytes, ...]
    fields: tuple[RevealedField, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was written; nothing in it is checked but its shape."""

    made_at: int
    chain_id: int
    engine: str
    contracts: dict[str, bytes]
    parcel_id: bytes
    manifest: bytes
    index: int
    proof: tuple[bytes, ...]
    records: tuple[Record, ...]
    rights: tuple[int, ...]
    block_hash: bytes
    headers: tuple[bytes, ...]
    nodes: tuple[bytes, ...]
    revealed: tuple[RevealedDocument, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word counts: the validators of one chain, by the block from which each set holds, ascending."""

    chain_id: int
    engine: str
    contracts: dict[str, bytes]
    validator_sets: tuple[tuple[int, frozenset[bytes]], ...]

    def validators_at(self, block: int) -> frozenset[bytes]:
        """The set that holds at a block; empty before the first."""
        found: frozenset[bytes] = frozenset()
        for first, validators in self.validator_sets:
            if first <= block:
                found = validators
        return found
