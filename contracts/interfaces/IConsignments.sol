// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParcelLedger, Step} from "./IParcelLedger.sol";
import {IParticipantRegistry} from "./IParticipantRegistry.sol";

/// @notice What holds a consignment together: the seal of a transit between two districts, or a master waybill.
enum ConsignmentKind {
    Seal,
    Waybill
}

/// @notice Where a consignment stands. The last three are final: its number is free again.
enum ConsignmentStage {
    Loading,
    Applied,
    Approved,
    InTransit,
    Arrived,
    Verified,
    WrittenOff,
    Departed,
    Cancelled
}

/// @notice Why parcels are taken out.
enum TakingReason {
    RiskHit,
    Short,
    Offloaded
}

/// @notice What can go wrong under way.
enum AnomalyKind {
    SealBroken,
    Short,
    Over,
    Overdue,
    Diverted,
    RiskHit,
    Unacknowledged
}

/// @notice Why a port opens again what the origin inspected.
enum ReinspectionReason {
    RiskHit,
    SealBroken,
    CountDiffers,
    Intelligence,
    QualityCheck
}

/// @title Consignments, lanes, transit and its anomalies
/// @notice A consignment is parcels of many manifests that travel under one seal or one master waybill. It commits its
/// contents as a list of entries (manifest, subset): `head` starts as the consignment's id and is
/// `keccak256(abi.encode(head, manifest, parcels))` after each entry. A step walks exactly that list: the caller presents
/// the entries, the contract folds them and refuses any that give another head, and the ledger moves them. A list too
/// long for one call is presented from its end, piece by piece, each with the head before it.
///
/// Under seal: loaded and applied for by its opener; approved and departed by the origin's customs; arrived, verified (seal
/// and count) and written off by the port's; its release acknowledged by the cargo terminal. Under a master waybill: loaded
/// and departed by its opener. While a parcel is inside it has the flag Consigned, so it is in one consignment at most and
/// does not travel otherwise. Every record in the ledger that comes of a consignment has the consignment's id as evidence.
///
/// A lane is what two districts agreed: the text, limits for the transit and for the terminal's acknowledgement, and who
/// handles which anomaly. One proposes it, the other accepts it, either ends it with notice.
/// @dev Warning: this contract records in the ledger for whoever calls it, as a participant with the role Carriage, which
/// the owner of the registry gives to it alone. What seals and counts are at the port is customs' word, with evidence.
interface IConsignments {
    /// @notice Parcels of one manifest: bit n of `parcels` is the parcel with index n.
    struct Entry {
        bytes32 manifest;
        uint256 parcels;
    }

    /// @notice What a consignment is opened with.
    /// @param ref Chosen by the opener; the same one again is refused, not doubled.
    /// @param number Keyed commitment to the seal's or the master waybill's number.
    /// @param laneId The lane of a transit; zero under a master waybill.
    /// @param terminalNo The cargo terminal that takes it over next; zero where none is told, which a transit needs.
    struct Opening {
        bytes32 ref;
        ConsignmentKind kind;
        bytes32 number;
        uint16 originDistrict;
        uint16 portDistrict;
        uint32 laneId;
        uint32 terminalNo;
    }

    /// @notice A consignment, in six slots. Instants are zero until what they tell of has happened.
    /// @param count How many parcels are inside.
    /// @param entries Of how many entries the list consists.
    /// @param found How many parcels the port counted.
    /// @param openAnomalies How many anomalies are not settled.
    /// @param openKinds Kinds of these, as a bit set.
    /// @param dueAt When the transit's limit ends.
    /// @param acknowledgeBy When the terminal's limit ends.
    /// @param head Commitment to the list of contents.
    /// @param pending Where a step stands that is presented piece by piece: the head before the last piece; else zero.
    struct Consignment {
        uint32 openerNo;
        uint32 laneId;
        uint32 terminalNo;
        uint16 originDistrict;
        uint16 portDistrict;
        ConsignmentKind kind;
        ConsignmentStage stage;
        uint32 count;
        uint16 entries;
        uint32 found;
        uint16 openAnomalies;
        uint8 openKinds;
        uint48 openedAt;
        uint48 departedAt;
        uint48 dueAt;
        uint48 arrivedAt;
        uint48 acknowledgeBy;
        uint48 acknowledgedAt;
        bytes32 number;
        bytes32 head;
        bytes32 pending;
    }

