// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    ConsignmentKind,
    ConsignmentStage,
    IConsignments,
    TakingReason
} from "../interfaces/IConsignments.sol";
import {IParcelLedger, Step} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {Lanes} from "./Lanes.sol";

/// @title What is inside a consignment
abstract contract Contents is Lanes {
    /// @inheritdoc IConsignments
    uint256 public constant mostEntries = 1000;

    // ------------------------------------------------------------------------------------------------------------
    // Opening and loading

    /// @inheritdoc IConsignments
    function openConsignment(Opening calldata opening) external returns (bytes32 consignment) {
        (uint32 no, uint32 roles,) = registry.authorityOf(msg.sender);
        require(
            _holds(roles, Role.Logistics) || _holds(roles, Role.Declarant),
            IParticipantRegistry.RoleMissing(no, Role.Logistics)
        );
        consignment = consignmentIdOf(no, opening.ref);
        _checkOpening(consignment, opening);

        Consignment storage kept = _consignments[consignment];
        (kept.openerNo, kept.laneId, kept.terminalNo) = (no, opening.laneId, opening.terminalNo);
        (kept.originDistrict, kept.portDistrict) = (opening.originDistrict, opening.portDistrict);
        (kept.kind, kept.openedAt) = (opening.kind, uint48(block.timestamp));
        (kept.number, kept.head) = (opening.number, consignment);
        _byNumber[opening.number] = consignment;

        emit ConsignmentOpened(
            consignment,
            no,
            opening.laneId,
            opening.kind,
            opening.number,
            opening.originDistrict,
            opening.portDistrict,
            opening.terminalNo,
            uint48(block.timestamp)
        );
    }

    /// @inheritdoc IConsignments
    function load(bytes32 consignment, Entry[] calldata entries) external {
        (Consignment storage kept,) = _asOpener(consignment);
        _checkStage(consignment, kept, kept.kind, ConsignmentStage.Loading);
        require(kept.pending == 0, StepHalfPresented(consignment, kept.pending));
        require(entries.length != 0, ContentsMissing(consignment));
        uint256 total = kept.entries + entries.length;
        require(total <= mostEntries, EntriesTooMany(consignment, total, mostEntries));

        bytes32 head = _fold(kept.head, entries);
        uint256 count = kept.count;
        for (uint256 n; n < entries.length; ++n) {
            count += _countOf(entries[n].parcels);
        }
        (kept.head, kept.count, kept.entries) = (head, uint32(count), uint16(total));

        emit ConsignmentLoaded(consignment, head, uint32(count), entries);
        _carry(consignment, kept.kind == ConsignmentKind.Seal ? Step.Consigned : Step.Waybilled, entries);
    }

    /// @inheritdoc IConsignments
    function cancelConsignment(bytes32 consignment, bytes32 evidence) external {
        Consignment storage kept = _known(consignment);
        (uint32 no,,) = registry.authorityOf(msg.sender);
        if (no != kept.openerNo) _asCustoms(consignment, true, true);
        _checkOpen(consignment, kept);
        require(kept.count == 0, ContentsInside(consignment, kept.count));
        _checkCommitted(evidence);

        kept.pending = 0;
        _stage(consignment, kept, no, ConsignmentStage.Cancelled, evidence, 0);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Taking out

    /// @inheritdoc IConsignments
    function takeOut(
        bytes32 consignment,
        bytes32 before,
        Entry[] calldata tail,
        uint256 parcels,
        TakingReason reason,
        bytes32 evidence
    ) external {
        (Consignment storage kept, uint32 no) = _asTaker(consignment, reason);
        _checkCommitted(evidence);
        require(tail.length != 0, ContentsMissing(consignment));
        bytes32 manifest = tail[0].manifest;
        require(
            parcels != 0 && parcels & ~tail[0].parcels == 0, ParcelsNotInside(consignment, manifest, parcels)
        );

        uint256 taken = _countOf(parcels);
        _refold(consignment, kept, before, tail, parcels);
        kept.count -= uint32(taken);
        // What is missing was not counted by the port; what is taken out for another reason was.
        if (kept.stage == ConsignmentStage.Verified && reason != TakingReason.Short) {
            kept.found = kept.found > taken ? kept.found - uint32(taken) : 0;
        }

        emit ParcelsTakenOut(
            consignment, manifest, no, before, parcels, reason, evidence, kept.head, kept.count
        );
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = IParcelLedger.Record(manifest, Step.TakenOut, parcels, consignment);
        ledger.recordFor(msg.sender, records);
    }

    /// @dev The heads after a change in the first entry of a tail. Where a step is half presented, its place moves along.
    function _refold(
        bytes32 consignment,
        Consignment storage kept,
        bytes32 before,
        Entry[] calldata tail,
        uint256 parcels
    ) private {
        (bytes32 was, bytes32 becomes, bytes32 pending) = (before, before, kept.pending);
        bytes32 place = pending;
        for (uint256 n; n < tail.length; ++n) {
            was = _next(was, tail[n].manifest, tail[n].parcels);
            uint256 rest = n == 0 ? tail[0].parcels & ~parcels : tail[n].parcels;
            if (rest != 0) becomes = _next(becomes, tail[n].manifest, rest);
            if (was == pending) place = becomes;
        }
        require(was == kept.head, ContentsDiffer(consignment, kept.head, was));

        if (tail[0].parcels == parcels) --kept.entries;
        (kept.head, kept.pending) = (becomes, place);
    }

    function _asTaker(bytes32 consignment, TakingReason reason)
        private
        view
        returns (Consignment storage kept, uint32 no)
    {
        if (reason == TakingReason.Offloaded) (kept, no) = _asOpener(consignment);
        else (kept, no) = _asCustoms(consignment, true, true);
        ConsignmentStage stage = kept.stage;
        _checkOpen(consignment, kept);
        bool fits = reason == TakingReason.RiskHit
            || (reason == TakingReason.Offloaded
                    ? stage < ConsignmentStage.InTransit
                    : stage >= ConsignmentStage.Arrived);
        require(fits, TakingNotAllowed(consignment, reason, stage));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Presenting the list

    /// @dev Takes a step for a piece of the list, from its end; whether the list is through.
    function _walk(
        bytes32 consignment,
        Consignment storage kept,
        uint32 no,
        Step step,
        bytes32 before,
        Entry[] calldata entries,
        bytes32 evidence
    ) internal returns (bool through) {
        _checkCommitted(evidence);
        bytes32 committed = kept.pending == 0 ? kept.head : kept.pending;
        bytes32 presented = _fold(before, entries);
        require(presented == committed, ContentsDiffer(consignment, committed, presented));

        through = before == consignment;
        bytes32 pending = through ? bytes32(0) : before;
        if (kept.pending != pending) kept.pending = pending;

        emit ConsignmentMoved(consignment, no, step, uint32(entries.length), pending, evidence);
        _carry(consignment, step, entries);
    }

    /// @dev The entries' step in the ledger, for the account that called.
    function _carry(bytes32 consignment, Step step, Entry[] calldata entries) private {
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](entries.length);
        for (uint256 n; n < entries.length; ++n) {
            records[n] = IParcelLedger.Record(entries[n].manifest, step, entries[n].parcels, consignment);
        }
        ledger.recordFor(msg.sender, records);
    }

    function _fold(bytes32 head, Entry[] calldata entries) private pure returns (bytes32) {
        for (uint256 n; n < entries.length; ++n) {
            head = _next(head, entries[n].manifest, entries[n].parcels);
        }
        return head;
    }

    function _next(bytes32 head, bytes32 manifest, uint256 parcels) private pure returns (bytes32) {
        return keccak256(abi.encode(head, manifest, parcels));
    }

    /// @dev How many bits are set: sums of pairs, of fours, of bytes, then all bytes into the highest one. The sum of 32
    /// bytes is up to 256, one too many for a byte: a full word is told apart before.
    function _countOf(uint256 word) private pure returns (uint256) {
        if (word == type(uint256).max) return 256;
        unchecked {
            word -= (word >> 1) & (type(uint256).max / 3);
            word = (word & (type(uint256).max / 5)) + ((word >> 2) & (type(uint256).max / 5));
            word = (word + (word >> 4)) & (type(uint256).max / 17);
            return (word * (type(uint256).max / 255)) >> 248;
        }
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    function _checkOpening(bytes32 consignment, Opening calldata opening) private view {
        require(_consignments[consignment].openedAt == 0, ConsignmentTaken(consignment));
        _checkCommitted(opening.number);
        bytes32 other = _byNumber[opening.number];
        require(other == 0, NumberInUse(opening.number, other));
        (uint16 origin, uint16 port, uint32 laneId) =
            (opening.originDistrict, opening.portDistrict, opening.laneId);
        if (opening.kind == ConsignmentKind.Seal) _checkLane(laneId, origin, port);
        else require(laneId == 0 && origin != 0 && port != 0, LaneUnfit(laneId, origin, port));
        if (opening.terminalNo != 0 || opening.kind == ConsignmentKind.Seal) {
            uint32 roles = opening.terminalNo == 0 ? 0 : registry.participant(opening.terminalNo).roles;
            require(_holds(roles, Role.SiteOperator), TerminalUnfit(opening.terminalNo));
        }
    }

    function _checkOpen(bytes32 consignment, Consignment storage kept) private view {
        require(
            kept.stage < ConsignmentStage.WrittenOff,
            ConsignmentStageUnfit(consignment, kept.kind, kept.stage)
        );
    }
}
