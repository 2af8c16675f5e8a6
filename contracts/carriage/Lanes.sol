// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsignments} from "../interfaces/IConsignments.sol";
import {ConsignmentBook} from "./ConsignmentBook.sol";

/// @title What two districts agree
abstract contract Lanes is ConsignmentBook {
    uint16 private constant MOST_HOURS = 720;
    uint16 private constant MOST_NOTICE = 366;

    /// @inheritdoc IConsignments
    uint32 public laneCount;
    mapping(uint32 laneId => Lane) internal _lanes;

    /// @inheritdoc IConsignments
    function proposeLane(
        uint16 originDistrict,
        uint16 portDistrict,
        uint16 transitHours,
        uint16 acknowledgeHours,
        uint16 noticeDays,
        uint8 handledByPort,
        bytes32 text
    ) external returns (uint32 laneId) {
        (uint32 no, uint16 district) = _customs();
        laneId = laneCount + 1;
        require(
            originDistrict != 0 && portDistrict != 0 && originDistrict != portDistrict && transitHours != 0
                && transitHours <= MOST_HOURS && acknowledgeHours != 0 && acknowledgeHours <= MOST_HOURS
                && noticeDays <= MOST_NOTICE,
            LaneTermsInvalid(originDistrict, portDistrict, transitHours, acknowledgeHours, noticeDays)
        );
        require(district == originDistrict || district == portDistrict, LaneSignatoryUnfit(laneId, district));
        _checkCommitted(text);

        laneCount = laneId;
        Lane storage lane = _lanes[laneId];
        (lane.originDistrict, lane.portDistrict, lane.proposerNo) = (originDistrict, portDistrict, no);
        (lane.transitHours, lane.acknowledgeHours) = (transitHours, acknowledgeHours);
        (lane.noticeDays, lane.handledByPort, lane.text) = (noticeDays, handledByPort, text);
        lane.proposedByPort = district == portDistrict;

        emit LaneProposed(
            laneId,
            originDistrict,
            portDistrict,
            no,
            transitHours,
            acknowledgeHours,
            noticeDays,
            handledByPort,
            text
        );
    }

    /// @inheritdoc IConsignments
    function acceptLane(uint32 laneId, bytes32 text) external {
        Lane storage lane = _knownLane(laneId);
        (uint32 no, uint16 district) = _customs();
        uint16 due = lane.proposedByPort ? lane.originDistrict : lane.portDistrict;
        require(district == due, LaneSignatoryUnfit(laneId, district));
        require(
            lane.acceptedAt == 0 && lane.endsAt == 0, LaneStateUnfit(laneId, lane.acceptedAt, lane.endsAt)
        );
        require(text == lane.text, LaneTextDiffers(laneId, text));

        (lane.accepterNo, lane.acceptedAt) = (no, uint48(block.timestamp));

        emit LaneAccepted(laneId, no);
    }

    /// @inheritdoc IConsignments
    function endLane(uint32 laneId, bytes32 evidence) external {
        Lane storage lane = _knownLane(laneId);
        (uint32 no, uint16 district) = _customs();
        require(
            district == lane.originDistrict || district == lane.portDistrict,
            LaneSignatoryUnfit(laneId, district)
        );
        require(lane.endsAt == 0, LaneStateUnfit(laneId, lane.acceptedAt, lane.endsAt));
        _checkCommitted(evidence);
        uint48 notice = lane.acceptedAt == 0 ? 0 : uint48(lane.noticeDays) * 1 days;

        lane.endsAt = uint48(block.timestamp) + notice;

        emit LaneEnded(laneId, no, lane.endsAt, evidence);
    }

    /// @inheritdoc IConsignments
    function laneOf(uint32 laneId) external view returns (Lane memory) {
        return _knownLane(laneId);
    }

    /// @inheritdoc IConsignments
    function isLaneInForce(uint32 laneId, uint48 at) public view returns (bool) {
        Lane storage lane = _lanes[laneId];
        bool begun = lane.acceptedAt != 0 && lane.acceptedAt <= at;
        return begun && (lane.endsAt == 0 || at < lane.endsAt);
    }

    function _knownLane(uint32 laneId) internal view returns (Lane storage lane) {
        lane = _lanes[laneId];
        require(lane.proposerNo != 0, LaneUnknown(laneId));
    }

    function _checkLane(uint32 laneId, uint16 originDistrict, uint16 portDistrict) internal view {
        Lane storage lane = _lanes[laneId];
        require(
            isLaneInForce(laneId, uint48(block.timestamp)) && lane.originDistrict == originDistrict
                && lane.portDistrict == portDistrict,
            LaneUnfit(laneId, originDistrict, portDistrict)
        );
    }
}
