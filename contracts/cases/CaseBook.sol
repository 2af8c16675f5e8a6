// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, IInfringementCases, Outcome, Route} from "../interfaces/IInfringementCases.sol";
import {IParcelLedger, Step} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {IRightsRegistry} from "../interfaces/IRightsRegistry.sol";
import {IWorkingCalendar} from "../interfaces/IWorkingCalendar.sol";

/// @title What is kept of cases, who acts in them, and their steps in the ledger
abstract contract CaseBook is IInfringementCases {
    uint96 private constant YUAN = 100;

    /// @inheritdoc IInfringementCases
    uint48 public constant appealWindow = 60 days;
    /// @inheritdoc IInfringementCases
    uint48 public constant appealTerm = 90 days;
    /// @inheritdoc IInfringementCases
    IParcelLedger public immutable ledger;
    /// @inheritdoc IInfringementCases
    IRightsRegistry public immutable rights;
    /// @inheritdoc IInfringementCases
    IWorkingCalendar public immutable calendar;
    /// @inheritdoc IInfringementCases
    IParticipantRegistry public immutable registry;

    /// @inheritdoc IInfringementCases
    uint256 public caseCount;
    mapping(uint256 caseId => Case) internal _cases;

    constructor(IParcelLedger ledger_, IRightsRegistry rights_) {
        registry = ledger_.registry();
        address other = address(rights_.registry());
        require(other == address(registry), RegistriesDiffer(address(registry), other));
        ledger = ledger_;
        rights = rights_;
        calendar = rights_.calendar();
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IInfringementCases
    function securityFor(Route route, uint96 goodsValue) public pure returns (uint96) {
        if (route == Route.OnApplication || goodsValue < 20_000 * YUAN) return goodsValue;
        if (goodsValue > 200_000 * YUAN) return 100_000 * YUAN;
        uint96 half = (goodsValue + 1) / 2;
        return half < 20_000 * YUAN ? 20_000 * YUAN : half;
    }

    /// @inheritdoc IInfringementCases
    function caseOf(uint256 caseId) external view returns (Case memory) {
        return _known(caseId);
    }

    // ------------------------------------------------------------------------------------------------------------
    // How a case comes out, and its steps in the ledger

    function _close(uint256 caseId, Case storage entry, Outcome outcome, bytes32 evidence) internal {
        bool opened = entry.state != CaseState.Lodged;
        (entry.state, entry.outcome, entry.lapsesAt) = (CaseState.Closed, outcome, 0);

        emit CaseDecided(caseId, outcome, evidence);
        if (opened) _record(entry, Step.CaseClosed, evidence);
    }

    function _uphold(uint256 caseId, Case storage entry, bytes32 evidence) internal {
        (entry.state, entry.outcome, entry.lapsesAt) = (CaseState.Infringing, Outcome.Infringing, 0);

        emit CaseDecided(caseId, Outcome.Infringing, evidence);
        _record(entry, Step.InfringementFound, evidence);
    }

    /// @dev The case's step in the ledger, as the participant that this contract is there.
    function _record(Case storage entry, Step step, bytes32 evidence) internal {
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = IParcelLedger.Record(entry.manifest, step, entry.parcels, evidence);
        ledger.record(records);
    }

    function _inWorkingDays(uint16 workingDays) internal view returns (uint48) {
        return calendar.addWorkingDays(uint48(block.timestamp), workingDays);
    }

    /// @dev What happens because time passed has no document behind it.
    function _ofItself(uint256 caseId, Outcome outcome) internal pure returns (bytes32) {
        return keccak256(abi.encode(caseId, outcome));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    function _known(uint256 caseId) internal view returns (Case storage entry) {
        entry = _cases[caseId];
        require(entry.holderNo != 0, CaseUnknown(caseId));
    }

    function _asComplainant(uint256 caseId, bytes32 evidence) internal view returns (Case storage entry) {
        entry = _known(caseId);
        (uint32 participantNo,,) = registry.authorityOf(msg.sender);
        require(participantNo == entry.holderNo, ComplainantOnly(caseId, participantNo));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
    }

    function _asInvestigator(uint256 caseId, bytes32 evidence) internal view returns (Case storage entry) {
        entry = _known(caseId);
        (uint32 participantNo, uint32 roles,) = registry.authorityOf(msg.sender);
        require(participantNo == entry.customsNo, InvestigatorOnly(caseId, participantNo));
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(participantNo, Role.Customs));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
    }

    function _checkState(uint256 caseId, Case storage entry, CaseState needed) internal view {
        require(entry.state == needed, CaseStateUnfit(caseId, entry.state));
    }

    function _checkInTime(uint256 caseId, uint48 deadline) internal view {
        require(block.timestamp < deadline, ClockRunOut(caseId, deadline));
    }

    function _holds(uint32 roles, Role role) internal pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }
}
