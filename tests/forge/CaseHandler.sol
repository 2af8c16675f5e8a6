// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, IInfringementCases} from "../../contracts/interfaces/IInfringementCases.sol";
import {Flag, IParcelLedger, State, Step} from "../../contracts/interfaces/IParcelLedger.sol";
import {Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {RightKind} from "../../contracts/interfaces/IRightsRegistry.sol";
import {Lifecycle} from "../../contracts/libraries/Lifecycle.sol";
import {LedgerHandler} from "./LedgerHandler.sol";

/// @notice Makes random calls on the case contract among those on the ledger, and keeps a second account of cases.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract CaseHandler is LedgerHandler {
    struct Matter {
        bytes32 manifest;
        uint256 parcels;
        uint256 customs;
        CaseState state;
        uint256 findBy;
        uint256 lapsesAt;
        bool disposed;
    }

    uint16 private constant SHOES = 6404;
    uint96 private constant VALUE = 1_000_000;
    uint256 private constant MOST_CASES = 12;
    uint256 private constant HOLDER = 9;
    uint256 private constant APPEAL_BODY = 10;
    uint256 private constant CASE_REGISTER = 12;
    uint16 private constant SUSPECTABLE = uint16(1 << uint256(State.Declared))
        | uint16(1 << uint256(State.Accepted)) | uint16(1 << uint256(State.Released))
        | uint16(1 << uint256(State.InTransit)) | uint16(1 << uint256(State.AtPort))
        | uint16(1 << uint256(State.Returning));
    uint16 private constant CASE_FLAGS =
        uint16(1 << uint256(Flag.CaseOpen)) | uint16(1 << uint256(Flag.Infringing));

    bytes32 private immutable _file = keccak256("file");
    uint256 private immutable _right;
    Actor private _casesActor;
    /// @notice How many cases there are; they are numbered from one.
    uint256 public matterCount;
    mapping(uint256 id => Matter) private _matters;

    constructor() {
        // Five days worked of seven, from Thursday, the first day of 1970.
        for (uint16 year = 1970; year < 1980; ++year) {
            uint256 days_;
            for (uint256 n; n < 256; ++n) {
                if (n % 7 != 2 && n % 7 != 3) days_ |= 1 << n;
            }
            calendar.publishYear(year, days_, days_ >> 148);
        }
        rights.setHeadquarters(actors[6].no);
        uint16[] memory headings = new uint16[](1);
        headings[0] = SHOES;
        (bool done, bytes memory applied) = _by(
            actors[HOLDER],
            address(rights),
            abi.encodeCall(
                rights.applyForRecordal, (RightKind.Patent, _file, _file, headings, 3000 days, _file)
            )
        );
        require(done, "the right was not applied for");
        _right = abi.decode(applied, (uint256));
        (done,) = _by(actors[6], address(rights), abi.encodeCall(rights.approveApplication, (_right, _file)));
        require(done, "the right was not recorded");
        // Cases are the case contract's alone, as governance is trusted to see to.
        registry.setRoles(actors[CASE_REGISTER].no, _bit(Role.Platform), 0);
        actors[CASE_REGISTER].roles = _bit(Role.Platform);
        (uint32 no,,) = registry.authorityOf(address(cases));
        _casesActor = Actor(address(cases), no, _bit(Role.CaseRegister), 0);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What forge calls

    function begin(uint256 seed) external {
        _seed(seed);
        if (manifests.length == 0 || matterCount == MOST_CASES) return;
        bytes32 manifest = manifests[_draw(manifests.length)];
        Kept storage kept = _kept[manifest];
        uint256 customs = (kept.declaringDistrict == PUDONG) != _oneIn(8) ? 6 : 7;
        uint256 parcels = _draw(1 << kept.states.length);
        if (_oneIn(2)) _detain(actors[customs], manifest, parcels);
        Actor memory actor = _oneIn(8) ? _anyActor() : actors[customs];
        bool expected = _maySpeak(actor) && _has(actor, Role.Customs) && _mayOpen(actor, kept, parcels);
        (bool done,) = _by(
            actor,
            address(cases),
            abi.encodeCall(cases.notifyHolder, (_right, SHOES, manifest, parcels, VALUE, _file))
        );
        require(done == expected, "notifyHolder came out otherwise than foreseen");
        if (!done) return;
        Matter storage matter = _matters[++matterCount];
        (matter.manifest, matter.parcels, matter.state) = (manifest, parcels, CaseState.Notified);
        matter.customs = actor.no == actors[6].no ? 6 : 7;
        matter.lapsesAt = _inWorkingDays(3);
        _keep(matter, Step.CaseOpened, _file);
    }

    function answer(uint256 seed) external {
        (uint256 id, Matter storage matter, bool none) = _drawn(seed);
        if (none) return;
        Actor memory actor = _oneIn(4) ? _anyActor() : actors[HOLDER];
        bool withdraws = _oneIn(6);
        bool own = _maySpeak(actor) && actor.no == actors[HOLDER].no;
        bool early = matter.state == CaseState.Notified;
        bool expected = withdraws
            ? own && (early || matter.state == CaseState.Detained)
            : own && early && block.timestamp < matter.lapsesAt;
        bool done = _send(
            actor,
            withdraws
                ? abi.encodeCall(cases.withdrawCase, (id, _file))
                : abi.encodeCall(cases.requestDetention, (id, VALUE, _file))
        );
        require(done == expected, "the holder acted otherwise than foreseen");
        if (!done) return;
        if (withdraws) return _close(matter, _file);
        matter.state = CaseState.Detained;
        (matter.findBy, matter.lapsesAt) = (_inWorkingDays(30), _inWorkingDays(50));
    }

    function investigate(uint256 seed) external {
        (uint256 id, Matter storage matter, bool none) = _drawn(seed);
        if (none) return;
        Actor memory actor = _oneIn(4) ? _anyActor() : actors[matter.customs];
        bool own = _maySpeak(actor) && actor.no == actors[matter.customs].no;
        bool infringes = !_oneIn(3);
        bool detained = matter.state == CaseState.Detained;
        uint256 act = _draw(4);
        if (act == 0) {
            bool done = _send(actor, abi.encodeCall(cases.recordFinding, (id, infringes, _file)));
            require(done == (own && detained && block.timestamp < matter.findBy), "a finding out of place");
            if (done && infringes) {
                (matter.state, matter.lapsesAt) = (CaseState.Found, block.timestamp + 60 days);
            } else if (done) {
                _close(matter, _file);
            }
        } else if (act == 1) {
            bool done = _send(actor, abi.encodeCall(cases.recordCourtNotice, (id, _file)));
            require(done == (own && detained && block.timestamp < matter.lapsesAt), "a notice out of place");
            if (done) matter.state = CaseState.InCourt;
        } else if (act == 2) {
            bool done = _send(actor, abi.encodeCall(cases.recordRuling, (id, infringes, _file)));
            require(done == (own && matter.state == CaseState.InCourt), "a ruling out of place");
            if (done && infringes) _uphold(matter, _file);
            else if (done) _close(matter, _file);
        } else {
            bool open = detained || matter.state == CaseState.InCourt;
            bool done = _send(actor, abi.encodeCall(cases.acceptCounterBond, (id, VALUE, _file)));
            require(done == (own && open), "a bond out of place");
            if (done) _close(matter, _file);
        }
    }

    function appeal(uint256 seed) external {
        (uint256 id, Matter storage matter, bool none) = _drawn(seed);
        if (none) return;
        bool inTime = block.timestamp < matter.lapsesAt;
        if (_oneIn(2)) {
            Actor memory actor = _oneIn(4) ? _anyActor() : actors[_oneIn(2) ? 3 : 4];
            bool own = _maySpeak(actor) && actor.no == _kept[matter.manifest].declarantNo;
            bool done = _send(actor, abi.encodeCall(cases.appealFinding, (id, _file)));
            require(done == (own && inTime && matter.state == CaseState.Found), "an appeal out of place");
            if (done) (matter.state, matter.lapsesAt) = (CaseState.Appealed, block.timestamp + 90 days);
        } else {
            Actor memory actor = _oneIn(4) ? _anyActor() : actors[APPEAL_BODY];
            bool own = _maySpeak(actor) && _has(actor, Role.AppealBody);
            bool upheld = _oneIn(2);
            bool done = _send(actor, abi.encodeCall(cases.decideFindingAppeal, (id, upheld, _file)));
            require(done == (own && inTime && matter.state == CaseState.Appealed), "a decision out of place");
            if (done && upheld) _uphold(matter, _file);
            else if (done) _close(matter, _file);
        }
    }

    /// @dev Whatever time does, anybody may say.
    function letTimeDecide(uint256 seed) external {
        (uint256 id, Matter storage matter, bool none) = _drawn(seed);
        if (none) return;
        bool over = block.timestamp >= matter.lapsesAt;
        Actor memory actor = _anyActor();
        if (_oneIn(2)) {
            bool done = _send(actor, abi.encodeCall(cases.confirmFinding, (id)));
            require(done == (over && matter.state == CaseState.Found), "confirmed out of time");
            if (done) _uphold(matter, keccak256(abi.encode(id, uint256(1))));
        } else {
            bool clocked = matter.state == CaseState.Notified || matter.state == CaseState.Detained
                || matter.state == CaseState.Appealed;
            bool done = _send(actor, abi.encodeCall(cases.declareLapsed, (id)));
            require(done == (over && clocked), "lapsed out of time");
            if (done) _close(matter, keccak256(abi.encode(id, uint256(5))));
        }
    }

    function dispose(uint256 seed) external {
        (uint256 id, Matter storage matter, bool none) = _drawn(seed);
        if (none) return;
        Actor memory actor = actors[matter.customs];
        bool destroys = _oneIn(2);
        for (uint256 n; destroys && n < 3; ++n) {
            _send(actor, abi.encodeCall(cases.passOverDisposal, (id, _file)));
        }
        bool expected = _maySpeak(actor) && matter.state == CaseState.Infringing && !matter.disposed
            && _all(matter, uint16(1 << uint256(State.Confiscated)));
        bool last = uint256(cases.caseOf(id).disposal) == 3;
        bool done = _send(actor, abi.encodeCall(cases.chooseDisposal, (id, _file)));
        require(done == expected, "disposed of otherwise than foreseen");
        if (!done) return;
        matter.disposed = true;
        _keep(matter, last ? Step.DestructionOrdered : Step.DisposalOrdered, _file);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function matterOf(uint256 id) external view returns (Matter memory) {
        return _matters[id];
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _drawn(uint256 seed) private returns (uint256 id, Matter storage matter, bool none) {
        _seed(seed);
        none = matterCount == 0;
        id = none ? 0 : 1 + _draw(matterCount);
        matter = _matters[id];
    }

    function _send(Actor memory actor, bytes memory data) private returns (bool done) {
        (done,) = _by(actor, address(cases), data);
    }

    function _detain(Actor memory actor, bytes32 manifest, uint256 parcels) private {
        IParcelLedger.Record memory entry =
            IParcelLedger.Record(manifest, Step.Detention, parcels, keccak256("evidence"));
        (bytes4 whole,, uint256 eligible, IParcelLedger.Rule memory rule) = _foresee(actor, entry);
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = entry;
        (bool done,) = _by(actor, address(ledger), abi.encodeCall(IParcelLedger.tryRecord, (records)));
        if (done && whole == 0 && eligible != 0) _keepRecord(actor, entry, rule, eligible);
    }

    function _mayOpen(Actor memory actor, Kept storage kept, uint256 parcels) private view returns (bool) {
        if (parcels == 0) return false;
        uint16 held;
        if (actor.district == kept.declaringDistrict) held |= Lifecycle.HELD_DECLARING;
        if (actor.district == kept.portDistrict) held |= Lifecycle.HELD_PORT;
        for (uint256 n; n < kept.states.length; ++n) {
            if (parcels & (1 << n) == 0) continue;
            if (kept.flags[n] & held == 0 || kept.flags[n] & CASE_FLAGS != 0) return false;
            if (SUSPECTABLE & (1 << kept.states[n]) == 0) return false;
        }
        return true;
    }

    function _all(Matter storage matter, uint16 states) private view returns (bool) {
        Kept storage kept = _kept[matter.manifest];
        for (uint256 n; n < kept.states.length; ++n) {
            if (matter.parcels & (1 << n) != 0 && states & (1 << kept.states[n]) == 0) return false;
        }
        return true;
    }

    function _close(Matter storage matter, bytes32 evidence) private {
        matter.state = CaseState.Closed;
        _keep(matter, Step.CaseClosed, evidence);
    }

    function _uphold(Matter storage matter, bytes32 evidence) private {
        matter.state = CaseState.Infringing;
        _keep(matter, Step.InfringementFound, evidence);
    }

    function _keep(Matter storage matter, Step step, bytes32 evidence) private {
        IParcelLedger.Record memory entry =
            IParcelLedger.Record(matter.manifest, step, matter.parcels, evidence);
        _keepRecord(_casesActor, entry, Lifecycle.ruleOf(step, 0), matter.parcels);
    }

    function _inWorkingDays(uint16 workingDays) private view returns (uint256) {
        return calendar.addWorkingDays(uint48(block.timestamp), workingDays);
    }
}
