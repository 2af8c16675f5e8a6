"""From a contract's refusal, thrown or logged, to the error of the same name."""

from __future__ import annotations

import functools
from typing import Any

from faster_eth_abi import decode as abi_decode

from backend.chain import interfaces
from backend.domain.errors import ContractRefused, GuanlianError, RoleMissing, error_named
from backend.domain.events import DeclarationRefused, RecordRefused, Refusal
from backend.domain.lifecycle import RULES, Flag, Step, indices
from backend.domain.participants import Role

__all__ = ["decode_refusal", "refusal_from_event"]

#: What the compiler itself reverts with: `require(…, text)`, and a failed check of arithmetic or bounds.
_TEXT = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")


def decode_refusal(data: bytes) -> GuanlianError:
    """The error behind revert data; its details are the Solidity arguments, JSON-able, in snake case.

    Enums come by name, bytes and sets of parcels as 0x-hexadecimal (with `parcel_indices` beside), role and
    flag sets as names. ContractRefused where contracts or gateway do not know the error, never an exception:
    what a strange contract answers must not break the caller.
    """
    known = _errors().get(data[:4])
    try:
        if known is not None:
            cls, parameters = known
            values = abi_decode([p.spelled for p in parameters], data[4:])
            return cls(**_details(parameters, values))
        if data[:4] == _TEXT:
            return ContractRefused(data=_hex(data), reason=str(abi_decode(["string"], data[4:])[0]))
        if data[:4] == _PANIC:
            return ContractRefused(data=_hex(data), reason=f"Panic {abi_decode(['uint256'], data[4:])[0]:#x}")
    except Exception:
        return ContractRefused(data=_hex(data), reason="malformed")
    return ContractRefused(data=_hex(data), reason=_selector_name(data) if data else "no reason given")


def refusal_from_event(event: RecordRefused | DeclarationRefused, **known: Any) -> GuanlianError:
    """The error that the atomic twin of a `try…` call would have thrown.

    The event says less than the error: what the caller knows besides (`seller_no`, `district`, `count`,
    `supervision_mode`, `index`) goes into the details as it is.
    """
    cls = error_named(event.reason.name)
    if cls is None or event.reason == Refusal.Zero:
        raise ValueError(f"{event.reason.name} is no refusal")
    details: dict[str, Any] = {"manifest": _hex(event.manifest)}
    if isinstance(event, RecordRefused):
        details |= {"step": event.step.name, "participant_no": event.participant_no}
        details |= _parcels(event.parcels)
        if event.flags:
            details["flags"] = _names(Flag, event.flags)
        if cls is RoleMissing:
            details["role"] = _role_of(event.step)
    else:
        details |= {"participant_no": event.declarant_no, "seller_no": event.seller_no}
        if cls is RoleMissing:
            details["role"] = Role.Declarant.name
    return cls(**(details | known))


def _role_of(step: Step) -> str:
    return RULES[step][0].role.name if step in RULES else "?"


@functools.cache
def _errors() -> dict[bytes, tuple[type[GuanlianError], tuple[interfaces.Parameter, ...]]]:
    found = {}
    for entry in interfaces.every("error"):
        cls = error_named(entry.name)
        if cls is not None:
            found[entry.selector] = (cls, entry.inputs)
    return found


def _selector_name(data: bytes) -> str:
    """The Solidity name of an error that has no class here (a library's), or its bare selector."""
    for entry in interfaces.every("error"):
        if entry.selector == data[:4]:
            return entry.name
    return f"unknown error {_hex(data[:4])}"


def _details(parameters: tuple[interfaces.Parameter, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    for parameter, value in zip(parameters, values, strict=True):
        details |= _detail(parameter, value)
    return details


def _detail(parameter: interfaces.Parameter, value: Any) -> dict[str, Any]:
    name = parameter.field
    if parameter.enum is not None:
        return {name: parameter.enum(value).name}
    if isinstance(value, bytes):
        return {name: _hex(value)}
    if name == "parcels":
        return _parcels(value)
    if name == "flags":
        return {name: _names(Flag, value)}
    if name == "roles":
        return {name: _names(Role, value)}
    return {name: value}


def _parcels(word: int) -> dict[str, Any]:
    return {"parcels": hex(word), "parcel_indices": list(indices(word))}


def _names(members: type[Flag] | type[Role], word: int) -> str:
    """The members of a set by name; bits that no member has follow as a number."""
    names = [member.name for member in members if word >> member & 1]
    rest = word >> len(members) << len(members)
    return ", ".join([*names, hex(rest)] if rest or not names else names)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
