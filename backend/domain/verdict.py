"""What a buyer is told about a parcel: one finding, computed from plain facts.

The order of the questions is the rule: an end that undoes the parcel (confiscated, rejected …) comes before
a detention, a detention before an open inspection or review, and only a parcel that nothing stops is said to
be where its state says. The seller's standing never changes the finding, since it says nothing of goods that
customs has already released; it is told as a caution beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from backend.domain.lifecycle import Direction, Flag, State, Step


class Tone(StrEnum):
    """How a finding is shown. Colour is never its only sign."""

    #: Customs has let it go.
    Clear = "clear"
    #: It is under customs' control and nothing is wrong so far.
    Waiting = "waiting"
    #: Customs has stopped it.
    Stopped = "stopped"
    #: Its way ended without clearance, and no blame is implied.
    Ended = "ended"


class Finding(StrEnum):
    """The verdict's sentence, by name: each has a text in every language."""

    Declared = "Declared"
    Accepted = "Accepted"
    UnderReview = "UnderReview"
    UnderInspection = "UnderInspection"
    Detained = "Detained"
    ReleasedImport = "ReleasedImport"
    ReleasedExport = "ReleasedExport"
    InTransit = "InTransit"
    AtPort = "AtPort"
    Departed = "Departed"
    Delivered = "Delivered"
    Closed = "Closed"
    Rejected = "Rejected"
    Cancelled = "Cancelled"
    Returning = "Returning"
    Returned = "Returned"
    ReturnedAbroad = "ReturnedAbroad"
    Confiscated = "Confiscated"
    Destroyed = "Destroyed"


class Caution(StrEnum):
    """What a reader should know beside the finding."""

    SellerBarred = "SellerBarred"
    SellerSuspended = "SellerSuspended"
    ReturnPending = "ReturnPending"
    DuplicateReported = "DuplicateReported"
    DeclaredAnew = "DeclaredAnew"


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What a verdict depends on, and nothing else."""

    state: State
    flags: frozenset[Flag]
    direction: Direction
    seller_barred: bool = False
    seller_suspended: bool = False
    steps: frozenset[Step] = frozenset()
    #: Former manifests of the same parcel, ended ones included.
    earlier_manifests: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    finding: Finding
    tone: Tone
    cautions: tuple[Caution, ...]


def judge(facts: ParcelFacts) -> Verdict:
    """The verdict on a parcel. Every combination of facts has one."""
    finding = _finding(facts)
    return Verdict(finding, tone_of(finding), _cautions(facts))


def _finding(facts: ParcelFacts) -> Finding:
    held = facts.flags & {Flag.HeldDeclaring, Flag.HeldPort, Flag.CaseOpen, Flag.Infringing}
    match facts.state:
        # Ends: a hold that stays on confiscated goods only names who disposes of them.
        case State.Confiscated | State.Disposed:
            return Finding.Confiscated
        case State.Destroyed:
            return Finding.Destroyed
        case State.ReturnedAbroad:
            return Finding.ReturnedAbroad
        case State.Rejected:
            return Finding.Rejected
        case State.Cancelled:
            return Finding.Cancelled
        case State.Returned:
            return Finding.Returned
        case State.Closed:
            return Finding.Closed
        case _ if held:
            return Finding.Detained
        case State.Returning:
            return Finding.Returning
        case _ if Flag.Inspection in facts.flags:
            return Finding.UnderInspection
        case _ if Flag.Review in facts.flags:
            return Finding.UnderReview
        case State.Declared:
            return Finding.Declared
        case State.Accepted:
            return Finding.Accepted
        case State.Released:
            return Finding.ReleasedImport if facts.direction == Direction.Import else Finding.ReleasedExport
        case State.InTransit:
            return Finding.InTransit
        case State.AtPort:
            return Finding.AtPort
        case State.Departed:
            return Finding.Departed
        case State.Delivered:
            return Finding.Delivered
        case _ as never:
            assert_never(never)


def tone_of(finding: Finding) -> Tone:
    """How a finding is shown. Deliberately no fallback: a new finding must be placed here."""
    match finding:
        case Finding.ReleasedImport | Finding.ReleasedExport | Finding.Departed | Finding.Delivered | Finding.Closed:
            return Tone.Clear
        case (
            Finding.Declared
            | Finding.Accepted
            | Finding.UnderReview
            | Finding.UnderInspection
            | Finding.InTransit
            | Finding.AtPort
            | Finding.Returning
        ):
            return Tone.Waiting
        case Finding.Detained | Finding.Rejected | Finding.Confiscated | Finding.Destroyed:
            return Tone.Stopped
        case Finding.Cancelled | Finding.Returned | Finding.ReturnedAbroad:
            return Tone.Ended
        case _ as never:
            assert_never(never)


def _cautions(facts: ParcelFacts) -> tuple[Caution, ...]:
    told = (
        (Caution.SellerBarred, facts.seller_barred),
        (Caution.SellerSuspended, facts.seller_suspended),
        (Caution.DuplicateReported, Step.DuplicateReported in facts.steps),
        (Caution.ReturnPending, Flag.ReturnPending in facts.flags),
        (Caution.DeclaredAnew, facts.earlier_manifests > 0),
    )
    return tuple(caution for caution, applies in told if applies)
