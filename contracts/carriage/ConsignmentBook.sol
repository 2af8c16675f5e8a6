// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ConsignmentKind, ConsignmentStage, IConsignments} from "../interfaces/IConsignments.sol";
import {IParcelLedger} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {IRightsRegistry} from "../interfaces/IRightsRegistry.sol";

/// @title What is kept of consignments, and who acts in them
abstract contract ConsignmentBook is IConsignments {
    /// @inheritdoc IConsignments
    IParcelLedger public immutable ledger;
    /// @inheritdoc IConsignments
    IParticipantRegistry public immutable registry;

    mapping(bytes32 consignment => Consignment) internal _consignments;
    mapping(bytes32 number => bytes32 consignment) internal _byNumber;

    constructor(IParcelLedger ledger_) {
        ledger = ledger_;
        registry = ledger_.registry();
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IConsignments
    function consignmentOf(bytes32 consignment) external view returns (Consignment memory) {
        return _known(consignment);
    }

    /// @inheritdoc IConsignments
    function consignmentWith(bytes32 number) external view returns (bytes32 consignment) {
        return _byNumber[number];
    }

    /// @inheritdoc IConsignments
    function consignmentIdOf(uint32 openerNo, bytes32 ref) public pure returns (bytes32) {
        return keccak256(abi.encode(bytes32("Consignment"), openerNo, ref));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _stage(
        bytes32 consignment,
        Consignment storage kept,
        uint32 participantNo,
        ConsignmentStage stage,
        bytes32 evidence,
        uint48 until
    ) internal {
        kept.stage = stage;
        if (stage >= ConsignmentStage.WrittenOff) delete _byNumber[kept.number];

        emit ConsignmentStaged(consignment, participantNo, stage, evidence, until);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    function _known(bytes32 consignment) internal view returns (Consignment storage kept) {
        kept = _consignments[consignment];
        require(kept.openedAt != 0, ConsignmentUnknown(consignment));
    }

    function _checkStage(
        bytes32 consignment,
        Consignment storage kept,
        ConsignmentKind kind,
        ConsignmentStage stage
    ) internal view {
        require(
            kept.kind == kind && kept.stage == stage,
            ConsignmentStageUnfit(consignment, kept.kind, kept.stage)
        );
    }

    function _checkCommitted(bytes32 commitment) internal pure {
        require(commitment != 0, IRightsRegistry.CommitmentMissing());
    }

    function _asOpener(bytes32 consignment) internal view returns (Consignment storage kept, uint32 no) {
        kept = _known(consignment);
        (no,,) = registry.authorityOf(msg.sender);
        require(no == kept.openerNo, OpenerOnly(consignment, no));
    }

    /// @dev Customs of the origin or of the port, where `orOther` of either.
    function _asCustoms(bytes32 consignment, bool ofOrigin, bool orOther)
        internal
        view
        returns (Consignment storage kept, uint32 no)
    {
        kept = _known(consignment);
        uint16 district;
        (no, district) = _customs();
        bool origin = district == kept.originDistrict;
        bool port = district == kept.portDistrict;
        require(
            (ofOrigin ? origin : port) || (orOther && (origin || port)),
            DistrictOfRouteOnly(consignment, no, district)
        );
    }

    function _customs() internal view returns (uint32 no, uint16 district) {
        uint32 roles;
        (no, roles, district) = registry.authorityOf(msg.sender);
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(no, Role.Customs));
    }

    function _holds(uint32 roles, Role role) internal pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }
}
