// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IParcelLedger, Step} from "../interfaces/IParcelLedger.sol";
import {Lifecycle} from "../libraries/Lifecycle.sol";
import {ManifestRoot} from "../libraries/ManifestRoot.sol";
import {ParcelSets} from "../libraries/ParcelSets.sol";
import {ManifestBook} from "./ManifestBook.sol";

/// @title Showing that a parcel stands in two places
abstract contract Duplicates is ManifestBook {
    using ParcelSets for uint256[32];

    mapping(bytes32 pair => bool) private _duplicates;

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

    /// @dev Zero for a reporter that acts for nobody or is suspended: what it shows is true whoever shows it.
    function _reporter() private view returns (uint32) {
        try registry.authorityOf(msg.sender) returns (uint32 participantNo, uint32, uint16) {
            return participantNo;
        } catch {
            return 0;
        }
    }
}
