"""Who may do what next with a consignment: what a page offers, and `yours` of an answer. The contract decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.consignments import ConsignmentKind, ConsignmentStage


class ConsignmentAct(StrEnum):
    """What is done with a consignment; the value is the last part of its route's address."""

    Load = "contents"
    TakeOut = "removals"
    Cancel = "cancellation"
    Apply = "application"
    Approve = "approval"
    Decline = "refusal"
    Depart = "departure"
    Arrive = "arrival"
    Verify = "verification"
    WriteOff = "write-off"
    Acknowledge = "acknowledgement"
    RaiseAnomaly = "anomalies"


#: Acts that need their evidence and nothing else.
PLAIN_ACTS = (
    ConsignmentAct.Cancel,
    ConsignmentAct.Apply,
    ConsignmentAct.Approve,
    ConsignmentAct.Decline,
    ConsignmentAct.Depart,
    ConsignmentAct.Arrive,
    ConsignmentAct.WriteOff,
    ConsignmentAct.Acknowledge,
)


@dataclass(frozen=True, slots=True)
class ConsignmentPart:
    """What somebody is to a consignment: who opened it, its terminal, customs of the origin or of the port."""

    opener: bool = False
    terminal: bool = False
    origin: bool = False
    port: bool = False

    @property
    def any(self) -> bool:
        return self.opener or self.terminal or self.origin or self.port


@dataclass(frozen=True, slots=True)
class ConsignmentFacts:
    """How a consignment stands: of its contents only whether there are any, of its anomalies whether any is open."""

    kind: ConsignmentKind
    stage: ConsignmentStage
    empty: bool
    half_presented: bool
    acknowledged: bool
    unsettled: bool
    #: fewer parcels were found than are listed
    short: bool


def acts_of(facts: ConsignmentFacts, part: ConsignmentPart) -> tuple[ConsignmentAct, ...]:
    """The acts that are this part's now, those that lead on first."""
    act, stage = ConsignmentAct, ConsignmentStage
    at, sealed, full = facts.stage, facts.kind is ConsignmentKind.Seal, not facts.empty
    customs = part.origin or part.port
    under_way = sealed and stage.InTransit <= at <= stage.Verified
    offered = {
        act.Load: part.opener and at is stage.Loading and not facts.half_presented,
        act.Apply: part.opener and sealed and at is stage.Loading and full,
        act.Approve: part.origin and at is stage.Applied,
        act.Decline: part.origin and at is stage.Applied,
        act.Depart: full and (part.origin and at is stage.Approved if sealed else part.opener and at is stage.Loading),
        act.Arrive: part.port and at is stage.InTransit,
        act.Verify: part.port and at is stage.Arrived,
        act.WriteOff: part.port and at is stage.Verified and not facts.unsettled and not facts.short,
        act.Acknowledge: part.terminal and at is stage.WrittenOff and not facts.acknowledged,
        act.TakeOut: full and not at.is_final and (customs or (part.opener and at < stage.InTransit)),
        act.Cancel: (part.opener or customs) and not at.is_final and facts.empty,
        act.RaiseAnomaly: customs and under_way,
    }
    return tuple(name for name, is_so in offered.items() if is_so)
