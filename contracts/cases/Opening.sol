// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, IInfringementCases, Outcome, Route} from "../interfaces/IInfringementCases.sol";
import {Step} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {IRightsRegistry} from "../interfaces/IRightsRegistry.sol";
import {CaseBook} from "./CaseBook.sol";

/// @title From a suspicion to a detention
abstract contract Opening is CaseBook {
    uint16 private constant ANSWER_DAYS = 3;
    uint16 private constant FINDING_DAYS = 30;
    uint16 private constant COURT_DAYS_EX_OFFICIO = 50;
    uint16 private constant COURT_DAYS_ON_APPLICATION = 20;

    // ------------------------------------------------------------------------------------------------------------
    // Ex officio

    /// @inheritdoc IInfringementCases
    function notifyHolder(
        uint256 rightId,
        uint16 heading,
        bytes32 manifest,
        uint256 parcels,
        uint96 goodsValue,
        bytes32 evidence
    ) external returns (uint256 caseId) {
        (uint32 customsNo, uint32 roles, uint16 district) = registry.authorityOf(msg.sender);
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(customsNo, Role.Customs));
        caseId = _begin(Route.ExOfficio, rightId, customsNo, heading, goodsValue);
        _checkHeld(manifest, parcels, district);

        Case storage entry = _cases[caseId];
        entry.state = CaseState.Notified;
        (entry.manifest, entry.parcels) = (manifest, parcels);
        entry.lapsesAt = _inWorkingDays(ANSWER_DAYS);

        emit HolderNotified(
            caseId, rightId, manifest, parcels, customsNo, heading, goodsValue, evidence, entry.lapsesAt
        );
        _record(entry, Step.CaseOpened, evidence);
    }

    /// @inheritdoc IInfringementCases
    function requestDetention(uint256 caseId, uint96 security, bytes32 evidence) external {
        Case storage entry = _asComplainant(caseId, evidence);
        _checkState(caseId, entry, CaseState.Notified);
        _checkInTime(caseId, entry.lapsesAt);
        _checkSecurity(Route.ExOfficio, entry.goodsValue, security);

        entry.state = CaseState.Detained;
        entry.findBy = _inWorkingDays(FINDING_DAYS);
        entry.lapsesAt = _inWorkingDays(COURT_DAYS_EX_OFFICIO);

        emit DetentionRequested(caseId, security, evidence, entry.findBy, entry.lapsesAt);
    }

    // ------------------------------------------------------------------------------------------------------------
    // On application

    /// @inheritdoc IInfringementCases
    function lodgeComplaint(
        uint256 rightId,
        uint32 customsNo,
        uint16 heading,
        uint96 goodsValue,
        uint96 security,
        bytes32 evidence
    ) external returns (uint256 caseId) {
        (uint32 holderNo,,) = registry.authorityOf(msg.sender);
        uint32 roles = registry.participant(customsNo).roles;
        require(_holds(roles, Role.Customs), InvestigatorUnfit(customsNo));
        caseId = _begin(Route.OnApplication, rightId, customsNo, heading, goodsValue);
        require(_cases[caseId].holderNo == holderNo, ComplainantOnly(caseId, holderNo));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkSecurity(Route.OnApplication, goodsValue, security);

        emit ComplaintLodged(caseId, rightId, customsNo, heading, goodsValue, security, evidence);
    }

    /// @inheritdoc IInfringementCases
    function detainGoods(uint256 caseId, bytes32 manifest, uint256 parcels, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Lodged);
        _checkRight(entry.rightId, entry.heading);
        (,, uint16 district) = registry.authorityOf(msg.sender);
        _checkHeld(manifest, parcels, district);

        entry.state = CaseState.Detained;
        (entry.manifest, entry.parcels) = (manifest, parcels);
        entry.lapsesAt = _inWorkingDays(COURT_DAYS_ON_APPLICATION);

        emit GoodsDetained(caseId, manifest, parcels, evidence, entry.lapsesAt);
        _record(entry, Step.CaseOpened, evidence);
    }

    /// @inheritdoc IInfringementCases
    function declineComplaint(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Lodged);

        _close(caseId, entry, Outcome.Declined, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    /// @dev A new case, lodged; the right must be in force and cover the goods.
    function _begin(Route route, uint256 rightId, uint32 customsNo, uint16 heading, uint96 goodsValue)
        private
        returns (uint256 caseId)
    {
        IRightsRegistry.Right memory right = _checkRight(rightId, heading);
        require(right.holderNo != customsNo, PartiesNotSeparate(right.holderNo, customsNo, customsNo));
        require(goodsValue != 0, GoodsValueInvalid(goodsValue));

        caseId = ++caseCount;
        Case storage entry = _cases[caseId];
        (entry.route, entry.kind, entry.heading) = (route, right.kind, heading);
        (entry.holderNo, entry.customsNo) = (right.holderNo, customsNo);
        (entry.rightId, entry.goodsValue) = (uint64(rightId), goodsValue);
    }

    function _checkRight(uint256 rightId, uint16 heading)
        private
        view
        returns (IRightsRegistry.Right memory right)
    {
        right = rights.right(rightId);
        require(rights.isInForce(rightId, uint48(block.timestamp)), IRightsRegistry.RightNotInForce(rightId));
        require(rights.covers(rightId, heading), GoodsNotCovered(rightId, heading));
    }

    function _checkHeld(bytes32 manifest, uint256 parcels, uint16 district) private view {
        uint256 loose = parcels & ~ledger.heldBy(manifest, district);
        require(loose == 0, ParcelsNotHeld(manifest, loose, district));
    }

    function _checkSecurity(Route route, uint96 goodsValue, uint96 security) private pure {
        uint96 required = securityFor(route, goodsValue);
        require(
            security >= required && security <= goodsValue, SecurityInvalid(security, required, goodsValue)
        );
    }
}
