"""Addresses as text: EIP-55, so that a mistyped one is seen."""

from __future__ import annotations

import re

from eth_utils.address import is_checksum_address, to_checksum_address

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def checksummed(text: str) -> str | None:
    """The checksummed form of an address; None for what is none, or whose mixed case breaks the checksum."""
    if not _ADDRESS.fullmatch(text):
        return None
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        return None
    return str(to_checksum_address(text))