    /// @notice An agreement between two districts.
    /// @param handledByPort The kinds of anomaly that the port handles, as a bit set; the origin handles the rest.
    /// @param proposedByPort Whose signature came first; the other's is due.
    /// @param acceptedAt Zero while only proposed.
    /// @param endsAt Zero while nobody ended it.
    /// @param text Hash of the agreement.
    struct Lane {
        uint16 originDistrict;
        uint16 portDistrict;
        uint32 proposerNo;
        uint32 accepterNo;
        uint16 transitHours;
        uint16 acknowledgeHours;
        uint16 noticeDays;
        uint8 handledByPort;
        bool proposedByPort;
        uint48 acceptedAt;
        uint48 endsAt;
        bytes32 text;
    }

    /// @notice Something that went wrong, its owner and its clock.
    /// @param ownerDistrict The district that settles it, as the lane says.
    /// @param settleBy Until when.
    struct Anomaly {
        bytes32 consignment;
        AnomalyKind kind;
        uint16 ownerDistrict;
        uint32 raisedByNo;
        uint48 raisedAt;
        uint48 settleBy;
        uint48 settledAt;
    }

    /// @notice Emitted when a consignment is opened.
    event ConsignmentOpened(
        bytes32 indexed consignment,
        uint32 indexed openerNo,
        uint32 indexed laneId,
        ConsignmentKind kind,
        bytes32 number,
        uint16 originDistrict,
        uint16 portDistrict,
        uint32 terminalNo,
        uint48 at
    );
    /// @notice Emitted when parcels are put in. Folding these and ParcelsTakenOut gives `head`.
    event ConsignmentLoaded(bytes32 indexed consignment, bytes32 head, uint32 count, Entry[] entries);
    /// @notice Emitted when parcels are taken out of the entry that follows the head `before`.
    event ParcelsTakenOut(
        bytes32 indexed consignment,
        bytes32 indexed manifest,
        uint32 indexed participantNo,
        bytes32 before,
        uint256 parcels,
        TakingReason reason,
        bytes32 evidence,
        bytes32 head,
        uint32 count
    );
    /// @notice Emitted when a list was presented for a step, whole or a piece; `pending` is zero once it is through.
    event ConsignmentMoved(
        bytes32 indexed consignment,
        uint32 indexed participantNo,
        Step indexed step,
        uint32 entries,
        bytes32 pending,
        bytes32 evidence
    );
    /// @notice Emitted when a consignment comes to a stage. `until`: the limit that runs from then; zero where none does.
    event ConsignmentStaged(
        bytes32 indexed consignment,
        uint32 indexed participantNo,
        ConsignmentStage indexed stage,
        bytes32 evidence,
        uint48 until
    );
    /// @notice Emitted when the port looked at the seal and counted.
    event ConsignmentVerified(bytes32 indexed consignment, bool sealIntact, uint32 found, uint32 count);
    /// @notice Emitted when the cargo terminal acknowledges the release.
    event ReleaseAcknowledged(
        bytes32 indexed consignment, uint32 indexed terminalNo, bytes32 evidence, uint48 at
    );
    /// @notice Emitted when a district proposes a lane.
    event LaneProposed(
        uint32 indexed laneId,
        uint16 indexed originDistrict,
        uint16 indexed portDistrict,
        uint32 proposerNo,
        uint16 transitHours,
        uint16 acknowledgeHours,
        uint16 noticeDays,
        uint8 handledByPort,
        bytes32 text
    );
    /// @notice Emitted when the other district accepts a lane: it is in force.
    event LaneAccepted(uint32 indexed laneId, uint32 indexed accepterNo);
    /// @notice Emitted when a district ends a lane or withdraws from a proposal.
    event LaneEnded(uint32 indexed laneId, uint32 indexed participantNo, uint48 endsAt, bytes32 evidence);
    /// @notice Emitted when something went wrong. `manifest` and `parcels` are zero where it concerns the whole.
    event AnomalyRaised(
        uint256 indexed anomalyId,
        bytes32 indexed consignment,
        AnomalyKind indexed kind,
        uint32 raisedByNo,
        uint16 ownerDistrict,
        uint48 settleBy,
        bytes32 manifest,
        uint256 parcels,
        bytes32 evidence
    );
    /// @notice Emitted when its owner settles an anomaly.
    event AnomalySettled(
        uint256 indexed anomalyId,
        bytes32 indexed consignment,
        uint32 customsNo,
        bool inTime,
        bytes32 evidence
    );
    /// @notice Emitted when a port orders a second inspection; the ledger's record has
    /// `keccak256(abi.encode(reason, evidence))` as evidence.
    event ReinspectionOrdered(
        bytes32 indexed manifest,
        uint32 indexed customsNo,
        ReinspectionReason indexed reason,
        uint256 parcels,
        bytes32 evidence
    );

