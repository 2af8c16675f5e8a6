// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist} from "./IBlacklist.sol";
import {IParticipantRegistry, Role} from "./IParticipantRegistry.sol";

/// @notice Where a parcel stands: exactly one of these. The number is the number of the state's set.
enum State {
    Declared,
    Rejected,
    Accepted,
    Released,
    InTransit,
    AtPort,
    Departed,
    Delivered,
    Closed,
    Cancelled,
    Returning,
    Returned,
    ReturnedAbroad,
    Confiscated,
    Destroyed,
    Disposed
}

/// @notice What is true of a parcel besides its state: any number of these. Sixteen plus the number is the flag's set.
enum Flag {
    Order,
    Payment,
    Waybill,
    Arrived,
    Review,
    Inspection,
    Inspected,
    HeldDeclaring,
    HeldPort,
    ReturnPending,
    CaseOpen,
    Infringing,
    Consigned
}

/// @notice What can happen to parcels.
enum Step {
    Declaration,
    OrderAttested,
    PaymentAttested,
    WaybillAttested,
    Arrival,
    Acceptance,
    Rejection,
    ReviewOpened,
    ReviewClosed,
    InspectionOrdered,
    InspectionPassed,
    Detention,
    DetentionLifted,
    Release,
    TransitDeparture,
    TransitArrival,
    Departure,
    Offloading,
    Delivery,
    Closure,
    Cancellation,
    ReturnRequested,
    ReturnApproved,
    ReturnRefused,
    ReturnArrived,
    ReturnVerified,
    ReturnAbroad,
    Confiscation,
    Destruction,
    DuplicateReported,
    PortDetention,
    PortDetentionLifted,
    CaseOpened,
    CaseClosed,
    InfringementFound,
    DisposalOrdered,
    DestructionOrdered,
    Consigned,
    TakenOut,
    Waybilled,
    WrittenOff,
    Reinspection
}

/// @notice Which way the goods go.
enum Direction {
    Import,
    Export
}

/// @notice Whose say a step is, beyond the role.
enum Jurisdiction {
    Anywhere,
    DeclaringDistrict,
    PortDistrict,
    OwnDeclarant
}

/// @notice Why a `try…` call left parcels where they are.
enum Refusal {
    None,
    ManifestUnknown,
    RoleMissing,
    EvidenceMissing,
    ParcelsUnknown,
    StepNotAllowed,
    DistrictNotCompetent,
    SellerBarred,
    FlagsMissing,
    FlagsBlocking,
    ManifestTaken,
    ManifestSizeInvalid,
    SupervisionModeInvalid,
    DistrictMissing,
    SellerUnknown
}

/// @title The life of every parcel
/// @notice A manifest is what one declarant declares in one go: 1 to 256 parcels of one seller, districts and supervision
/// mode. One 256-bit word is a set of its parcels, a step moves a subset, and the lifecycle table decides which. Each
/// manifest keeps the hash chain of its records as `head`, so that its whole history can be proved with one storage proof.
/// @dev Warning: an attestation says that *a* registered platform, payment or logistics enterprise vouches for the
/// document; who it was stands in the record, and whether the documents agree is for customs to decide at acceptance.
interface IParcelLedger {
    /// @notice What a declarant declares in one go.
    /// @param ref Chosen by the declarant; the same one again is refused, not doubled.
    /// @param parcelIds 1 to 256 ids in index order.
    struct Declaration {
        bytes32 ref;
        uint32 sellerNo;
        uint16 declaringDistrict;
        uint16 portDistrict;
        uint16 supervisionMode;
        Direction direction;
        bytes32 evidence;
        bytes32[] parcelIds;
    }

    /// @notice One step of some parcels of one manifest.
    /// @param parcels The subset: bit n is the parcel with index n.
    /// @param evidence Commitment to the documents behind the step, never zero.
    struct Record {
        bytes32 manifest;
        Step step;
        uint256 parcels;
        bytes32 evidence;
    }

