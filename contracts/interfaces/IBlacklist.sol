// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";

/// @notice How far a listing reaches; the higher includes the lower.
enum Level {
    Watch,
    Inspect,
    Barred
}

/// @title The regulators' blacklist, with due process
/// @notice A listing names a participant, its grounds and evidence. Nobody confirms it before the listed party could be
/// heard, unless its grounds are urgent, and it takes effect only when enough other authorities have confirmed it: customs,
/// market, tax and foreign-exchange authorities. The listed party may appeal to a body that took no part, and may ask for
/// credit repair when it has stood long enough. Its effect is on the legal entity, so on every platform and in every
/// district. Every listing ends by itself; it is never deleted.
/// @dev Warning: the owner of the registry sets how many confirmations a level needs, how long a party may be heard and
/// which grounds are urgent.
interface IBlacklist {
    /// @notice One proposal to sanction a participant, and what became of it.
    /// @param participantNo Who is listed.
    /// @param imposedBy The authority that proposed it.
    /// @param imposedAt When.
    /// @param inForceAt When the last confirmation that was needed came; zero while proposed.
    /// @param until When it ends by itself.
    /// @param liftedAt When it was lifted; zero while it stands.
    /// @param confirmations How many authorities other than the imposing one have confirmed it.
    /// @param level How far it reaches.
    /// @param hearingUntil Until when nobody confirms it; when it was imposed where its grounds are urgent.
    /// @param appealedAt When its party appealed; zero while it has not. A listing is appealed once.
    /// @param appealDecidedAt When an appeal body decided.
    /// @param repairAskedAt When its party asked for credit repair, which is not decided yet; zero otherwise.
    struct Listing {
        uint32 participantNo;
        uint32 imposedBy;
        uint48 imposedAt;
        uint48 inForceAt;
        uint48 until;
        uint48 liftedAt;
        uint8 confirmations;
        Level level;
        uint48 hearingUntil;
        uint48 appealedAt;
        uint48 appealDecidedAt;
        uint48 repairAskedAt;
    }

    /// @notice Emitted when an authority proposes a listing.
    event ListingImposed(
        uint256 indexed listingId,
        uint32 indexed participantNo,
        uint32 indexed authorityNo,
        Level level,
        bytes32 grounds,
        bytes32 evidence,
        uint48 until
    );
    /// @notice Emitted with a listing whose party is heard before anybody confirms it.
    event HearingOpened(uint256 indexed listingId, uint32 indexed participantNo, uint48 until);
    /// @notice Emitted when a listed party says what it has to say. `speakerNo` zero is the owner, for whom it registered.
    event StatementMade(
        uint256 indexed listingId, uint32 indexed participantNo, uint32 indexed speakerNo, bytes32 statement
    );
    /// @notice Emitted when another authority confirms a listing.
    event ListingConfirmed(uint256 indexed listingId, uint32 indexed authorityNo, bytes32 evidence);
    /// @notice Emitted when a listing has the confirmations it needs.
    event ListingInForce(uint256 indexed listingId, uint32 indexed participantNo, Level level, uint48 until);
    /// @notice Emitted when a listing is ended before its time.
    event ListingLifted(
        uint256 indexed listingId, uint32 indexed participantNo, uint32 indexed authorityNo, bytes32 evidence
    );
    /// @notice Emitted when a listed party appeals.
    event ListingAppealed(
        uint256 indexed listingId, uint32 indexed participantNo, uint32 indexed speakerNo, bytes32 evidence
    );
    /// @notice Emitted when an appeal body decides. A listing that is not upheld is lifted.
    event ListingAppealDecided(
        uint256 indexed listingId, uint32 indexed authorityNo, bool upheld, bytes32 evidence
    );
    /// @notice Emitted when a listed party asks for credit repair.
    event RepairAsked(
        uint256 indexed listingId, uint32 indexed participantNo, uint32 indexed speakerNo, bytes32 evidence
    );
    /// @notice Emitted when credit repair is decided on. A listing that is repaired is lifted.
    event RepairDecided(
        uint256 indexed listingId, uint32 indexed authorityNo, bool granted, bytes32 evidence
    );
    /// @notice Emitted when the owner sets how long a party may be heard.
    event HearingWindowSet(uint48 hearingWindow);
    /// @notice Emitted when the owner says whether grounds are so urgent that they are not heard first.
    event UrgencySet(bytes32 indexed grounds, bool urgent);
    /// @notice Emitted when the owner sets how many confirmations a level needs.
    event ConfirmationsSet(Level indexed level, uint8 confirmations);

    /// @notice Thrown when an id stands for no listing.
    error ListingUnknown(uint256 listingId);
    /// @notice Thrown when a listing is confirmed that is in force, lifted or past its end.
    error ListingNotOpen(uint256 listingId);
    /// @notice Thrown when a listing is lifted twice.
    error ListingAlreadyLifted(uint256 listingId);
    /// @notice Thrown when an end is not in the future or further away than the law allows.
    error ListingTermInvalid(uint48 until, uint48 latest);
    /// @notice Thrown when grounds or evidence are missing.
    error GroundsMissing();
    /// @notice Thrown when an authority confirms what it imposed or confirmed already.
    error ConfirmationRepeated(uint256 listingId, uint32 participantNo);
    /// @notice Thrown when an appeal body would lift a listing that it confirmed itself.
    error AppealNotImpartial(uint256 listingId, uint32 participantNo);
    /// @notice Thrown when a level would need no confirmation, or more than there can be.
    error ConfirmationsInvalid(Level level, uint8 confirmations, uint8 most);
    /// @notice Thrown when a participant has as many listings in force as one may have.
    error ListingsInForceTooMany(uint32 participantNo);
    /// @notice Thrown when an authority would list itself, or confirm that it is listed.
    error SelfListing(uint32 participantNo);

