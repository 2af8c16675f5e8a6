"""What the calendar, the rights registry and the cases say has happened; read with `backend.domain.events`."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.rights import Application, Disposal, Outcome, RightKind

# ---------------------------------------------------------------------------------------------------
# Working days


@dataclass(frozen=True, slots=True)
class YearPublished:
    """A year's working days were published or corrected; bit n of the words is day n, and day 256 + n."""

    year: int
    first_days: int
    last_days: int


# ---------------------------------------------------------------------------------------------------
# Rights


@dataclass(frozen=True, slots=True)
class RecordalAppliedFor:
    """A holder applied for a recordal; `marks` commits to what is protected."""

    right_id: int
    holder_no: int
    kind: RightKind
    marks: bytes
    underlying_until: int
    evidence: bytes
    decide_by: int


@dataclass(frozen=True, slots=True)
class RenewalAppliedFor:
    """A holder applied for another term."""

    right_id: int
    underlying_until: int
    evidence: bytes
    decide_by: int


@dataclass(frozen=True, slots=True)
class ChangeAppliedFor:
    """A holder reported changed marks or goods."""

    right_id: int
    marks: bytes
    evidence: bytes
    decide_by: int


@dataclass(frozen=True, slots=True)
class GoodsListed:
    """The goods of an application: a list that holds once it is approved, with its HS headings."""

    right_id: int
    list: int
    goods: bytes
    headings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ApplicationApproved:
    """Headquarters granted what was asked for; `late` is after the legal time."""

    right_id: int
    application: Application
    authority_no: int
    until: int
    evidence: bytes
    late: bool


@dataclass(frozen=True, slots=True)
class ApplicationRefused:
    """Headquarters refused what was asked for; `late` is after the legal time."""

    right_id: int
    application: Application
    authority_no: int
    grounds: bytes
    evidence: bytes
    late: bool


@dataclass(frozen=True, slots=True)
class RecordalWithdrawn:
    """A holder gave up a right, or an application for one."""

    right_id: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class RecordalRevoked:
    """Headquarters ended a right that should not have been recorded."""

    right_id: int
    authority_no: int
    grounds: bytes
    evidence: bytes


@dataclass(frozen=True, slots=True)
class LicenceGranted:
    """A holder permitted a seller to trade in goods, or changed that permission."""

    right_id: int
    seller_no: int
    goods: bytes
    until: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class LicenceRevoked:
    """A holder ended a licence before its time."""

    right_id: int
    seller_no: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class HeadquartersSet:
    """The owner named the customs office that is headquarters."""

    participant_no: int


# ---------------------------------------------------------------------------------------------------
# Cases


@dataclass(frozen=True, slots=True)
class HolderNotified:
    """Customs told a holder of suspected goods that they hold. `goods_value` in fen."""

    case_id: int
    right_id: int
    manifest: bytes
    parcels: int
    customs_no: int
    heading: int
    goods_value: int
    evidence: bytes
    answer_by: int


@dataclass(frozen=True, slots=True)
class DetentionRequested:
    """A holder answered a notice with its request and security: the goods are detained."""

    case_id: int
    security: int
    evidence: bytes
    find_by: int
    lapses_at: int


@dataclass(frozen=True, slots=True)
class ComplaintLodged:
    """A holder asked a customs office to detain goods. Amounts in fen."""

    case_id: int
    right_id: int
    customs_no: int
    heading: int
    goods_value: int
    security: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class GoodsDetained:
    """Customs detained goods on a complaint."""

    case_id: int
    manifest: bytes
    parcels: int
    evidence: bytes
    lapses_at: int


@dataclass(frozen=True, slots=True)
class FindingRecorded:
    """Customs found whether goods infringe. `appeal_by` is zero where they do not."""

    case_id: int
    infringing: bool
    evidence: bytes
    appeal_by: int


@dataclass(frozen=True, slots=True)
class FindingAppealed:
    """Somebody appealed whose goods they are. `speaker_no` zero is the owner of the registry."""

    case_id: int
    speaker_no: int
    evidence: bytes
    decide_by: int


@dataclass(frozen=True, slots=True)
class FindingAppealDecided:
    """An appeal body decided on a finding."""

    case_id: int
    authority_no: int
    upheld: bool
    evidence: bytes


@dataclass(frozen=True, slots=True)
class CourtNoticeRecorded:
    """A court asked customs for assistance: the case is the court's."""

    case_id: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class RulingRecorded:
    """A court ruled."""

    case_id: int
    infringing: bool
    evidence: bytes


@dataclass(frozen=True, slots=True)
class CounterBondAccepted:
    """A patent's suspected infringer deposited a bond for its goods, in fen."""

    case_id: int
    bond: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """A case came out."""

    case_id: int
    outcome: Outcome
    evidence: bytes


@dataclass(frozen=True, slots=True)
class DisposalPassedOver:
    """A way of disposal turned out impossible."""

    case_id: int
    disposal: Disposal
    evidence: bytes


@dataclass(frozen=True, slots=True)
class DisposalChosen:
    """The goods are disposed of."""

    case_id: int
    disposal: Disposal
    evidence: bytes


RightsEvent = (
    YearPublished
    | RecordalAppliedFor
    | RenewalAppliedFor
    | ChangeAppliedFor
    | GoodsListed
    | ApplicationApproved
    | ApplicationRefused
    | RecordalWithdrawn
    | RecordalRevoked
    | LicenceGranted
    | LicenceRevoked
    | HeadquartersSet
    | HolderNotified
    | DetentionRequested
    | ComplaintLodged
    | GoodsDetained
    | FindingRecorded
    | FindingAppealed
    | FindingAppealDecided
    | CourtNoticeRecorded
    | RulingRecorded
    | CounterBondAccepted
    | CaseDecided
    | DisposalPassedOver
    | DisposalChosen
)
