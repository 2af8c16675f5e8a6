// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";
import {IWorkingCalendar} from "./IWorkingCalendar.sol";

/// @notice What is protected.
enum RightKind {
    Trademark,
    Patent,
    Copyright,
    Design
}

/// @notice What a holder asks headquarters for.
enum Application {
    None,
    Recordal,
    Renewal,
    Change
}

/// @title Rights recorded with customs, and who may use them
/// @notice A holder applies, customs headquarters record the right or refuse with grounds, the holder licenses sellers.
/// Marks and goods stand in documents, committed here; of the goods, the HS headings are kept, since a case asks whether
/// the right covers them. A right ends by itself, by its holder's withdrawal or by headquarters' revocation; its facts
/// stay. Source: Regulations on Customs Protection of Intellectual Property Rights, articles 7 to 11.
/// @dev Warning: the owner of the registry names the one customs office that is headquarters. Whether a mark is really
/// its holder's is headquarters' judgement on the evidence; what was recorded wrongly is revoked.
interface IRightsRegistry {
    /// @notice A right and what is asked for it, in two slots.
    /// @param recordedAt When headquarters recorded it; zero until then.
    /// @param until When it ends by itself: ten years at most, never later than the underlying right.
    /// @param endedAt When it was withdrawn or revoked; zero while it was not.
    /// @param pending What headquarters have to decide.
    /// @param decideBy By when, thirty working days after it was asked for.
    /// @param underlyingUntil When the trademark, patent, copyright or design itself ends, as the last application says.
    /// @param list Which list of goods holds; zero before the recordal.
    /// @param lastList The newest list, which holds once its application is approved.
    struct Right {
        uint32 holderNo;
        RightKind kind;
        uint48 appliedAt;
        uint48 recordedAt;
        uint48 until;
        uint48 endedAt;
        Application pending;
        uint48 decideBy;
        uint48 underlyingUntil;
        uint32 list;
        uint32 lastList;
    }

    /// @notice A seller's permission from the holder, in one slot.
    /// @param revokedAt Zero while it stands.
    struct Licence {
        uint48 grantedAt;
        uint48 until;
        uint48 revokedAt;
    }

    /// @notice Emitted when a holder applies for a recordal.
    /// @param marks Commitment to the marks, or to what else is protected.
    event RecordalAppliedFor(
        uint256 indexed rightId,
        uint32 indexed holderNo,
        RightKind indexed kind,
        bytes32 marks,
        uint48 underlyingUntil,
        bytes32 evidence,
        uint48 decideBy
    );
    /// @notice Emitted when a holder applies for another term.
    event RenewalAppliedFor(
        uint256 indexed rightId, uint48 underlyingUntil, bytes32 evidence, uint48 decideBy
    );
    /// @notice Emitted when a holder reports changed marks or goods.
    event ChangeAppliedFor(uint256 indexed rightId, bytes32 marks, bytes32 evidence, uint48 decideBy);
    /// @notice Emitted with an application that names goods: the list that holds once it is approved.
    /// @param list The lists of a right are numbered from one.
    /// @param goods Commitment to the goods, with their Nice classes.
    /// @param headings Their HS headings.
    event GoodsListed(uint256 indexed rightId, uint32 indexed list, bytes32 goods, uint16[] headings);
    /// @notice Emitted when headquarters grant what was asked for. `late`: after the thirty working days.
    event ApplicationApproved(
        uint256 indexed rightId,
        Application indexed application,
        uint32 indexed authorityNo,
        uint48 until,
        bytes32 evidence,
        bool late
    );
    /// @notice Emitted when headquarters refuse what was asked for.
    event ApplicationRefused(
        uint256 indexed rightId,
        Application indexed application,
        uint32 indexed authorityNo,
        bytes32 grounds,
        bytes32 evidence,
        bool late
    );
    /// @notice Emitted when a holder gives up a right, or an application for one.
    event RecordalWithdrawn(uint256 indexed rightId, bytes32 evidence);
    /// @notice Emitted when headquarters end a right that should not have been recorded.
    event RecordalRevoked(
        uint256 indexed rightId, uint32 indexed authorityNo, bytes32 grounds, bytes32 evidence
    );
    /// @notice Emitted when a holder permits a seller to trade in goods, or changes that permission.
    event LicenceGranted(
        uint256 indexed rightId, uint32 indexed sellerNo, bytes32 goods, uint48 until, bytes32 evidence
    );
    /// @notice Emitted when a holder ends a licence before its time.
    event LicenceRevoked(uint256 indexed rightId, uint32 indexed sellerNo, bytes32 evidence);
    /// @notice Emitted when the owner names the office that is headquarters.
    event HeadquartersSet(uint32 indexed participantNo);

