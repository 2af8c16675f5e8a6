// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Level} from "../../contracts/interfaces/IBlacklist.sol";
import {
    Direction,
    Flag,
    IParcelLedger,
    Jurisdiction,
    Refusal,
    State,
    Step
} from "../../contracts/interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {Cast} from "./Cast.sol";
import {vm} from "./Vm.sol";

/// @notice Makes random calls on the ledger and keeps a second account of what they did, parcel by parcel.
/// @dev The second account knows no sets: each parcel has its own state and flags, and each question is asked of each
/// parcel. Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract LedgerHandler is Cast {
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

    /// @dev What choosing a step asks of a row of the table, in one slot.
    struct Row {
        Step step;
        Role role;
        Jurisdiction where;
        uint8 profiles;
        uint16 origins;
        uint16 needs;
        uint16 forbids;
    }

    uint256 private constant MOST_MANIFESTS = 5;
    uint256 private constant MOST_PARCELS = 5;
    uint16 private constant HELD =
        uint16(1 << uint256(Flag.HeldDeclaring)) | uint16(1 << uint256(Flag.HeldPort));

    bytes32[] public manifests;
    /// @notice The manifest that the last call was about.
    bytes32 public touched;
    mapping(bytes32 manifest => Kept) private _kept;
    Entry[] private _entries;
    mapping(bytes32 pair => bool) private _reported;
    uint256 private _references;
    Row[] private _rows;

    /// @notice What never happens: each stays zero.
    uint256 public declaredWhileBarred;
    uint256 public releasedWhileBarred;
    uint256 public movedWhileHeld;
    uint256 public movedByNobody;
    uint256 public movedWithoutRole;
    uint256 public movedOutOfDistrict;
    uint256 public movedFromAFinalState;

    constructor() {
        for (uint256 place; place < 2 * (uint256(type(Step).max) + 1); ++place) {
            (Step step, uint8 row) = (Step(place / 2), uint8(place % 2));
            IParcelLedger.Rule memory rule = Lifecycle.ruleOf(step, row);
            if (!rule.exists) continue;
            _rows.push(
                Row(step, rule.role, rule.where, rule.profiles, rule.origins, rule.needs, rule.forbids)
            );
        }
    }

    // ------------------------------------------------------------------------------------------------------------
    // What forge calls

    function declare(uint256 seed) external {
        _seed(seed);
        if (manifests.length == MOST_MANIFESTS) return;
        Actor memory actor = _oneIn(4) ? _anyActor() : actors[3 + _draw(2)];
        IParcelLedger.Declaration[] memory declarations = new IParcelLedger.Declaration[](1);
        IParcelLedger.Declaration memory declaration = declarations[0];
        declaration.ref = bytes32(_oneIn(8) ? _references : ++_references);
        declaration.sellerNo = _oneIn(8) ? uint32(_draw(20)) : (_oneIn(2) ? seller : otherSeller);
        declaration.declaringDistrict = _district();
        declaration.portDistrict = _district();
        declaration.supervisionMode = [9610, 1210, 1239, 9710, 9810, 9610][_draw(6)];
        declaration.direction = Direction(_draw(2));
        declaration.evidence = _oneIn(16) ? bytes32(0) : keccak256("list");
        declaration.parcelIds = new bytes32[](_oneIn(16) ? 0 : 1 + _draw(MOST_PARCELS));
        for (uint256 n; n < declaration.parcelIds.length; ++n) {
            declaration.parcelIds[n] = keccak256(abi.encode("parcel", _draw(8)));
        }

        bytes32 manifest = keccak256(abi.encode(actor.no, declaration.ref));
        bytes4 expected = _declarationRefused(actor, manifest, declaration);
        bool atomic = _oneIn(2);
        (bool done, bytes memory answer) = _by(
            actor,
            address(ledger),
            atomic
                ? abi.encodeCall(IParcelLedger.declare, (declarations))
                : abi.encodeCall(IParcelLedger.tryDeclare, (declarations))
        );
        if (!_maySpeak(actor)) require(!done, "nobody declared");
        else if (atomic) require(done == (expected == 0), "declare came out otherwise than foreseen");
        else require(done, "tryDeclare reverted");
        if (!done) require(_selectorOf(answer) == expected, "declare refused for another cause");
        if (expected == 0) _keepDeclaration(actor, manifest, declaration);
    }

    function record(uint256 seed) external {
        _seed(seed);
        if (manifests.length == 0) return;
        (Actor memory actor, IParcelLedger.Record memory entry) = _oneIn(3) ? _anyRecord() : _likelyRecord();
        (bytes4 whole, bytes4 first, uint256 eligible, IParcelLedger.Rule memory rule) =
            _foresee(actor, entry);
        bool atomic = _oneIn(2);
        (bool done, bytes memory answer) = _send(actor, entry, atomic);
        if (!_maySpeak(actor)) {
            require(!done, "nobody recorded");
            return;
        }
        if (atomic) {
            require(done == (first == 0), "record came out otherwise than foreseen");
            if (!done) require(_selectorOf(answer) == first, "record refused for another cause");
            if (done) _keepRecord(actor, entry, rule, entry.parcels);
        } else {
            require(done, "tryRecord reverted");
            if (whole == 0 && eligible != 0) _keepRecord(actor, entry, rule, eligible);
        }
    }

    /// @dev A bad record beside a good one, before or after it: nothing of the call remains.
    function recordWithABadOne(uint256 seed) external {
        _seed(seed);
        if (manifests.length == 0) return;
        (Actor memory actor, IParcelLedger.Record memory good) = _likelyRecord();
        IParcelLedger.Record memory bad =
            IParcelLedger.Record(good.manifest, good.step, good.parcels, good.evidence);
        uint256 fault = _draw(3);
        if (fault == 0) bad.evidence = 0;
        else if (fault == 1) bad.manifest = keccak256("nowhere");
        else bad.parcels = 1 << 255;
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](2);
        (records[0], records[1]) = _oneIn(2) ? (good, bad) : (bad, good);
        (bool done,) = _by(actor, address(ledger), abi.encodeCall(IParcelLedger.record, (records)));
        require(!done, "a call with a bad record went through");
    }

    function reportDuplicate(uint256 seed) external {
        _seed(seed);
        if (manifests.length == 0) return;
        bytes32 parcelId = keccak256(abi.encode("parcel", _draw(8)));
        IParcelLedger.Membership memory one = _anyPlaceOf(parcelId);
        IParcelLedger.Membership memory other = _anyPlaceOf(parcelId);
        Actor memory actor = _anyActor();
        bool oneHolds = _kept[one.manifest].parcelIds[one.index] == parcelId;
        bool otherHolds = _kept[other.manifest].parcelIds[other.index] == parcelId;
        bool same = one.manifest == other.manifest && one.index == other.index;
        (IParcelLedger.Membership memory earlier, IParcelLedger.Membership memory later) =
            _isBefore(one, other) ? (one, other) : (other, one);
        bytes32 pair = keccak256(abi.encode(earlier.manifest, earlier.index, later.manifest, later.index));
        bool anew = _isIn(earlier, Lifecycle.DECLARABLE_ANEW);
        bool expected = oneHolds && otherHolds && !same && !_reported[pair] && !anew
            && _isIn(later, Lifecycle.DETAINABLE);

        (bool done,) =
            _by(actor, address(ledger), abi.encodeCall(IParcelLedger.reportDuplicate, (parcelId, one, other)));
        require(done == expected, "reportDuplicate came out otherwise than foreseen");
        if (!done) return;
        _reported[pair] = true;
        touched = later.manifest;
        Kept storage kept = _kept[later.manifest];
        kept.flags[later.index] |= Lifecycle.HELD_DECLARING;
        kept.head = keccak256(
            abi.encode(
                kept.head,
                Step.DuplicateReported,
                _maySpeak(actor) ? actor.no : 0,
                1 << uint256(later.index),
                keccak256(abi.encode(earlier.manifest, earlier.index)),
                block.timestamp
            )
        );
    }

    function bar(uint256 seed) external {
        _seed(seed);
        uint32 listed = _oneIn(2) ? seller : otherSeller;
        Level level = _oneIn(2) ? Level.Barred : Level(_draw(3));
        uint256 until = block.timestamp + 1 + _draw(20 days);
        (bool done, bytes memory answer) = _by(
            actors[8],
            address(blacklist),
            abi.encodeCall(
                blacklist.impose, (listed, level, keccak256("grounds"), keccak256("file"), uint48(until))
            )
        );
        require(done == _maySpeak(actors[8]), "impose came out otherwise than foreseen");
        if (!done) return;
        uint256 listingId = abi.decode(answer, (uint256));
        Actor memory second = actors[6 + _draw(3)];
        (bool confirmed,) =
            _by(second, address(blacklist), abi.encodeCall(blacklist.confirm, (listingId, keccak256("file"))));
        require(!confirmed || second.no != actors[8].no, "an authority confirmed its own listing");
        _entries.push(Entry(listed, level, until, confirmed, false));
    }

    function lift(uint256 seed) external {
        _seed(seed);
        uint256 listingId = 1 + _draw(_entries.length + 1);
        Actor memory actor = _oneIn(2) ? actors[10] : _anyActor();
        (bool done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.lift, (listingId, keccak256("file"))));
        if (done) _entries[listingId - 1].lifted = true;
    }

    function suspendOrReinstate(uint256 seed) external {
        _suspendOrReinstate(seed);
    }

    function passTime(uint256 seed) external {
        vm.warp(block.timestamp + 1 + seed % 5 days);
    }

    /// @dev Money is refused whatever is called.
    function sendMoney(uint256 seed) external payable {
        bytes memory data =
            seed % 2 == 0 ? bytes("") : abi.encodeCall(ledger.anchor, (1, keccak256("root"), 1));
        (bool done,) = address(ledger).call{value: seed % 3}(data);
        require(!done || seed % 3 == 0, "the ledger took money");
    }

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
    ) private view returns (bytes4) {
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
        private
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
        private
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
            return (entry.parcels == 0 ? IParcelLedger.ParcelsUnknown.selector : bytes4(0), rule);
        }
        return (none, rule);
    }

    function _competent(Actor memory actor, Kept storage kept, Jurisdiction where)
        private
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
    ) private {
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

    function _profileOf(IParcelLedger.Declaration memory declaration) private pure returns (uint8) {
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
    ) private {
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
                || entry.step == Step.ReturnAbroad;
            if (rule.moves && kept.flags[n] & HELD != 0 && !ofTheHolder) ++movedWhileHeld;
            if (rule.moves) kept.states[n] = uint8(rule.leadsTo);
            kept.flags[n] = (kept.flags[n] | rule.raises) & ~rule.clears;
        }
        kept.head =
            keccak256(abi.encode(kept.head, entry.step, actor.no, parcels, entry.evidence, block.timestamp));
    }

    function _isFinal(State state) private pure returns (bool) {
        return state == State.Rejected || state == State.Cancelled || state == State.Returned
            || state == State.ReturnedAbroad || state == State.Destroyed;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Choosing

    function _district() private returns (uint16) {
        if (_oneIn(32)) return 0;
        return _oneIn(2) ? PUDONG : SUZHOU;
    }

    function _anyRecord() private returns (Actor memory, IParcelLedger.Record memory entry) {
        entry.manifest = _oneIn(16) ? keccak256("nowhere") : manifests[_draw(manifests.length)];
        entry.step = Step(_draw(uint256(type(Step).max) + 1));
        entry.parcels = _oneIn(16) ? 1 << 255 : _draw(1 << (MOST_PARCELS + 1));
        entry.evidence = _oneIn(16) ? bytes32(0) : keccak256("evidence");
        return (_anyActor(), entry);
    }

    /// @dev A step that some parcel of a manifest can take now, of some of those that can, by who may take it.
    function _likelyRecord() private returns (Actor memory actor, IParcelLedger.Record memory entry) {
        entry.manifest = manifests[_draw(manifests.length)];
        entry.evidence = keccak256("evidence");
        Kept storage kept = _kept[entry.manifest];
        uint256 n = _draw(kept.states.length);
        if (_isFinal(State(kept.states[n]))) return _anyRecord();
        uint256 start = _draw(_rows.length);
        for (uint256 turn; turn < _rows.length; ++turn) {
            Row memory row = _rows[(start + turn) % _rows.length];
            if (row.profiles & kept.profile == 0 || row.origins & (1 << kept.states[n]) == 0) continue;
            if (kept.flags[n] & row.needs != row.needs || kept.flags[n] & row.forbids != 0) continue;
            entry.step = row.step;
            entry.parcels = (1 << n) | (_oneIn(2) ? 0 : _draw(1 << kept.states.length));
            return (_whoTakes(row, kept), entry);
        }
        return _anyRecord();
    }

    function _whoTakes(Row memory row, Kept storage kept) private returns (Actor memory) {
        if (row.role == Role.Customs) {
            if (_oneIn(8)) return actors[6 + _draw(2)];
            bool port = row.where == Jurisdiction.PortDistrict;
            return (port ? kept.portDistrict : kept.declaringDistrict) == PUDONG ? actors[6] : actors[7];
        }
        if (row.role == Role.Declarant) return actors[3].no == kept.declarantNo ? actors[3] : actors[4];
        if (row.role == Role.SiteOperator) return actors[5];
        return actors[uint256(row.role)];
    }

    function _send(Actor memory actor, IParcelLedger.Record memory entry, bool atomic)
        private
        returns (bool, bytes memory)
    {
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = entry;
        return _by(
            actor,
            address(ledger),
            atomic
                ? abi.encodeCall(IParcelLedger.record, (records))
                : abi.encodeCall(IParcelLedger.tryRecord, (records))
        );
    }

    // ------------------------------------------------------------------------------------------------------------
    // Places and proofs

    /// @dev A place where a parcel stands, or any place where it stands nowhere in the manifest drawn.
    function _anyPlaceOf(bytes32 parcelId) private returns (IParcelLedger.Membership memory place) {
        place.manifest = manifests[_draw(manifests.length)];
        bytes32[] memory ids = _kept[place.manifest].parcelIds;
        uint256 index = _draw(ids.length);
        for (uint256 n; n < ids.length && ids[index] != parcelId; ++n) {
            index = (index + 1) % ids.length;
        }
        place.index = uint8(index);
        (place.proof,) = _prove(ids, index);
    }

    function _isBefore(IParcelLedger.Membership memory one, IParcelLedger.Membership memory other)
        private
        view
        returns (bool)
    {
        (uint256 oneAt, uint256 otherAt) = (_kept[one.manifest].declaredAt, _kept[other.manifest].declaredAt);
        if (oneAt != otherAt) return oneAt < otherAt;
        if (one.manifest != other.manifest) return one.manifest < other.manifest;
        return one.index < other.index;
    }

    function _isIn(IParcelLedger.Membership memory place, uint16 states) private view returns (bool) {
        return states & (1 << _kept[place.manifest].states[place.index]) != 0;
    }

    /// @dev The proof of a place and the root, level by level.
    function _prove(bytes32[] memory ids, uint256 index)
        private
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

    function _with(bytes32[] memory list, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 n; n < list.length; ++n) {
            longer[n] = list[n];
        }
        longer[list.length] = last;
    }
}
