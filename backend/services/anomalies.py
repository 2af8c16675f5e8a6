"""What goes wrong with a consignment under way, and second inspections at the port, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from backend.chain import carriage_calls as calls
from backend.domain.consignments import AnomalyKind, ReinspectionReason
from backend.domain.errors import InvalidInput
from backend.services.carriage_rehearsal import CarriageStage
from backend.services.carriage_writing import Call, Evidence, Facts, with_evidence, write
from backend.services.gateway import Gateway
from backend.services.steps import Target, each_once, targets_of
from backend.store import consignments as store
from backend.store.database import Connection


def raise_anomaly(
    gateway: Gateway,
    participant_no: int,
    consignment: bytes,
    kind: AnomalyKind,
    evidence: Evidence,
    parcel_ids: Sequence[bytes] = (),
    reference: str | None = None,
) -> str:
    """Puts on record that something went wrong, with the whole or with parcels of one manifest. Operation id.

    Raises ConsignmentUnknown, RoleMissing, DistrictOfRouteOnly, AnomalyUnfit, AnomalyOpen, InvalidInput.
    """

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        manifest, parcels = bytes(32), 0
        if parcel_ids:
            target = _of_one_manifest(stage.connection, parcel_ids)
            manifest, parcels = target.manifest, target.parcels
        stage.add_consignment(consignment)
        stage.act("raise_anomaly", consignment, kind, manifest, parcels)
        facts = {"consignment": "0x" + consignment.hex(), "kind": kind.name, "parcels": parcels.bit_count() or None}
        return facts, [with_evidence(calls.raise_anomaly, consignment, kind, manifest, parcels)]

    asked = {
        "consignment": consignment.hex(),
        "kind": kind.name,
        "parcels": sorted(parcel.hex() for parcel in parcel_ids),
    }
    return write(gateway, participant_no, "AnomalyReport", asked, prepare, evidence=evidence, reference=reference)


def settle_anomaly(gateway: Gateway, customs_no: int, anomaly_id: int, evidence: Evidence) -> str:
    """The district that the lane names settles an anomaly. Operation id.

    Raises AnomalyUnknown, RoleMissing, AnomalyOwnerOnly, AnomalyAlreadySettled.
    """

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        row = store.anomaly_row(stage.connection, anomaly_id)
        if row is not None:
            stage.add_consignment(row.consignment)
        stage.act("settle_anomaly", anomaly_id)
        return {"anomaly_id": anomaly_id}, [with_evidence(calls.settle_anomaly, anomaly_id)]

    return write(gateway, customs_no, "AnomalySettlement", {"anomaly_id": anomaly_id}, prepare, evidence=evidence)


def reinspect(
    gateway: Gateway,
    customs_no: int,
    parcel_ids: Sequence[bytes],
    reason: ReinspectionReason,
    evidence: Evidence,
    reference: str | None = None,
) -> str:
    """A port opens again what the origin inspected, with its reason. Operation id.

    Raises RoleMissing, DistrictNotCompetent, StepNotAllowed, FlagsMissing for a parcel that nobody inspected yet.
    """
    wanted = each_once(parcel_ids)

    def prepare(stage: CarriageStage) -> tuple[Facts, list[Call]]:
        targets = list(targets_of(stage.connection, wanted))
        stage.add_manifests(target.manifest for target in targets)
        made: list[Call] = []
        for target in targets:
            stage.act("reinspect", target.manifest, target.parcels, reason)
            made.append(with_evidence(calls.reinspect, target.manifest, target.parcels, reason))
        return {"reason": reason.name, "parcels": len(wanted)}, made

    asked = {"parcels": [parcel.hex() for parcel in wanted], "reason": reason.name}
    return write(gateway, customs_no, "Reinspection", asked, prepare, evidence=evidence, reference=reference)


# ---------------------------------------------------------------------------------------------------


def _of_one_manifest(connection: Connection, parcel_ids: Sequence[bytes]) -> Target:
    found = list(targets_of(connection, each_once(parcel_ids)))
    if len(found) != 1:
        raise InvalidInput(field="parcels", value=len(found), rule="parcels of one manifest")
    return found[0]
