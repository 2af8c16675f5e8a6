// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseBook} from "./cases/CaseBook.sol";
import {Deciding} from "./cases/Deciding.sol";
import {Ending} from "./cases/Ending.sol";
import {Opening} from "./cases/Opening.sol";
import {IParcelLedger} from "./interfaces/IParcelLedger.sol";
import {IRightsRegistry} from "./interfaces/IRightsRegistry.sol";

/// @title Infringement cases and their clocks
/// @dev The specification is IInfringementCases; each part stands in a file of its own in `cases/`.
contract InfringementCases is Opening, Deciding, Ending {
    constructor(IParcelLedger ledger_, IRightsRegistry rights_) CaseBook(ledger_, rights_) {}
}
