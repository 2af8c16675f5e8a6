// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist} from "./interfaces/IBlacklist.sol";
import {Declaring} from "./ledger/Declaring.sol";
import {Duplicates} from "./ledger/Duplicates.sol";
import {ManifestBook} from "./ledger/ManifestBook.sol";
import {Recording} from "./ledger/Recording.sol";

/// @title The life of every parcel
/// @dev The specification is IParcelLedger; each part stands in a file of its own beside the others in `ledger/`.
contract ParcelLedger is Declaring, Recording, Duplicates {
    constructor(IBlacklist blacklist_) ManifestBook(blacklist_) {}
}
