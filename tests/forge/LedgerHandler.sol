// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Level} from "../../contracts/interfaces/IBlacklist.sol";
import {
    Direction,
    IParcelLedger,
    Jurisdiction,
    State,
    Step
} from "../../contracts/interfaces/IParcelLedger.sol";
import {Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {SecondAccount} from "./SecondAccount.sol";
import {vm} from "./Vm.sol";

/// @notice Makes random calls on the ledger.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract LedgerHandler is SecondAccount {
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

    uint256 private _references;
    Row[] private _rows;

    constructor() {
        for (uint256 place; place < 2 * (uint256(type(Step).max) + 1); ++place) {
            (Step step, uint8 row) = (Step(place / 2), uint8(place % 2));
            IParcelLedger.Rule memory rule = Lifecycle.ruleOf(step, row);
            // Carriage is the consignment contract's alone.
            if (!rule.exists || rule.role == Role.Carriage) continue;
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
}
