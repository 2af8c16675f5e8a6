// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist} from "./interfaces/IBlacklist.sol";
import {IParcelLedger} from "./interfaces/IParcelLedger.sol";
import {Declaring} from "./ledger/Declaring.sol";
import {Duplicates} from "./ledger/Duplicates.sol";
import {ManifestBook} from "./ledger/ManifestBook.sol";
import {Recording} from "./ledger/Recording.sol";
import {Lifecycle} from "./libraries/Lifecycle.sol";
import {ManifestRoot} from "./libraries/ManifestRoot.sol";
import {ParcelSets} from "./libraries/ParcelSets.sol";

/// @title The life of every parcel
/// @dev The specification is IParcelLedger; each part stands in a file of its own in `ledger/`.
contract ParcelLedger is Declaring, Recording, Duplicates {
    // Brownie compiles a contract anew when a library of its own changes, not one of its bases': so they stand here.
    using Lifecycle for IParcelLedger.Rule;
    using ManifestRoot for bytes32[];
    using ParcelSets for uint256[32];

    constructor(IBlacklist blacklist_) ManifestBook(blacklist_) {}
}
