"""Refusals as the gateway decodes them from a contract: JSON-able details in Solidity's order."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from backend.domain.errors import GuanlianError
from backend.domain.lifecycle import Flag, indices
from backend.domain.participants import Role


def refusal(cls: type[GuanlianError], **values: Any) -> GuanlianError:
    """An error with the Solidity arguments as its details.

    Enums stand by name, bytes and sets of parcels as 0x-hexadecimal (with `parcel_indices` beside), role
    and flag sets as names, accounts in small letters.
    """
    details: dict[str, Any] = {}
    for name, value in values.items():
        if name == "parcels":
            details |= {"parcels": hex(value), "parcel_indices": list(indices(value))}
        elif name in ("flags", "roles"):
            details[name] = _names(Flag if name == "flags" else Role, value)
        elif isinstance(value, IntEnum):
            details[name] = value.name
        elif name in ("account", "owner"):
            details[name] = value.lower()
        elif isinstance(value, bytes):
            details[name] = "0x" + value.hex()
        else:
            details[name] = value
    return cls(**details)


def _names(members: type[Flag] | type[Role], word: int) -> str:
    names = [member.name for member in members if word >> member & 1]
    rest = word >> len(members) << len(members)
    return ", ".join([*names, hex(rest)] if rest or not names else names)
