// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ConsignmentKind, ConsignmentStage, IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {Flag} from "../../contracts/interfaces/IParcelLedger.sol";
import {CarriageHandler} from "./CarriageHandler.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {LedgerInvariants} from "./LedgerInvariants.t.sol";

/// @notice The laws of the ledger while parcels are carried, and those of consignments, all asked after every random call.
contract CarriageInvariants is LedgerInvariants {
    CarriageHandler private _carriage;

    function setUp() external override {
        _carriage = new CarriageHandler();
        bytes4[18] memory selectors = [
            LedgerHandler.declare.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            CarriageHandler.suspendSometimes.selector,
            LedgerHandler.passTime.selector,
            CarriageHandler.release.selector,
            CarriageHandler.release.selector,
            CarriageHandler.open.selector,
            CarriageHandler.open.selector,
            CarriageHandler.load.selector,
            CarriageHandler.load.selector,
            CarriageHandler.decide.selector,
            CarriageHandler.decide.selector,
            CarriageHandler.move.selector,
            CarriageHandler.move.selector,
            CarriageHandler.move.selector,
            CarriageHandler.takeOut.selector,
            CarriageHandler.cancel.selector
        ];
        bytes4[] memory called = new bytes4[](selectors.length);
        for (uint256 n; n < selectors.length; ++n) {
            called[n] = selectors[n];
        }
        _watch(_carriage, called);
    }

    /// forge-config: fuzz.invariant.runs = 1000
    function invariant_theLedgerKeepsItsLaws() external view override {
        _checkLedger();
        _checkLists();
        _checkFlags();
    }

    function _checkLists() private view {
        IConsignments contract_ = _carriage.consignments();
        for (uint256 place; place < _carriage.loadCount(); ++place) {
            CarriageHandler.Load memory kept = _carriage.loadOf(place);
            IConsignments.Consignment memory found = contract_.consignmentOf(kept.id);
            require(found.stage == kept.stage, "a consignment stands where its acts brought it");
            require(found.entries == kept.manifests.length, "entries are counted");
            bytes32 head = kept.id;
            bytes32 pending = kept.half && kept.left == 0 ? head : bytes32(0);
            uint256 count;
            for (uint256 n; n < kept.manifests.length; ++n) {
                head = keccak256(abi.encode(head, kept.manifests[n], kept.parcels[n]));
                if (kept.half && n + 1 == kept.left) pending = head;
                count += _bits(kept.parcels[n]);
            }
            require(found.head == head, "the head is the fold of the list");
            require(found.count == count, "the count is that of the list's bits");
            require(found.pending == pending, "a half presented step waits for the rest");
            bytes32 open = kept.stage < ConsignmentStage.WrittenOff ? kept.id : bytes32(0);
            bytes32 holder = contract_.consignmentWith(kept.number);
            require(open == 0 || holder == open, "a number is that of the consignment that is open");
        }
    }

    /// @dev Who is inside, by the lists, is who has the flag; nobody is inside twice.
    function _checkFlags() private view {
        for (uint256 n; n < _carriage.count(); ++n) {
            bytes32 manifest = _carriage.manifests(n);
            uint256 inside;
            for (uint256 place; place < _carriage.loadCount(); ++place) {
                CarriageHandler.Load memory kept = _carriage.loadOf(place);
                if (kept.stage >= ConsignmentStage.WrittenOff) continue;
                bool releases =
                    kept.kind == ConsignmentKind.Waybill || kept.stage == ConsignmentStage.Verified;
                uint256 end = kept.half && releases ? kept.left : kept.manifests.length;
                for (uint256 entry; entry < end; ++entry) {
                    if (kept.manifests[entry] != manifest) continue;
                    require(inside & kept.parcels[entry] == 0, "a parcel is in one open consignment at most");
                    inside |= kept.parcels[entry];
                }
            }
            uint256[32] memory sets = _carriage.ledger().setsOf(manifest);
            require(sets[16 + uint256(Flag.Consigned)] == inside, "the flag tells who is inside");
        }
    }

    function _bits(uint256 word) private pure returns (uint256 count) {
        for (; word != 0; word &= word - 1) {
            ++count;
        }
    }
}
