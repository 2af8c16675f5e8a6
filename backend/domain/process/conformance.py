"""How many lives are such as the lifecycle's table allows, and every step that is not, named with its cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backend.domain.lifecycle import Step
from backend.domain.process.log import Log
from backend.domain.process.replaying import Misfit, MisfitKind


@dataclass(frozen=True, slots=True)
class NamedMisfit:
    """A misfit with the parcels that have it: a set of a manifest."""

    manifest: bytes
    parcels: int
    misfit: Misfit


@dataclass(frozen=True, slots=True)
class Conformance:
    """How many parcels' lives fit, out of how many; every misfit of the others."""

    parcels: int
    fitting: int
    misfits: tuple[NamedMisfit, ...]

    @property
    def by_kind(self) -> dict[tuple[MisfitKind, Step], int]:
        """How many parcels have a misfit of a kind at a step, by both."""
        found: Counter[tuple[MisfitKind, Step]] = Counter()
        for one in self.misfits:
            found[one.misfit.kind, one.misfit.step] += one.parcels.bit_count()
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def conformance_of(log: Log) -> Conformance:
    """Every trace of a log against the table."""
    fitting, misfits = 0, []
    for trace, replayed in zip(log.traces, log.replays, strict=True):
        found = replayed.misfits
        if not found:
            fitting += trace.weight
        misfits += [NamedMisfit(trace.header.manifest, trace.parcels, misfit) for misfit in found]
    return Conformance(log.parcels, fitting, tuple(misfits))