    /// @notice A manifest as it stands, in one slot.
    /// @param lastIndex The highest parcel index: the number of parcels less one.
    /// @param fullSets Sets that hold every parcel of the manifest; they have no slot of their own.
    /// @param partialSets Sets that hold some of the parcels; each has a slot. The rest are empty.
    struct Header {
        uint32 declarantNo;
        uint32 sellerNo;
        uint16 declaringDistrict;
        uint16 portDistrict;
        uint16 supervisionMode;
        Direction direction;
        uint8 lastIndex;
        uint48 declaredAt;
        uint32 fullSets;
        uint32 partialSets;
    }

    /// @notice One row of the lifecycle table. Sets of profiles, states and flags are bit sets.
    /// @param exists False past the last row of a step.
    /// @param moves Whether the state changes, to `leadsTo`.
    /// @param sellerClear Whether a barred seller stops the step.
    struct Rule {
        bool exists;
        Role role;
        Jurisdiction where;
        uint8 profiles;
        uint16 origins;
        bool moves;
        State leadsTo;
        uint16 raises;
        uint16 clears;
        uint16 needs;
        uint16 forbids;
        bool sellerClear;
    }

    /// @notice A parcel's place in a manifest, with the proof that it is there.
    struct Membership {
        bytes32 manifest;
        uint8 index;
        bytes32[] proof;
    }

    /// @notice Emitted when a manifest is declared. `head` is the first link of its history.
    event ManifestDeclared(
        bytes32 indexed manifest,
        uint32 indexed declarantNo,
        uint32 indexed sellerNo,
        uint16 declaringDistrict,
        uint16 portDistrict,
        uint16 supervisionMode,
        Direction direction,
        uint48 at,
        bytes32 evidence,
        bytes32 root,
        bytes32 head,
        bytes32[] parcelIds
    );
    /// @notice Emitted when parcels of a manifest take a step. With the declaration, folding these gives `head`.
    event Recorded(
        bytes32 indexed manifest,
        uint32 indexed participantNo,
        Step indexed step,
        uint256 parcels,
        bytes32 evidence,
        uint48 at,
        bytes32 head
    );
    /// @notice Emitted when `tryRecord` leaves parcels where they are.
    /// @param flags The flags that are missing or blocking, as a flag set; zero for other reasons.
    event RecordRefused(
        bytes32 indexed manifest,
        uint32 indexed participantNo,
        Step indexed step,
        uint256 parcels,
        Refusal reason,
        uint16 flags
    );
    /// @notice Emitted when `tryDeclare` refuses a manifest, so that an attempt for a barred seller is on the record.
    event DeclarationRefused(
        bytes32 indexed manifest, uint32 indexed declarantNo, uint32 indexed sellerNo, Refusal reason
    );
    /// @notice Emitted when documents are put on record before their manifest exists.
    /// @param root RFC 9162 tree head over the documents' evidence.
    event Anchored(uint32 indexed participantNo, uint8 indexed kind, bytes32 indexed root, uint32 count);

    /// @notice Thrown when a manifest was declared before.
    error ManifestTaken(uint256 index, bytes32 manifest);
    /// @notice Thrown when a manifest holds no parcel or more than 256.
    error ManifestSizeInvalid(uint256 index, uint256 count);
    /// @notice Thrown when a supervision mode does not exist for a direction.
    error SupervisionModeInvalid(uint256 index, uint16 supervisionMode);
    /// @notice Thrown when a declaration names no declaring or port district.
    error DistrictMissing(uint256 index);
    /// @notice Thrown when a declaration names no registered, active seller.
    error SellerUnknown(uint256 index, uint32 sellerNo);
    /// @notice Thrown when the seller is barred, at declaration and at release.
    error SellerBarred(uint256 index, bytes32 manifest, uint32 sellerNo);
    /// @notice Thrown when a record names a manifest that was never declared.
    error ManifestUnknown(uint256 index, bytes32 manifest);
    /// @notice Thrown when a record names no parcel, or parcels that the manifest does not have.
    error ParcelsUnknown(uint256 index, bytes32 manifest, uint256 parcels);
    /// @notice Thrown when the caller lacks the role of a step.
    error RoleMissing(uint256 index, uint32 participantNo, Role role);
    /// @notice Thrown when a step is another district's or another declarant's.
    error DistrictNotCompetent(
        uint256 index, bytes32 manifest, Step step, uint32 participantNo, uint16 district
    );
    /// @notice Thrown when parcels are in a state that the step does not start from, or the manifest has no such step.
    error StepNotAllowed(uint256 index, bytes32 manifest, Step step, uint256 parcels);
    /// @notice Thrown when parcels lack a flag that the step needs.
    error FlagsMissing(uint256 index, bytes32 manifest, Step step, uint256 parcels, uint16 flags);
    /// @notice Thrown when parcels have a flag that blocks the step.
    error FlagsBlocking(uint256 index, bytes32 manifest, Step step, uint256 parcels, uint16 flags);
    /// @notice Thrown when a step or a declaration comes without evidence.
    error EvidenceMissing(uint256 index);
    /// @notice Thrown when a membership proof does not hold.
    error ProofInvalid(bytes32 manifest, uint8 index);
    /// @notice Thrown when both memberships are the same place, or the earlier one was rejected or cancelled.
    error DuplicateInvalid(bytes32 manifest, uint8 index);
    /// @notice Thrown when a pair of places was reported before.
    error DuplicateAlreadyReported(bytes32 manifest, uint8 index);

