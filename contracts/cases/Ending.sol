// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, Disposal, IInfringementCases, Outcome} from "../interfaces/IInfringementCases.sol";
import {Direction, Step} from "../interfaces/IParcelLedger.sol";
import {RightKind} from "../interfaces/IRightsRegistry.sol";
import {CaseBook} from "./CaseBook.sol";

/// @title Ends without a decision, and what becomes of infringing goods
abstract contract Ending is CaseBook {
    /// @inheritdoc IInfringementCases
    function withdrawCase(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asComplainant(caseId, evidence);
        // The states before a finding are the first three.
        require(entry.state <= CaseState.Detained, CaseStateUnfit(caseId, entry.state));

        _close(caseId, entry, Outcome.Withdrawn, evidence);
    }

    /// @inheritdoc IInfringementCases
    function acceptCounterBond(uint256 caseId, uint96 bond, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        require(
            entry.state == CaseState.Detained || entry.state == CaseState.InCourt,
            CaseStateUnfit(caseId, entry.state)
        );
        require(
            entry.kind == RightKind.Patent || entry.kind == RightKind.Design,
            CounterBondNotAllowed(caseId, entry.kind)
        );
        require(bond >= entry.goodsValue, BondTooSmall(caseId, bond, entry.goodsValue));

        emit CounterBondAccepted(caseId, bond, evidence);
        _close(caseId, entry, Outcome.CounterBonded, evidence);
    }

    /// @inheritdoc IInfringementCases
    function declareLapsed(uint256 caseId) external {
        Case storage entry = _known(caseId);
        require(
            entry.state == CaseState.Notified || entry.state == CaseState.Detained
                || entry.state == CaseState.Appealed,
            CaseStateUnfit(caseId, entry.state)
        );
        require(block.timestamp >= entry.lapsesAt, ClockRunning(caseId, entry.lapsesAt));

        _close(caseId, entry, Outcome.Lapsed, _ofItself(caseId, Outcome.Lapsed));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Disposal

    /// @inheritdoc IInfringementCases
    function passOverDisposal(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _toDispose(caseId, evidence);
        Disposal passed = entry.disposal;
        require(passed != Disposal.Destruction, DisposalLast(caseId));
        bool noAuction =
            entry.kind == RightKind.Trademark && ledger.header(entry.manifest).direction == Direction.Import;

        entry.disposal =
            passed == Disposal.SaleToHolder && noAuction ? Disposal.Destruction : Disposal(uint8(passed) + 1);

        emit DisposalPassedOver(caseId, passed, evidence);
    }

    /// @inheritdoc IInfringementCases
    function chooseDisposal(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _toDispose(caseId, evidence);

        entry.disposed = true;

        emit DisposalChosen(caseId, entry.disposal, evidence);
        bool last = entry.disposal == Disposal.Destruction;
        _record(entry, last ? Step.DestructionOrdered : Step.DisposalOrdered, evidence);
    }

    function _toDispose(uint256 caseId, bytes32 evidence) private view returns (Case storage entry) {
        entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Infringing);
        require(!entry.disposed, AlreadyDisposed(caseId, entry.disposal));
    }
}
