"""The contracts' ABI as tables: selectors, topics and the types behind every name.

The files in `abi/` are generated from the compiled contracts; nothing here repeats a signature by hand.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from backend.domain.commitments import keccak
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    ReinspectionReason,
    TakingReason,
)
from backend.domain.draw import RoundState, Tier
from backend.domain.events import Level, Refusal
from backend.domain.lifecycle import Direction, Flag, Jurisdiction, State, Step
from backend.domain.participants import CreditGrade, Role
from backend.domain.rights import Application, CaseState, Disposal, Outcome, RightKind, Route

CONTRACTS = (
    "ParticipantRegistry",
    "Blacklist",
    "ParcelLedger",
    "WorkingCalendar",
    "RightsRegistry",
    "InfringementCases",
    "SelectionDraw",
    "Consignments",
)

_FOLDER = Path(__file__).parent / "abi"

#: The Solidity enums by name.
ENUMS: dict[str, type[IntEnum]] = {
    cls.__name__: cls
    for cls in (
        AnomalyKind,
        Application,
        CaseState,
        ConsignmentKind,
        ConsignmentStage,
        CreditGrade,
        Direction,
        Disposal,
        Flag,
        Jurisdiction,
        Level,
        Outcome,
        Refusal,
        ReinspectionReason,
        RightKind,
        Role,
        RoundState,
        Route,
        State,
        Step,
        TakingReason,
        Tier,
    )
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: Solidity name, canonical type, and the enum it stands for where it is one."""

    name: str
    spelled: str
    enum: type[IntEnum] | None
    indexed: bool

    @property
    def field(self) -> str:
        """The name in snake case, as Python and JSON have it."""
        return snake_case(self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, event or error of a contract."""

    contract: str
    kind: str
    name: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]

    @property
    def signature(self) -> str:
        return f"{self.name}({','.join(p.spelled for p in self.inputs)})"

    @property
    def topic(self) -> bytes:
        """Keccak of the signature: an event's first topic."""
        return keccak(self.signature.encode())

    @property
    def selector(self) -> bytes:
        """The four bytes that open a call or a revert."""
        return self.topic[:4]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@functools.cache
def abi_of(contract: str) -> list[dict[str, Any]]:
    """A contract's ABI as the compiler wrote it. Raises FileNotFoundError where it was never generated."""
    loaded: list[dict[str, Any]] = json.loads((_FOLDER / f"{contract}.json").read_bytes())
    return loaded


@functools.cache
def entries(contract: str) -> tuple[Entry, ...]:
    return tuple(_read(contract))


def every(kind: str) -> Iterator[Entry]:
    """All functions, events or errors of the contracts; one that several share comes as often."""
    for contract in CONTRACTS:
        yield from (entry for entry in entries(contract) if entry.kind == kind)


@functools.cache
def function(contract: str, name: str) -> Entry:
    """The one function of that name. Raises KeyError where the contract has none."""
    for entry in entries(contract):
        if entry.kind == "function" and entry.name == name:
            return entry
    raise KeyError(f"{contract} has no function {name}")


def _read(contract: str) -> Iterator[Entry]:
    for item in abi_of(contract):
        if item["type"] in ("function", "event", "error"):
            yield Entry(
                contract,
                item["type"],
                item["name"],
                tuple(_parameter(p) for p in item.get("inputs", ())),
                tuple(_parameter(p) for p in item.get("outputs", ())),
            )


def _parameter(item: dict[str, Any]) -> Parameter:
    internal = item.get("internalType", "")
    enum = ENUMS[internal.removeprefix("enum ").rpartition(".")[2]] if internal.startswith("enum ") else None
    return Parameter(item["name"], _canonical(item), enum, item.get("indexed", False))


def _canonical(item: dict[str, Any]) -> str:
    """The type as signatures spell it: a struct is the tuple of its members."""
    kind: str = item["type"]
    if kind.startswith("tuple"):
        members = ",".join(_canonical(member) for member in item["components"])
        return f"({members}){kind.removeprefix('tuple')}"
    return kind
