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
    uint48 private constant LONGEST_HEARING = 30 days;
    uint32 private constant PROPOSERS =
        uint32(1 << uint256(Role.MarketRegulator)) | uint32(1 << uint256(Role.Customs));
    uint32 private constant CO_SIGNERS = PROPOSERS | uint32(1 << uint256(Role.TaxAuthority))
        | uint32(1 << uint256(Role.ForeignExchangeAuthority));

    /// @inheritdoc IBlacklist
    uint48 public constant longestTerm = 5 * 365 days;
    /// @inheritdoc IBlacklist
    uint48 public constant appealWindow = 60 days;
    /// @inheritdoc IBlacklist
    IParticipantRegistry public immutable registry;

    /// @inheritdoc IBlacklist
    uint256 public listingCount;
    /// @inheritdoc IBlacklist
    uint48 public hearingWindow = 5 days;
    /// @inheritdoc IBlacklist
    mapping(bytes32 grounds => bool) public isUrgent;
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
        uint32 authorityNo = _checkAuthority(PROPOSERS);
        registry.participant(participantNo);
        require(participantNo != authorityNo, SelfListing(participantNo));
        require(grounds != 0 && evidence != 0, GroundsMissing());
        uint48 now_ = uint48(block.timestamp);
        uint48 hearingUntil = isUrgent[grounds] ? now_ : now_ + hearingWindow;
        require(
            until > hearingUntil && until <= now_ + longestTerm, ListingTermInvalid(until, now_ + longestTerm)
        );

        listingId = ++listingCount;
        _tookPart[listingId][authorityNo] = true;
        _listings[listingId] = Listing({
            participantNo: participantNo,
            imposedBy: authorityNo,
            imposedAt: now_,
            inForceAt: 0,
            until: until,
            liftedAt: 0,
            confirmations: 0,
            level: level,
            hearingUntil: hearingUntil,
            appealedAt: 0,
            appealDecidedAt: 0,
            repairAskedAt: 0
        });

        emit ListingImposed(listingId, participantNo, authorityNo, level, grounds, evidence, until);
        if (hearingUntil != now_) emit HearingOpened(listingId, participantNo, hearingUntil);
    }

    /// @inheritdoc IBlacklist
    function makeStatement(uint256 listingId, bytes32 statement) external {
        (Listing storage entry, uint32 speakerNo) = _asListedParty(listingId, statement);
        require(entry.liftedAt == 0, ListingAlreadyLifted(listingId));
        require(entry.until > block.timestamp, ListingNotOpen(listingId));

        emit StatementMade(listingId, entry.participantNo, speakerNo, statement);
    }

    /// @inheritdoc IBlacklist
    function confirm(uint256 listingId, bytes32 evidence) external {
        uint32 authorityNo = _checkAuthority(CO_SIGNERS);
        Listing storage entry = _known(listingId);
        require(evidence != 0, GroundsMissing());
        require(
            entry.inForceAt == 0 && entry.liftedAt == 0 && entry.until > block.timestamp,
            ListingNotOpen(listingId)
        );
        require(block.timestamp >= entry.hearingUntil, HearingOpen(listingId, entry.hearingUntil));
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
        if (entry.imposedBy != authorityNo || roles & PROPOSERS == 0) {
            _checkImpartial(listingId, entry, authorityNo, roles);
        }
        require(evidence != 0, GroundsMissing());
        require(entry.liftedAt == 0, ListingAlreadyLifted(listingId));

        _lift(listingId, entry, authorityNo, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Appeal and repair

    /// @inheritdoc IBlacklist
    function appealListing(uint256 listingId, bytes32 evidence) external {
        (Listing storage entry, uint32 speakerNo) = _asListedParty(listingId, evidence);
        _checkInForce(listingId, entry);
        uint48 latest = entry.inForceAt + appealWindow;
        require(block.timestamp < latest, AppealTooLate(listingId, latest));
        require(entry.appealedAt == 0, AppealRepeated(listingId));

        entry.appealedAt = uint48(block.timestamp);

        emit ListingAppealed(listingId, entry.participantNo, speakerNo, evidence);
    }

    /// @inheritdoc IBlacklist
    function decideListingAppeal(uint256 listingId, bool upheld, bytes32 evidence) external {
        (uint32 authorityNo, uint32 roles,) = registry.authorityOf(msg.sender);
        Listing storage entry = _known(listingId);
        _checkImpartial(listingId, entry, authorityNo, roles);
        require(evidence != 0, GroundsMissing());
        require(entry.appealedAt != 0 && entry.appealDecidedAt == 0, AppealMissing(listingId));
        _checkInForce(listingId, entry);

        entry.appealDecidedAt = uint48(block.timestamp);

        emit ListingAppealDecided(listingId, authorityNo, upheld, evidence);
        if (!upheld) _lift(listingId, entry, authorityNo, evidence);
    }

    /// @inheritdoc IBlacklist
    function askRepair(uint256 listingId, bytes32 evidence) external {
        (Listing storage entry, uint32 speakerNo) = _asListedParty(listingId, evidence);
        _checkInForce(listingId, entry);
        uint48 earliest = entry.inForceAt + repairPeriodOf(entry.level);
        require(block.timestamp >= earliest, RepairTooEarly(listingId, earliest));
        require(entry.repairAskedAt == 0, RepairPending(listingId));

        entry.repairAskedAt = uint48(block.timestamp);

        emit RepairAsked(listingId, entry.participantNo, speakerNo, evidence);
    }

    /// @inheritdoc IBlacklist
    function decideRepair(uint256 listingId, bool granted, bytes32 evidence) external {
        uint32 authorityNo = _checkAuthority(PROPOSERS);
        Listing storage entry = _known(listingId);
        require(entry.imposedBy == authorityNo, ImposingAuthorityOnly(listingId, authorityNo));
        require(evidence != 0, GroundsMissing());
        require(entry.repairAskedAt != 0, RepairMissing(listingId));
        _checkInForce(listingId, entry);

        entry.repairAskedAt = 0;

        emit RepairDecided(listingId, authorityNo, granted, evidence);
        if (granted) _lift(listingId, entry, authorityNo, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What the owner sets

    /// @inheritdoc IBlacklist
    function setConfirmations(Level level, uint8 confirmations) external {
        _checkOwner();
        require(
            confirmations != 0 && confirmations <= MOST_CONFIRMATIONS,
            ConfirmationsInvalid(level, confirmations, MOST_CONFIRMATIONS)
        );

        _confirmations[uint8(level)] = confirmations;

        emit ConfirmationsSet(level, confirmations);
    }

    /// @inheritdoc IBlacklist
    function setHearingWindow(uint48 hearingWindow_) external {
        _checkOwner();
        require(hearingWindow_ <= LONGEST_HEARING, HearingWindowInvalid(hearingWindow_, LONGEST_HEARING));

        hearingWindow = hearingWindow_;

        emit HearingWindowSet(hearingWindow_);
    }

    /// @inheritdoc IBlacklist
    function setUrgency(bytes32 grounds, bool urgent) external {
        _checkOwner();
        require(grounds != 0, GroundsMissing());

        isUrgent[grounds] = urgent;

        emit UrgencySet(grounds, urgent);
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

    /// @inheritdoc IBlacklist
    function repairPeriodOf(Level level) public pure returns (uint48) {
        if (level == Level.Watch) return 90 days;
        return level == Level.Inspect ? 180 days : 365 days;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _lift(uint256 listingId, Listing storage entry, uint32 authorityNo, bytes32 evidence) private {
        entry.liftedAt = uint48(block.timestamp);
        if (entry.inForceAt != 0) _recount(entry.participantNo, uint8(entry.level));

        emit ListingLifted(listingId, entry.participantNo, authorityNo, evidence);
    }

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

    function _checkAuthority(uint32 among) private view returns (uint32 authorityNo) {
        uint32 roles;
        (authorityNo, roles,) = registry.authorityOf(msg.sender);
        require(roles & among != 0, IParticipantRegistry.RoleMissing(authorityNo, Role.MarketRegulator));
    }

    /// @dev An appeal body that neither imposed nor confirmed the listing, nor is listed by it.
    function _checkImpartial(uint256 listingId, Listing storage entry, uint32 authorityNo, uint32 roles)
        private
        view
    {
        require(
            (roles >> uint8(Role.AppealBody)) & 1 != 0,
            IParticipantRegistry.RoleMissing(authorityNo, Role.AppealBody)
        );
        require(
            !_tookPart[listingId][authorityNo] && entry.participantNo != authorityNo,
            AppealNotImpartial(listingId, authorityNo)
        );
    }

    function _asListedParty(uint256 listingId, bytes32 evidence)
        private
        view
        returns (Listing storage entry, uint32 speakerNo)
    {
        entry = _known(listingId);
        bool speaks;
        (speaks, speakerNo) = registry.speaksFor(msg.sender, entry.participantNo);
        // Who imposed or confirmed a listing does not speak for its party, though it may have registered it.
        require(speaks && !_tookPart[listingId][speakerNo], ListedPartyOnly(listingId, speakerNo));
        require(evidence != 0, GroundsMissing());
    }

    function _checkInForce(uint256 listingId, Listing storage entry) private view {
        require(
            entry.inForceAt != 0 && entry.liftedAt == 0 && entry.until > block.timestamp,
            ListingNotInForce(listingId)
        );
    }

    function _checkOwner() private view {
        require(
            msg.sender == Ownable(address(registry)).owner(), Ownable.OwnableUnauthorizedAccount(msg.sender)
        );
    }

    function _known(uint256 listingId) private view returns (Listing storage entry) {
        entry = _listings[listingId];
        require(entry.participantNo != 0, ListingUnknown(listingId));
    }
}
