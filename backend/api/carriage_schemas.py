"""Bodies of what is written about lanes, consignments and anomalies."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import AfterValidator, Field, StringConstraints

from backend.api.schemas import (
    MOST_NUMBER,
    Body,
    DistrictText,
    Evidence,
    HashText,
    Named,
    ParcelIdText,
    Reference,
    sound,
)
from backend.domain.consignments import (
    MOST_HOURS,
    MOST_NOTICE_DAYS,
    AnomalyKind,
    ConsignmentKind,
    ReinspectionReason,
    TakingReason,
)
from backend.services.steps import MOST_PARCELS

ConsignmentKindName = Annotated[ConsignmentKind, Named(ConsignmentKind)]
AnomalyName = Annotated[AnomalyKind, Named(AnomalyKind)]
TakingReasonName = Annotated[TakingReason, Named(TakingReason)]
ReinspectionReasonName = Annotated[ReinspectionReason, Named(ReinspectionReason)]

ConsignmentId = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$")]
LaneId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
AnomalyId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]

#: A seal's or a master waybill's number, as it is printed.
CarriageNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,37}$")]
Agreement = Annotated[str, StringConstraints(min_length=1, max_length=4_000, pattern=r"\S"), AfterValidator(sound)]
Hours = Annotated[int, Field(ge=1, le=MOST_HOURS)]
Parcels = Annotated[list[ParcelIdText], Field(min_length=1, max_length=MOST_PARCELS)]

#: Acts that need their evidence and nothing else.
ActName = Literal[
    "cancellation",
    "application",
    "approval",
    "refusal",
    "departure",
    "arrival",
    "write-off",
    "acknowledgement",
]


class LaneBody(Body):
    """What one district proposes: limits in hours, notice in days, the anomalies that the port settles, the text."""

    origin_district: DistrictText
    port_district: DistrictText
    transit_hours: Hours
    acknowledge_hours: Hours
    notice_days: Annotated[int, Field(ge=0, le=MOST_NOTICE_DAYS)] = 30
    handled_by_port: Annotated[list[AnomalyName], Field(max_length=len(AnomalyKind))]
    agreement: Agreement
    reference: Reference | None = None


class AgreementBody(Body):
    """The text that is accepted, word for word as it was proposed."""

    agreement: Agreement


class ConsignmentBody(Body):
    """A consignment to open; a transit under a seal names its lane and terminal, a master waybill no lane."""

    reference: Reference
    kind: ConsignmentKindName
    number: CarriageNumber
    origin_district: DistrictText
    port_district: DistrictText
    lane_id: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | None = None
    terminal_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | None = None


class ContentsBody(Body):
    """Parcels to put in, of whatever manifests."""

    parcels: Parcels
    reference: Reference | None = None


class RemovalBody(Body):
    """Parcels to take out and why."""

    parcels: Parcels
    reason: TakingReasonName
    evidence: Evidence
    reference: Reference | None = None


class ActBody(Body):
    """The evidence of an act; `head` is the contents that are meant, so that others are refused."""

    evidence: Evidence
    head: HashText | None = None
    reference: Reference | None = None


class VerificationBody(Body):
    """Whether the seal is as it should be, and how many parcels were counted."""

    seal_intact: bool
    found: Annotated[int, Field(ge=0, le=MOST_NUMBER)]
    evidence: Evidence
    reference: Reference | None = None


class AnomalyBody(Body):
    """What went wrong, with the whole or with parcels of one manifest."""

    kind: AnomalyName
    parcels: Annotated[list[ParcelIdText], Field(max_length=256)] | None = None
    evidence: Evidence
    reference: Reference | None = None


class ReinspectionBody(Body):
    """Parcels that the port opens again, and why."""

    parcels: Parcels
    reason: ReinspectionReasonName
    evidence: Evidence
    reference: Reference | None = None
