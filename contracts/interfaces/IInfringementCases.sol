// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParcelLedger} from "./IParcelLedger.sol";
import {IParticipantRegistry} from "./IParticipantRegistry.sol";
import {RightKind, IRightsRegistry} from "./IRightsRegistry.sol";
import {IWorkingCalendar} from "./IWorkingCalendar.sol";

/// @notice How a case began: customs found the goods and told the holder, or the holder asked for their detention.
enum Route {
    ExOfficio,
    OnApplication
}

/// @notice Where a case stands.
enum CaseState {
    Lodged,
    Notified,
    Detained,
    Found,
    Appealed,
    InCourt,
    Infringing,
    Closed
}

/// @notice How a case came out.
enum Outcome {
    None,
    Infringing,
    NotInfringing,
    Withdrawn,
    CounterBonded,
    Lapsed,
    Declined
}

/// @notice What becomes of infringing goods, in the order in which the law wants it tried.
enum Disposal {
    PublicWelfare,
    SaleToHolder,
    Auction,
    Destruction
}

/// @title Infringement cases and their clocks
/// @notice A case is about one recorded right and some parcels of one manifest, which the investigating district holds.
/// While it is open the ledger refuses every step of theirs, the lifting of the hold and confiscation among them; once
/// they are found infringing it takes confiscation alone, and destruction only after the other ways of disposal. The
/// holder complains, customs of the holding district investigate, an appeal body decides on appeals: three participants.
/// A parcel stands in one open case at a time; a case over another right follows when the first is over.
///
/// Ex officio: notice, three working days for the holder's request and security, detention, thirty working days for a
/// finding, fifty for a court's notice. On application: the holder's complaint with security, detention, twenty working
/// days for a court's notice; customs make no finding. Source: Regulations on Customs Protection of Intellectual Property
/// Rights, articles 12 to 27; security: order 183, articles 22 and 23. Amounts are fen of the yuan.
/// @dev Warning: this contract opens and closes cases in the ledger as a participant with the role CaseRegister, which the
/// owner of the registry gives to it alone. Security, bonds and courts are outside the chain: what is recorded of them is
/// the holder's or customs' word, with evidence.
interface IInfringementCases {
    /// @notice A case, in four slots.
    /// @param manifest Whose parcels; zero while only lodged.
    /// @param heading HS heading of the goods, which the right covers.
    /// @param disposal The way of disposal that is next, or was chosen.
    /// @param disposed Whether it was chosen.
    /// @param findBy Until when customs may make a finding; zero on application.
    /// @param lapsesAt When the clock that runs now has run out; zero while none runs.
    /// @param goodsValue Value of the goods in fen.
    struct Case {
        bytes32 manifest;
        uint256 parcels;
        uint32 holderNo;
        uint32 customsNo;
        uint16 heading;
        Route route;
        RightKind kind;
        CaseState state;
        Outcome outcome;
        Disposal disposal;
        bool disposed;
        uint48 findBy;
        uint48 lapsesAt;
        uint64 rightId;
        uint96 goodsValue;
    }

