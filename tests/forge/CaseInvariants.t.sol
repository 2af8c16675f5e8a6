// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, IInfringementCases} from "../../contracts/interfaces/IInfringementCases.sol";
import {Flag} from "../../contracts/interfaces/IParcelLedger.sol";
import {CaseHandler} from "./CaseHandler.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {LedgerInvariants} from "./LedgerInvariants.t.sol";

/// @notice The laws of the ledger while cases are open, and those of cases, all asked after every random call.
contract CaseInvariants is LedgerInvariants {
    CaseHandler private _cases;

    function setUp() external override {
        _cases = new CaseHandler();
        bytes4[13] memory selectors = [
            LedgerHandler.declare.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.suspendOrReinstate.selector,
            LedgerHandler.passTime.selector,
            CaseHandler.begin.selector,
            CaseHandler.begin.selector,
            CaseHandler.answer.selector,
            CaseHandler.investigate.selector,
            CaseHandler.appeal.selector,
            CaseHandler.letTimeDecide.selector,
            CaseHandler.dispose.selector
        ];
        bytes4[] memory called = new bytes4[](selectors.length);
        for (uint256 n; n < selectors.length; ++n) {
            called[n] = selectors[n];
        }
        _watch(_cases, called);
    }

    /// forge-config: fuzz.invariant.runs = 1000
    function invariant_theLedgerKeepsItsLaws() external view override {
        _checkLedger();
        _checkCases();
    }

    function _checkCases() private view {
        IInfringementCases contract_ = _cases.cases();
        uint256 count = _cases.matterCount();
        require(contract_.caseCount() == count, "cases are counted");
        for (uint256 id = 1; id <= count; ++id) {
            CaseHandler.Matter memory matter = _cases.matterOf(id);
            IInfringementCases.Case memory found = contract_.caseOf(id);
            require(found.state == matter.state, "a case stands where its acts brought it");
            require(found.holderNo != found.customsNo, "nobody investigates its own complaint");
            require(found.disposed == matter.disposed, "goods are disposed of once");
            require(
                found.manifest == matter.manifest && found.parcels == matter.parcels, "its goods never change"
            );
            _checkFlags(matter);
        }
    }

    function _checkFlags(CaseHandler.Matter memory matter) private view {
        uint256[32] memory sets = _cases.ledger().setsOf(matter.manifest);
        uint256 open = sets[16 + uint256(Flag.CaseOpen)] & matter.parcels;
        uint256 infringing = sets[16 + uint256(Flag.Infringing)] & matter.parcels;
        if (matter.state != CaseState.Closed && matter.state != CaseState.Infringing) {
            require(open == matter.parcels, "the ledger holds the goods of an open case");
        }
        if (matter.state == CaseState.Infringing && !matter.disposed) {
            require(infringing == matter.parcels, "infringing goods wait for their disposal");
        }
    }
}
