"""Lives held against the lifecycle's table, step by step: what does not fit, with its cause, and what was waited for.

A step had to wait for those that brought about the state it starts from, raised the flags that it needs and cleared
those that forbid it. Who may take a step is not looked at here: roles and districts change, and the contract checked
them as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.lifecycle import (
    DUPLICATE_ORIGINS,
    DUPLICATE_RAISES,
    RULES,
    Flag,
    Jurisdiction,
    Rule,
    State,
    Step,
)
from backend.domain.participants import Role
from backend.domain.process.model import Activity, Trace


class MisfitKind(StrEnum):
    """Why a step does not fit."""

    #: A life that begins with something else.
    DeclarationMissing = "DeclarationMissing"
    #: A second declaration in the same manifest.
    DeclaredAgain = "DeclaredAgain"
    #: Manifests of this kind have no such step.
    StepUnknown = "StepUnknown"
    #: The parcel's state does not allow it.
    StepNotAllowed = "StepNotAllowed"
    FlagsMissing = "FlagsMissing"
    FlagsBlocking = "FlagsBlocking"
    #: Its block is older than that of the step before.
    TimeReversed = "TimeReversed"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A step that the table does not allow where it stands. `flags`: those missing or blocking."""

    index: int
    kind: MisfitKind
    step: Step
    state: State | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a replayed trace: its activity, the state before it, and what it had to wait for.

    `waits_for` are indices of earlier events; `ready_at` is when the last of them was recorded.
    """

    activity: Activity
    state: State | None
    waits_for: tuple[int, ...]
    ready_at: int


@dataclass(frozen=True, slots=True)
class Replay:
    """A trace held against the table. A step that does not fit is named and then taken, so that later ones are seen."""

    stages: tuple[Stage, ...]
    misfits: tuple[Misfit, ...]
    state: State | None
    flags: int


#: Showing a duplicate is not in the table, but has an effect.
_DUPLICATE = Rule(
    Role.Customs, Jurisdiction.Anywhere, (1 << 4) - 1, DUPLICATE_ORIGINS, raises=DUPLICATE_RAISES, forbids=0
)
_INSPECTIONS = (Step.InspectionOrdered, Step.InspectionPassed)


def replay(trace: Trace) -> Replay:
    """Takes a trace's steps one after the other. No step is left out, whatever is wrong with it."""
    walk = _Walk(trace)
    for index in range(len(trace.events)):
        walk.take(index)
    return Replay(tuple(walk.stages), tuple(walk.misfits), walk.state, walk.flags)


class _Walk:
    """A parcel on its way: state and flags, and which event brought each of them about."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.state: State | None = None
        self.flags = 0
        self.stages: list[Stage] = []
        self.misfits: list[Misfit] = []
        #: Every state it was in, with the event that led to it.
        self._states: list[tuple[State, int]] = []
        #: By flag, the event that raised or cleared it last.
        self._turned: dict[Flag, int] = {}

    def take(self, index: int) -> None:
        event = self.trace.events[index]
        if index and event.at < self.trace.events[index - 1].at:
            self._misfit(index, MisfitKind.TimeReversed)
        if event.step is Step.Declaration:
            self._declare(index)
            return
        if self.state is None:
            self._misfit(index, MisfitKind.DeclarationMissing)
            self._enter(State.Declared, index)
        rule = self._rule(index)
        self._stage(index, rule)
        if rule is not None:
            self._apply(index, rule)

    def _declare(self, index: int) -> None:
        if index:
            self._misfit(index, MisfitKind.DeclaredAgain)
            self._stage(index, None)
            return
        self.stages.append(Stage(Activity(Step.Declaration), None, (), self.trace.events[index].at))
        self._enter(State.Declared, index)

    def _rule(self, index: int) -> Rule | None:
        """The row that fits; where none does, a row whose fault is then named, or None where there is no row."""
        step = self.trace.events[index].step
        rows = (_DUPLICATE,) if step is Step.DuplicateReported else RULES.get(step, ())
        rows = tuple(row for row in rows if row.profiles >> self.trace.header.profile & 1)
        if not rows:
            self._misfit(index, MisfitKind.StepUnknown)
            return None
        # The row that gets furthest says best what is wrong.
        fault, row = max(((self._fault(row), row) for row in rows), key=lambda pair: _RANK[pair[0][0]])
        kind, flags = fault
        if kind is not None:
            self._misfit(index, kind, flags)
        return row

    def _fault(self, row: Rule) -> tuple[MisfitKind | None, int]:
        """What is wrong under a row, in the contract's order; (None, 0) where it fits."""
        if self.state is None or not row.origins >> self.state & 1:
            return MisfitKind.StepNotAllowed, 0
        if missing := row.needs & ~self.flags:
            return MisfitKind.FlagsMissing, missing
        if blocking := row.forbids & self.flags:
            return MisfitKind.FlagsBlocking, blocking
        return None, 0

    def _stage(self, index: int, rule: Rule | None) -> None:
        event = self.trace.events[index]
        matter = 0 if rule is None else rule.needs | rule.forbids
        waits = {at for flag, at in self._turned.items() if matter >> flag & 1}
        waits.add(self._allowed_since(0 if rule is None else rule.origins))
        waits.discard(index)
        at_port = self.state is State.AtPort and event.step in _INSPECTIONS
        ready = max((self.trace.events[other].at for other in waits), default=event.at)
        # A block that is older than what it waited for is a misfit, not a negative wait.
        stage = Stage(Activity(event.step, at_port), self.state, tuple(sorted(waits)), min(ready, event.at))
        self.stages.append(stage)

    def _apply(self, index: int, rule: Rule) -> None:
        if rule.leads_to is not None:
            self._enter(rule.leads_to, index)
        for flag in Flag:
            bit = 1 << flag
            if rule.raises & bit and not self.flags & bit:
                self.flags |= bit
                self._turned[flag] = index
            if rule.clears & bit and self.flags & bit:
                self.flags &= ~bit
                self._turned[flag] = index

    def _enter(self, state: State, index: int) -> None:
        self.state = state
        self._states.append((state, index))

    def _allowed_since(self, origins: int) -> int:
        """The event since which the parcel has been in one of these states, or in its present one."""
        since = self._states[-1][1]
        for state, index in reversed(self._states):
            if not origins >> state & 1:
                break
            since = index
        return since

    def _misfit(self, index: int, kind: MisfitKind, flags: int = 0) -> None:
        named = tuple(flag for flag in Flag if flags >> flag & 1)
        self.misfits.append(Misfit(index, kind, self.trace.events[index].step, self.state, named))


_RANK: dict[MisfitKind | None, int] = {
    MisfitKind.StepNotAllowed: 0,
    MisfitKind.FlagsMissing: 1,
    MisfitKind.FlagsBlocking: 2,
    None: 3,
}