    /// @notice Thrown when an opener opens a consignment under a reference that it used before.
    error ConsignmentTaken(bytes32 consignment);
    /// @notice Thrown when there is no such consignment.
    error ConsignmentUnknown(bytes32 consignment);
    /// @notice Thrown when a consignment is not at the stage that an act needs, or not of the kind that has it.
    error ConsignmentStageUnfit(bytes32 consignment, ConsignmentKind kind, ConsignmentStage stage);
    /// @notice Thrown when an open consignment has that seal or master waybill.
    error NumberInUse(bytes32 number, bytes32 consignment);
    /// @notice Thrown when an act is the opener's.
    error OpenerOnly(bytes32 consignment, uint32 participantNo);
    /// @notice Thrown when an act is for customs of a district, or of either end.
    error DistrictOfRouteOnly(bytes32 consignment, uint32 participantNo, uint16 district);
    /// @notice Thrown when an act is the cargo terminal's.
    error TerminalOnly(bytes32 consignment, uint32 participantNo);
    /// @notice Thrown when the terminal named operates no site.
    error TerminalUnfit(uint32 terminalNo);
    /// @notice Thrown when entries are presented that are not the contents.
    error ContentsDiffer(bytes32 consignment, bytes32 committed, bytes32 presented);
    /// @notice Thrown when a consignment is empty that should travel.
    error ContentsMissing(bytes32 consignment);
    /// @notice Thrown when a consignment is cancelled that still has parcels inside.
    error ContentsInside(bytes32 consignment, uint32 count);
    /// @notice Thrown when a list grows beyond what can be presented at once.
    error EntriesTooMany(bytes32 consignment, uint256 entries, uint256 most);
    /// @notice Thrown when a step is half presented: its other pieces come first.
    error StepHalfPresented(bytes32 consignment, bytes32 pending);
    /// @notice Thrown when parcels are taken out that the first entry presented does not hold.
    error ParcelsNotInside(bytes32 consignment, bytes32 manifest, uint256 parcels);
    /// @notice Thrown when a caller may not take parcels out for that reason at that stage.
    error TakingNotAllowed(bytes32 consignment, TakingReason reason, ConsignmentStage stage);
    /// @notice Thrown when a consignment is written off that still lists more parcels than were found.
    error ContentsShort(bytes32 consignment, uint32 count, uint32 found);
    /// @notice Thrown when a consignment is written off with anomalies that are not settled.
    error AnomaliesUnsettled(bytes32 consignment, uint16 count);
    /// @notice Thrown when there is no such lane.
    error LaneUnknown(uint32 laneId);
    /// @notice Thrown when a lane's districts or limits are none.
    error LaneTermsInvalid(
        uint16 originDistrict,
        uint16 portDistrict,
        uint16 transitHours,
        uint16 acknowledgeHours,
        uint16 noticeDays
    );
    /// @notice Thrown when a district signs that is not the one whose signature is due.
    error LaneSignatoryUnfit(uint32 laneId, uint16 district);
    /// @notice Thrown when another text is accepted than was proposed.
    error LaneTextDiffers(uint32 laneId, bytes32 text);
    /// @notice Thrown when a lane is accepted or ended twice.
    error LaneStateUnfit(uint32 laneId, uint48 acceptedAt, uint48 endsAt);
    /// @notice Thrown when a transit has no lane in force between its districts, or a waybill names a lane.
    error LaneUnfit(uint32 laneId, uint16 originDistrict, uint16 portDistrict);
    /// @notice Thrown when there is no such anomaly.
    error AnomalyUnknown(uint256 anomalyId);
    /// @notice Thrown when an anomaly cannot be at that stage, or not yet.
    error AnomalyUnfit(bytes32 consignment, AnomalyKind kind, ConsignmentStage stage);
    /// @notice Thrown when one of that kind is raised already and not settled.
    error AnomalyOpen(bytes32 consignment, AnomalyKind kind);
    /// @notice Thrown when another district than the owner settles an anomaly.
    error AnomalyOwnerOnly(uint256 anomalyId, uint16 ownerDistrict, uint16 district);
    /// @notice Thrown when an anomaly is settled twice.
    error AnomalyAlreadySettled(uint256 anomalyId);

    /// @notice Opens a consignment. Role Logistics or Declarant.
    function openConsignment(Opening calldata opening) external returns (bytes32 consignment);

    /// @notice Puts parcels in: under seal what is released for transit, under a master waybill what may depart. Opener.
    function load(bytes32 consignment, Entry[] calldata entries) external;

