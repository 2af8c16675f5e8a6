// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist} from "../interfaces/IBlacklist.sol";
import {IParcelLedger, State, Step} from "../interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "../interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../libraries/Lifecycle.sol";
import {ParcelSets} from "../libraries/ParcelSets.sol";

/// @title What is kept of manifests, how it is read, and the one way to add to a history
abstract contract ManifestBook is IParcelLedger {
    using ParcelSets for uint256[32];

    /// @dev All that is stored of a manifest. Whole-manifest steps touch `header` and `head` only.
    struct Manifest {
        Header header;
        bytes32 root;
        bytes32 head;
        uint256[32] words;
    }

    /// @dev For whom an account acts, read once per call.
    struct Authority {
        uint32 no;
        uint32 roles;
        uint16 district;
    }

    /// @inheritdoc IParcelLedger
    IParticipantRegistry public immutable registry;
    /// @inheritdoc IParcelLedger
    IBlacklist public immutable blacklist;

    /// @dev Slot 0: who proves a history by storage proofs counts on it.
    mapping(bytes32 manifest => Manifest) internal _manifests;

    /// @dev The registry is the blacklist's own, so the two cannot disagree about who is who.
    constructor(IBlacklist blacklist_) {
        blacklist = blacklist_;
        registry = blacklist_.registry();
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
    function heldBy(bytes32 manifest, uint16 district) external view returns (uint256 parcels) {
        Manifest storage stored = _known(0, manifest);
        Header memory header_ = stored.header;
        uint256 flags;
        if (district == header_.declaringDistrict) flags = Lifecycle.HELD_DECLARING;
        if (district == header_.portDistrict) flags |= Lifecycle.HELD_PORT;
        return stored.words.inAny(ParcelSets.open(header_), flags << ParcelSets.FLAGS);
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
    // Adding to a history

    function _store(Manifest storage stored, ParcelSets.Work memory work) internal {
        (stored.header.fullSets, stored.header.partialSets) = (uint32(work.full), uint32(work.partially));
    }

    function _append(
        Manifest storage stored,
        bytes32 manifest,
        Step step,
        uint32 participantNo,
        uint256 parcels,
        bytes32 evidence
    ) internal {
        bytes32 head = _link(stored.head, step, participantNo, parcels, evidence);
        stored.head = head;

        emit Recorded(manifest, participantNo, step, parcels, evidence, uint48(block.timestamp), head);
    }

    function _link(bytes32 head, Step step, uint32 participantNo, uint256 parcels, bytes32 evidence)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(head, step, participantNo, parcels, evidence, block.timestamp));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Who speaks

    function _authorityOf(address account) internal view returns (Authority memory authority) {
        (authority.no, authority.roles, authority.district) = registry.authorityOf(account);
    }

    function _holds(Authority memory caller, Role role) internal pure returns (bool) {
        return (caller.roles >> uint8(role)) & 1 != 0;
    }

    function _known(uint256 index, bytes32 manifest) internal view returns (Manifest storage stored) {
        stored = _manifests[manifest];
        require(stored.header.declaredAt != 0, ManifestUnknown(index, manifest));
    }
}
