"""Who vouches for a block: the seals of proof-of-authority engines, behind one interface.

`HashOnly` is the embedded chain's: a hash, and nobody's word. Clique follows EIP-225 and was run against go-ethereum.
QBFT follows the published format of its extra data; it was not run against a QBFT node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import rlp
from coincurve import PublicKey

from backend.certificate.headers import Header, HeaderMalformed
from backend.certificate.tries import ProofInvalid, decode
from backend.domain.commitments import keccak

_VANITY = 32
_SEAL = 65
_ADDRESS = 20


class SealMalformed(Exception):
    """A seal is not there, has no shape, or no key can have made it."""


class Engine(Protocol):
    """What a verifier asks of a consensus engine."""

    def hash_of(self, header: Header) -> bytes:
        """The hash by which other blocks name this one. Raises HeaderMalformed."""

    def sealing(self, headers: Sequence[Header]) -> Sequence[Header]:
        """Of a chain of headers, those whose seals vouch for the first."""

    def signers_of(self, header: Header) -> list[bytes]:
        """The accounts that sealed a header. Raises SealMalformed."""

    def needed(self, validators: int) -> int:
        """How many of so many validators make a block final."""


class HashOnly:
    """A chain whose blocks nobody seals."""

    def hash_of(self, header: Header) -> bytes:
        return keccak(header.with_extra(header.extra))

    def sealing(self, headers: Sequence[Header]) -> Sequence[Header]:
        return headers[:0]

    def signers_of(self, header: Header) -> list[bytes]:
        return []

    def needed(self, validators: int) -> int:
        return validators + 1


class Clique(HashOnly):
    """EIP-225. N / 2 + 1 headers in a row are by as many validators: none may sign again within N / 2 blocks."""

    def sealing(self, headers: Sequence[Header]) -> Sequence[Header]:
        return headers

    def signers_of(self, header: Header) -> list[bytes]:
        # A later field than the base fee is not part of what Clique signs.
        if len(header.extra) < _VANITY + _SEAL or len(header.fields) > 16:
            raise SealMalformed
        signed = keccak(header.with_extra(header.extra[:-_SEAL]))
        return [_signer(header.extra[-_SEAL:], signed)]

    def needed(self, validators: int) -> int:
        return validators // 2 + 1


class Qbft:
    """QBFT: the seals of a quorum stand in the block's own header, outside of its hash."""

    def hash_of(self, header: Header) -> bytes:
        extra = _QbftExtra.of(header)
        return keccak(header.with_extra(extra.encoded(round_=b"")))

    def sealing(self, headers: Sequence[Header]) -> Sequence[Header]:
        return headers[:1]

    def signers_of(self, header: Header) -> list[bytes]:
        extra = _QbftExtra.of(header)
        signed = keccak(header.with_extra(extra.encoded(round_=extra.round)))
        return [_signer(seal, signed) for seal in extra.seals]

    def needed(self, validators: int) -> int:
        return -(-2 * validators // 3)


@dataclass(frozen=True, slots=True)
class _QbftExtra:
    """Extra data of a QBFT header: [vanity, validators, vote, round, seals]."""

    vanity: bytes
    validators: Any
    vote: Any
    round: bytes
    seals: list[bytes]

    @classmethod
    def of(cls, header: Header) -> _QbftExtra:
        try:
            parts = decode(header.extra)
        except ProofInvalid:
            raise HeaderMalformed from None
        if not isinstance(parts, list) or len(parts) != 5:
            raise HeaderMalformed
        vanity, validators, vote, round_, seals = parts
        if (
            not isinstance(vanity, bytes)
            or not isinstance(round_, bytes)
            or not isinstance(seals, list)
            or not all(isinstance(seal, bytes) for seal in seals)
        ):
            raise HeaderMalformed
        return cls(vanity, validators, vote, round_, seals)

    def encoded(self, round_: bytes) -> bytes:
        """The same without seals, and with a round (zero is the empty string)."""
        return bytes(rlp.encode([self.vanity, self.validators, self.vote, round_, []]))


ENGINES: dict[str, Engine] = {"none": HashOnly(), "clique": Clique(), "qbft": Qbft()}


def _signer(seal: bytes, signed: bytes) -> bytes:
    """The account whose key made a seal (r ‖ s ‖ v, v 0 or 1) over a hash. Raises SealMalformed."""
    if len(seal) != _SEAL or seal[-1] > 1:
        raise SealMalformed
    try:
        key = PublicKey.from_signature_and_message(seal, signed, hasher=None)
    except Exception:  # coincurve raises Exception itself where no key fits
        raise SealMalformed from None
    return keccak(key.format(compressed=False)[1:])[-_ADDRESS:]
