// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AnomalyKind, ConsignmentKind, ConsignmentStage, IConsignments} from "../interfaces/IConsignments.sol";
import {Contents} from "./Contents.sol";

/// @title What goes wrong under way: each with its owner, its clock and its record
abstract contract Anomalies is Contents {
    /// @dev The carrier explains what is missing within 24 hours; an overdue vehicle escalates after four.
    uint48 private constant SETTLING = 24 hours;
    uint48 private constant ESCALATING = 4 hours;

    /// @inheritdoc IConsignments
    uint256 public anomalyCount;
    mapping(uint256 anomalyId => Anomaly) private _anomalies;

    /// @inheritdoc IConsignments
    function raiseAnomaly(
        bytes32 consignment,
        AnomalyKind kind,
        bytes32 manifest,
        uint256 parcels,
        bytes32 evidence
    ) external returns (uint256 anomalyId) {
        Consignment storage kept = _known(consignment);
        uint32 no;
        bool fits;
        if (kind == AnomalyKind.Overdue) {
            (no,,) = registry.authorityOf(msg.sender);
            fits = kept.stage == ConsignmentStage.InTransit && block.timestamp > kept.dueAt;
        } else if (kind == AnomalyKind.Unacknowledged) {
            (no,,) = registry.authorityOf(msg.sender);
            fits = kept.stage == ConsignmentStage.WrittenOff && kept.acknowledgedAt == 0
                && block.timestamp > kept.acknowledgeBy;
        } else {
            (kept, no) = _asCustoms(consignment, true, true);
            fits = kept.stage >= ConsignmentStage.InTransit && kept.stage <= ConsignmentStage.Verified;
        }
        require(fits, AnomalyUnfit(consignment, kind, kept.stage));
        _checkCommitted(evidence);
        return _raise(consignment, kept, no, kind, manifest, parcels, evidence);
    }

    /// @inheritdoc IConsignments
    function settleAnomaly(uint256 anomalyId, bytes32 evidence) external {
        Anomaly storage anomaly = _knownAnomaly(anomalyId);
        (uint32 no, uint16 district) = _customs();
        require(
            district == anomaly.ownerDistrict, AnomalyOwnerOnly(anomalyId, anomaly.ownerDistrict, district)
        );
        require(anomaly.settledAt == 0, AnomalyAlreadySettled(anomalyId));
        _checkCommitted(evidence);
        Consignment storage kept = _consignments[anomaly.consignment];

        anomaly.settledAt = uint48(block.timestamp);
        --kept.openAnomalies;
        kept.openKinds &= ~_bit(anomaly.kind);

        emit AnomalySettled(anomalyId, anomaly.consignment, no, block.timestamp <= anomaly.settleBy, evidence);
    }

    /// @inheritdoc IConsignments
    function anomalyOf(uint256 anomalyId) external view returns (Anomaly memory) {
        return _knownAnomaly(anomalyId);
    }

    /// @dev One of a kind is open at a time, but risk hits, which are about parcels.
    function _raise(
        bytes32 consignment,
        Consignment storage kept,
        uint32 no,
        AnomalyKind kind,
        bytes32 manifest,
        uint256 parcels,
        bytes32 evidence
    ) internal returns (uint256 anomalyId) {
        if (kind != AnomalyKind.RiskHit) {
            require(kept.openKinds & _bit(kind) == 0, AnomalyOpen(consignment, kind));
            kept.openKinds |= _bit(kind);
        }
        ++kept.openAnomalies;
        bool byPort = _lanes[kept.laneId].handledByPort & _bit(kind) != 0;

        anomalyId = ++anomalyCount;
        Anomaly storage anomaly = _anomalies[anomalyId];
        (anomaly.consignment, anomaly.kind, anomaly.raisedByNo) = (consignment, kind, no);
        anomaly.ownerDistrict = byPort ? kept.portDistrict : kept.originDistrict;
        anomaly.raisedAt = uint48(block.timestamp);
        anomaly.settleBy = uint48(block.timestamp) + (kind == AnomalyKind.Overdue ? ESCALATING : SETTLING);

        emit AnomalyRaised(
            anomalyId,
            consignment,
            kind,
            no,
            anomaly.ownerDistrict,
            anomaly.settleBy,
            manifest,
            parcels,
            evidence
        );
    }

    function _knownAnomaly(uint256 anomalyId) private view returns (Anomaly storage anomaly) {
        anomaly = _anomalies[anomalyId];
        require(anomaly.raisedAt != 0, AnomalyUnknown(anomalyId));
    }

    function _bit(AnomalyKind kind) private pure returns (uint8) {
        return uint8(1 << uint256(kind));
    }
}
