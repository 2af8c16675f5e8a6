"""Notices: what a customs message reports or asks about parcels that were declared before.

An arrival, a delivery, a departure, a cancellation or a return: a notice is no document of the parcel's own
(see `backend.domain.documents`), but it leads to a step of it. It names its parcels by what its sender knows:
an order, a waybill, a list, or only the bill under which they travel.
Source of the field names: specification 202205 of the unified CBEC system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from backend.domain.documents import business_key_of, content_digest_of
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import Role


class NoticeKind(StrEnum):
    Arrival = "Arrival"
    Delivery = "Delivery"
    Departure = "Departure"
    MasterWaybill = "MasterWaybill"
    CancellationRequest = "CancellationRequest"
    ReturnRequest = "ReturnRequest"
    ReturnArrival = "ReturnArrival"
    SummaryRequest = "SummaryRequest"


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What one message type means: what it reports, who may send it, and the step it leads to."""

    kind: NoticeKind
    direction: Direction
    head: str
    line: str | None
    #: The fields whose values together are the notice's key.
    key: tuple[str, ...]
    #: The key where the sender gave no number of its own (optional on 623, 625 and 711).
    key_without_own_number: tuple[str, ...]
    #: The fields that may name the sender, the usual one first.
    senders: tuple[str, ...]
    #: The role that the sender holds.
    role: Role
    #: The step that a declared notice leads to; None where customs decides first or no step follows.
    step: Step | None


#: A cancellation is asked for by the declarant and decided by customs (`Step.Cancellation`): no step of its own.
#: A master waybill tells which parcels travel together, a summary request concerns lists that are closed.
NOTICES: dict[str, NoticeFacts] = {
    "513": NoticeFacts(
        NoticeKind.Delivery, Direction.Import, "LogisticsStatus", None,
        ("logisticsCode", "logisticsNo", "logisticsStatus"), (),
        ("logisticsCode",), Role.Logistics, Step.Delivery,
    ),
    "623": NoticeFacts(
        NoticeKind.CancellationRequest, Direction.Import, "InvtCancel", None,
        ("agentCode", "copNo"), ("agentCode", "invtNo"),
        ("agentCode",), Role.Declarant, None,
    ),
    "625": NoticeFacts(
        NoticeKind.ReturnRequest, Direction.Import, "InvtRefundHead", "InvtRefundList",
        ("agentCode", "copNo"), ("agentCode", "invtNo"),
        ("agentCode",), Role.Declarant, Step.ReturnRequested,
    ),
    "711": NoticeFacts(
        NoticeKind.Arrival, Direction.Import, "DeliveryHead", "DeliveryList",
        ("operatorCode", "copNo"), ("operatorCode", "logisticsCode", "billNo", "voyageNo"),
        ("operatorCode",), Role.SiteOperator, Step.Arrival,
    ),
    "507": NoticeFacts(
        NoticeKind.Arrival, Direction.Export, "ArrivalHead", "ArrivalList",
        ("operatorCode", "copNo", "msgSeqNo"), (),
        ("operatorCode",), Role.SiteOperator, Step.Arrival,
    ),
    "509": NoticeFacts(
        NoticeKind.Departure, Direction.Export, "DepartureHead", "DepartureList",
        ("logisticsCode", "copNo", "msgSeqNo"), (),
        ("logisticsCode",), Role.Logistics, Step.Departure,
    ),
    "605": NoticeFacts(
        NoticeKind.CancellationRequest, Direction.Export, "InvtCancel", None,
        ("agentCode", "copNo"), (),
        ("agentCode",), Role.Declarant, None,
    ),
    "607": NoticeFacts(
        NoticeKind.MasterWaybill, Direction.Export, "WayBillHead", "WayBillList",
        ("agentCode", "copNo", "msgSeqNo"), (),
        ("agentCode", "logisticsCode"), Role.Declarant, None,
    ),
    "213": NoticeFacts(
        NoticeKind.ReturnRequest, Direction.Export, "InvtRefundHead", "InvtRefundList",
        ("agentCode", "coElNo"), (),
        ("agentCode",), Role.Declarant, Step.ReturnRequested,
    ),
    "215": NoticeFacts(
        NoticeKind.ReturnArrival, Direction.Export, "InvtRefundDetail", None,
        ("operatorCode", "coElNo"), (),
        ("operatorCode",), Role.SiteOperator, Step.ReturnArrived,
    ),
    "701": NoticeFacts(
        NoticeKind.SummaryRequest, Direction.Export, "SummaryApplyHead", "SummaryApplyList",
        ("agentCode", "copNo", "msgSeqNo"), (),
        ("agentCode",), Role.Declarant, None,
    ),
}  # fmt: skip

#: The only waybill status of 513 that the specification knows: signed for.
SIGNED_FOR = "S"


@dataclass(frozen=True, slots=True)
class Subject:
    """One parcel, or one bill of parcels, as a notice names it. What the notice does not say is None.

    The names are to be tried in this order, the surest first; all of them must lead to the same parcel.
    """

    #: (platform code, order number), from which the parcel's id is computed.
    order: tuple[str, str] | None = None
    #: Customs' number of the list, `invtNo`.
    list_no: str | None = None
    #: (logistics code, waybill number). On returns it may be the waybill of the way back.
    waybill: tuple[str, str] | None = None
    #: The port's pre-entry number and (declarant, its own number): of the list on most cancellations, of the
    #: request itself on others, so they only help where nothing above does.
    pre_no: str | None = None
    declarant_no: tuple[str, str] | None = None
    #: The bill of the conveyance; together with other names it only describes the parcel.
    bill_no: str | None = None
    #: Which line of the notice names it, from 1; None where the head does.
    line: int | None = None

    @property
    def is_whole_bill(self) -> bool:
        """Whether it stands for every parcel under `bill_no` (507 may come without a list)."""
        return (
            self.bill_no is not None
            and self.line is None
            and not (self.order or self.list_no or self.waybill or self.pre_no or self.declarant_no)
        )


