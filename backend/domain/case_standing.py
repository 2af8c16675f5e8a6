"""Where a case stands at an instant: whose turn it is, until when, and what may be done by whom.

Computed from the plain facts of a case alone. What stands here as possible is what the contract lets its party do,
and nothing else; a test holds both against the reference model. Whether parcels are confiscated is the ledger's to
say: `step_due` reads it from their sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.lifecycle import FLAG_SETS, Flag, Sets, State, Step
from backend.domain.reference.case_book import Case
from backend.domain.rights import COUNTER_BOND_KINDS, CaseState, Disposal, Outcome, Route


class Party(StrEnum):
    """Who has a part in a case. `Court` acts outside the chain: the investigator records what it said."""

    Holder = "Holder"
    Investigator = "Investigator"
    Accused = "Accused"
    AppealBody = "AppealBody"
    Court = "Court"
    Anyone = "Anyone"
    Nobody = "Nobody"


class Act(StrEnum):
    """What may be done to a case, named as the contract's functions are."""

    RequestDetention = "RequestDetention"
    DetainGoods = "DetainGoods"
    DeclineComplaint = "DeclineComplaint"
    RecordFinding = "RecordFinding"
    AppealFinding = "AppealFinding"
    DecideFindingAppeal = "DecideFindingAppeal"
    ConfirmFinding = "ConfirmFinding"
    RecordCourtNotice = "RecordCourtNotice"
    RecordRuling = "RecordRuling"
    AcceptCounterBond = "AcceptCounterBond"
    WithdrawCase = "WithdrawCase"
    DeclareLapsed = "DeclareLapsed"
    ChooseDisposal = "ChooseDisposal"
    PassOverDisposal = "PassOverDisposal"


@dataclass(frozen=True, slots=True)
class Possible:
    """An act that is open now. `until` is the first instant at which it no longer is; zero where no clock ends it."""

    act: Act
    by: Party
    until: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose turn it is, by when, and everything that may be done. `deadline` is zero while no clock runs."""

    turn: Party
    deadline: int
    possible: tuple[Possible, ...]

    def is_overdue(self, now: int) -> bool:
        return bool(self.deadline) and now >= self.deadline


def standing_of(case: Case, now: int) -> Standing:
    """Where a case stands at an instant (Unix seconds)."""
    in_time = now < case.lapses_at
    withdrawal = Possible(Act.WithdrawCase, Party.Holder)
    lapse = Possible(Act.DeclareLapsed, Party.Anyone)
    match case.state:
        case CaseState.Lodged:
            detention = Possible(Act.DetainGoods, Party.Investigator)
            refusal = Possible(Act.DeclineComplaint, Party.Investigator)
            return Standing(Party.Investigator, 0, (detention, refusal, withdrawal))
        case CaseState.Notified if in_time:
            request = Possible(Act.RequestDetention, Party.Holder, case.lapses_at)
            return Standing(Party.Holder, case.lapses_at, (request, withdrawal))
        case CaseState.Notified:
            return Standing(Party.Anyone, case.lapses_at, (lapse, withdrawal))
        case CaseState.Detained:
            return _detained(case, now, in_time, (withdrawal, *_bond(case)), lapse)
        case CaseState.Found if in_time:
            appeal = Possible(Act.AppealFinding, Party.Accused, case.lapses_at)
            return Standing(Party.Accused, case.lapses_at, (appeal,))
        case CaseState.Found:
            return Standing(Party.Anyone, case.lapses_at, (Possible(Act.ConfirmFinding, Party.Anyone),))
        case CaseState.Appealed if in_time:
            decision = Possible(Act.DecideFindingAppeal, Party.AppealBody, case.lapses_at)
            return Standing(Party.AppealBody, case.lapses_at, (decision,))
        case CaseState.Appealed:
            return Standing(Party.Anyone, case.lapses_at, (lapse,))
        case CaseState.InCourt:
            return Standing(Party.Court, 0, (Possible(Act.RecordRuling, Party.Investigator), *_bond(case)))
        case CaseState.Infringing if not case.disposed:
            choice = Possible(Act.ChooseDisposal, Party.Investigator)
            impossible = Possible(Act.PassOverDisposal, Party.Investigator)
            is_last = case.disposal is Disposal.Destruction
            return Standing(Party.Investigator, 0, (choice,) if is_last else (choice, impossible))
        case CaseState.Infringing | CaseState.Closed:
            return Standing(Party.Nobody, 0, ())


def _detained(case: Case, now: int, in_time: bool, always: tuple[Possible, ...], lapse: Possible) -> Standing:
    """Customs find first, where they find at all; then the goods wait for a court's notice; then for nobody."""
    if not in_time:
        return Standing(Party.Anyone, case.lapses_at, (lapse, *always))
    notice = Possible(Act.RecordCourtNotice, Party.Investigator, case.lapses_at)
    if case.route is Route.ExOfficio and now < case.find_by:
        finding = Possible(Act.RecordFinding, Party.Investigator, case.find_by)
        return Standing(Party.Investigator, case.find_by, (finding, notice, *always))
    return Standing(Party.Court, case.lapses_at, (notice, *always))


def _bond(case: Case) -> tuple[Possible, ...]:
    if case.kind not in COUNTER_BOND_KINDS:
        return ()
    return (Possible(Act.AcceptCounterBond, Party.Investigator),)


#: States in which goods that infringe are no longer in anybody's hands but the state's.
_CONFISCATED = (State.Confiscated, State.Destroyed, State.Disposed)


def step_due(case: Case, sets: Sets) -> Step | None:
    """The parcels' step that the investigating district owes the case, if there is one.

    Infringing goods are confiscated before a way of disposal is chosen and destroyed once destruction was; goods of
    a case that closed otherwise wait for the lifting of the hold.
    """
    taken = 0
    for state in _CONFISCATED:
        taken |= sets.words[state] & case.parcels
    if case.state is CaseState.Infringing:
        if taken != case.parcels:
            return Step.Confiscation
        destroying = case.disposed and case.disposal is Disposal.Destruction
        return Step.Destruction if destroying and sets.words[State.Confiscated] & case.parcels else None
    if case.state is CaseState.Closed and case.outcome is not Outcome.Infringing:
        for flag, step in ((Flag.HeldDeclaring, Step.DetentionLifted), (Flag.HeldPort, Step.PortDetentionLifted)):
            if sets.words[FLAG_SETS + flag] & case.parcels & ~taken:
                return step
    return None
