// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist, Level} from "../../contracts/interfaces/IBlacklist.sol";
import {IParticipantRegistry, Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {Cast} from "./Cast.sol";
import {vm} from "./Vm.sol";

/// @notice Makes random calls on the registry and the blacklist and keeps a second account of what they did.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract GovernanceHandler is Cast {
    struct Kept {
        uint32 participantNo;
        uint32 imposedBy;
        Level level;
        uint256 until;
        bool inForce;
        bool lifted;
        uint256 confirmations;
    }

    uint256 private constant MOST_LISTINGS = 40;

    Kept[] private _listings;
    mapping(uint256 listingId => mapping(uint32 participantNo => bool)) private _tookPart;
    uint8[3] private _needed = [1, 1, 1];
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

    // ------------------------------------------------------------------------------------------------------------
    // The registry

    function register(uint256 seed) external {
        _seed(seed);
        Actor memory actor = _anyActor();
        bytes32 identity = _oneIn(8) ? bytes32(0) : keccak256(abi.encode("new", _draw(4)));
        uint32 roles = _oneIn(2) ? _bit(Role.Seller) : uint32(_draw(1 << 11));
        address account = _oneIn(2) ? address(0) : _anyAccount();
        bool asOwner = _oneIn(3);
        bool mayBe = asOwner
            || (_maySpeak(actor)
                && (_has(actor, Role.Platform) || _has(actor, Role.Customs))
                && roles == _bit(Role.Seller)
                && account == address(0));
        bool sound = roles != 0 && roles < 1 << 10 && roles & _bit(Role.Customs) == 0 && identity != 0;
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
        (done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.setConfirmations, (Level.Barred, 1)));
        require(!done, "somebody else governed the blacklist");
    }

    // ------------------------------------------------------------------------------------------------------------
    // The blacklist

    function impose(uint256 seed) external {
        _seed(seed);
        if (_listings.length == MOST_LISTINGS) return;
        Actor memory actor = _authority();
        uint32 participantNo = _oneIn(8) ? uint32(_draw(20)) : seller;
        Level level = _oneIn(3) ? Level(_draw(3)) : Level.Barred;
        bytes32 grounds = _oneIn(16) ? bytes32(0) : keccak256("grounds");
        uint256 until =
            block.timestamp + (_oneIn(8) ? 5 * 365 days + _draw(2) : _oneIn(16) ? 0 : 1 + _draw(30 days));
        bool expected = _isAuthority(actor) && participantNo != 0 && participantNo <= participants
            && participantNo != actor.no && grounds != 0 && until > block.timestamp
            && until <= block.timestamp + 5 * 365 days;
        (bool done,) = _by(
            actor,
            address(blacklist),
            abi.encodeCall(
                blacklist.impose, (participantNo, level, grounds, keccak256("file"), uint48(until))
            )
        );
        require(done == expected, "impose came out otherwise than foreseen");
        if (!done) return;
        _listings.push(Kept(participantNo, actor.no, level, until, false, false, 0));
        _tookPart[_listings.length][actor.no] = true;
    }

    function confirm(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _draw(_listings.length + 2);
        Actor memory actor = _authority();
        bool known = listingId != 0 && listingId <= _listings.length;
        bool expected = known && _isAuthority(actor) && _isOpen(listingId) && !_tookPart[listingId][actor.no]
            && _listings[listingId - 1].participantNo != actor.no;
        bool enough;
        if (expected) {
            Kept storage kept = _listings[listingId - 1];
            enough = kept.confirmations + 1 >= _needed[uint256(kept.level)];
            expected = !enough || countInForce(kept.participantNo, kept.level) < 16;
        }
        (bool done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.confirm, (listingId, keccak256("file"))));
        require(done == expected, "confirm came out otherwise than foreseen");
        if (!done) return;
        _tookPart[listingId][actor.no] = true;
        ++_listings[listingId - 1].confirmations;
        _listings[listingId - 1].inForce = enough;
    }

    function lift(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _draw(_listings.length + 2);
        Actor memory actor = _oneIn(2) ? actors[10] : _authority();
        bool expected = listingId != 0 && listingId <= _listings.length && _maySpeak(actor);
        if (expected) {
            Kept storage kept = _listings[listingId - 1];
            bool own = kept.imposedBy == actor.no && _isAuthority(actor);
            bool appeal = _has(actor, Role.AppealBody) && !_tookPart[listingId][actor.no];
            expected = (own || appeal) && !kept.lifted;
        }
        (bool done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.lift, (listingId, keccak256("file"))));
        require(done == expected, "lift came out otherwise than foreseen");
        if (done) _listings[listingId - 1].lifted = true;
    }

    function setConfirmations(uint256 seed) external {
        _seed(seed);
        (uint256 level, uint8 needed) = (_draw(3), uint8(_draw(9)));
        (bool done,) =
            address(blacklist).call(abi.encodeCall(IBlacklist.setConfirmations, (Level(level), needed)));
        require(done == (needed != 0 && needed <= 7), "setConfirmations came out otherwise than foreseen");
        if (done) _needed[level] = needed;
    }

    function passTime(uint256 seed) external {
        vm.warp(block.timestamp + 1 + seed % 3 days);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function listingCount() external view returns (uint256) {
        return _listings.length;
    }

    function keptListing(uint256 listingId) external view returns (Kept memory) {
        return _listings[listingId - 1];
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function isSuspended(uint32 participantNo) external view returns (bool) {
        return suspended[participantNo];
    }

    function subject() external view returns (uint32) {
        return seller;
    }

    function neededFor(Level level) external view returns (uint8) {
        return _needed[uint256(level)];
    }

    function countInForce(uint32 participantNo, Level level) public view returns (uint256 count) {
        for (uint256 n; n < _listings.length; ++n) {
            if (_isInForce(_listings[n], participantNo, level)) ++count;
        }
    }

    function longestInForce(uint32 participantNo, Level level) external view returns (uint256 longest) {
        for (uint256 n; n < _listings.length; ++n) {
            Kept storage kept = _listings[n];
            if (_isInForce(kept, participantNo, level) && kept.until > longest) longest = kept.until;
        }
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _isInForce(Kept storage kept, uint32 participantNo, Level level) private view returns (bool) {
        return kept.participantNo == participantNo && kept.level == level && kept.inForce && !kept.lifted
            && kept.until > block.timestamp;
    }

    function _isOpen(uint256 listingId) private view returns (bool) {
        Kept storage kept = _listings[listingId - 1];
        return !kept.inForce && !kept.lifted && kept.until > block.timestamp;
    }

    function _isAuthority(Actor memory actor) private view returns (bool) {
        return _maySpeak(actor) && (_has(actor, Role.MarketRegulator) || _has(actor, Role.Customs));
    }

    function _authority() private returns (Actor memory) {
        return _oneIn(6) ? _anyActor() : actors[6 + _draw(3)];
    }

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
