// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Level} from "../../contracts/interfaces/IBlacklist.sol";
import {
    Direction,
    Flag,
    IParcelLedger,
    Jurisdiction,
    State,
    Step
} from "../../contracts/interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {Cast} from "./Cast.sol";

/// @notice A second account of what the ledger did, parcel by parcel, and what it foresees of a call.
/// @dev It knows no sets: each parcel has its own state and flags, and each question is asked of each parcel.
abstract contract SecondAccount is Cast {
    struct Kept {
        uint32 declarantNo;
        uint32 sellerNo;
        uint16 declaringDistrict;
        uint16 portDistrict;
        uint8 profile;
        uint48 declaredAt;
        bytes32 root;
        bytes32 head;
        bytes32[] parcelIds;
        uint8[] states;
        uint16[] flags;
    }

    struct Entry {
        uint32 participantNo;
        Level level;
        uint256 until;
        bool inForce;
        bool lifted;
    }

    uint16 private constant HELD =
        uint16(1 << uint256(Flag.HeldDeclaring)) | uint16(1 << uint256(Flag.HeldPort));

    uint16 private constant CASE_OPEN = uint16(1 << uint256(Flag.CaseOpen));
    uint16 private constant INFRINGING = uint16(1 << uint256(Flag.Infringing));

    bytes32[] public manifests;
    /// @notice The manifest that the last call was about.
    bytes32 public touched;
    mapping(bytes32 manifest => Kept) internal _kept;
    Entry[] internal _entries;
    mapping(bytes32 pair => bool) internal _reported;

    /// @notice What never happens: each stays zero.
    uint256 public declaredWhileBarred;
    uint256 public releasedWhileBarred;
    uint256 public movedWhileHeld;
    uint256 public movedInACase;
    uint256 public movedThoughInfringing;
    uint256 public liftedInACase;
    uint256 public movedByNobody;
    uint256 public movedWithoutRole;
    uint256 public movedOutOfDistrict;
    uint256 public movedFromAFinalState;

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function count() external view returns (uint256) {
        return manifests.length;
    }

    function keptOf(bytes32 manifest) external view returns (Kept memory) {
        return _kept[manifest];
    }

    function isBarred(uint32 participantNo) public view returns (bool) {
        for (uint256 n; n < _entries.length; ++n) {
            Entry storage entry = _entries[n];
            if (entry.participantNo == participantNo && entry.level == Level.Barred && entry.inForce) {
                if (!entry.lifted && entry.until > block.timestamp) return true;
            }
        }
        return false;
    }

    function sellers() external view returns (uint32, uint32) {
        return (seller, otherSeller);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Foreseeing

    function _declarationRefused(
        Actor memory actor,
        bytes32 manifest,
        IParcelLedger.Declaration memory declaration
    ) internal view returns (bytes4) {
        if (actor.no == 0) return IParticipantRegistry.AccountUnknown.selector;
        if (suspended[actor.no]) return IParticipantRegistry.ParticipantSuspended.selector;
        if (!_has(actor, Role.Declarant)) return IParcelLedger.RoleMissing.selector;
        if (_kept[manifest].declaredAt != 0) return IParcelLedger.ManifestTaken.selector;
        if (declaration.evidence == 0) return IParcelLedger.EvidenceMissing.selector;
        if (declaration.parcelIds.length == 0) return IParcelLedger.ManifestSizeInvalid.selector;
        uint16 mode = declaration.supervisionMode;
        bool exports = mode == 9610 || mode == 1210 || mode == 9710 || mode == 9810;
        bool imports = mode == 9610 || mode == 1210 || mode == 1239;
        if (declaration.direction == Direction.Import ? !imports : !exports) {
            return IParcelLedger.SupervisionModeInvalid.selector;
        }
        if (declaration.declaringDistrict == 0 || declaration.portDistrict == 0) {
            return IParcelLedger.DistrictMissing.selector;
        }
        bool isSeller = declaration.sellerNo == seller || declaration.sellerNo == otherSeller;
        if (!isSeller) return IParcelLedger.SellerUnknown.selector;
        return isBarred(declaration.sellerNo) ? IParcelLedger.SellerBarred.selector : bytes4(0);
    }

    /// @dev `whole`: the cause that stops the record as a whole; `first`: what `record` reverts with; `eligible`: what
    /// `tryRecord` moves.
    function _foresee(Actor memory actor, IParcelLedger.Record memory entry)
        internal
        view
        returns (bytes4 whole, bytes4 first, uint256 eligible, IParcelLedger.Rule memory rule)
    {
        (whole, rule) = _ruleFor(actor, entry);
        if (whole != 0) return (whole, whole, 0, rule);
        Kept storage kept = _kept[entry.manifest];
        uint256 size = kept.states.length;
        uint256[4] memory parts;
        for (uint256 n; n < size; ++n) {
            uint256 parcel = entry.parcels & (1 << n);
            if (parcel == 0) continue;
            if (rule.origins & (1 << kept.states[n]) == 0) parts[0] |= parcel;
            else if (kept.flags[n] & rule.needs != rule.needs) parts[1] |= parcel;
            else if (kept.flags[n] & rule.forbids != 0) parts[2] |= parcel;
            else parts[3] |= parcel;
        }
        eligible = parts[3];
        if (entry.parcels >> size != 0) first = IParcelLedger.ParcelsUnknown.selector;
        else if (parts[0] != 0) first = IParcelLedger.StepNotAllowed.selector;
        else if (parts[1] != 0) first = IParcelLedger.FlagsMissing.selector;
        else if (parts[2] != 0) first = IParcelLedger.FlagsBlocking.selector;
    }

    function _ruleFor(Actor memory actor, IParcelLedger.Record memory entry)
        internal
        view
        returns (bytes4, IParcelLedger.Rule memory rule)
    {
        Kept storage kept = _kept[entry.manifest];
        if (actor.no == 0) return (IParticipantRegistry.AccountUnknown.selector, rule);
        if (suspended[actor.no]) return (IParticipantRegistry.ParticipantSuspended.selector, rule);
        if (kept.declaredAt == 0) return (IParcelLedger.ManifestUnknown.selector, rule);
        if (entry.evidence == 0) return (IParcelLedger.EvidenceMissing.selector, rule);
        rule = Lifecycle.ruleOf(entry.step, 0);
        if (!rule.exists) return (IParcelLedger.StepNotAllowed.selector, rule);
        if (!_has(actor, rule.role)) return (IParcelLedger.RoleMissing.selector, rule);
        bytes4 none = IParcelLedger.StepNotAllowed.selector;
        for (uint8 row; row < 2; ++row) {
            rule = Lifecycle.ruleOf(entry.step, row);
            if (!rule.exists || rule.profiles & kept.profile == 0) continue;
            if (!_competent(actor, kept, rule.where)) {
                none = IParcelLedger.DistrictNotCompetent.selector;
                continue;
            }
            if (rule.sellerClear && isBarred(kept.sellerNo)) {
                return (IParcelLedger.SellerBarred.selector, rule);
            }
            if (Lifecycle.isTravel(entry.step)) rule.forbids |= Lifecycle.CONSIGNED;
            return (entry.parcels == 0 ? IParcelLedger.ParcelsUnknown.selector : bytes4(0), rule);
        }
        return (none, rule);
    }

    function _competent(Actor memory actor, Kept storage kept, Jurisdiction where)
        internal
        view
        returns (bool)
    {
        if (where == Jurisdiction.DeclaringDistrict) {
            return actor.district == kept.declaringDistrict;
        }
        if (where == Jurisdiction.PortDistrict) return actor.district == kept.portDistrict;
        return where == Jurisdiction.Anywhere || actor.no == kept.declarantNo;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Keeping the second account

    function _keepDeclaration(
        Actor memory actor,
        bytes32 manifest,
        IParcelLedger.Declaration memory declaration
    ) internal {
        if (isBarred(declaration.sellerNo)) ++declaredWhileBarred;
        if (!_maySpeak(actor)) ++movedByNobody;
        if (!_has(actor, Role.Declarant)) ++movedWithoutRole;
        touched = manifest;
        manifests.push(manifest);
        Kept storage kept = _kept[manifest];
        kept.declarantNo = actor.no;
        kept.sellerNo = declaration.sellerNo;
        kept.declaringDistrict = declaration.declaringDistrict;
        kept.portDistrict = declaration.portDistrict;
        kept.profile = _profileOf(declaration);
        kept.declaredAt = uint48(block.timestamp);
        kept.parcelIds = declaration.parcelIds;
        kept.states = new uint8[](declaration.parcelIds.length);
        kept.flags = new uint16[](declaration.parcelIds.length);
        (, kept.root) = _prove(declaration.parcelIds, 0);
        kept.head = keccak256(
            abi.encode(
                kept.root,
                Step.Declaration,
                actor.no,
                (1 << declaration.parcelIds.length) - 1,
                declaration.evidence,
                block.timestamp
            )
        );
    }

    function _profileOf(IParcelLedger.Declaration memory declaration) internal pure returns (uint8) {
        if (declaration.direction == Direction.Import) {
            return declaration.supervisionMode == 9610 ? Lifecycle.IMPORT_DIRECT : Lifecycle.IMPORT_BONDED;
        }
        return declaration.declaringDistrict == declaration.portDistrict
            ? Lifecycle.EXPORT_AT_PORT
            : Lifecycle.EXPORT_BY_TRANSIT;
    }

    function _keepRecord(
        Actor memory actor,
        IParcelLedger.Record memory entry,
        IParcelLedger.Rule memory rule,
        uint256 parcels
    ) internal {
        Kept storage kept = _kept[entry.manifest];
        touched = entry.manifest;
        if (!_maySpeak(actor)) ++movedByNobody;
        if (!_has(actor, rule.role)) ++movedWithoutRole;
        if (!_competent(actor, kept, rule.where)) ++movedOutOfDistrict;
        if (entry.step == Step.Release && isBarred(kept.sellerNo)) ++releasedWhileBarred;
        for (uint256 n; n < kept.states.length; ++n) {
            if (parcels & (1 << n) == 0) continue;
            if (_isFinal(State(kept.states[n]))) ++movedFromAFinalState;
            bool ofTheHolder = entry.step == Step.Confiscation || entry.step == Step.Destruction
                || entry.step == Step.ReturnAbroad || entry.step == Step.DisposalOrdered;
            _checkCase(entry.step, rule.moves, kept.flags[n]);
            if (rule.moves && kept.flags[n] & HELD != 0 && !ofTheHolder) ++movedWhileHeld;
            if (rule.moves) kept.states[n] = uint8(rule.leadsTo);
            kept.flags[n] = (kept.flags[n] | rule.raises) & ~rule.clears;
        }
        kept.head =
            keccak256(abi.encode(kept.head, entry.step, actor.no, parcels, entry.evidence, block.timestamp));
    }

    function _checkCase(Step step, bool moves, uint16 flags) private {
        bool lifts = step == Step.DetentionLifted || step == Step.PortDetentionLifted;
        if (flags & CASE_OPEN != 0 && moves) ++movedInACase;
        if (flags & CASE_OPEN != 0 && lifts) ++liftedInACase;
        bool decided = step == Step.Confiscation || step == Step.DisposalOrdered;
        if (flags & INFRINGING != 0 && moves && !decided) ++movedThoughInfringing;
    }

    function _isFinal(State state) internal pure returns (bool) {
        return state == State.Rejected || state == State.Cancelled || state == State.Returned
            || state == State.ReturnedAbroad || state == State.Destroyed || state == State.Disposed;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Places and proofs

    function _isBefore(IParcelLedger.Membership memory one, IParcelLedger.Membership memory other)
        internal
        view
        returns (bool)
    {
        (uint256 oneAt, uint256 otherAt) = (_kept[one.manifest].declaredAt, _kept[other.manifest].declaredAt);
        if (oneAt != otherAt) return oneAt < otherAt;
        if (one.manifest != other.manifest) return one.manifest < other.manifest;
        return one.index < other.index;
    }

    function _isIn(IParcelLedger.Membership memory place, uint16 states) internal view returns (bool) {
        return states & (1 << _kept[place.manifest].states[place.index]) != 0;
    }

    /// @dev The proof of a place and the root, level by level.
    function _prove(bytes32[] memory ids, uint256 index)
        internal
        pure
        returns (bytes32[] memory proof, bytes32 root)
    {
        bytes32[] memory level = new bytes32[](ids.length);
        for (uint256 n; n < ids.length; ++n) {
            level[n] = keccak256(abi.encodePacked(uint8(n), ids[n]));
        }
        while (level.length > 1) {
            if (index ^ 1 < level.length) proof = _with(proof, level[index ^ 1]);
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 n; n < above.length; ++n) {
                bytes32 left = level[2 * n];
                if (2 * n + 1 == level.length) {
                    above[n] = left;
                    continue;
                }
                bytes32 right = level[2 * n + 1];
                above[n] = keccak256(left < right ? bytes.concat(left, right) : bytes.concat(right, left));
            }
            level = above;
            index /= 2;
        }
        return (proof, level[0]);
    }

    function _with(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 n; n < list.length; ++n) {
            longer[n] = list[n];
        }
        longer[list.length] = last;
    }
}
