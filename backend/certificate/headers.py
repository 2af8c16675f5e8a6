"""Block headers as they are hashed and sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp

from backend.certificate.tries import ProofInvalid, decode

#: Bytes of the fields that have a fixed length, by their place.
_LENGTHS = {0: 32, 1: 32, 2: 20, 3: 32, 4: 32, 5: 32, 6: 256}
_NUMBER, _TIME, _EXTRA = 8, 11, 12
_LEAST_FIELDS, _MOST_FIELDS = 15, 32
#: What a number in JSON holds in every reader.
_LARGEST_INTEGER = 2**53 - 1


class HeaderMalformed(Exception):
    """The bytes are no block header."""


@dataclass(frozen=True, slots=True)
class Header:
    """A block's header: its fields as byte strings in their order."""

    fields: tuple[bytes, ...]

    @property
    def parent_hash(self) -> bytes:
        return self.fields[0]

    @property
    def state_root(self) -> bytes:
        return self.fields[3]

    @property
    def number(self) -> int:
        return int.from_bytes(self.fields[_NUMBER], "big")

    @property
    def time(self) -> int:
        """Unix seconds."""
        return int.from_bytes(self.fields[_TIME], "big")

    @property
    def extra(self) -> bytes:
        return self.fields[_EXTRA]

    def with_extra(self, extra: bytes) -> bytes:
        """The header's RLP with other extra data."""
        return bytes(rlp.encode([*self.fields[:_EXTRA], extra, *self.fields[_EXTRA + 1 :]]))


def read_header(data: bytes) -> Header:
    """The header in an RLP. Raises HeaderMalformed."""
    try:
        fields: Any = decode(data)
    except ProofInvalid:
        raise HeaderMalformed from None
    if (
        not isinstance(fields, list)
        or not _LEAST_FIELDS <= len(fields) <= _MOST_FIELDS
        or not all(isinstance(field, bytes) for field in fields)
        or any(len(fields[place]) != length for place, length in _LENGTHS.items())
        or any(int.from_bytes(fields[place], "big") > _LARGEST_INTEGER for place in (_NUMBER, _TIME))
    ):
        raise HeaderMalformed
    return Header(tuple(fields))
