// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IBlacklist, Level} from "./interfaces/IBlacklist.sol";
import {IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";

/// @title The regulators' blacklist, with due process
/// @dev The specification is IBlacklist.
contract Blacklist is IBlacklist {
    uint8 private constant MOST_CONFIRMATIONS = 7;
    /// @dev Bounds the loop that finds the longest end again after a lift.
    uint256 private constant MOST_IN_FORCE = 16;
    uint256 private constant LEVELS = 3;

    /// @inheritdoc IBlacklist
    uint48 public constant longestTerm = 5 * 365 days;
    /// @inheritdoc IBlacklist
    IParticipantRegistry public immutable registry;

    /// @inheritdoc IBlacklist
    uint256 public listingCount;
    uint8[LEVELS] private _confirmations = [1, 1, 1];
    mapping(uint256 listingId => Listing) private _listings;
    mapping(uint256 listingId => mapping(uint32 participantNo => bool)) private _tookPart;
    mapping(uint32 participantNo => uint256[][LEVELS]) private _inForce;
    /// @dev The longest end of those in force, per level, in one slot: being barred costs one read.
    mapping(uint32 participantNo => uint48[LEVELS]) private _until;

    constructor(IParticipantRegistry registry_) {
        registry = registry_;
    }

    // ------------------------------------------------------------------------------------------------------------
    // The life of a listing

    /// @inheritdoc IBlacklist
    function impose(uint32 participantNo, Level level, bytes32 grounds, bytes32 evidence, uint48 until)
        external
        returns (uint256 listingId)
    {
        uint32 authorityNo = _checkAuthority();
        registry.participant(participantNo);
        require(participantNo != authorityNo, SelfListing(participantNo));
        require(grounds != 0 && evidence != 0, GroundsMissing());
        uint48 latest = uint48(block.timestamp) + longestTerm;
        require(until > block.timestamp && until <= latest, ListingTermInvalid(until, latest));

        listingId = ++listingCount;
        _tookPart[listingId][authorityNo] = true;
        _listings[listingId] = Listing({
            participantNo: participantNo,
            imposedBy: authorityNo,
            imposedAt: uint48(block.timestamp),
            inForceAt: 0,
            until: until,
            liftedAt: 0,
            confirmations: 0,
            level: level
        });

        emit ListingImposed(listingId, participantNo, authorityNo, level, grounds, evidence, until);
    }

    /// @inheritdoc IBlacklist
    function confirm(uint256 listingId, bytes32 evidence) external {
        uint32 authorityNo = _checkAuthority();
        Listing storage entry = _known(listingId);
        require(evidence != 0, GroundsMissing());
        require(
            entry.inForceAt == 0 && entry.liftedAt == 0 && entry.until > block.timestamp,
            ListingNotOpen(listingId)
        );
        require(entry.participantNo != authorityNo, SelfListing(authorityNo));
        require(!_tookPart[listingId][authorityNo], ConfirmationRepeated(listingId, authorityNo));

        _tookPart[listingId][authorityNo] = true;
        uint8 confirmations = ++entry.confirmations;
        bool enough = confirmations >= _confirmations[uint8(entry.level)];
        if (enough) _putInForce(listingId, entry);

        emit ListingConfirmed(listingId, authorityNo, evidence);
        if (enough) emit ListingInForce(listingId, entry.participantNo, entry.level, entry.until);
    }

    /// @inheritdoc IBlacklist
    function lift(uint256 listingId, bytes32 evidence) external {
        (uint32 authorityNo, uint32 roles,) = registry.authorityOf(msg.sender);
        Listing storage entry = _known(listingId);
        if (entry.imposedBy != authorityNo || !_isAuthority(roles)) {
            require(
                _holds(roles, Role.AppealBody), IParticipantRegistry.RoleMissing(authorityNo, Role.AppealBody)
            );
            require(!_tookPart[listingId][authorityNo], AppealNotImpartial(listingId, authorityNo));
        }
        require(evidence != 0, GroundsMissing());
        require(entry.liftedAt == 0, ListingAlreadyLifted(listingId));

        entry.liftedAt = uint48(block.timestamp);
        if (entry.inForceAt != 0) _recount(entry.participantNo, uint8(entry.level));

        emit ListingLifted(listingId, entry.participantNo, authorityNo, evidence);
    }

    /// @inheritdoc IBlacklist
    function setConfirmations(Level level, uint8 confirmations) external {
        require(
            msg.sender == Ownable(address(registry)).owner(), Ownable.OwnableUnauthorizedAccount(msg.sender)
        );
        require(
            confirmations != 0 && confirmations <= MOST_CONFIRMATIONS,
            ConfirmationsInvalid(level, confirmations, MOST_CONFIRMATIONS)
        );

        _confirmations[uint8(level)] = confirmations;

        emit ConfirmationsSet(level, confirmations);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IBlacklist
    function isBarred(uint32 participantNo) external view returns (bool) {
        return _until[participantNo][uint8(Level.Barred)] > block.timestamp;
    }

    /// @inheritdoc IBlacklist
    function inForceUntil(uint32 participantNo, Level level) external view returns (uint48) {
        uint48 until = _until[participantNo][uint8(level)];
        return until > block.timestamp ? until : 0;
    }

    /// @inheritdoc IBlacklist
    function listing(uint256 listingId) external view returns (Listing memory) {
        return _known(listingId);
    }

    /// @inheritdoc IBlacklist
    function confirmationsOf(Level level) external view returns (uint8) {
        return _confirmations[uint8(level)];
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _putInForce(uint256 listingId, Listing storage entry) private {
        (uint32 participantNo, uint8 level) = (entry.participantNo, uint8(entry.level));
        _recount(participantNo, level);
        uint256[] storage inForce = _inForce[participantNo][level];
        require(inForce.length < MOST_IN_FORCE, ListingsInForceTooMany(participantNo));

        entry.inForceAt = uint48(block.timestamp);
        inForce.push(listingId);
        if (entry.until > _until[participantNo][level]) _until[participantNo][level] = entry.until;
    }

    /// @dev Drops the listings that ended or were lifted, and finds the longest end of the rest. At most
    /// MOST_IN_FORCE turns.
    function _recount(uint32 participantNo, uint8 level) private {
        uint256[] storage inForce = _inForce[participantNo][level];
        uint48 longest;
        for (uint256 n = inForce.length; n > 0; --n) {
            Listing storage entry = _listings[inForce[n - 1]];
            if (entry.liftedAt != 0 || entry.until <= block.timestamp) {
                inForce[n - 1] = inForce[inForce.length - 1];
                inForce.pop();
            } else if (entry.until > longest) {
                longest = entry.until;
            }
        }
        _until[participantNo][level] = longest;
    }

    function _checkAuthority() private view returns (uint32 authorityNo) {
        uint32 roles;
        (authorityNo, roles,) = registry.authorityOf(msg.sender);
        require(_isAuthority(roles), IParticipantRegistry.RoleMissing(authorityNo, Role.MarketRegulator));
    }

    function _known(uint256 listingId) private view returns (Listing storage entry) {
        entry = _listings[listingId];
        require(entry.participantNo != 0, ListingUnknown(listingId));
    }

    function _isAuthority(uint32 roles) private pure returns (bool) {
        return _holds(roles, Role.MarketRegulator) || _holds(roles, Role.Customs);
    }

    function _holds(uint32 roles, Role role) private pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }
}
