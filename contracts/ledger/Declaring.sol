// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParcelLedger, Refusal, State, Step} from "../interfaces/IParcelLedger.sol";
import {Role} from "../interfaces/IParticipantRegistry.sol";
import {Lifecycle} from "../libraries/Lifecycle.sol";
import {ManifestRoot} from "../libraries/ManifestRoot.sol";
import {ManifestBook} from "./ManifestBook.sol";

/// @title Declaring manifests
abstract contract Declaring is ManifestBook {
    uint256 private constant MOST_PARCELS = 256;

    /// @inheritdoc IParcelLedger
    function declare(Declaration[] calldata declarations) external {
        Authority memory caller = _authorityOf(msg.sender);
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
        Authority memory caller = _authorityOf(msg.sender);
        for (uint256 index; index < declarations.length; ++index) {
            Declaration calldata declaration = declarations[index];
            bytes32 manifest = manifestIdOf(caller.no, declaration.ref);
            Refusal refusal = _checkDeclaration(caller, manifest, declaration);
            if (refusal == Refusal.None) _declare(caller.no, manifest, declaration);
            else emit DeclarationRefused(manifest, caller.no, declaration.sellerNo, refusal);
        }
    }

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
}