    /// @notice Takes parcels out of one entry.
    /// @dev The opener, for Offloaded, until it departs; customs of either end for the other reasons, Short once arrived.
    /// @param before The head before the entry.
    /// @param tail That entry and all that follow.
    function takeOut(
        bytes32 consignment,
        bytes32 before,
        Entry[] calldata tail,
        uint256 parcels,
        TakingReason reason,
        bytes32 evidence
    ) external;

    /// @notice Ends an empty consignment. Opener, or customs of either end.
    function cancelConsignment(bytes32 consignment, bytes32 evidence) external;

    /// @notice Ends the loading of a transit and asks the origin for its approval. Opener.
    function applyForTransit(bytes32 consignment, bytes32 evidence) external;

    /// @notice Approves a transit. Customs of the origin.
    function approveTransit(bytes32 consignment, bytes32 evidence) external;

    /// @notice Gives a transit back to its opener. Customs of the origin.
    function declineTransit(bytes32 consignment, bytes32 evidence) external;

    /// @notice Departs: a transit under its seal by customs of the origin, a master waybill by its opener.
    /// @param before The head before the first entry presented; the consignment's id where the list is whole.
    function depart(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence) external;

    /// @notice Arrives at the port. Customs of the port.
    function arrive(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence) external;

    /// @notice Says whether the seal was whole and how many parcels there are; what differs is an anomaly. Customs of the
    /// port.
    function verifyConsignment(bytes32 consignment, bool sealIntact, uint32 found, bytes32 evidence) external;

    /// @notice Writes a transit off: its parcels are free for a master waybill. Customs of the port.
    function writeOff(bytes32 consignment, bytes32 before, Entry[] calldata entries, bytes32 evidence)
        external;

    /// @notice Acknowledges the release, also late. The cargo terminal.
    function acknowledgeRelease(bytes32 consignment, bytes32 evidence) external;

    /// @notice Opens again, at the port, what was inspected. Customs of the manifest's port.
    function reinspect(bytes32 manifest, uint256 parcels, ReinspectionReason reason, bytes32 evidence)
        external;

    /// @notice Proposes a lane. Customs of either district.
    function proposeLane(
        uint16 originDistrict,
        uint16 portDistrict,
        uint16 transitHours,
        uint16 acknowledgeHours,
        uint16 noticeDays,
        uint8 handledByPort,
        bytes32 text
    ) external returns (uint32 laneId);

    /// @notice Accepts a lane with the text that was proposed. Customs of the other district.
    function acceptLane(uint32 laneId, bytes32 text) external;

    /// @notice Ends a lane with its notice, a proposal at once. Customs of either district.
    function endLane(uint32 laneId, bytes32 evidence) external;

    /// @notice Puts on record that something went wrong.
    /// @dev Customs of either end; Overdue and Unacknowledged any participant, once their limit is over.
    function raiseAnomaly(
        bytes32 consignment,
        AnomalyKind kind,
        bytes32 manifest,
        uint256 parcels,
        bytes32 evidence
    ) external returns (uint256 anomalyId);

    /// @notice Settles an anomaly, also late. Customs of its owner district.
    function settleAnomaly(uint256 anomalyId, bytes32 evidence) external;

    /// @notice A consignment as it stands. Reverts with ConsignmentUnknown.
    function consignmentOf(bytes32 consignment) external view returns (Consignment memory);

    /// @notice The open consignment that has a seal or a master waybill; zero where none has.
    function consignmentWith(bytes32 number) external view returns (bytes32 consignment);

    /// @notice The id of the consignment that a participant opens under a reference.
    function consignmentIdOf(uint32 openerNo, bytes32 ref) external pure returns (bytes32);

    /// @notice A lane. Reverts with LaneUnknown.
    function laneOf(uint32 laneId) external view returns (Lane memory);

    /// @notice Whether a lane is in force at an instant.
    function isLaneInForce(uint32 laneId, uint48 at) external view returns (bool);

    /// @notice How many lanes there are; they are numbered from one.
    function laneCount() external view returns (uint32);

    /// @notice An anomaly. Reverts with AnomalyUnknown.
    function anomalyOf(uint256 anomalyId) external view returns (Anomaly memory);

    /// @notice How many anomalies there are; they are numbered from one.
    function anomalyCount() external view returns (uint256);

    /// @notice How many entries a list may have: what can be presented at once to take a parcel out.
    function mostEntries() external view returns (uint256);

    /// @notice The ledger that the parcels live in.
    function ledger() external view returns (IParcelLedger);

    /// @notice The registry that says who speaks.
    function registry() external view returns (IParticipantRegistry);
}
