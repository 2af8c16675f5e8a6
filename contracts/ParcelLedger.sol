// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IBlacklist} from "./interfaces/IBlacklist.sol";
import {IParcelLedger, Jurisdiction, Refusal, State, Step} from "./interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "./libraries/Lifecycle.sol";
import {ManifestRoot} from "./libraries/ManifestRoot.sol";
import {ParcelSets} from "./libraries/ParcelSets.sol";

/// @title The life of every parcel
/// @dev The specification is IParcelLedger.
contract ParcelLedger is IParcelLedger {
    using ParcelSets for uint256[32];

    uint256 private constant MOST_PARCELS = 256;

    /// @dev All that is stored of a manifest. Whole-manifest steps touch `header` and `head` only.
    struct Manifest {
        Header header;
        bytes32 root;
        bytes32 head;
        uint256[32] words;
    }

    /// @dev For whom the caller acts, read once per call.
    struct Authority {
        uint32 no;
        uint32 roles;
        uint16 district;
    }

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
    IParticipantRegistry public immutable registry;
    /// @inheritdoc IParcelLedger
    IBlacklist public immutable blacklist;

    mapping(bytes32 manifest => Manifest) private _manifests;
    mapping(bytes32 pair => bool) private _duplicates;

    /// @dev The registry is the blacklist's own, so the two cannot disagree about who is who.
    constructor(IBlacklist blacklist_) {
        blacklist = blacklist_;
        registry = blacklist_.registry();
    }

    // ------------------------------------------------------------------------------------------------------------
    // Declaring

    /// @inheritdoc IParcelLedger
    function declare(Declaration[] calldata declarations) external {
        Authority memory caller = _caller();
        for (uint256 index; index < declarations.length; ++index) {
            Declaration calldata declaration = declarations[index];
            bytes32 manifest = manifestIdOf(caller.no, declaration.ref);
            Refusal refusal = _checkDeclaration(caller, manifest, declaration);
            if (refusal != Refusal.None) _revertDeclaration(refusal, index, caller, manifest, declaration);
            _declare(caller.no, manifest, declaration);
        }
    }

    /// @inheritdoc IParcelLedger
    function tryDeclare(Declaration[] calldata declarations) external {
        Authority memory caller = _caller();
        for (uint256 index; index < declarations.length; ++index) {
            Declaration calldata declaration = declarations[index];
            bytes32 manifest = manifestIdOf(caller.no, declaration.ref);
            Refusal refusal = _checkDeclaration(caller, manifest, declaration);
            if (refusal == Refusal.None) _declare(caller.no, manifest, declaration);
            else emit DeclarationRefused(manifest, caller.no, declaration.sellerNo, refusal);
        }
    }

    // ------------------------------------------------------------------------------------------------------------
    // Recording

    /// @inheritdoc IParcelLedger
    function record(Record[] calldata records) external {
        Authority memory caller = _caller();
        for (uint256 index; index < records.length; ++index) {
            Record calldata entry = records[index];
            Division memory division = _divide(caller, entry);
            if (division.eligible != entry.parcels || entry.parcels == 0) {
                _revertRecord(index, caller, entry, division);
            }
            _move(caller.no, entry, division);
        }
    }

    /// @inheritdoc IParcelLedger
    function tryRecord(Record[] calldata records) external {
        Authority memory caller = _caller();
        for (uint256 index; index < records.length; ++index) {
            Record calldata entry = records[index];
            Division memory division = _divide(caller, entry);
            if (division.eligible != entry.parcels || entry.parcels == 0) {
                _refuse(caller.no, entry, division);
            }
            if (division.eligible != 0) _move(caller.no, entry, division);
        }
    }

    /// @inheritdoc IParcelLedger
    function anchor(uint8 kind, bytes32 root, uint32 count) external {
        Authority memory caller = _caller();
        require(root != 0, EvidenceMissing(0));

        emit Anchored(caller.no, kind, root, count);
    }

    /// @inheritdoc IParcelLedger
    function reportDuplicate(bytes32 parcelId, Membership calldata one, Membership calldata other) external {
        uint48 oneAt = _checkMembership(0, parcelId, one);
        uint48 otherAt = _checkMembership(1, parcelId, other);
        require(
            one.manifest != other.manifest || one.index != other.index,
            DuplicateInvalid(one.manifest, one.index)
        );
        bool inOrder = oneAt != otherAt
            ? oneAt < otherAt
            : one.manifest != other.manifest ? one.manifest < other.manifest : one.index < other.index;
        if (inOrder) _hold(one, other);
        else _hold(other, one);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IParcelLedger
    function header(bytes32 manifest) external view returns (Header memory) {
        return _known(0, manifest).header;
    }

    /// @inheritdoc IParcelLedger
    function rootOf(bytes32 manifest) external view returns (bytes32) {
        return _manifests[manifest].root;
    }

    /// @inheritdoc IParcelLedger
    function headOf(bytes32 manifest) external view returns (bytes32) {
        return _manifests[manifest].head;
    }

    /// @inheritdoc IParcelLedger
    function setsOf(bytes32 manifest) external view returns (uint256[32] memory sets) {
        Manifest storage stored = _known(0, manifest);
        ParcelSets.Work memory work = ParcelSets.open(stored.header);
        for (uint256 set; set < sets.length; ++set) {
            sets[set] = stored.words.read(work, set);
        }
    }

    /// @inheritdoc IParcelLedger
    function parcelAt(bytes32 manifest, uint8 index) external view returns (State state, uint16 flags) {
        Manifest storage stored = _known(0, manifest);
        Header memory header_ = stored.header;
        uint256 parcel = 1 << uint256(index);
        require(index <= header_.lastIndex, ParcelsUnknown(0, manifest, parcel));
        ParcelSets.Work memory work = ParcelSets.open(header_);
        while (stored.words.read(work, uint256(state)) & parcel == 0) {
            state = State(uint8(state) + 1);
        }
        flags = stored.words.flagsThatSomeHave(work, type(uint16).max, parcel);
    }

    /// @inheritdoc IParcelLedger
    function ruleOf(Step step, uint8 row) external pure returns (Rule memory) {
        return Lifecycle.ruleOf(step, row);
    }

    /// @inheritdoc IParcelLedger
    function manifestIdOf(uint32 declarantNo, bytes32 ref) public pure returns (bytes32) {
        return keccak256(abi.encode(declarantNo, ref));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Declaring: parts

    function _checkDeclaration(Authority memory caller, bytes32 manifest, Declaration calldata declaration)
        private
        view
        returns (Refusal)
    {
        if (!_holds(caller, Role.Declarant)) return Refusal.RoleMissing;
        if (_manifests[manifest].root != 0) return Refusal.ManifestTaken;
        if (declaration.evidence == 0) return Refusal.EvidenceMissing;
        uint256 count = declaration.parcelIds.length;
        if (count == 0 || count > MOST_PARCELS) return Refusal.ManifestSizeInvalid;
        if (!Lifecycle.isSupervisionMode(declaration.direction, declaration.supervisionMode)) {
            return Refusal.SupervisionModeInvalid;
        }
        if (declaration.declaringDistrict == 0 || declaration.portDistrict == 0) {
            return Refusal.DistrictMissing;
        }
        if (!registry.isActiveSeller(declaration.sellerNo)) return Refusal.SellerUnknown;
        if (blacklist.isBarred(declaration.sellerNo)) return Refusal.SellerBarred;
        return Refusal.None;
    }

    function _declare(uint32 declarantNo, bytes32 manifest, Declaration calldata declaration) private {
        Manifest storage stored = _manifests[manifest];
        uint256 count = declaration.parcelIds.length;
        bytes32 root = ManifestRoot.rootOf(declaration.parcelIds);
        bytes32 head = _link(
            root,
            Step.Declaration,
            declarantNo,
            type(uint256).max >> (MOST_PARCELS - count),
            declaration.evidence
        );

        stored.root = root;
        stored.head = head;
        stored.header = Header({
            declarantNo: declarantNo,
            sellerNo: declaration.sellerNo,
            declaringDistrict: declaration.declaringDistrict,
            portDistrict: declaration.portDistrict,
            supervisionMode: declaration.supervisionMode,
            direction: declaration.direction,
            lastIndex: uint8(count - 1),
            declaredAt: uint48(block.timestamp),
            fullSets: uint32(1 << uint256(State.Declared)),
            partialSets: 0
        });

        _announce(stored, manifest, declaration);
    }

    function _announce(Manifest storage stored, bytes32 manifest, Declaration calldata declaration) private {
        emit ManifestDeclared(
            manifest,
            stored.header.declarantNo,
            declaration.sellerNo,
            declaration.declaringDistrict,
            declaration.portDistrict,
            declaration.supervisionMode,
            declaration.direction,
            uint48(block.timestamp),
            declaration.evidence,
            stored.root,
            stored.head,
            declaration.parcelIds
        );
    }

    function _revertDeclaration(
        Refusal refusal,
        uint256 index,
        Authority memory caller,
        bytes32 manifest,
        Declaration calldata declaration
    ) private pure {
        if (refusal == Refusal.RoleMissing) {
            revert RoleMissing(index, caller.no, Role.Declarant);
        }
        if (refusal == Refusal.ManifestTaken) revert ManifestTaken(index, manifest);
        if (refusal == Refusal.EvidenceMissing) revert EvidenceMissing(index);
        if (refusal == Refusal.ManifestSizeInvalid) {
            revert ManifestSizeInvalid(index, declaration.parcelIds.length);
        }
        if (refusal == Refusal.SupervisionModeInvalid) {
            revert SupervisionModeInvalid(index, declaration.supervisionMode);
        }
        if (refusal == Refusal.DistrictMissing) revert DistrictMissing(index);
        if (refusal == Refusal.SellerUnknown) revert SellerUnknown(index, declaration.sellerNo);
        revert SellerBarred(index, manifest, declaration.sellerNo);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Recording: parts

    /// @dev The one check behind `record` and `tryRecord`; `divide` in `backend/domain/lifecycle.py` is the same.
    function _divide(Authority memory caller, Record calldata entry)
        private
        view
        returns (Division memory division)
    {
        Manifest storage stored = _manifests[entry.manifest];
        Header memory header_ = stored.header;
        division.header = header_;
        (division.whole, division.rule) = _ruleFor(caller, header_, entry);
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
    function _ruleFor(Authority memory caller, Header memory header_, Record calldata entry)
        private
        view
        returns (Refusal, Rule memory rule)
    {
        if (header_.declaredAt == 0) return (Refusal.ManifestUnknown, rule);
        if (entry.evidence == 0) return (Refusal.EvidenceMissing, rule);
        rule = Lifecycle.ruleOf(entry.step, 0);
        if (!rule.exists) return (Refusal.StepNotAllowed, rule);
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

    function _store(Manifest storage stored, ParcelSets.Work memory work) private {
        (stored.header.fullSets, stored.header.partialSets) = (uint32(work.full), uint32(work.partially));
    }

    function _append(
        Manifest storage stored,
        bytes32 manifest,
        Step step,
        uint32 participantNo,
        uint256 parcels,
        bytes32 evidence
    ) private {
        bytes32 head = _link(stored.head, step, participantNo, parcels, evidence);
        stored.head = head;

        emit Recorded(manifest, participantNo, step, parcels, evidence, uint48(block.timestamp), head);
    }

    function _link(bytes32 head, Step step, uint32 participantNo, uint256 parcels, bytes32 evidence)
        private
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(head, step, participantNo, parcels, evidence, block.timestamp));
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

    // ------------------------------------------------------------------------------------------------------------
    // Duplicates: parts

    /// @dev When the manifest was declared, once the parcel is shown to stand in it.
    function _checkMembership(uint256 index, bytes32 parcelId, Membership calldata place)
        private
        view
        returns (uint48 declaredAt)
    {
        Manifest storage stored = _known(index, place.manifest);
        bytes32 leaf = ManifestRoot.leafOf(place.index, parcelId);
        require(
            MerkleProof.verifyCalldata(place.proof, stored.root, leaf),
            ProofInvalid(place.manifest, place.index)
        );
        return stored.header.declaredAt;
    }

    function _hold(Membership calldata earlier, Membership calldata later) private {
        bytes32 pair = keccak256(abi.encode(earlier.manifest, earlier.index, later.manifest, later.index));
        require(!_duplicates[pair], DuplicateAlreadyReported(later.manifest, later.index));
        require(!_mayBeDeclaredAnew(earlier), DuplicateInvalid(earlier.manifest, earlier.index));
        Manifest storage stored = _manifests[later.manifest];
        ParcelSets.Work memory work = ParcelSets.open(stored.header);
        uint256 parcel = 1 << uint256(later.index);
        require(
            stored.words.inAny(work, Lifecycle.DETAINABLE) & parcel != 0,
            StepNotAllowed(0, later.manifest, Step.DuplicateReported, parcel)
        );
        uint32 reporterNo = _reporter();

        _duplicates[pair] = true;
        stored.words.put(work, uint256(Lifecycle.HELD_DECLARING) << ParcelSets.FLAGS, parcel);
        _store(stored, work);
        bytes32 evidence = keccak256(abi.encode(earlier.manifest, earlier.index));
        _append(stored, later.manifest, Step.DuplicateReported, reporterNo, parcel, evidence);
    }

    /// @dev A parcel that was rejected or cancelled there is rightly declared again in another manifest.
    function _mayBeDeclaredAnew(Membership calldata earlier) private view returns (bool) {
        Manifest storage stored = _manifests[earlier.manifest];
        uint256 over = stored.words.inAny(ParcelSets.open(stored.header), Lifecycle.DECLARABLE_ANEW);
        return (over >> earlier.index) & 1 != 0;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Who speaks

    function _caller() private view returns (Authority memory caller) {
        (caller.no, caller.roles, caller.district) = registry.authorityOf(msg.sender);
    }

    /// @dev Zero for a reporter that acts for nobody or is suspended: what it shows is true whoever shows it.
    function _reporter() private view returns (uint32) {
        try registry.authorityOf(msg.sender) returns (uint32 participantNo, uint32, uint16) {
            return participantNo;
        } catch {
            return 0;
        }
    }

    function _holds(Authority memory caller, Role role) private pure returns (bool) {
        return (caller.roles >> uint8(role)) & 1 != 0;
    }

    function _known(uint256 index, bytes32 manifest) private view returns (Manifest storage stored) {
        stored = _manifests[manifest];
        require(stored.header.declaredAt != 0, ManifestUnknown(index, manifest));
    }
}