    /// @notice Thrown when a listing is confirmed while its party may still be heard.
    error HearingOpen(uint256 listingId, uint48 until);
    /// @notice Thrown when somebody speaks for a listed party who may not.
    error ListedPartyOnly(uint256 listingId, uint32 participantNo);
    /// @notice Thrown when a party appeals, or asks for repair, against what is not in force.
    error ListingNotInForce(uint256 listingId);
    /// @notice Thrown when an appeal comes after its window.
    error AppealTooLate(uint256 listingId, uint48 latest);
    /// @notice Thrown when a listing is appealed a second time.
    error AppealRepeated(uint256 listingId);
    /// @notice Thrown when an appeal is decided that nobody made, or that is decided.
    error AppealMissing(uint256 listingId);
    /// @notice Thrown when repair is asked for before a listing has stood long enough.
    error RepairTooEarly(uint256 listingId, uint48 earliest);
    /// @notice Thrown when repair is asked for while it was asked for.
    error RepairPending(uint256 listingId);
    /// @notice Thrown when repair is decided on that nobody asked for.
    error RepairMissing(uint256 listingId);
    /// @notice Thrown when another than the imposing authority decides on repair.
    error ImposingAuthorityOnly(uint256 listingId, uint32 participantNo);
    /// @notice Thrown when a hearing would last longer than it may.
    error HearingWindowInvalid(uint48 hearingWindow, uint48 longest);

    /// @notice Proposes a listing. Customs or a market regulator; takes effect with the confirmations of its level, which
    /// may come when the hearing is over, at once where the grounds are urgent.
    /// @param grounds Code of the legal ground, committed; the text stands in the evidence document.
    /// @param evidence Commitment to the evidence document.
    /// @param until When it ends by itself: after the hearing, at most `longestTerm` from now.
    function impose(uint32 participantNo, Level level, bytes32 grounds, bytes32 evidence, uint48 until)
        external
        returns (uint256 listingId);

    /// @notice Puts on record what a listed party has to say, as long as the listing stands. The party, or who speaks for it.
    function makeStatement(uint256 listingId, bytes32 statement) external;

    /// @notice Confirms another authority's listing; the last confirmation needed puts it in force. Customs, a market
    /// regulator, a tax or a foreign-exchange authority.
    function confirm(uint256 listingId, bytes32 evidence) external;

    /// @notice Ends a listing, proposed or in force, at once. The imposing authority, or an appeal body that took no part.
    function lift(uint256 listingId, bytes32 evidence) external;

    /// @notice Appeals against a listing in force, once, within `appealWindow` of its coming into force. The party, or who
    /// speaks for it. The listing stays in force until it is decided.
    function appealListing(uint256 listingId, bytes32 evidence) external;

    /// @notice Decides on an appeal; lifts the listing where it is not upheld. An appeal body that took no part and is not
    /// the listed party.
    function decideListingAppeal(uint256 listingId, bool upheld, bytes32 evidence) external;

    /// @notice Asks for an early end of a listing that has stood for `repairPeriodOf` its level. The party, or who speaks
    /// for it.
    function askRepair(uint256 listingId, bytes32 evidence) external;

    /// @notice Decides on credit repair. The imposing authority.
    function decideRepair(uint256 listingId, bool granted, bytes32 evidence) external;

    /// @notice Sets how long parties are heard from the next listing on. Owner of the registry only.
    function setHearingWindow(uint48 hearingWindow) external;

    /// @notice Says whether listings on these grounds need no hearing first, from the next one on. Owner of the registry
    /// only.
    function setUrgency(bytes32 grounds, bool urgent) external;

    /// @notice Sets how many confirmations a level needs from now on. Owner of the registry only.
    function setConfirmations(Level level, uint8 confirmations) external;

    /// @notice Whether a participant is barred from declaring and from release now.
    function isBarred(uint32 participantNo) external view returns (bool);

    /// @notice The end of the longest listing in force at exactly this level, or zero where there is none.
    function inForceUntil(uint32 participantNo, Level level) external view returns (uint48);

    /// @notice A listing. Reverts with ListingUnknown.
    function listing(uint256 listingId) external view returns (Listing memory);

    /// @notice How many listings were ever proposed; they are numbered from one.
    function listingCount() external view returns (uint256);

    /// @notice How many confirmations a level needs.
    function confirmationsOf(Level level) external view returns (uint8);

    /// @notice The longest a listing may run, in seconds.
    function longestTerm() external view returns (uint48);

    /// @notice How long a party may be heard before anybody confirms, in seconds.
    function hearingWindow() external view returns (uint48);

    /// @notice Whether listings on these grounds need no hearing first.
    function isUrgent(bytes32 grounds) external view returns (bool);

    /// @notice How long a listing in force can be appealed, in seconds (Administrative Reconsideration Law, article 20).
    function appealWindow() external view returns (uint48);

    /// @notice How long a listing must have been in force before repair may be asked for, in seconds.
    function repairPeriodOf(Level level) external pure returns (uint48);

    /// @notice The registry that says who is an authority.
    function registry() external view returns (IParticipantRegistry);
}
