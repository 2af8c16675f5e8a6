"""What documents are that stand on the chain in `Anchored` events, before or without a manifest of their own."""

from __future__ import annotations

from enum import IntEnum


class AnchorKind(IntEnum):
    """The contract takes any number for a kind; these are the gateways' own. None is ever given out again."""

    Order = 1
    Payment = 2
    Waybill = 3
    #: Customs asked a platform for an original payment record.
    PaymentRequest = 4
    #: The record with which the platform answered.
    PaymentRecord = 5
    #: What customs found in comparing the record with order and payment.
    PaymentComparison = 6
    #: Notices that lead to no record of their own: their time is on the chain by this alone.
    MasterWaybill = 7
    CancellationRequest = 8
    SummaryRequest = 9
    #: Customs refused what an enterprise asked for, which changes no parcel.
    RequestRefusal = 10
    #: Why customs graded a participant as they did.
    CreditGrading = 11
    #: Customs told a terminal what it may load; its answer; that none came in time, or what customs did then.
    ReleaseInstruction = 20
    ReleaseAnswer = 21
    ReleaseException = 22
    #: A parcel replaces returned goods, or is them again; what customs found when goods came back.
    ReturnSequel = 23
    ReturnFinding = 24
    #: The statement of a summary of a month's lists: its sums, and under which tree.
    Summary = 25
    #: What moved the stock of a bonded account book, or opened or closed it.
    BookMovement = 26
