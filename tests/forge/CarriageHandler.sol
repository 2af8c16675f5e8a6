// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    ConsignmentKind,
    ConsignmentStage,
    IConsignments,
    TakingReason
} from "../../contracts/interfaces/IConsignments.sol";
import {Direction, IParcelLedger, Step} from "../../contracts/interfaces/IParcelLedger.sol";
import {Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {LedgerHandler} from "./LedgerHandler.sol";

/// @notice Makes random calls on the consignment contract among those on the ledger, and keeps a second account of lists.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract CarriageHandler is LedgerHandler {
    /// @dev `left`: how many entries a half presented step still waits for; as many as there are where none is.
    struct Load {
        bytes32 id;
        bytes32 number;
        ConsignmentKind kind;
        ConsignmentStage stage;
        uint256 opener;
        bytes32[] manifests;
        uint256[] parcels;
        bool half;
        uint256 left;
    }

    uint256 private constant LOGISTICS = 2;
    uint256 private constant DECLARANT = 3;
    uint256 private constant TERMINAL = 5;
    uint256 private constant AT_PORT = 6;
    uint256 private constant AT_ORIGIN = 7;
    uint256 private constant MOST_LOADS = 8;

    bytes32 private immutable _file = keccak256("file");
    Load[] private _loads;

    constructor() {
        (bool done,) = _by(
            actors[AT_ORIGIN],
            address(consignments),
            abi.encodeCall(consignments.proposeLane, (SUZHOU, PUDONG, 24, 2, 0, 0x7F, _file))
        );
        require(done, "no lane was proposed");
        (done,) =
            _by(actors[AT_PORT], address(consignments), abi.encodeCall(consignments.acceptLane, (1, _file)));
        require(done, "no lane was accepted");
        // Something to carry from the start.
        for (uint256 n; n < 3; ++n) {
            _releaseAll(_declareOne(n, n == 2 ? PUDONG : SUZHOU));
        }
    }

    // ------------------------------------------------------------------------------------------------------------
    // What forge calls

    /// @dev The steps of a manifest up to its release at once, for those of its parcels that may take them.
    function release(uint256 seed) external {
        _seed(seed);
        _releaseAll(manifests[_draw(manifests.length)]);
    }

    /// @dev Less often than elsewhere: a consignment needs many hands.
    function suspendSometimes(uint256 seed) external {
        if (seed % 6 == 0) _suspendOrReinstate(seed);
    }

    function _declareOne(uint256 n, uint16 district) private returns (bytes32 manifest) {
        IParcelLedger.Declaration[] memory declarations = new IParcelLedger.Declaration[](1);
        declarations[0] = IParcelLedger.Declaration({
            ref: keccak256(abi.encode("carried", n)),
            sellerNo: seller,
            declaringDistrict: district,
            portDistrict: PUDONG,
            supervisionMode: 9610,
            direction: Direction.Export,
            evidence: _file,
            parcelIds: new bytes32[](5)
        });
        for (uint256 index; index < 5; ++index) {
            declarations[0].parcelIds[index] = keccak256(abi.encode("carried", n, index));
        }
        Actor memory actor = actors[DECLARANT];
        (bool done,) = _by(actor, address(ledger), abi.encodeCall(IParcelLedger.declare, (declarations)));
        require(done, "nothing was declared to carry");
        manifest = keccak256(abi.encode(actor.no, declarations[0].ref));
        _keepDeclaration(actor, manifest, declarations[0]);
    }

    function _releaseAll(bytes32 manifest) private {
        Kept storage kept = _kept[manifest];
        uint256 every = (1 << kept.states.length) - 1;
        Step[5] memory steps =
            [Step.OrderAttested, Step.WaybillAttested, Step.Arrival, Step.Acceptance, Step.Release];
        for (uint256 n; n < steps.length; ++n) {
            uint256 customs = kept.declaringDistrict == PUDONG ? AT_PORT : AT_ORIGIN;
            Actor memory actor = actors[[0, LOGISTICS, TERMINAL, customs, customs][n]];
            IParcelLedger.Record memory entry = IParcelLedger.Record(manifest, steps[n], every, _file);
            (bytes4 whole,, uint256 eligible, IParcelLedger.Rule memory rule) = _foresee(actor, entry);
            IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
            records[0] = entry;
            (bool done,) = _by(actor, address(ledger), abi.encodeCall(IParcelLedger.tryRecord, (records)));
            if (done && whole == 0 && eligible != 0) _keepRecord(actor, entry, rule, eligible);
        }
    }

    function open(uint256 seed) external {
        _seed(seed);
        if (_loads.length == MOST_LOADS) return;
        uint256 opener = _oneIn(4) ? _draw(actors.length) : LOGISTICS + _draw(2);
        Actor memory actor = actors[opener];
        IConsignments.Opening memory opening;
        opening.ref = bytes32(_loads.length);
        opening.kind = ConsignmentKind(_draw(2));
        opening.number = bytes32(1 + _draw(6));
        bool sealed_ = opening.kind == ConsignmentKind.Seal;
        (opening.originDistrict, opening.portDistrict) = (sealed_ ? SUZHOU : PUDONG, PUDONG);
        (opening.laneId, opening.terminalNo) = (sealed_ ? 1 : 0, actors[TERMINAL].no);
        bool expected = _maySpeak(actor) && (_has(actor, Role.Logistics) || _has(actor, Role.Declarant))
            && !_inUse(opening.number);
        (bool done, bytes memory answer) =
            _by(actor, address(consignments), abi.encodeCall(consignments.openConsignment, (opening)));
        require(done == expected, "opened otherwise than foreseen");
        if (!done) return;
        Load storage fresh = _loads.push();
        (fresh.id, fresh.number) = (abi.decode(answer, (bytes32)), opening.number);
        (fresh.kind, fresh.opener) = (opening.kind, opener);
    }

    function load(uint256 seed) external {
        (Load storage into, bool none) = _drawn(seed);
        if (none || manifests.length == 0) return;
        Actor memory actor = _oneIn(8) ? _anyActor() : actors[into.opener];
        Step step = into.kind == ConsignmentKind.Seal ? Step.Consigned : Step.Waybilled;
        IConsignments.Entry[] memory entries = new IConsignments.Entry[](1 + _draw(2));
        bool expected = _maySpeak(actor) && actor.no == actors[into.opener].no && !into.half
            && into.stage == ConsignmentStage.Loading;
        for (uint256 n; n < entries.length; ++n) {
            bytes32 manifest = manifests[(_draw(manifests.length) + n) % manifests.length];
            uint256 some = _ready(actor, manifest, step);
            if (some == 0 || _oneIn(8)) some = _draw(64);
            else if (_oneIn(2)) some &= _draw(64);
            entries[n] = IConsignments.Entry(manifest, some);
            expected = expected && some != 0 && _ready(actor, manifest, step) & some == some;
            if (n == 1 && manifest == entries[0].manifest) {
                expected = expected && some & entries[0].parcels == 0;
            }
        }
        bool done = _send(actor, abi.encodeCall(consignments.load, (into.id, entries)));
        require(done == expected, "loaded otherwise than foreseen");
        if (!done) return;
        for (uint256 n; n < entries.length; ++n) {
            into.manifests.push(entries[n].manifest);
            into.parcels.push(entries[n].parcels);
            _carry(actor, into.id, entries[n], step);
        }
    }

    function decide(uint256 seed) external {
        (Load storage kept, bool none) = _drawn(seed);
        if (none || kept.kind == ConsignmentKind.Waybill) return;
        bool applies = kept.stage == ConsignmentStage.Loading;
        bool verifies = kept.stage == ConsignmentStage.Arrived;
        bool approves = kept.stage == ConsignmentStage.Applied;
        Actor memory actor =
            _oneIn(8) ? _anyActor() : actors[applies ? kept.opener : verifies ? AT_PORT : AT_ORIGIN];
        bool own = _maySpeak(actor)
            && (applies
                    ? actor.no == actors[kept.opener].no
                    : _has(actor, Role.Customs) && actor.district == (verifies ? PUDONG : SUZHOU));
        bool done;
        if (applies) {
            done = _send(actor, abi.encodeCall(consignments.applyForTransit, (kept.id, _file)));
            own = own && _countOf(kept) != 0;
        } else if (verifies) {
            uint32 count = uint32(_countOf(kept));
            done = _send(actor, abi.encodeCall(consignments.verifyConsignment, (kept.id, true, count, _file)));
        } else {
            done = _send(actor, abi.encodeCall(consignments.approveTransit, (kept.id, _file)));
        }
        require(done == (own && (applies || verifies || approves)), "decided otherwise than foreseen");
        if (done) kept.stage = ConsignmentStage(uint8(kept.stage) + 1);
    }

    /// @dev A piece of the list, from its end, sometimes not as it is.
    function move(uint256 seed) external {
        (Load storage kept, bool none) = _drawn(seed);
        if (none) return;
        (Step step, uint256 mover, ConsignmentStage after_, bool fits) = _nextStep(kept);
        Actor memory actor = _oneIn(8) ? _anyActor() : actors[mover];
        uint256 end = kept.half ? kept.left : kept.manifests.length;
        uint256 start = _oneIn(3) ? _draw(end + 1) : 0;
        IConsignments.Entry[] memory entries = new IConsignments.Entry[](end - start);
        for (uint256 n; n < entries.length; ++n) {
            entries[n] = IConsignments.Entry(kept.manifests[start + n], kept.parcels[start + n]);
        }
        bool expected = fits && _maySpeak(actor) && _isMover(kept, actor)
            && (_countOf(kept) != 0 || step == Step.TransitArrival || step == Step.WrittenOff);
        if (entries.length != 0 && _oneIn(8)) {
            entries[_draw(entries.length)].parcels ^= 1;
            expected = false;
        }
        for (uint256 n; n < entries.length; ++n) {
            expected = expected
                && _ready(actor, entries[n].manifest, step) & entries[n].parcels == entries[n].parcels;
        }
        bytes memory data = step == Step.TransitArrival
            ? abi.encodeCall(consignments.arrive, (kept.id, _headAt(kept, start), entries, _file))
            : step == Step.WrittenOff
                ? abi.encodeCall(consignments.writeOff, (kept.id, _headAt(kept, start), entries, _file))
                : abi.encodeCall(consignments.depart, (kept.id, _headAt(kept, start), entries, _file));
        require(_send(actor, data) == expected, "moved otherwise than foreseen");
        if (!expected) return;
        for (uint256 n; n < entries.length; ++n) {
            _carry(actor, kept.id, entries[n], step);
        }
        (kept.half, kept.left) = (start != 0, start);
        if (start == 0) kept.stage = after_;
    }

    function takeOut(uint256 seed) external {
        (Load storage kept, bool none) = _drawn(seed);
        if (none || kept.manifests.length == 0) return;
        uint256 place = _draw(kept.manifests.length);
        IConsignments.Entry[] memory tail = new IConsignments.Entry[](kept.manifests.length - place);
        for (uint256 n; n < tail.length; ++n) {
            tail[n] = IConsignments.Entry(kept.manifests[place + n], kept.parcels[place + n]);
        }
        uint256 parcels = _oneIn(2) ? tail[0].parcels : tail[0].parcels & _draw(64);
        Actor memory actor = _oneIn(8) ? _anyActor() : actors[6 + _draw(2)];
        bool inside = parcels & ~_ready(actor, tail[0].manifest, Step.TakenOut) == 0;
        bool expected = _maySpeak(actor) && _has(actor, Role.Customs) && parcels != 0 && inside
            && kept.stage < ConsignmentStage.WrittenOff
            && (kept.kind == ConsignmentKind.Seal || actor.district == PUDONG);
        bool done = _send(
            actor,
            abi.encodeCall(
                consignments.takeOut,
                (kept.id, _headAt(kept, place), tail, parcels, TakingReason.RiskHit, _file)
            )
        );
        require(done == expected, "taken out otherwise than foreseen");
        if (!done) return;
        _carry(actor, kept.id, IConsignments.Entry(tail[0].manifest, parcels), Step.TakenOut);
        kept.parcels[place] &= ~parcels;
        if (kept.parcels[place] != 0) return;
        for (uint256 n = place; n + 1 < kept.manifests.length; ++n) {
            (kept.manifests[n], kept.parcels[n]) = (kept.manifests[n + 1], kept.parcels[n + 1]);
        }
        kept.manifests.pop();
        kept.parcels.pop();
        if (kept.half && place < kept.left) --kept.left;
    }

    function cancel(uint256 seed) external {
        (Load storage kept, bool none) = _drawn(seed);
        if (none) return;
        Actor memory actor = _oneIn(8) ? _anyActor() : actors[kept.opener];
        bool ofRoute =
            _has(actor, Role.Customs) && (kept.kind == ConsignmentKind.Seal || actor.district == PUDONG);
        bool expected = _maySpeak(actor) && (actor.no == actors[kept.opener].no || ofRoute)
            && kept.stage < ConsignmentStage.WrittenOff && kept.manifests.length == 0;
        bool done = _send(actor, abi.encodeCall(consignments.cancelConsignment, (kept.id, _file)));
        require(done == expected, "cancelled otherwise than foreseen");
        if (done) (kept.stage, kept.half) = (ConsignmentStage.Cancelled, false);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function loadCount() external view returns (uint256) {
        return _loads.length;
    }

    function loadOf(uint256 place) external view returns (Load memory) {
        return _loads[place];
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    /// @dev Mostly one that is not over.
    function _drawn(uint256 seed) private returns (Load storage kept, bool none) {
        _seed(seed);
        none = _loads.length == 0;
        uint256 place = none ? 0 : _draw(_loads.length);
        for (uint256 n; n < _loads.length && _loads[place].stage >= ConsignmentStage.WrittenOff; ++n) {
            place = (place + 1) % _loads.length;
        }
        if (none) {
            Load[] storage empty = _loads;
            assembly ("memory-safe") {
                kept.slot := empty.slot
            }
        } else {
            kept = _loads[place];
        }
    }

    function _send(Actor memory actor, bytes memory data) private returns (bool done) {
        (done,) = _by(actor, address(consignments), data);
    }

    function _nextStep(Load storage kept)
        private
        view
        returns (Step step, uint256 mover, ConsignmentStage after_, bool fits)
    {
        if (kept.kind == ConsignmentKind.Waybill) {
            return
                (
                    Step.Departure,
                    kept.opener,
                    ConsignmentStage.Departed,
                    kept.stage == ConsignmentStage.Loading
                );
        }
        if (kept.stage == ConsignmentStage.InTransit) {
            return (Step.TransitArrival, AT_PORT, ConsignmentStage.Arrived, true);
        }
        if (kept.stage == ConsignmentStage.Verified) {
            return (Step.WrittenOff, AT_PORT, ConsignmentStage.WrittenOff, true);
        }
        return (
            Step.TransitDeparture,
            AT_ORIGIN,
            ConsignmentStage.InTransit,
            kept.stage == ConsignmentStage.Approved
        );
    }

    function _isMover(Load storage kept, Actor memory actor) private view returns (bool) {
        if (kept.kind == ConsignmentKind.Waybill) return actor.no == actors[kept.opener].no;
        bool port = kept.stage >= ConsignmentStage.InTransit;
        return _has(actor, Role.Customs) && actor.district == (port ? PUDONG : SUZHOU);
    }

    /// @dev The parcels that may take a step by way of a consignment, each asked by itself.
    function _ready(Actor memory actor, bytes32 manifest, Step step) private view returns (uint256 parcels) {
        Kept storage kept = _kept[manifest];
        (IParcelLedger.Rule memory rule, bool found) = _carriedRule(actor, kept, step);
        if (!found) return 0;
        for (uint256 n; n < kept.states.length; ++n) {
            bool fits = rule.origins & (1 << kept.states[n]) != 0 && kept.flags[n] & rule.needs == rule.needs
                && kept.flags[n] & rule.forbids == 0;
            if (fits) parcels |= 1 << n;
        }
    }

    function _carriedRule(Actor memory actor, Kept storage kept, Step step)
        private
        view
        returns (IParcelLedger.Rule memory rule, bool found)
    {
        for (uint8 row; row < 2; ++row) {
            rule = Lifecycle.ruleOf(step, row);
            if (!rule.exists || rule.profiles & kept.profile == 0 || !_competent(actor, kept, rule.where)) {
                continue;
            }
            if (rule.role != Role.Carriage && !_has(actor, rule.role)) continue;
            if (Lifecycle.isTravel(step)) rule.needs |= Lifecycle.CONSIGNED;
            return (rule, true);
        }
    }

    function _carry(Actor memory actor, bytes32 id, IConsignments.Entry memory entry, Step step) private {
        (IParcelLedger.Rule memory rule,) = _carriedRule(actor, _kept[entry.manifest], step);
        Actor memory carried =
            Actor(actor.account, actor.no, actor.roles | _bit(Role.Carriage), actor.district);
        _keepRecord(
            carried, IParcelLedger.Record(entry.manifest, step, entry.parcels, id), rule, entry.parcels
        );
    }

    function _headAt(Load storage kept, uint256 place) private view returns (bytes32 head) {
        head = kept.id;
        for (uint256 n; n < place; ++n) {
            head = keccak256(abi.encode(head, kept.manifests[n], kept.parcels[n]));
        }
    }

    function _countOf(Load storage kept) private view returns (uint256 count_) {
        for (uint256 n; n < kept.parcels.length; ++n) {
            for (uint256 word = kept.parcels[n]; word != 0; word &= word - 1) {
                ++count_;
            }
        }
    }

    function _inUse(bytes32 number) private view returns (bool) {
        for (uint256 n; n < _loads.length; ++n) {
            if (_loads[n].number == number && _loads[n].stage < ConsignmentStage.WrittenOff) return true;
        }
        return false;
    }
}
