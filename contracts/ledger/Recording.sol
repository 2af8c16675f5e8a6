// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParcelLedger, Jurisdiction, Refusal, Step} from "../interfaces/IParcelLedger.sol";
import {Role} from "../interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../libraries/Lifecycle.sol";
import {ParcelSets} from "../libraries/ParcelSets.sol";
import {ManifestBook} from "./ManifestBook.sol";

/// @title Recording steps
abstract contract Recording is ManifestBook {
    using ParcelSets for uint256[32];

    /// @dev How the check of one record came out: a cause that concerns the whole record, or a division of its parcels
    /// into the eligible and, by first cause, the rest.
    struct Division {
        Refusal whole;
        Rule rule;
        Header header;
        ParcelSets.Work work;
        uint256 eligible;
        uint256 unknown;
        uint256 wrongState;
        uint256 missing;
        uint256 blocked;
    }

    /// @inheritdoc IParcelLedger
    function record(Record[] calldata records) external {
        _recordAll(_authorityOf(msg.sender), records, false);
    }

    /// @inheritdoc IParcelLedger
    function recordFor(address account, Record[] calldata records) external {
        Authority memory carrier = _authorityOf(msg.sender);
        require(_holds(carrier, Role.Carriage), RoleMissing(0, carrier.no, Role.Carriage));
        Authority memory caller = _authorityOf(account);
        caller.roles |= uint32(1 << uint256(Role.Carriage));
        _recordAll(caller, records, true);
    }

    /// @inheritdoc IParcelLedger
    function tryRecord(Record[] calldata records) external {
        Authority memory caller = _authorityOf(msg.sender);
        for (uint256 index; index < records.length; ++index) {
            Record calldata entry = records[index];
            Division memory division = _divide(caller, entry, false);
            if (division.eligible != entry.parcels || entry.parcels == 0) {
                _refuse(caller.no, entry, division);
            }
            if (division.eligible != 0) _move(caller.no, entry, division);
        }
    }

    /// @inheritdoc IParcelLedger
    function anchor(uint8 kind, bytes32 root, uint32 count) external {
        Authority memory caller = _authorityOf(msg.sender);
        require(root != 0, EvidenceMissing(0));

        emit Anchored(caller.no, kind, root, count);
    }

    function _recordAll(Authority memory caller, Record[] calldata records, bool consigned) private {
        for (uint256 index; index < records.length; ++index) {
            Record calldata entry = records[index];
            Division memory division = _divide(caller, entry, consigned);
            if (division.eligible != entry.parcels || entry.parcels == 0) {
                _revertRecord(index, caller, entry, division);
            }
            _move(caller.no, entry, division);
        }
    }

    /// @dev The one check behind all that records; `divide` in `backend/domain/lifecycle.py` is the same.
    function _divide(Authority memory caller, Record calldata entry, bool consigned)
        private
        view
        returns (Division memory division)
    {
        Manifest storage stored = _manifests[entry.manifest];
        Header memory header_ = stored.header;
        division.header = header_;
        (division.whole, division.rule) = _ruleFor(caller, header_, entry, consigned);
        if (division.whole != Refusal.None) return division;

        Rule memory rule = division.rule;
        ParcelSets.Work memory work = ParcelSets.open(header_);
        division.work = work;
        uint256 rest = entry.parcels & work.every;
        division.unknown = entry.parcels & ~work.every;
        division.wrongState = rest & ~stored.words.inAny(work, rule.origins);
        rest &= ~division.wrongState;
        division.missing = rest & ~stored.words.inAll(work, uint256(rule.needs) << ParcelSets.FLAGS);
        rest &= ~division.missing;
        division.blocked = rest & stored.words.inAny(work, uint256(rule.forbids) << ParcelSets.FLAGS);
        division.eligible = rest & ~division.blocked;
    }

    /// @dev The row that counts for a caller, or the cause for which the whole record fails.
    function _ruleFor(Authority memory caller, Header memory header_, Record calldata entry, bool consigned)
        private
        view
        returns (Refusal, Rule memory rule)
    {
        if (header_.declaredAt == 0) return (Refusal.ManifestUnknown, rule);
        if (entry.evidence == 0) return (Refusal.EvidenceMissing, rule);
        rule = Lifecycle.ruleOf(entry.step, 0);
        if (!rule.exists) return (Refusal.StepNotAllowed, rule);
        bool travels = Lifecycle.isTravel(entry.step);
        if (consigned && !travels && rule.role != Role.Carriage) return (Refusal.StepNotAllowed, rule);
        if (!_holds(caller, rule.role)) return (Refusal.RoleMissing, rule);

        uint8 profile = Lifecycle.profileOf(
            header_.direction, header_.supervisionMode, header_.declaringDistrict, header_.portDistrict
        );
        bool first = rule.profiles & profile != 0;
        if (!first || !_isCompetent(caller, header_, rule.where)) {
            rule = Lifecycle.ruleOf(entry.step, 1);
            if (rule.profiles & profile == 0) {
                return (first ? Refusal.DistrictNotCompetent : Refusal.StepNotAllowed, rule);
            }
            if (!_isCompetent(caller, header_, rule.where)) return (Refusal.DistrictNotCompetent, rule);
        }
        if (rule.sellerClear && blacklist.isBarred(header_.sellerNo)) return (Refusal.SellerBarred, rule);
        if (entry.parcels == 0) return (Refusal.ParcelsUnknown, rule);
        if (travels && consigned) rule.needs |= Lifecycle.CONSIGNED;
        else if (travels) rule.forbids |= Lifecycle.CONSIGNED;
        return (Refusal.None, rule);
    }

    function _isCompetent(Authority memory caller, Header memory header_, Jurisdiction where)
        private
        pure
        returns (bool)
    {
        if (where == Jurisdiction.Anywhere) return true;
        if (where == Jurisdiction.DeclaringDistrict) return caller.district == header_.declaringDistrict;
        if (where == Jurisdiction.PortDistrict) return caller.district == header_.portDistrict;
        return caller.no == header_.declarantNo;
    }

    /// @dev Moves the eligible parcels and links the record to the manifest's history.
    function _move(uint32 participantNo, Record calldata entry, Division memory division) private {
        Manifest storage stored = _manifests[entry.manifest];
        ParcelSets.Work memory work = division.work;

        stored.words.move(work, division.rule, division.eligible);
        _store(stored, work);
        _append(stored, entry.manifest, entry.step, participantNo, division.eligible, entry.evidence);
    }

    /// @dev Leaves one RecordRefused per cause.
    function _refuse(uint32 participantNo, Record calldata entry, Division memory division) private {
        (bytes32 manifest, Step step) = (entry.manifest, entry.step);
        if (division.whole != Refusal.None) {
            emit RecordRefused(manifest, participantNo, step, entry.parcels, division.whole, 0);
            return;
        }
        if (division.unknown != 0) {
            emit RecordRefused(manifest, participantNo, step, division.unknown, Refusal.ParcelsUnknown, 0);
        }
        if (division.wrongState != 0) {
            emit RecordRefused(manifest, participantNo, step, division.wrongState, Refusal.StepNotAllowed, 0);
        }
        if (division.missing != 0) {
            uint16 flags = _flagsMissing(manifest, division);
            emit RecordRefused(manifest, participantNo, step, division.missing, Refusal.FlagsMissing, flags);
        }
        if (division.blocked != 0) {
            uint16 flags = _flagsBlocking(manifest, division);
            emit RecordRefused(manifest, participantNo, step, division.blocked, Refusal.FlagsBlocking, flags);
        }
    }

    /// @dev Reverts with the first cause.
    function _revertRecord(
        uint256 index,
        Authority memory caller,
        Record calldata entry,
        Division memory division
    ) private view {
        (bytes32 manifest, Step step, Refusal whole) = (entry.manifest, entry.step, division.whole);
        if (whole == Refusal.ManifestUnknown) revert ManifestUnknown(index, manifest);
        if (whole == Refusal.EvidenceMissing) revert EvidenceMissing(index);
        if (whole == Refusal.StepNotAllowed) revert StepNotAllowed(index, manifest, step, entry.parcels);
        if (whole == Refusal.RoleMissing) revert RoleMissing(index, caller.no, division.rule.role);
        if (whole == Refusal.DistrictNotCompetent) {
            revert DistrictNotCompetent(index, manifest, step, caller.no, caller.district);
        }
        if (whole == Refusal.SellerBarred) revert SellerBarred(index, manifest, division.header.sellerNo);
        if (whole == Refusal.ParcelsUnknown || division.unknown != 0) {
            revert ParcelsUnknown(index, manifest, division.unknown);
        }
        if (division.wrongState != 0) revert StepNotAllowed(index, manifest, step, division.wrongState);
        if (division.missing != 0) {
            revert FlagsMissing(index, manifest, step, division.missing, _flagsMissing(manifest, division));
        }
        revert FlagsBlocking(index, manifest, step, division.blocked, _flagsBlocking(manifest, division));
    }

    function _flagsMissing(bytes32 manifest, Division memory division) private view returns (uint16) {
        return
            _manifests[manifest].words.flagsThatSomeLack(division.work, division.rule.needs, division.missing);
    }

    function _flagsBlocking(bytes32 manifest, Division memory division) private view returns (uint16) {
        return
            _manifests[manifest].words
                .flagsThatSomeHave(division.work, division.rule.forbids, division.blocked);
    }
}
