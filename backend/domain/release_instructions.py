"""The electronic release instruction 电子放行指令: from customs to the terminal that loads, answered within a limit.

What Pudong's customs named first among the pains of transit: goods were released, and the cargo terminal had not been
told. An instruction names released parcels and one terminal. The terminal acknowledges exactly these parcels within
the limit, or refuses with a reason; an instruction that was refused, or that nobody answered in time, is an exception
of the customs office that gave it, until that office settles it. A late acknowledgement still lets the goods go, and
that it was late stays on the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.commitments import keccak
from backend.domain.errors import InstructionStateUnfit
from backend.domain.lifecycle import Flag, State

#: Minutes that a terminal has where customs name no limit, and the longest limit: a week.
USUAL_LIMIT_MINUTES = 30
MOST_LIMIT_MINUTES = 7 * 24 * 60

MOST_PARCELS = 10_000

#: States in which customs have let a parcel go and it has not left yet, and flags that hold it nevertheless.
LET_GO = frozenset({State.Released, State.InTransit, State.AtPort})
HOLDING = frozenset({Flag.HeldDeclaring, Flag.HeldPort, Flag.Inspection, Flag.CaseOpen})


class InstructionFact(StrEnum):
    """What happens to an instruction, each at most once."""

    Issued = "Issued"
    Acknowledged = "Acknowledged"
    Refused = "Refused"
    #: The limit passed without an answer.
    Overdue = "Overdue"
    Withdrawn = "Withdrawn"
    Settled = "Settled"


class InstructionStage(StrEnum):
    """Where an instruction stands."""

    Waiting = "Waiting"
    Acknowledged = "Acknowledged"
    AcknowledgedLate = "AcknowledgedLate"
    #: The two exceptions.
    Overdue = "Overdue"
    Refused = "Refused"
    Withdrawn = "Withdrawn"
    Settled = "Settled"


#: The stages in which the office that gave the instruction has something to do.
EXCEPTIONS = frozenset({InstructionStage.Overdue, InstructionStage.Refused})

#: What the terminal says; everything else is for the customs office to say.
ANSWERS = (InstructionFact.Acknowledged, InstructionFact.Refused)
#: What the other side is told of by webhook, since it did not say it itself.
TOLD_TERMINAL = (
    InstructionFact.Issued,
    InstructionFact.Overdue,
    InstructionFact.Withdrawn,
    InstructionFact.Settled,
)
TOLD_CUSTOMS = (*ANSWERS, InstructionFact.Overdue)
#: Facts after which nobody has anything left to do.
ENDS = (InstructionFact.Acknowledged, InstructionFact.Withdrawn, InstructionFact.Settled)
#: What is said with a reason.
REASONED = (InstructionFact.Refused, InstructionFact.Withdrawn, InstructionFact.Settled)

_NEXT: dict[InstructionStage, tuple[InstructionFact, ...]] = {
    InstructionStage.Waiting: (*ANSWERS, InstructionFact.Withdrawn),
    InstructionStage.Overdue: (*ANSWERS, InstructionFact.Withdrawn, InstructionFact.Settled),
    InstructionStage.Refused: (InstructionFact.Withdrawn, InstructionFact.Settled),
    InstructionStage.Acknowledged: (),
    InstructionStage.AcknowledgedLate: (),
    InstructionStage.Withdrawn: (),
    InstructionStage.Settled: (),
}


@dataclass(frozen=True, slots=True)
class InstructionStanding:
    """The stage, and what may follow."""

    stage: InstructionStage
    possible: tuple[InstructionFact, ...]


def contents_of(parcel_ids: Iterable[bytes]) -> bytes:
    """The commitment to a set of parcels, 32 bytes: keccak-256 of their ids in ascending order, one after another."""
    return keccak(b"".join(sorted(set(parcel_ids))))


def standing_of_instruction(facts: Sequence[tuple[InstructionFact, int]], due: int, now: int) -> InstructionStanding:
    """Where an instruction stands after these facts, each with its instant, at an instant; `due` is its limit's end.

    An answer in the second of the limit's end is in time. The clock alone makes an instruction overdue, whether or not
    that has been written down yet.
    """
    at = dict(facts)
    stage = _stage(at, due, now)
    return InstructionStanding(stage, _NEXT[stage])


def check_instruction_fact(
    instruction_id: int, fact: InstructionFact, facts: Sequence[tuple[InstructionFact, int]], due: int, now: int
) -> None:
    """Raises InstructionStateUnfit where a fact does not follow from where the instruction stands."""
    standing = standing_of_instruction(facts, due, now)
    if fact not in standing.possible:
        raise InstructionStateUnfit(instruction_id=instruction_id, stage=standing.stage.value, act=fact.value)


def _stage(at: dict[InstructionFact, int], due: int, now: int) -> InstructionStage:
    if InstructionFact.Settled in at:
        return InstructionStage.Settled
    if InstructionFact.Withdrawn in at:
        return InstructionStage.Withdrawn
    if InstructionFact.Acknowledged in at:
        late = at[InstructionFact.Acknowledged] > due
        return InstructionStage.AcknowledgedLate if late else InstructionStage.Acknowledged
    if InstructionFact.Refused in at:
        return InstructionStage.Refused
    return InstructionStage.Overdue if now > due else InstructionStage.Waiting
