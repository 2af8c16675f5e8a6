// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Anomalies} from "./carriage/Anomalies.sol";
import {ConsignmentBook} from "./carriage/ConsignmentBook.sol";
import {Contents} from "./carriage/Contents.sol";
import {Lanes} from "./carriage/Lanes.sol";
import {Moving} from "./carriage/Moving.sol";
import {IParcelLedger} from "./interfaces/IParcelLedger.sol";

/// @title Consignments, lanes, transit and its anomalies
/// @dev The specification is IConsignments; each part stands in a file of its own in `carriage/`.
contract Consignments is Moving {
    constructor(IParcelLedger ledger_) ConsignmentBook(ledger_) {}
}