    /// @notice Thrown when a number stands for no right.
    error RightUnknown(uint256 rightId);
    /// @notice Thrown when somebody other than its holder disposes of a right.
    error HolderOnly(uint256 rightId, uint32 participantNo);
    /// @notice Thrown when somebody other than headquarters decides.
    error HeadquartersOnly(uint32 participantNo, uint32 headquartersNo);
    /// @notice Thrown when headquarters would decide on a right of their own.
    error SelfApproval(uint256 rightId, uint32 participantNo);
    /// @notice Thrown when something is asked for while headquarters have not decided the last application.
    error ApplicationPending(uint256 rightId, Application application);
    /// @notice Thrown when headquarters decide where nothing is asked for.
    error ApplicationMissing(uint256 rightId);
    /// @notice Thrown when a renewal comes before the last six months.
    error RenewalTooEarly(uint256 rightId, uint48 earliest);
    /// @notice Thrown when a right is not recorded, past its end, withdrawn or revoked.
    error RightNotInForce(uint256 rightId);
    /// @notice Thrown when the underlying right ends too early for a recordal or another term.
    error UnderlyingRightEnds(uint48 underlyingUntil, uint48 earliest);
    /// @notice Thrown when a number is no HS heading: four digits, chapter 01 to 97.
    error HeadingInvalid(uint16 heading);
    /// @notice Thrown when a right names no HS heading or too many.
    error HeadingsInvalid(uint256 count, uint256 most);
    /// @notice Thrown when a licence names no registered, active seller.
    error LicenseeInvalid(uint32 participantNo);
    /// @notice Thrown when a licence would not end in the future.
    error LicenceTermInvalid(uint48 until);
    /// @notice Thrown when a seller has no licence that could be revoked.
    error LicenceMissing(uint256 rightId, uint32 sellerNo);
    /// @notice Thrown when a commitment is missing: to evidence, grounds, marks or goods.
    error CommitmentMissing();

    /// @notice Asks for a recordal. Rights holders only.
    /// @param headings HS headings of the goods, four digits, at most 64.
    function applyForRecordal(
        RightKind kind,
        bytes32 marks,
        bytes32 goods,
        uint16[] calldata headings,
        uint48 underlyingUntil,
        bytes32 evidence
    ) external returns (uint256 rightId);

    /// @notice Asks for another ten years, in the last six months of a term. The holder.
    function applyForRenewal(uint256 rightId, uint48 underlyingUntil, bytes32 evidence) external;

    /// @notice Reports changed marks or goods, which hold once approved. The holder.
    function applyForChange(
        uint256 rightId,
        bytes32 marks,
        bytes32 goods,
        uint16[] calldata headings,
        bytes32 evidence
    ) external;

    /// @notice Grants what is asked for. Headquarters.
    /// @dev A recordal runs ten years from now, a renewal ten years from the end of the term before, neither beyond the
    /// underlying right. A decision after its time counts and is on the record as late: the holder does not answer for it.
    function approveApplication(uint256 rightId, bytes32 evidence) external;

    /// @notice Refuses what is asked for. Headquarters. A right in force stays as it is.
    function refuseApplication(uint256 rightId, bytes32 grounds, bytes32 evidence) external;

    /// @notice Ends a right, or an application for one. The holder.
    function withdrawRecordal(uint256 rightId, bytes32 evidence) external;

    /// @notice Ends a right that should not have been recorded. Headquarters.
    function revokeRecordal(uint256 rightId, bytes32 grounds, bytes32 evidence) external;

    /// @notice Permits a seller to trade in goods under a right in force; replaces a licence it has. The holder.
    /// @param goods Commitment to the goods that are licensed.
    function grantLicence(uint256 rightId, uint32 sellerNo, bytes32 goods, uint48 until, bytes32 evidence)
        external;

    /// @notice Ends a licence at once. The holder.
    function revokeLicence(uint256 rightId, uint32 sellerNo, bytes32 evidence) external;

    /// @notice Names the customs office that decides on recordals. Owner of the registry only.
    function setHeadquarters(uint32 participantNo) external;

    /// @notice Whether a right was in force at an instant, now or before.
    function isInForce(uint256 rightId, uint48 at) external view returns (bool);

    /// @notice Whether a right covers the goods of an HS heading.
    function covers(uint256 rightId, uint16 heading) external view returns (bool);

    /// @notice Whether a seller may trade under a right in force now: by licence, or because the right is its own.
    function isLicensed(uint256 rightId, uint32 sellerNo) external view returns (bool);

    /// @notice A right. Reverts with RightUnknown.
    function right(uint256 rightId) external view returns (Right memory);

    /// @notice A seller's licence under a right; zeros where it never had one.
    function licence(uint256 rightId, uint32 sellerNo) external view returns (Licence memory);

    /// @notice How many rights were ever applied for; they are numbered from one.
    function rightCount() external view returns (uint256);

    /// @notice The customs office that decides on recordals; zero while none is named.
    function headquartersNo() external view returns (uint32);

    /// @notice The calendar in which its clocks run.
    function calendar() external view returns (IWorkingCalendar);

    /// @notice The registry that says who speaks.
    function registry() external view returns (IParticipantRegistry);
}
