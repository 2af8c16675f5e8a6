"""What consignments, lanes and anomalies say has happened; read with `backend.domain.events`."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    ReinspectionReason,
    TakingReason,
)
from backend.domain.lifecycle import Step


@dataclass(frozen=True, slots=True)
class ConsignmentOpened:
    """A consignment was opened."""

    consignment: bytes
    opener_no: int
    lane_id: int
    kind: ConsignmentKind
    number: bytes
    origin_district: int
    port_district: int
    terminal_no: int
    at: int


@dataclass(frozen=True, slots=True)
class ConsignmentLoaded:
    """Parcels were put in: manifests with their subsets. With ParcelsTakenOut, folding these gives `head`."""

    consignment: bytes
    head: bytes
    count: int
    entries: tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class ParcelsTakenOut:
    """Parcels were taken out of the entry that follows the head `before`."""

    consignment: bytes
    manifest: bytes
    participant_no: int
    before: bytes
    parcels: int
    reason: TakingReason
    evidence: bytes
    head: bytes
    count: int


@dataclass(frozen=True, slots=True)
class ConsignmentMoved:
    """A list was presented for a step, whole or a piece; `pending` is zeros once it is through."""

    consignment: bytes
    participant_no: int
    step: Step
    entries: int
    pending: bytes
    evidence: bytes


@dataclass(frozen=True, slots=True)
class ConsignmentStaged:
    """A consignment came to a stage. `until`: the limit that runs from then; zero where none does."""

    consignment: bytes
    participant_no: int
    stage: ConsignmentStage
    evidence: bytes
    until: int


@dataclass(frozen=True, slots=True)
class ConsignmentVerified:
    """The port looked at the seal and counted."""

    consignment: bytes
    seal_intact: bool
    found: int
    count: int


@dataclass(frozen=True, slots=True)
class ReleaseAcknowledged:
    """The cargo terminal acknowledged the release."""

    consignment: bytes
    terminal_no: int
    evidence: bytes
    at: int


@dataclass(frozen=True, slots=True)
class LaneProposed:
    """A district proposed a lane."""

    lane_id: int
    origin_district: int
    port_district: int
    proposer_no: int
    transit_hours: int
    acknowledge_hours: int
    notice_days: int
    handled_by_port: int
    text: bytes


@dataclass(frozen=True, slots=True)
class LaneAccepted:
    """The other district accepted: the lane is in force."""

    lane_id: int
    accepter_no: int


@dataclass(frozen=True, slots=True)
class LaneEnded:
    """A district ended a lane or withdrew from a proposal."""

    lane_id: int
    participant_no: int
    ends_at: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class AnomalyRaised:
    """Something went wrong. `manifest` and `parcels` are zero where it concerns the whole."""

    anomaly_id: int
    consignment: bytes
    kind: AnomalyKind
    raised_by_no: int
    owner_district: int
    settle_by: int
    manifest: bytes
    parcels: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class AnomalySettled:
    """Its owner settled an anomaly."""

    anomaly_id: int
    consignment: bytes
    customs_no: int
    in_time: bool
    evidence: bytes


@dataclass(frozen=True, slots=True)
class ReinspectionOrdered:
    """A port ordered a second inspection."""

    manifest: bytes
    customs_no: int
    reason: ReinspectionReason
    parcels: int
    evidence: bytes


CarriageEvent = (
    ConsignmentOpened
    | ConsignmentLoaded
    | ParcelsTakenOut
    | ConsignmentMoved
    | ConsignmentStaged
    | ConsignmentVerified
    | ReleaseAcknowledged
    | LaneProposed
    | LaneAccepted
    | LaneEnded
    | AnomalyRaised
    | AnomalySettled
    | ReinspectionOrdered
)
