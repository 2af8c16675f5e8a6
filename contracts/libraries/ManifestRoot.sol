// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title The Merkle root over a manifest's parcels
/// @notice Sorted pairs, an odd node rises unpaired: OpenZeppelin's MerkleProof verifies it. The same stands in
/// `backend/domain/commitments.py`.
library ManifestRoot {
    /// @notice The leaf of a parcel at its index.
    /// @dev 33 bytes, where a branch has 64: no parcel id can be chosen so that its leaf passes for a branch, which
    /// would hide a parcel in a manifest that does not list it.
    function leafOf(uint8 index, bytes32 parcelId) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(index, parcelId));
    }

    /// @notice The root over 1 to 256 parcel ids in index order.
    function rootOf(bytes32[] calldata parcelIds) internal pure returns (bytes32) {
        uint256 width = parcelIds.length;
        bytes32[] memory nodes = new bytes32[](width);
        for (uint256 n; n < width; ++n) {
            nodes[n] = leafOf(uint8(n), parcelIds[n]);
        }
        while (width > 1) {
            uint256 pairs = width / 2;
            for (uint256 n; n < pairs; ++n) {
                nodes[n] = Hashes.commutativeKeccak256(nodes[2 * n], nodes[2 * n + 1]);
            }
            if (width % 2 == 1) nodes[pairs] = nodes[width - 1];
            width = (width + 1) / 2;
        }
        return nodes[0];
    }
}