    /// @notice Emitted when customs tell a holder of suspected goods that they hold.
    event HolderNotified(
        uint256 indexed caseId,
        uint256 indexed rightId,
        bytes32 indexed manifest,
        uint256 parcels,
        uint32 customsNo,
        uint16 heading,
        uint96 goodsValue,
        bytes32 evidence,
        uint48 answerBy
    );
    /// @notice Emitted when a holder answers a notice with its request and security: the goods are detained.
    event DetentionRequested(
        uint256 indexed caseId, uint96 security, bytes32 evidence, uint48 findBy, uint48 lapsesAt
    );
    /// @notice Emitted when a holder asks a customs office to detain goods.
    event ComplaintLodged(
        uint256 indexed caseId,
        uint256 indexed rightId,
        uint32 indexed customsNo,
        uint16 heading,
        uint96 goodsValue,
        uint96 security,
        bytes32 evidence
    );
    /// @notice Emitted when customs detain goods on a complaint.
    event GoodsDetained(
        uint256 indexed caseId, bytes32 indexed manifest, uint256 parcels, bytes32 evidence, uint48 lapsesAt
    );
    /// @notice Emitted when customs find whether the goods infringe. `appealBy` is zero where they do not.
    event FindingRecorded(uint256 indexed caseId, bool infringing, bytes32 evidence, uint48 appealBy);
    /// @notice Emitted when somebody appeals whose goods they are. `speakerNo` zero is the owner of the registry.
    event FindingAppealed(
        uint256 indexed caseId, uint32 indexed speakerNo, bytes32 evidence, uint48 decideBy
    );
    /// @notice Emitted when an appeal body decides on a finding.
    event FindingAppealDecided(
        uint256 indexed caseId, uint32 indexed authorityNo, bool upheld, bytes32 evidence
    );
    /// @notice Emitted when a court has asked customs for assistance: the case is the court's.
    event CourtNoticeRecorded(uint256 indexed caseId, bytes32 evidence);
    /// @notice Emitted when a court has ruled.
    event RulingRecorded(uint256 indexed caseId, bool infringing, bytes32 evidence);
    /// @notice Emitted when a patent's suspected infringer has deposited a bond for its goods.
    event CounterBondAccepted(uint256 indexed caseId, uint96 bond, bytes32 evidence);
    /// @notice Emitted when a case has come out.
    event CaseDecided(uint256 indexed caseId, Outcome indexed outcome, bytes32 evidence);
    /// @notice Emitted when a way of disposal turned out impossible.
    event DisposalPassedOver(uint256 indexed caseId, Disposal indexed disposal, bytes32 evidence);
    /// @notice Emitted when the goods are disposed of.
    event DisposalChosen(uint256 indexed caseId, Disposal indexed disposal, bytes32 evidence);

    /// @notice Thrown when ledger and rights ask different registries who is who.
    error RegistriesDiffer(address registry, address otherRegistry);
    /// @notice Thrown when a number stands for no case.
    error CaseUnknown(uint256 caseId);
    /// @notice Thrown when a case does not stand where an act needs it.
    error CaseStateUnfit(uint256 caseId, CaseState state);
    /// @notice Thrown when an act belongs to the other route.
    error RouteUnfit(uint256 caseId, Route route);
    /// @notice Thrown when an act comes after its clock has run out.
    error ClockRunOut(uint256 caseId, uint48 deadline);
    /// @notice Thrown when something waits for a clock that still runs.
    error ClockRunning(uint256 caseId, uint48 deadline);
    /// @notice Thrown when somebody other than the holder acts as complainant.
    error ComplainantOnly(uint256 caseId, uint32 participantNo);
    /// @notice Thrown when somebody other than the case's customs office acts as investigator.
    error InvestigatorOnly(uint256 caseId, uint32 participantNo);
    /// @notice Thrown when one participant would be two of complainant, investigator, accused and appeal body.
    error PartiesNotSeparate(uint32 complainantNo, uint32 investigatorNo, uint32 participantNo);
    /// @notice Thrown when an appeal comes from somebody whose goods they are not.
    error AppellantUnfit(uint256 caseId, uint32 participantNo);
    /// @notice Thrown when a complaint is made to a participant that is no customs office.
    error InvestigatorUnfit(uint32 participantNo);
    /// @notice Thrown when a right does not cover the goods' HS heading.
    error GoodsNotCovered(uint256 rightId, uint16 heading);
    /// @notice Thrown when the investigating district does not hold parcels.
    error ParcelsNotHeld(bytes32 manifest, uint256 parcels, uint16 district);
    /// @notice Thrown when goods have no value.
    error GoodsValueInvalid(uint96 goodsValue);
    /// @notice Thrown when security is less than required or more than the law lets customs ask for.
    error SecurityInvalid(uint96 security, uint96 required, uint96 most);
    /// @notice Thrown when a bond is offered against another right than a patent.
    error CounterBondNotAllowed(uint256 caseId, RightKind kind);
    /// @notice Thrown when a bond is less than the value of the goods.
    error BondTooSmall(uint256 caseId, uint96 bond, uint96 required);
    /// @notice Thrown when destruction, the last way of disposal, would be passed over.
    error DisposalLast(uint256 caseId);
    /// @notice Thrown when goods that were disposed of would be disposed of again.
    error AlreadyDisposed(uint256 caseId, Disposal disposal);

    /// @notice Begins a case ex officio over parcels that the caller's district holds. Customs.
    /// @dev The right must be in force and cover the heading. Three working days for the holder's answer begin.
    function notifyHolder(
        uint256 rightId,
        uint16 heading,
        bytes32 manifest,
        uint256 parcels,
        uint96 goodsValue,
        bytes32 evidence
    ) external returns (uint256 caseId);

