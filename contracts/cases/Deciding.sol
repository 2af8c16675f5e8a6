// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, IInfringementCases, Outcome, Route} from "../interfaces/IInfringementCases.sol";
import {IParcelLedger} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {IRightsRegistry} from "../interfaces/IRightsRegistry.sol";
import {CaseBook} from "./CaseBook.sol";

/// @title Whether the goods infringe: customs' finding, its appeal, and the court
abstract contract Deciding is CaseBook {
    /// @inheritdoc IInfringementCases
    function recordFinding(uint256 caseId, bool infringing, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Detained);
        require(entry.route == Route.ExOfficio, RouteUnfit(caseId, entry.route));
        _checkInTime(caseId, entry.findBy);

        if (infringing) {
            entry.state = CaseState.Found;
            entry.lapsesAt = uint48(block.timestamp) + appealWindow;
        }

        emit FindingRecorded(caseId, infringing, evidence, infringing ? entry.lapsesAt : 0);
        if (!infringing) _close(caseId, entry, Outcome.NotInfringing, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Appeal

    /// @inheritdoc IInfringementCases
    function appealFinding(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _known(caseId);
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkState(caseId, entry, CaseState.Found);
        _checkInTime(caseId, entry.lapsesAt);
        uint32 speakerNo = _appellant(caseId, entry);

        entry.state = CaseState.Appealed;
        entry.lapsesAt = uint48(block.timestamp) + appealTerm;

        emit FindingAppealed(caseId, speakerNo, evidence, entry.lapsesAt);
    }

    /// @inheritdoc IInfringementCases
    function decideFindingAppeal(uint256 caseId, bool upheld, bytes32 evidence) external {
        (uint32 authorityNo, uint32 roles,) = registry.authorityOf(msg.sender);
        require(
            _holds(roles, Role.AppealBody), IParticipantRegistry.RoleMissing(authorityNo, Role.AppealBody)
        );
        Case storage entry = _known(caseId);
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkState(caseId, entry, CaseState.Appealed);
        _checkInTime(caseId, entry.lapsesAt);
        IParcelLedger.Header memory header = ledger.header(entry.manifest);
        require(
            authorityNo != entry.holderNo && authorityNo != entry.customsNo && authorityNo != header.sellerNo
                && authorityNo != header.declarantNo,
            PartiesNotSeparate(entry.holderNo, entry.customsNo, authorityNo)
        );

        emit FindingAppealDecided(caseId, authorityNo, upheld, evidence);
        if (upheld) _uphold(caseId, entry, evidence);
        else _close(caseId, entry, Outcome.NotInfringing, evidence);
    }

    /// @inheritdoc IInfringementCases
    function confirmFinding(uint256 caseId) external {
        Case storage entry = _known(caseId);
        _checkState(caseId, entry, CaseState.Found);
        require(block.timestamp >= entry.lapsesAt, ClockRunning(caseId, entry.lapsesAt));

        _uphold(caseId, entry, _ofItself(caseId, Outcome.Infringing));
    }

    /// @dev Who appeals for the accused: the declarant, or who speaks for the seller, unless it is the other side.
    function _appellant(uint256 caseId, Case storage entry) private view returns (uint32 speakerNo) {
        IParcelLedger.Header memory header = ledger.header(entry.manifest);
        bool speaks;
        (speaks, speakerNo) = registry.speaksFor(msg.sender, header.sellerNo);
        require(speaks || speakerNo == header.declarantNo, AppellantUnfit(caseId, speakerNo));
        require(
            speakerNo != entry.holderNo && speakerNo != entry.customsNo,
            PartiesNotSeparate(entry.holderNo, entry.customsNo, speakerNo)
        );
    }

    // ------------------------------------------------------------------------------------------------------------
    // Court

    /// @inheritdoc IInfringementCases
    function recordCourtNotice(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Detained);
        _checkInTime(caseId, entry.lapsesAt);

        entry.state = CaseState.InCourt;
        entry.lapsesAt = 0;

        emit CourtNoticeRecorded(caseId, evidence);
    }

    /// @inheritdoc IInfringementCases
    function recordRuling(uint256 caseId, bool infringing, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.InCourt);

        emit RulingRecorded(caseId, infringing, evidence);
        if (infringing) _uphold(caseId, entry, evidence);
        else _close(caseId, entry, Outcome.NotInfringing, evidence);
    }
}