@dataclass(frozen=True)
class Notice:
    """One notice, its texts exactly as its sender wrote them."""

    type: str
    head: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]

    @property
    def facts(self) -> NoticeFacts:
        return NOTICES[self.type]

    @property
    def kind(self) -> NoticeKind:
        return self.facts.kind

    @property
    def direction(self) -> Direction:
        return self.facts.direction

    @cached_property
    def business_key(self) -> str:
        """`type|value|value`: two notices with one key are the same notice or in conflict."""
        facts = self.facts
        own_number = self.head.get("copNo", "").strip()
        names = facts.key if own_number or not facts.key_without_own_number else facts.key_without_own_number
        return business_key_of(self.type, names, self.head)

    @property
    def sender_codes(self) -> tuple[str, ...]:
        """The enterprise codes that may send this notice, the usual one first; empty ones are left out."""
        return tuple(code for name in self.facts.senders if (code := self.head.get(name, "")))

    @property
    def is_staged(self) -> bool:
        """Whether the sender only stages it (appStatus 1): nothing follows until it is declared."""
        return self.head.get("appStatus", "").strip() == "1"

    @property
    def is_withdrawal(self) -> bool:
        """Whether it takes back what was reported under the same key (appType 3)."""
        return self.head.get("appType", "").strip() == "3"

    @property
    def step(self) -> Step | None:
        """The step that it leads to for each of its subjects; None where nothing follows on the chain.

        A departure taken back means that the goods were offloaded. Other withdrawals lead to no step: what
        is on record stays, and customs decides. A delivery counts only if it was signed for.
        """
        facts = self.facts
        if self.is_staged:
            return None
        if self.is_withdrawal:
            return Step.Offloading if facts.kind is NoticeKind.Departure else None
        if facts.kind is NoticeKind.Delivery and self.head.get("logisticsStatus") != SIGNED_FOR:
            return None
        return facts.step

    def to_fields(self) -> list[tuple[str, str]]:
        """Every field as (path, text), in the order in which evidence commits to them."""
        facts = self.facts
        fields = [(f"{facts.head}.{name}", self.head[name]) for name in sorted(self.head)]
        for number, line in enumerate(self.lines, 1):
            fields += [(f"{facts.line}.{number}.{name}", line[name]) for name in sorted(line)]
        return fields

    def content_digest(self) -> bytes:
        """32 bytes, equal for two transmissions of the same notice (all but `guid` and `appTime` equal)."""
        return content_digest_of(self.type, self.head, self.lines)

    def is_same_as(self, other: Notice) -> bool:
        """Whether the other is this notice sent again."""
        return self.content_digest() == other.content_digest()


def notice_of(message_type: str, head: Mapping[str, str], lines: Sequence[Mapping[str, str]] = ()) -> Notice:
    """The notice that a message of this type carries; KeyError for a type that carries none."""
    if message_type not in NOTICES:
        raise KeyError(message_type)
    return Notice(message_type, dict(head), tuple(dict(line) for line in lines))


def subjects_of(notice: Notice) -> tuple[Subject, ...]:
    """The parcels that a notice names, in its order; each line of a list names one.

    711, 507, 509 and 607 list waybills (607 may add list numbers) under one bill and one logistics
    enterprise; 701 lists list numbers, or none where it names a period: then there is no subject. A 507
    without a list speaks of its whole bill.
    """
    head = notice.head
    match notice.kind:
        case NoticeKind.Arrival | NoticeKind.Departure | NoticeKind.MasterWaybill:
            listed = tuple(
                Subject(
                    list_no=_filled(line, "invtNo"),
                    waybill=_pair(head.get("logisticsCode"), line.get("logisticsNo")),
                    bill_no=_filled(head, "billNo"),
                    line=number,
                )
                for number, line in enumerate(notice.lines, 1)
            )
            bill_no = _filled(head, "billNo")
            return listed or ((Subject(bill_no=bill_no),) if bill_no else ())
        case NoticeKind.SummaryRequest:
            return tuple(
                Subject(list_no=list_no, line=number)
                for number, line in enumerate(notice.lines, 1)
                if (list_no := _filled(line, "invtNo"))
            )
        case NoticeKind.Delivery | NoticeKind.CancellationRequest | NoticeKind.ReturnRequest | NoticeKind.ReturnArrival:
            return (
                Subject(
                    order=_pair(head.get("ebpCode"), head.get("orderNo")),
                    list_no=_filled(head, "invtNo"),
                    waybill=_pair(head.get("logisticsCode"), head.get("logisticsNo")),
                    pre_no=_filled(head, "preNo"),
                    declarant_no=_pair(head.get("agentCode"), head.get("copNo")),
                    bill_no=_filled(head, "billNo"),
                ),
            )


def _filled(block: Mapping[str, str], name: str) -> str | None:
    return block.get(name, "").strip() or None


def _pair(code: str | None, number: str | None) -> tuple[str, str] | None:
    code, number = (code or "").strip(), (number or "").strip()
    return (code, number) if code and number else None