    /// @notice Answers a notice in time, with security: the goods are detained and thirty and fifty working days begin.
    /// The holder.
    /// @param security From `securityFor` to the value of the goods.
    function requestDetention(uint256 caseId, uint96 security, bytes32 evidence) external;

    /// @notice Asks a customs office to detain goods that are about to pass it. The holder of a right in force.
    /// @param goodsValue What the holder takes the goods to be worth; the security equals it.
    function lodgeComplaint(
        uint256 rightId,
        uint32 customsNo,
        uint16 heading,
        uint96 goodsValue,
        uint96 security,
        bytes32 evidence
    ) external returns (uint256 caseId);

    /// @notice Detains goods on a complaint: parcels that the caller's district holds. Twenty working days begin. The
    /// customs office that the complaint was made to.
    function detainGoods(uint256 caseId, bytes32 manifest, uint256 parcels, bytes32 evidence) external;

    /// @notice Refuses a complaint. The customs office that it was made to.
    function declineComplaint(uint256 caseId, bytes32 evidence) external;

    /// @notice Records what the investigation found, within its thirty working days. The investigator, ex officio only.
    /// @dev Not infringing closes the case. Infringing becomes final after `appealWindow`, or when an appeal fails.
    function recordFinding(uint256 caseId, bool infringing, bytes32 evidence) external;

    /// @notice Appeals against a finding. The declarant, or who speaks for the seller; within `appealWindow`.
    function appealFinding(uint256 caseId, bytes32 evidence) external;

    /// @notice Decides on an appeal within `appealTerm`. An appeal body that is no party.
    function decideFindingAppeal(uint256 caseId, bool upheld, bytes32 evidence) external;

    /// @notice Makes a finding final that nobody appealed in time. Anyone.
    function confirmFinding(uint256 caseId) external;

    /// @notice Records that a court has asked for assistance, in time. The investigator.
    function recordCourtNotice(uint256 caseId, bytes32 evidence) external;

    /// @notice Records what the court ruled. The investigator.
    function recordRuling(uint256 caseId, bool infringing, bytes32 evidence) external;

    /// @notice Ends a case before a finding. The holder.
    function withdrawCase(uint256 caseId, bytes32 evidence) external;

    /// @notice Closes a patent's or a design's case whose accused has deposited the value of the goods. The investigator.
    function acceptCounterBond(uint256 caseId, uint96 bond, bytes32 evidence) external;

    /// @notice Closes a case whose clock has run out. Anyone.
    function declareLapsed(uint256 caseId) external;

    /// @notice Says that the next way of disposal is impossible. The investigator.
    /// @dev Auction is left out for imported counterfeit marks: taking off the mark alone is not enough (article 27).
    function passOverDisposal(uint256 caseId, bytes32 evidence) external;

    /// @notice Disposes of the goods, all of them confiscated, by the next way. The investigator.
    /// @dev Destruction so chosen lets the ledger take the step Destruction, which it refuses before; by any other way the
    /// parcels are disposed of at once.
    function chooseDisposal(uint256 caseId, bytes32 evidence) external;

    /// @notice The least security: on application the value of the goods; ex officio that value below 20,000 yuan, half
    /// of it but at least 20,000 up to 200,000 yuan, 100,000 yuan above.
    function securityFor(Route route, uint96 goodsValue) external pure returns (uint96);

    /// @notice A case. Reverts with CaseUnknown.
    function caseOf(uint256 caseId) external view returns (Case memory);

    /// @notice How many cases there ever were; they are numbered from one.
    function caseCount() external view returns (uint256);

    /// @notice How long a finding can be appealed, in seconds (Administrative Reconsideration Law, article 20).
    function appealWindow() external view returns (uint48);

    /// @notice How long an appeal body has, in seconds: sixty days and the thirty by which they may be prolonged. An
    /// appeal that nobody decides does not hold goods for ever.
    function appealTerm() external view returns (uint48);

    /// @notice The ledger that holds the parcels.
    function ledger() external view returns (IParcelLedger);

    /// @notice The rights that cases are about.
    function rights() external view returns (IRightsRegistry);

    /// @notice The calendar in which the clocks run.
    function calendar() external view returns (IWorkingCalendar);

    /// @notice The registry that says who speaks.
    function registry() external view returns (IParticipantRegistry);
}
