// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    IConsignments,
    ReinspectionReason
} from "../interfaces/IConsignments.sol";
import {IParcelLedger, Step} from "../interfaces/IParcelLedger.sol";
import {Anomalies} from "./Anomalies.sol";

/// @title From the application to the departure
abstract contract Moving is Anomalies {
    // ------------------------------------------------------------------------------------------------------------
    // At the origin

    /// @inheritdoc IConsignments
    function applyForTransit(bytes32 consignment, bytes32 evidence) external {
        (Consignment storage kept, uint32 no) = _asOpener(consignment);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Loading);
        require(kept.count != 0, ContentsMissing(consignment));
        _checkCommitted(evidence);

        _stage(consignment, kept, no, ConsignmentStage.Applied, evidence, 0);
    }

    /// @inheritdoc IConsignments
    function approveTransit(bytes32 consignment, bytes32 evidence) external {
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, true, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Applied);
        _checkLane(kept.laneId, kept.originDistrict, kept.portDistrict);
        _checkCommitted(evidence);

        _stage(consignment, kept, no, ConsignmentStage.Approved, evidence, 0);
    }

    /// @inheritdoc IConsignments
    function declineTransit(bytes32 consignment, bytes32 evidence) external {
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, true, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Applied);
        _checkCommitted(evidence);

        _stage(consignment, kept, no, ConsignmentStage.Loading, evidence, 0);
    }

    /// @inheritdoc IConsignments
    function depart(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence)
        external
    {
        if (_known(consignment).kind == ConsignmentKind.Waybill) {
            return _departFromPort(consignment, before, entries, evidence);
        }
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, true, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Approved);
        require(kept.count != 0, ContentsMissing(consignment));

        if (!_walk(consignment, kept, no, Step.TransitDeparture, before, entries, evidence)) return;
        kept.departedAt = uint48(block.timestamp);
        kept.dueAt = _inHours(_lanes[kept.laneId].transitHours);
        _stage(consignment, kept, no, ConsignmentStage.InTransit, evidence, kept.dueAt);
    }

    function _departFromPort(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence)
        private
    {
        (Consignment storage kept, uint32 no) = _asOpener(consignment);
        _checkStage(consignment, kept, ConsignmentKind.Waybill, ConsignmentStage.Loading);
        require(kept.count != 0, ContentsMissing(consignment));

        if (!_walk(consignment, kept, no, Step.Departure, before, entries, evidence)) return;
        kept.departedAt = uint48(block.timestamp);
        _stage(consignment, kept, no, ConsignmentStage.Departed, evidence, 0);
    }

    // ------------------------------------------------------------------------------------------------------------
    // At the port

    /// @inheritdoc IConsignments
    function arrive(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence)
        external
    {
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, false, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.InTransit);

        if (!_walk(consignment, kept, no, Step.TransitArrival, before, entries, evidence)) return;
        kept.arrivedAt = uint48(block.timestamp);
        _stage(consignment, kept, no, ConsignmentStage.Arrived, evidence, 0);
    }

    /// @inheritdoc IConsignments
    function verifyConsignment(bytes32 consignment, bool sealIntact, uint32 found, bytes32 evidence)
        external
    {
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, false, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Arrived);
        _checkCommitted(evidence);
        uint32 count = kept.count;

        kept.found = found;

        emit ConsignmentVerified(consignment, sealIntact, found, count);
        _stage(consignment, kept, no, ConsignmentStage.Verified, evidence, 0);
        if (!sealIntact) _differs(consignment, kept, no, AnomalyKind.SealBroken, evidence);
        if (found < count) _differs(consignment, kept, no, AnomalyKind.Short, evidence);
        if (found > count) _differs(consignment, kept, no, AnomalyKind.Over, evidence);
    }

    /// @inheritdoc IConsignments
    function writeOff(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence)
        external
    {
        (Consignment storage kept, uint32 no) = _asCustoms(consignment, false, false);
        _checkStage(consignment, kept, ConsignmentKind.Seal, ConsignmentStage.Verified);
        require(kept.openAnomalies == 0, AnomaliesUnsettled(consignment, kept.openAnomalies));
        require(kept.count <= kept.found, ContentsShort(consignment, kept.count, kept.found));

        if (!_walk(consignment, kept, no, Step.WrittenOff, before, entries, evidence)) return;
        kept.acknowledgeBy = _inHours(_lanes[kept.laneId].acknowledgeHours);
        _stage(consignment, kept, no, ConsignmentStage.WrittenOff, evidence, kept.acknowledgeBy);
    }

    /// @inheritdoc IConsignments
    function acknowledgeRelease(bytes32 consignment, bytes32 evidence) external {
        Consignment storage kept = _known(consignment);
        (uint32 no,,) = registry.authorityOf(msg.sender);
        require(no == kept.terminalNo, TerminalOnly(consignment, no));
        require(
            kept.stage == ConsignmentStage.WrittenOff && kept.acknowledgedAt == 0,
            ConsignmentStageUnfit(consignment, kept.kind, kept.stage)
        );
        _checkCommitted(evidence);

        kept.acknowledgedAt = uint48(block.timestamp);

        emit ReleaseAcknowledged(consignment, no, evidence, uint48(block.timestamp));
    }

    /// @inheritdoc IConsignments
    function reinspect(bytes32 manifest, uint256 parcels, ReinspectionReason reason, bytes32 evidence)
        external
    {
        (uint32 no,) = _customs();
        _checkCommitted(evidence);

        emit ReinspectionOrdered(manifest, no, reason, parcels, evidence);
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = IParcelLedger.Record(
            manifest, Step.Reinspection, parcels, keccak256(abi.encode(reason, evidence))
        );
        ledger.recordFor(msg.sender, records);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    /// @dev What was raised before the port looked is not raised twice.
    function _differs(
        bytes32 consignment,
        Consignment storage kept,
        uint32 no,
        AnomalyKind kind,
        bytes32 evidence
    ) private {
        if ((kept.openKinds >> uint256(kind)) & 1 == 0) {
            _raise(consignment, kept, no, kind, 0, 0, evidence);
        }
    }

    function _inHours(uint16 number) private view returns (uint48) {
        return uint48(block.timestamp) + uint48(number) * 1 hours;
    }
}
