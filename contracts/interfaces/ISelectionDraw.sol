// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";

/// @notice How closely customs look at a parcel of itself, before any draw.
enum Tier {
    Direct,
    Review,
    Inspect
}

/// @notice Where a round stands. Void and Withheld are the two ways to fail: no block hash was recorded in time, or
/// the seed was not revealed in time.
enum RoundState {
    Open,
    Closed,
    Mixed,
    Revealed,
    Void,
    Withheld
}

/// @title Drawing which parcels are opened, so that nobody can steer it and anybody can check it
/// @notice A customs district commits to a secret seed before the declarations of a round are made. When the round has
/// closed, the hash of a later block is recorded; then the seed is revealed. A parcel's number is made of both, of its
/// manifest and its index there, and a parcel is selected where it falls below its tier's rate. The rounds of a
/// district follow each other and never overlap, so that each declaration has one draw at most, which its block alone
/// decides: a manifest declared in block n belongs to the round with `opensAt < n <= closesAt`.
/// @dev Warning: a district that works with the validator of the one block whose hash is mixed in can try several
/// blocks until the draw suits them, and a district alone can see the draw before it reveals and withhold it. The
/// second is on record; `docs/draw.md` says what can be done about the first.
interface ISelectionDraw {
    /// @notice A round. Blocks by their numbers; rates are parcels of ten thousand.
    /// @param commitment keccak256 of the seed.
    /// @param blockHash The hash of block `closesAt + hashDelay`; zero until it is recorded.
    /// @param seed Zero until it is revealed.
    /// @param customsNo Who opened the round.
    /// @param opensAt Manifests declared after this block are in the round.
    /// @param closesAt Those declared after this one are not.
    /// @param directRate How many of the parcels released directly are selected.
    /// @param reviewRate How many of those whose papers are reviewed.
    /// @param inspectRate How many of those to be inspected anyway.
    /// @param revealBy Unix seconds; a seed is revealed before this instant or never. Zero until a hash is recorded.
    /// @param failed Whether somebody has declared that the round failed.
    struct Round {
        bytes32 commitment;
        bytes32 blockHash;
        bytes32 seed;
        uint32 customsNo;
        uint48 opensAt;
        uint48 closesAt;
        uint16 directRate;
        uint16 reviewRate;
        uint16 inspectRate;
        uint48 revealBy;
        bool failed;
    }

    /// @notice Emitted when a district commits to a seed.
    event RoundOpened(
        uint16 indexed district,
        uint32 indexed number,
        uint32 indexed customsNo,
        bytes32 commitment,
        uint48 opensAt,
        uint48 closesAt,
        uint16 directRate,
        uint16 reviewRate,
        uint16 inspectRate
    );
    /// @notice Emitted when the block hash of a round is recorded.
    event BlockHashRecorded(
        uint16 indexed district, uint32 indexed number, bytes32 blockHash, uint48 revealBy
    );
    /// @notice Emitted when a district reveals: from now on everybody can compute every draw of the round.
    event SeedRevealed(uint16 indexed district, uint32 indexed number, bytes32 seed);
    /// @notice Emitted when somebody shows that a round failed. `state` is Void or Withheld.
    event RoundFailed(uint16 indexed district, uint32 indexed number, RoundState state);

    /// @notice Thrown when a round is opened without a commitment.
    error CommitmentMissing();
    /// @notice Thrown when a commitment was used before, by whatever district: its seed may be known.
    error CommitmentUsed(bytes32 commitment);
    /// @notice Thrown when a round is to last fewer or more blocks than a round may.
    error RoundLengthInvalid(uint32 length, uint32 least, uint32 most);
    /// @notice Thrown when a rate is above ten thousand, or a stricter tier has a lower one.
    error RatesInvalid(uint16 directRate, uint16 reviewRate, uint16 inspectRate);
    /// @notice Thrown when a round is opened while the one before it, `number`, has not begun.
    error RoundAhead(uint16 district, uint32 number, uint48 opensAt);
    /// @notice Thrown when a district has no round of that number.
    error RoundUnknown(uint16 district, uint32 number);
    /// @notice Thrown when a block hash is recorded before `hashBlock` is in the past.
    error HashNotReady(uint16 district, uint32 number, uint48 hashBlock);
    /// @notice Thrown when a round does not stand where a call needs it.
    error RoundStateUnfit(uint16 district, uint32 number, RoundState state);
    /// @notice Thrown when a seed is revealed that is not the one committed to. `commitment` is the given seed's.
    error SeedWrong(uint16 district, uint32 number, bytes32 commitment);
    /// @notice Thrown when a round's failure is declared a second time.
    error FailureAlreadyDeclared(uint16 district, uint32 number);

    /// @notice Commits to a seed for the declarations of the next `length` blocks: those after the round before, or
    /// after this block where that one has closed. Customs only, for their own district; one round ahead at most.
    /// @param commitment keccak256 of a secret 32-byte seed, never used before.
    function openRound(
        bytes32 commitment,
        uint32 length,
        uint16 directRate,
        uint16 reviewRate,
        uint16 inspectRate
    ) external returns (uint32 number);

    /// @notice Records the hash of block `closesAt + hashDelay`, within the 256 blocks for which the chain knows it.
    /// Anybody.
    function recordBlockHash(uint16 district, uint32 number) external;

    /// @notice Reveals a round's seed, once its block hash is recorded and before `revealBy`. Anybody who knows it.
    function revealSeed(uint16 district, uint32 number, bytes32 seed) external;

    /// @notice Puts on record that no block hash was recorded, or no seed revealed, in time. Anybody, once.
    function declareFailed(uint16 district, uint32 number) external;

    /// @notice A parcel's number, 0 to 9999: keccak256(abi.encode(seed, blockHash, manifest, index)) modulo 10000.
    /// Reverts with RoundUnknown, or RoundStateUnfit before the seed is revealed.
    /// @dev Whether the manifest belongs to the round is for the caller to check, by the block of its declaration.
    function drawOf(uint16 district, uint32 number, bytes32 manifest, uint8 index)
        external
        view
        returns (uint16);

    /// @notice Whether a parcel of a tier is selected: its number is below the tier's rate. As drawOf.
    function isSelected(uint16 district, uint32 number, bytes32 manifest, uint8 index, Tier tier)
        external
        view
        returns (bool);

    /// @notice A round as it was left by the last call. Reverts with RoundUnknown.
    function roundOf(uint16 district, uint32 number) external view returns (Round memory);

    /// @notice Where a round stands now. Reverts with RoundUnknown.
    function stateOf(uint16 district, uint32 number) external view returns (RoundState);

    /// @notice How many rounds a district ever opened; they are numbered from one.
    function roundCountOf(uint16 district) external view returns (uint32);

    /// @notice How many blocks after its close a round's hash is taken: a late reorganisation of the close must not
    /// move declarations across it once the hash is known.
    function hashDelay() external view returns (uint48);

    /// @notice How long a seed may be revealed once the hash is recorded, in seconds.
    function revealWindow() external view returns (uint48);

    /// @notice The registry that says who is customs of which district.
    function registry() external view returns (IParticipantRegistry);
}