    /// @notice Declares manifests, all or none.
    /// @dev The caller must have the role Declarant; sellers must be registered, active and not barred.
    function declare(Declaration[] calldata declarations) external;

    /// @notice Declares the manifests that may be declared; leaves DeclarationRefused for the rest.
    function tryDeclare(Declaration[] calldata declarations) external;

    /// @notice Takes steps, all or none. A consigned parcel does not travel so.
    function record(Record[] calldata records) external;

    /// @notice Takes steps of consignments for the account that called a consignment contract, all or none.
    /// @dev The caller must have the role Carriage. Only the steps of that role and those by which parcels travel come
    /// this way; the roles and the district of `account` count, and a parcel that travels so must be Consigned.
    function recordFor(address account, Record[] calldata records) external;

    /// @notice Takes each step for the parcels that may take it; leaves RecordRefused for the rest, one per cause.
    function tryRecord(Record[] calldata records) external;

    /// @notice Puts documents on record whose manifest does not exist yet. Any participant.
    /// @param kind What they are; the numbers are the gateways' business.
    function anchor(uint8 kind, bytes32 root, uint32 count) external;

    /// @notice Shows that one parcel stands in two places; the later one is held for its declaring district.
    /// @dev Anyone may call. Later is the later declaration; in one block, the higher manifest id; in one manifest, the
    /// higher index. What was rejected or cancelled may be declared anew and is no duplicate. Each pair counts once, so
    /// that a hold which customs lifted stays lifted.
    function reportDuplicate(bytes32 parcelId, Membership calldata one, Membership calldata other) external;

    /// @notice A manifest's header. Reverts with ManifestUnknown (index 0).
    function header(bytes32 manifest) external view returns (Header memory);

    /// @notice The Merkle root over (index, parcel id), for OpenZeppelin's MerkleProof; zero where unknown.
    function rootOf(bytes32 manifest) external view returns (bytes32);

    /// @notice The last link of a manifest's history; zero where unknown.
    function headOf(bytes32 manifest) external view returns (bytes32);

    /// @notice All 32 sets of a manifest: 0 to 15 states, 16 to 31 flags.
    function setsOf(bytes32 manifest) external view returns (uint256[32] memory);

    /// @notice The state and the flag set of one parcel.
    function parcelAt(bytes32 manifest, uint8 index) external view returns (State state, uint16 flags);

    /// @notice The parcels of a manifest that a district holds, declared to it or at its port. Reverts with
    /// ManifestUnknown (index 0).
    function heldBy(bytes32 manifest, uint16 district) external view returns (uint256 parcels);

    /// @notice Row `row` (0 or 1) of a step in the lifecycle table.
    function ruleOf(Step step, uint8 row) external pure returns (Rule memory);

    /// @notice The id of the manifest that a declarant declares under a reference.
    function manifestIdOf(uint32 declarantNo, bytes32 ref) external pure returns (bytes32);

    /// @notice The registry that says who speaks.
    function registry() external view returns (IParticipantRegistry);

    /// @notice The list that says who is barred.
    function blacklist() external view returns (IBlacklist);
}
