// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist, Level} from "../../contracts/interfaces/IBlacklist.sol";
import {IParticipantRegistry, Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {RegistryHandler} from "./RegistryHandler.sol";

/// @notice Makes random calls on the blacklist, beside those on the registry, and keeps a second account of what they did.
/// @dev Where a call comes out otherwise than foreseen, the handler reverts and the run fails.
contract GovernanceHandler is RegistryHandler {
    struct Kept {
        uint32 participantNo;
        uint32 imposedBy;
        Level level;
        uint256 until;
        bool inForce;
        bool lifted;
        uint256 confirmations;
        uint256 hearingUntil;
        uint256 inForceAt;
        uint256 neededThen;
        bool appealed;
        bool appealDecided;
        bool repairAsked;
    }

    uint256 private constant MOST_LISTINGS = 40;

    Kept[] private _listings;
    mapping(uint256 listingId => mapping(uint32 participantNo => bool)) private _tookPart;
    uint8[3] private _needed = [1, 1, 1];
    uint256 private _hearing;
    bool private _urgent;
    // ------------------------------------------------------------------------------------------------------------
    // The blacklist

    function impose(uint256 seed) external {
        _seed(seed);
        if (_listings.length == MOST_LISTINGS) return;
        Actor memory actor = _authority();
        uint32 participantNo = _oneIn(8) ? uint32(_draw(20)) : seller;
        Level level = _oneIn(3) ? Level(_draw(3)) : Level.Barred;
        bytes32 grounds = _oneIn(16) ? bytes32(0) : keccak256("grounds");
        uint256 until = block.timestamp
            + (_oneIn(8)
                    ? 5 * 365 days + _draw(2)
                    : _oneIn(16) ? 0 : 1 + _draw(_oneIn(4) ? 500 days : 30 days));
        bool expected = _isAuthority(actor) && participantNo != 0 && participantNo <= participants
            && participantNo != actor.no && grounds != 0 && until > block.timestamp + (_urgent ? 0 : _hearing)
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
        Kept storage kept = _listings.push();
        (kept.participantNo, kept.imposedBy, kept.level, kept.until) = (participantNo, actor.no, level, until);
        kept.hearingUntil = block.timestamp + (_urgent ? 0 : _hearing);
        _tookPart[_listings.length][actor.no] = true;
    }

    function confirm(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _draw(_listings.length + 2);
        Actor memory actor = _oneIn(4) ? actors[_oneIn(2) ? 11 : 13] : _authority();
        bool known = listingId != 0 && listingId <= _listings.length;
        bool expected = known && _isCoSigner(actor) && _isOpen(listingId) && !_tookPart[listingId][actor.no]
            && _listings[listingId - 1].participantNo != actor.no;
        bool enough;
        if (expected) {
            Kept storage kept = _listings[listingId - 1];
            enough = kept.confirmations + 1 >= _needed[uint256(kept.level)];
            expected = block.timestamp >= kept.hearingUntil
                && (!enough || countInForce(kept.participantNo, kept.level) < 16);
        }
        (bool done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.confirm, (listingId, keccak256("file"))));
        require(done == expected, "confirm came out otherwise than foreseen");
        if (!done) return;
        _tookPart[listingId][actor.no] = true;
        Kept storage confirmed = _listings[listingId - 1];
        ++confirmed.confirmations;
        if (!enough) return;
        confirmed.inForce = true;
        (confirmed.inForceAt, confirmed.neededThen) = (block.timestamp, _needed[uint256(confirmed.level)]);
    }

    function lift(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _draw(_listings.length + 2);
        Actor memory actor = _oneIn(2) ? actors[10] : _authority();
        bool expected = listingId != 0 && listingId <= _listings.length && _maySpeak(actor);
        if (expected) {
            Kept storage kept = _listings[listingId - 1];
            bool own = kept.imposedBy == actor.no && _isAuthority(actor);
            expected = (own || _isImpartial(actor, listingId)) && !kept.lifted;
        }
        (bool done,) =
            _by(actor, address(blacklist), abi.encodeCall(blacklist.lift, (listingId, keccak256("file"))));
        require(done == expected, "lift came out otherwise than foreseen");
        if (done) _listings[listingId - 1].lifted = true;
    }

    /// @dev Nobody but the owner speaks for the seller, which it registered without a key.
    function appealOrAskRepair(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _listingOfTheSeller();
        if (listingId == 0) return;
        Kept storage kept = _listings[listingId - 1];
        bool appeals = _oneIn(2);
        bytes memory data = appeals
            ? abi.encodeCall(blacklist.appealListing, (listingId, keccak256("file")))
            : abi.encodeCall(blacklist.askRepair, (listingId, keccak256("file")));
        if (_oneIn(4)) {
            (bool heard,) = _by(_anyActor(), address(blacklist), data);
            require(!heard, "somebody else spoke for the seller");
        }
        bool expected = _isInForce(kept, seller, kept.level);
        uint256 since = block.timestamp - kept.inForceAt;
        if (appeals) expected = expected && since < 60 days && !kept.appealed;
        else expected = expected && since >= _repairPeriod(kept.level) && !kept.repairAsked;
        (bool done,) = address(blacklist).call(data);
        require(done == expected, "the seller was heard otherwise than foreseen");
        if (done && appeals) kept.appealed = true;
        if (done && !appeals) kept.repairAsked = true;
    }

    function decide(uint256 seed) external {
        _seed(seed);
        uint256 listingId = _listingOfTheSeller();
        if (listingId == 0) return;
        Kept storage kept = _listings[listingId - 1];
        (bool onAppeal, bool lifts) = (_oneIn(2), _oneIn(2));
        Actor memory actor = _oneIn(2) ? actors[10] : _authority();
        bool expected = _maySpeak(actor) && _isInForce(kept, seller, kept.level);
        if (onAppeal) {
            expected = expected && _isImpartial(actor, listingId) && kept.appealed && !kept.appealDecided;
        } else {
            expected = expected && _isAuthority(actor) && actor.no == kept.imposedBy && kept.repairAsked;
        }
        (bool done,) = _by(
            actor,
            address(blacklist),
            onAppeal
                ? abi.encodeCall(blacklist.decideListingAppeal, (listingId, !lifts, keccak256("file")))
                : abi.encodeCall(blacklist.decideRepair, (listingId, lifts, keccak256("file")))
        );
        require(done == expected, "appeal or repair was decided otherwise than foreseen");
        if (!done) return;
        if (onAppeal) kept.appealDecided = true;
        else kept.repairAsked = false;
        kept.lifted = lifts;
    }

    function setHearing(uint256 seed) external {
        _seed(seed);
        (_hearing, _urgent) = (_oneIn(2) ? 0 : _draw(3 days), _oneIn(2));
        blacklist.setHearingWindow(uint48(_hearing));
        blacklist.setUrgency(keccak256("grounds"), _urgent);
    }

    function setConfirmations(uint256 seed) external {
        _seed(seed);
        (uint256 level, uint8 needed) = (_draw(3), uint8(_draw(9)));
        (bool done,) =
            address(blacklist).call(abi.encodeCall(IBlacklist.setConfirmations, (Level(level), needed)));
        require(done == (needed != 0 && needed <= 7), "setConfirmations came out otherwise than foreseen");
        if (done) _needed[level] = needed;
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the invariants read

    function listingCount() external view returns (uint256) {
        return _listings.length;
    }

    function keptListing(uint256 listingId) external view returns (Kept memory) {
        return _listings[listingId - 1];
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

    function _isCoSigner(Actor memory actor) private view returns (bool) {
        return _isAuthority(actor)
            || (_maySpeak(actor)
                && (_has(actor, Role.TaxAuthority) || _has(actor, Role.ForeignExchangeAuthority)));
    }

    function _isImpartial(Actor memory actor, uint256 listingId) private view returns (bool) {
        return _has(actor, Role.AppealBody) && !_tookPart[listingId][actor.no]
            && _listings[listingId - 1].participantNo != actor.no;
    }

    /// @dev Zero where there is none among a few drawn.
    function _listingOfTheSeller() private returns (uint256) {
        for (uint256 n; n < 4 && _listings.length != 0; ++n) {
            uint256 listingId = 1 + _draw(_listings.length);
            if (_listings[listingId - 1].participantNo == seller) return listingId;
        }
        return 0;
    }

    function _repairPeriod(Level level) private pure returns (uint256) {
        return level == Level.Watch ? 90 days : level == Level.Inspect ? 180 days : 365 days;
    }

    function _authority() private returns (Actor memory) {
        return _oneIn(6) ? _anyActor() : actors[6 + _draw(3)];
    }
}
