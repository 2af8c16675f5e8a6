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
/// @notice A listing names a participant, its grounds and evidence, and takes effect only when enough other authorities
/// have confirmed it. Its effect is on the legal entity, so on every platform and in every district. Every listing ends
/// by itself; it is never deleted.
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
    struct Listing {
        uint32 participantNo;
        uint32 imposedBy;
        uint48 imposedAt;
        uint48 inForceAt;
        uint48 until;
        uint48 liftedAt;
        uint8 confirmations;
        Level level;
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
    /// @notice Emitted when another authority confirms a listing.
    event ListingConfirmed(uint256 indexed listingId, uint32 indexed authorityNo, bytes32 evidence);
    /// @notice Emitted when a listing has the confirmations it needs.
    event ListingInForce(uint256 indexed listingId, uint32 indexed participantNo, Level level, uint48 until);
    /// @notice Emitted when a listing is ended before its time.
    event ListingLifted(
        uint256 indexed listingId, uint32 indexed participantNo, uint32 indexed authorityNo, bytes32 evidence
    );
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

    /// @notice Proposes a listing. Customs or a market regulator; takes effect with the confirmations of its level.
    /// @param grounds Code of the legal ground, committed; the text stands in the evidence document.
    /// @param evidence Commitment to the evidence document.
    /// @param until When it ends by itself, at most `longestTerm` from now.
    function impose(uint32 participantNo, Level level, bytes32 grounds, bytes32 evidence, uint48 until)
        external
        returns (uint256 listingId);

    /// @notice Confirms another authority's listing; the last confirmation needed puts it in force.
    function confirm(uint256 listingId, bytes32 evidence) external;

    /// @notice Ends a listing, proposed or in force, at once. The imposing authority, or an appeal body that took no part.
    function lift(uint256 listingId, bytes32 evidence) external;

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

    /// @notice The registry that says who is an authority.
    function registry() external view returns (IParticipantRegistry);
}
