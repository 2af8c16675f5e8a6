// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Level} from "../../contracts/interfaces/IBlacklist.sol";
import {Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Cast} from "./Cast.sol";
import {vm} from "./Vm.sol";

/// @notice Makes random calls on the registry and keeps a second account of what they did.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
abstract contract RegistryHandler is Cast {
    mapping(address account => uint32 participantNo) public speaksFor;
    mapping(bytes32 legalIdentity => uint32 participantNo) public identities;
    address[] public accounts;
    uint32 public participants;

    constructor() {
        for (uint256 n; n < actors.length; ++n) {
            speaksFor[actors[n].account] = actors[n].no;
            accounts.push(actors[n].account);
        }
        participants = registry.participantCount();
    }

    function register(uint256 seed) external {
        _seed(seed);
        Actor memory actor = _anyActor();
        bytes32 identity = _oneIn(8) ? bytes32(0) : keccak256(abi.encode("new", _draw(4)));
        uint32 roles = _oneIn(2) ? _bit(Role.Seller) : uint32(_draw(1 << 15));
        address account = _oneIn(2) ? address(0) : _anyAccount();
        bool asOwner = _oneIn(3);
        bool mayBe = asOwner
            || (_maySpeak(actor)
                && (_has(actor, Role.Platform) || _has(actor, Role.Customs))
                && roles == _bit(Role.Seller)
                && account == address(0));
        bool sound = roles != 0 && roles < 1 << 14 && roles & _bit(Role.Customs) == 0 && identity != 0;
        bool expected = mayBe && sound && identities[identity] == 0 && speaksFor[account] == 0;
        bytes memory data = abi.encodeCall(registry.register, (identity, roles, 0, account));
        (bool done,) = asOwner ? address(registry).call(data) : _by(actor, address(registry), data);
        require(done == expected, "register came out otherwise than foreseen");
        if (!done) return;
        identities[identity] = ++participants;
        if (account != address(0)) _speaks(account, participants);
    }

    function addAccount(uint256 seed) external {
        _seed(seed);
        Actor memory actor = _anyActor();
        uint32 participantNo = _oneIn(3) ? uint32(_draw(40)) : actor.no;
        address account = _anyAccount();
        bool known = participantNo != 0 && participantNo <= participants;
        bool expected = known && _may(actor, participantNo) && speaksFor[account] == 0;
        (bool done,) =
            _by(actor, address(registry), abi.encodeCall(registry.addAccount, (participantNo, account)));
        require(done == expected, "addAccount came out otherwise than foreseen");
        if (done) _speaks(account, participantNo);
    }

    function revokeAccount(uint256 seed) external {
        _seed(seed);
        Actor memory actor = _anyActor();
        // The actors' first keys stay, or soon nobody could act.
        address account = address(uint160(0x2000 + _draw(8)));
        uint32 participantNo = _oneIn(3) ? uint32(_draw(40)) : speaksFor[account];
        bool theirs = participantNo != 0 && speaksFor[account] == participantNo;
        bool expected = theirs && _may(actor, participantNo);
        (bool done,) =
            _by(actor, address(registry), abi.encodeCall(registry.revokeAccount, (participantNo, account)));
        require(done == expected, "revokeAccount came out otherwise than foreseen");
        if (done) speaksFor[account] = 0;
    }

    function suspendOrReinstate(uint256 seed) external {
        _suspendOrReinstate(seed);
    }

    /// @dev What only the owner may do, by anybody else.
    function seizePower(uint256 seed) external {
        _seed(seed);
        Actor memory actor = _anyActor();
        bytes[6] memory calls = [
            abi.encodeCall(registry.setRoles, (actor.no, _bit(Role.Customs), PUDONG)),
            abi.encodeCall(registry.suspend, (actors[0].no)),
            abi.encodeCall(registry.reinstate, (actor.no)),
            abi.encodeCall(registry.transferOwnership, (actor.account)),
            abi.encodeCall(registry.acceptOwnership, ()),
            abi.encodeCall(registry.renounceOwnership, ())
        ];
        (bool done,) = _by(actor, address(registry), calls[_draw(6)]);
        require(!done, "somebody else governed");
        bytes[3] memory others = [
            abi.encodeCall(blacklist.setConfirmations, (Level.Barred, 1)),
            abi.encodeCall(blacklist.setHearingWindow, (0)),
            abi.encodeCall(blacklist.setUrgency, (keccak256("grounds"), true))
        ];
        (done,) = _by(actor, address(blacklist), others[_draw(3)]);
        require(!done, "somebody else governed the blacklist");
        (done,) = _by(actor, address(rights), abi.encodeCall(rights.setHeadquarters, (actor.no)));
        require(!done, "somebody else named headquarters");
        (done,) =
            _by(actor, address(calendar), abi.encodeCall(calendar.publishYear, (2030, type(uint256).max, 0)));
        require(!done, "somebody else published a calendar");
    }

    function passTime(uint256 seed) external {
        vm.warp(block.timestamp + 1 + seed % (seed % 16 == 0 ? 100 days : 3 days));
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function isSuspended(uint32 participantNo) external view returns (bool) {
        return suspended[participantNo];
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _may(Actor memory actor, uint32 participantNo) private view returns (bool) {
        return _maySpeak(actor) && actor.no == participantNo;
    }

    function _anyAccount() private returns (address) {
        return _oneIn(3) ? actors[_draw(actors.length - 1)].account : address(uint160(0x2000 + _draw(8)));
    }

    function _speaks(address account, uint32 participantNo) private {
        speaksFor[account] = participantNo;
        for (uint256 n; n < accounts.length; ++n) {
            if (accounts[n] == account) return;
        }
        accounts.push(account);
    }
}
