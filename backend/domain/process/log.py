"""Many lives as one log, each replayed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from backend.domain.process.model import Place, Trace
from backend.domain.process.replaying import Replay, replay


@dataclass(frozen=True)
class Log:
    """An event log, complete up to `block`, whose time is `at`; both None before the first block.

    `repeats`: by parcel id, all places of the parcels that were declared more than once; `earlier` has the traces of
    such places that are not themselves in the log.
    """

    traces: tuple[Trace, ...]
    block: int | None = None
    at: int | None = None
    repeats: Mapping[bytes, tuple[Place, ...]] = field(default_factory=dict)
    earlier: tuple[Trace, ...] = ()

    @property
    def parcels(self) -> int:
        return sum(trace.weight for trace in self.traces)

    @property
    def events(self) -> int:
        """How many steps of parcels there are; a record of a hundred parcels is a hundred."""
        return sum(trace.weight * len(trace.events) for trace in self.traces)

    @cached_property
    def replays(self) -> tuple[Replay, ...]:
        """Each trace held against the table, once for all who ask: it is most of the work of every figure."""
        return tuple(replay(trace) for trace in self.traces)
