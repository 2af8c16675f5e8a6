// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice The few of forge's cheat codes that these tests use.
interface Vm {
    /// @notice The next call comes from `account`.
    function prank(address account) external;

    /// @notice The next blocks stand at `timestamp`.
    function warp(uint256 timestamp) external;
}

// Where forge answers.
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Which functions of a handler forge may call; the shape forge asks for.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}
