"""What goes wrong under way, as `carriage/Anomalies.sol` keeps it."""

from __future__ import annotations

from dataclasses import replace

from backend.domain import carriage_events, consignment_errors
from backend.domain.consignments import (
    BY_TIME,
    ESCALATING,
    SETTLING,
    Anomaly,
    AnomalyKind,
    ConsignmentStage,
)
from backend.domain.events import Event
from backend.domain.reference.consignment_book import Consignment, ReferenceConsignmentBook
from backend.domain.reference.refusing import refusal
from backend.domain.reference.rights import check_committed

_UNDER_WAY = (ConsignmentStage.InTransit, ConsignmentStage.Arrived, ConsignmentStage.Verified)


class ReferenceAnomalies(ReferenceConsignmentBook):
    """Anomalies with their owners and clocks."""

    def raise_anomaly(
        self,
        account: str,
        now: int,
        consignment: bytes,
        kind: AnomalyKind,
        manifest: bytes,
        parcels: int,
        evidence: bytes,
    ) -> list[Event]:
        kept = self._consignment(consignment)
        if kind in BY_TIME:
            no = self.authority_of(account).no
        else:
            kept, no = self._as_customs(account, consignment, origin=True, port=True)
        match kind:
            case AnomalyKind.Overdue:
                fits = kept.stage is ConsignmentStage.InTransit and now > kept.due_at
            case AnomalyKind.Unacknowledged:
                waits = kept.stage is ConsignmentStage.WrittenOff and kept.acknowledged_at == 0
                fits = waits and now > kept.acknowledge_by
            case _:
                fits = kept.stage in _UNDER_WAY
        if not fits:
            raise refusal(consignment_errors.AnomalyUnfit, consignment=consignment, kind=kind, stage=kept.stage)
        check_committed(evidence)
        if kind is not AnomalyKind.RiskHit and kept.open_kinds >> kind & 1:
            raise refusal(consignment_errors.AnomalyOpen, consignment=consignment, kind=kind)
        return [self._raised(consignment, kept, no, now, kind, manifest, parcels, evidence)]

    def settle_anomaly(self, account: str, now: int, anomaly_id: int, evidence: bytes) -> list[Event]:
        anomaly = self.anomalies.get(anomaly_id)
        if anomaly is None:
            raise refusal(consignment_errors.AnomalyUnknown, anomaly_id=anomaly_id)
        customs = self._customs(account)
        if customs.district != anomaly.owner_district:
            whose = {"owner_district": anomaly.owner_district, "district": customs.district}
            raise refusal(consignment_errors.AnomalyOwnerOnly, anomaly_id=anomaly_id, **whose)
        if anomaly.settled_at:
            raise refusal(consignment_errors.AnomalyAlreadySettled, anomaly_id=anomaly_id)
        check_committed(evidence)
        kept = self.consignments[anomaly.consignment]
        kept.open_anomalies -= 1
        kept.open_kinds &= ~(1 << anomaly.kind)
        self.anomalies[anomaly_id] = replace(anomaly, settled_at=now)
        in_time = now <= anomaly.settle_by
        return [carriage_events.AnomalySettled(anomaly_id, anomaly.consignment, customs.no, in_time, evidence)]

    def _raised(
        self,
        consignment: bytes,
        kept: Consignment,
        no: int,
        now: int,
        kind: AnomalyKind,
        manifest: bytes,
        parcels: int,
        evidence: bytes,
    ) -> Event:
        if kind is not AnomalyKind.RiskHit:
            kept.open_kinds |= 1 << kind
        kept.open_anomalies += 1
        lane = self.lanes[kept.opening.lane_id]
        owner, settle_by = lane.owner_of(kind), now + (ESCALATING if kind is AnomalyKind.Overdue else SETTLING)
        number = len(self.anomalies) + 1
        self.anomalies[number] = Anomaly(consignment, kind, owner, no, now, settle_by)
        return carriage_events.AnomalyRaised(
            number, consignment, kind, no, owner, settle_by, manifest, parcels, evidence
        )
