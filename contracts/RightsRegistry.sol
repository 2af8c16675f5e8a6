// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";
import {Application, IRightsRegistry, RightKind} from "./interfaces/IRightsRegistry.sol";
import {IWorkingCalendar} from "./interfaces/IWorkingCalendar.sol";

/// @title Rights recorded with customs, and who may use them
/// @dev The specification is IRightsRegistry.
contract RightsRegistry is IRightsRegistry {
    uint16 private constant DECISION_DAYS = 30;
    /// @dev Ten years have at least two leap days, but around the years 2100, 2200 and 2300.
    uint48 private constant TERM = 3652 days;
    /// @dev The shortest six months of a year: no renewal comes too early by the calendar.
    uint48 private constant RENEWAL_WINDOW = 181 days;
    uint256 private constant MOST_HEADINGS = 64;
    uint16 private constant LAST_CHAPTER = 97;

    /// @inheritdoc IRightsRegistry
    IWorkingCalendar public immutable calendar;
    /// @inheritdoc IRightsRegistry
    IParticipantRegistry public immutable registry;

    /// @inheritdoc IRightsRegistry
    uint256 public rightCount;
    /// @inheritdoc IRightsRegistry
    uint32 public headquartersNo;
    mapping(uint256 rightId => Right) private _rights;
    /// @dev By list and chapter, bit n is the chapter's heading n: a list costs one slot per chapter.
    mapping(uint256 rightId => mapping(uint32 list => mapping(uint16 chapter => uint256))) private _headings;
    mapping(uint256 rightId => mapping(uint32 sellerNo => Licence)) private _licences;

    constructor(IWorkingCalendar calendar_) {
        calendar = calendar_;
        registry = calendar_.registry();
    }

    // ------------------------------------------------------------------------------------------------------------
    // What a holder asks for

    /// @inheritdoc IRightsRegistry
    function applyForRecordal(
        RightKind kind,
        bytes32 marks,
        bytes32 goods,
        uint16[] calldata headings,
        uint48 underlyingUntil,
        bytes32 evidence
    ) external returns (uint256 rightId) {
        (uint32 holderNo, uint32 roles,) = registry.authorityOf(msg.sender);
        require(
            _holds(roles, Role.RightsHolder), IParticipantRegistry.RoleMissing(holderNo, Role.RightsHolder)
        );
        require(marks != 0 && goods != 0 && evidence != 0, CommitmentMissing());
        require(
            underlyingUntil > block.timestamp, UnderlyingRightEnds(underlyingUntil, uint48(block.timestamp))
        );

        rightId = ++rightCount;
        Right storage entry = _rights[rightId];
        (entry.holderNo, entry.kind) = (holderNo, kind);
        (entry.appliedAt, entry.underlyingUntil) = (uint48(block.timestamp), underlyingUntil);
        _askFor(entry, Application.Recordal);

        emit RecordalAppliedFor(rightId, holderNo, kind, marks, underlyingUntil, evidence, entry.decideBy);
        _list(rightId, entry, goods, headings);
    }

    /// @inheritdoc IRightsRegistry
    function applyForRenewal(uint256 rightId, uint48 underlyingUntil, bytes32 evidence) external {
        Right storage entry = _own(rightId);
        require(evidence != 0, CommitmentMissing());
        require(_isInForce(entry, uint48(block.timestamp)), RightNotInForce(rightId));
        uint48 earliest = entry.until - RENEWAL_WINDOW;
        require(block.timestamp >= earliest, RenewalTooEarly(rightId, earliest));
        require(underlyingUntil > entry.until, UnderlyingRightEnds(underlyingUntil, entry.until));
        require(entry.pending == Application.None, ApplicationPending(rightId, entry.pending));

        entry.underlyingUntil = underlyingUntil;
        _askFor(entry, Application.Renewal);

        emit RenewalAppliedFor(rightId, underlyingUntil, evidence, entry.decideBy);
    }

    /// @inheritdoc IRightsRegistry
    function applyForChange(
        uint256 rightId,
        bytes32 marks,
        bytes32 goods,
        uint16[] calldata headings,
        bytes32 evidence
    ) external {
        Right storage entry = _own(rightId);
        require(marks != 0 && goods != 0 && evidence != 0, CommitmentMissing());
        require(_isInForce(entry, uint48(block.timestamp)), RightNotInForce(rightId));
        require(entry.pending == Application.None, ApplicationPending(rightId, entry.pending));

        _askFor(entry, Application.Change);

        emit ChangeAppliedFor(rightId, marks, evidence, entry.decideBy);
        _list(rightId, entry, goods, headings);
    }

    /// @inheritdoc IRightsRegistry
    function withdrawRecordal(uint256 rightId, bytes32 evidence) external {
        Right storage entry = _own(rightId);
        require(evidence != 0, CommitmentMissing());
        require(_isAlive(entry), RightNotInForce(rightId));

        _end(entry);

        emit RecordalWithdrawn(rightId, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // What headquarters decide

    /// @inheritdoc IRightsRegistry
    function approveApplication(uint256 rightId, bytes32 evidence) external {
        (uint32 authorityNo, Right storage entry) = _toDecide(rightId);
        require(evidence != 0, CommitmentMissing());
        (Application application, bool late) = (entry.pending, block.timestamp >= entry.decideBy);

        if (application == Application.Recordal) {
            require(
                entry.underlyingUntil > block.timestamp,
                UnderlyingRightEnds(entry.underlyingUntil, uint48(block.timestamp))
            );
            entry.recordedAt = uint48(block.timestamp);
            entry.until = _earlier(uint48(block.timestamp) + TERM, entry.underlyingUntil);
        } else if (application == Application.Renewal) {
            entry.until = _earlier(entry.until + TERM, entry.underlyingUntil);
        }
        if (application != Application.Renewal) entry.list = entry.lastList;
        entry.pending = Application.None;

        emit ApplicationApproved(rightId, application, authorityNo, entry.until, evidence, late);
    }

    /// @inheritdoc IRightsRegistry
    function refuseApplication(uint256 rightId, bytes32 grounds, bytes32 evidence) external {
        (uint32 authorityNo, Right storage entry) = _toDecide(rightId);
        require(grounds != 0 && evidence != 0, CommitmentMissing());
        (Application application, bool late) = (entry.pending, block.timestamp >= entry.decideBy);

        entry.pending = Application.None;
        if (application == Application.Recordal) _end(entry);

        emit ApplicationRefused(rightId, application, authorityNo, grounds, evidence, late);
    }

    /// @inheritdoc IRightsRegistry
    function revokeRecordal(uint256 rightId, bytes32 grounds, bytes32 evidence) external {
        (uint32 authorityNo, Right storage entry) = _byHeadquarters(rightId);
        require(grounds != 0 && evidence != 0, CommitmentMissing());
        require(_isAlive(entry), RightNotInForce(rightId));

        _end(entry);

        emit RecordalRevoked(rightId, authorityNo, grounds, evidence);
    }

    /// @inheritdoc IRightsRegistry
    function setHeadquarters(uint32 participantNo) external {
        require(
            msg.sender == Ownable(address(registry)).owner(), Ownable.OwnableUnauthorizedAccount(msg.sender)
        );
        uint32 roles = registry.participant(participantNo).roles;
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(participantNo, Role.Customs));

        headquartersNo = participantNo;

        emit HeadquartersSet(participantNo);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Licences

    /// @inheritdoc IRightsRegistry
    function grantLicence(uint256 rightId, uint32 sellerNo, bytes32 goods, uint48 until, bytes32 evidence)
        external
    {
        Right storage entry = _own(rightId);
        require(goods != 0 && evidence != 0, CommitmentMissing());
        require(_isInForce(entry, uint48(block.timestamp)), RightNotInForce(rightId));
        require(registry.isActiveSeller(sellerNo), LicenseeInvalid(sellerNo));
        require(until > block.timestamp, LicenceTermInvalid(until));

        _licences[rightId][sellerNo] =
            Licence({grantedAt: uint48(block.timestamp), until: until, revokedAt: 0});

        emit LicenceGranted(rightId, sellerNo, goods, until, evidence);
    }

    /// @inheritdoc IRightsRegistry
    function revokeLicence(uint256 rightId, uint32 sellerNo, bytes32 evidence) external {
        _own(rightId);
        require(evidence != 0, CommitmentMissing());
        Licence storage entry = _licences[rightId][sellerNo];
        require(_stands(entry), LicenceMissing(rightId, sellerNo));

        entry.revokedAt = uint48(block.timestamp);

        emit LicenceRevoked(rightId, sellerNo, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IRightsRegistry
    function isInForce(uint256 rightId, uint48 at) external view returns (bool) {
        return _isInForce(_known(rightId), at);
    }

    /// @inheritdoc IRightsRegistry
    function covers(uint256 rightId, uint16 heading) external view returns (bool) {
        Right storage entry = _known(rightId);
        return entry.list != 0 && (_headings[rightId][entry.list][heading / 100] >> (heading % 100)) & 1 != 0;
    }

    /// @inheritdoc IRightsRegistry
    function isLicensed(uint256 rightId, uint32 sellerNo) external view returns (bool) {
        Right storage entry = _known(rightId);
        if (!_isInForce(entry, uint48(block.timestamp))) return false;
        return entry.holderNo == sellerNo || _stands(_licences[rightId][sellerNo]);
    }

    /// @inheritdoc IRightsRegistry
    function right(uint256 rightId) external view returns (Right memory) {
        return _known(rightId);
    }

    /// @inheritdoc IRightsRegistry
    function licence(uint256 rightId, uint32 sellerNo) external view returns (Licence memory) {
        return _licences[rightId][sellerNo];
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    function _askFor(Right storage entry, Application application) private {
        entry.pending = application;
        entry.decideBy = calendar.addWorkingDays(uint48(block.timestamp), DECISION_DAYS);
    }

    /// @dev Keeps a new list of headings, which holds once headquarters approve it.
    function _list(uint256 rightId, Right storage entry, bytes32 goods, uint16[] calldata headings) private {
        require(
            headings.length != 0 && headings.length <= MOST_HEADINGS,
            HeadingsInvalid(headings.length, MOST_HEADINGS)
        );
        uint32 list = ++entry.lastList;
        for (uint256 n; n < headings.length; ++n) {
            (uint16 chapter, uint16 within) = (headings[n] / 100, headings[n] % 100);
            require(chapter != 0 && chapter <= LAST_CHAPTER && within != 0, HeadingInvalid(headings[n]));
            _headings[rightId][list][chapter] |= 1 << within;
        }

        emit GoodsListed(rightId, list, goods, headings);
    }

    function _end(Right storage entry) private {
        entry.endedAt = uint48(block.timestamp);
        entry.pending = Application.None;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    function _known(uint256 rightId) private view returns (Right storage entry) {
        entry = _rights[rightId];
        require(entry.holderNo != 0, RightUnknown(rightId));
    }

    function _own(uint256 rightId) private view returns (Right storage entry) {
        entry = _known(rightId);
        (uint32 participantNo,,) = registry.authorityOf(msg.sender);
        require(entry.holderNo == participantNo, HolderOnly(rightId, participantNo));
    }

    function _byHeadquarters(uint256 rightId) private view returns (uint32 authorityNo, Right storage entry) {
        uint32 roles;
        (authorityNo, roles,) = registry.authorityOf(msg.sender);
        require(authorityNo == headquartersNo, HeadquartersOnly(authorityNo, headquartersNo));
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(authorityNo, Role.Customs));
        entry = _known(rightId);
        require(entry.holderNo != authorityNo, SelfApproval(rightId, authorityNo));
    }

    function _toDecide(uint256 rightId) private view returns (uint32 authorityNo, Right storage entry) {
        (authorityNo, entry) = _byHeadquarters(rightId);
        require(entry.pending != Application.None, ApplicationMissing(rightId));
    }

    /// @dev Recorded, not ended before `at`, and its term not over.
    function _isInForce(Right storage entry, uint48 at) private view returns (bool) {
        return entry.recordedAt != 0 && entry.recordedAt <= at && at < entry.until
            && (entry.endedAt == 0 || at < entry.endedAt);
    }

    /// @dev In force, or still to be decided on.
    function _isAlive(Right storage entry) private view returns (bool) {
        return entry.endedAt == 0 && (entry.pending != Application.None || entry.until > block.timestamp);
    }

    function _stands(Licence storage entry) private view returns (bool) {
        return entry.revokedAt == 0 && entry.until > block.timestamp;
    }

    function _earlier(uint48 one, uint48 other) private pure returns (uint48) {
        return one < other ? one : other;
    }

    function _holds(uint32 roles, Role role) private pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }
}
