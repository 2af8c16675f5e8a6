// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Flag, IParcelLedger, State} from "../../contracts/interfaces/IParcelLedger.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {FuzzSelector} from "./Vm.sol";

/// @notice The laws of the ledger, all asked after every random call.
/// @dev One function, because forge makes a campaign of its own for each.
contract LedgerInvariants {
    LedgerHandler private _handler;
    bytes4[] private _selectors;

    function setUp() external virtual {
        // What moves parcels is called more often than what changes who may.
        bytes4[15] memory selectors = [
            LedgerHandler.declare.selector,
            LedgerHandler.declare.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.record.selector,
            LedgerHandler.recordWithABadOne.selector,
            LedgerHandler.reportDuplicate.selector,
            LedgerHandler.bar.selector,
            LedgerHandler.lift.selector,
            LedgerHandler.suspendOrReinstate.selector,
            LedgerHandler.passTime.selector,
            LedgerHandler.sendMoney.selector
        ];
        bytes4[] memory called = new bytes4[](selectors.length);
        for (uint256 n; n < selectors.length; ++n) {
            called[n] = selectors[n];
        }
        _watch(new LedgerHandler(), called);
    }

    /// @dev Lets forge call these functions of a handler, and the laws be asked of it.
    function _watch(LedgerHandler handler, bytes4[] memory called) internal {
        (_handler, _selectors) = (handler, called);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), _selectors);
    }

    function invariant_theLedgerKeepsItsLaws() external view virtual {
        _checkLedger();
    }

    /// @dev After each call the manifest that it moved and, by turns, one that it did not.
    function _checkLedger() internal view {
        uint256 count = _handler.count();
        if (count != 0) {
            bytes32 touched = _handler.touched();
            bytes32 other =
                _handler.manifests(uint256(keccak256(abi.encode(_handler.ledger().headOf(touched)))) % count);
            _checkManifest(touched);
            if (other != touched) _checkManifest(other);
        }
        _checkStandings();
        require(_handler.declaredWhileBarred() == 0, "a barred seller declares nothing");
        require(_handler.releasedWhileBarred() == 0, "nothing of a barred seller is released");
        require(_handler.movedWhileHeld() == 0, "a held parcel moves only by its holder's decision");
        require(_handler.movedInACase() == 0, "nothing moves in an open case");
        require(_handler.liftedInACase() == 0, "no hold is lifted in an open case");
        require(_handler.movedThoughInfringing() == 0, "infringing goods leave by confiscation alone");
        require(_handler.movedByNobody() == 0, "nobody and the suspended move nothing");
        require(_handler.movedWithoutRole() == 0, "nobody acts beyond its roles");
        require(_handler.movedOutOfDistrict() == 0, "nobody acts beyond its district");
        require(_handler.movedFromAFinalState() == 0, "what is final stays");
        require(address(_handler.ledger()).balance == 0, "the ledger holds no money");
    }

    function _checkManifest(bytes32 manifest) private view {
        IParcelLedger ledger = _handler.ledger();
        LedgerHandler.Kept memory kept = _handler.keptOf(manifest);
        _checkSets(ledger.setsOf(manifest), kept);
        _checkHeader(ledger.header(manifest), kept);
        require(ledger.headOf(manifest) == kept.head, "the head is the fold of the records");
        require(ledger.rootOf(manifest) == kept.root, "the root never changes");
    }

    function _checkSets(uint256[32] memory sets, LedgerHandler.Kept memory kept) private pure {
        uint256 every = (1 << kept.states.length) - 1;
        uint256 seen;
        for (uint256 set; set < 16; ++set) {
            require(seen & sets[set] == 0, "no parcel is in two states");
            seen |= sets[set];
        }
        require(seen == every, "each parcel is in a state, and none beyond the manifest");
        uint256[32] memory expected;
        for (uint256 n; n < kept.states.length; ++n) {
            expected[kept.states[n]] |= 1 << n;
            for (uint256 flag; kept.flags[n] >> flag != 0; ++flag) {
                expected[16 + flag] |= uint256((kept.flags[n] >> flag) & 1) << n;
            }
            _checkParcel(State(kept.states[n]), kept.flags[n], kept.profile);
        }
        for (uint256 set; set < 32; ++set) {
            require(sets[set] & ~every == 0, "no set exceeds the manifest");
            require(sets[set] == expected[set], "sets are those of the second account");
        }
    }

    /// @dev What a parcel's state alone tells of its past.
    function _checkParcel(State state, uint256 flags, uint8 profile) private pure {
        bool cleared = state == State.Released || state == State.InTransit || state == State.AtPort
            || state == State.Departed || state == State.Delivered || state == State.Closed;
        if (cleared || state == State.Accepted) {
            require(_has(flags, Flag.Order) && _has(flags, Flag.Waybill), "accepted with its documents");
            bool imported = profile == Lifecycle.IMPORT_DIRECT || profile == Lifecycle.IMPORT_BONDED;
            require(!imported || _has(flags, Flag.Payment), "imports accepted with their payment");
        }
        if (cleared && profile != Lifecycle.IMPORT_BONDED) {
            require(_has(flags, Flag.Arrived), "released where it had arrived");
        }
        if (cleared) require(!_has(flags, Flag.Review), "released after its review");
        if (state == State.Confiscated || state == State.Destroyed || state == State.Disposed) {
            require(_has(flags, Flag.HeldDeclaring) != _has(flags, Flag.HeldPort), "one district disposes");
        }
    }

    function _checkHeader(IParcelLedger.Header memory header, LedgerHandler.Kept memory kept) private pure {
        require(header.fullSets & header.partialSets == 0, "no set is full and partial");
        require(uint256(header.lastIndex) + 1 == kept.states.length, "the size never changes");
        require(header.declarantNo == kept.declarantNo, "the declarant never changes");
        require(header.sellerNo == kept.sellerNo, "the seller never changes");
        require(header.declaredAt == kept.declaredAt, "the time of declaration never changes");
    }

    function _checkStandings() private view {
        (uint32 one, uint32 other) = _handler.sellers();
        require(_handler.blacklist().isBarred(one) == _handler.isBarred(one), "one seller's standing");
        require(
            _handler.blacklist().isBarred(other) == _handler.isBarred(other), "the other seller's standing"
        );
    }

    function _has(uint256 flags, Flag flag) private pure returns (bool) {
        return (flags >> uint256(flag)) & 1 == 1;
    }
}
