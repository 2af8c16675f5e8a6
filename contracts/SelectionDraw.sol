// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";
import {ISelectionDraw, RoundState, Tier} from "./interfaces/ISelectionDraw.sol";

/// @title Drawing which parcels are opened
/// @dev The specification is ISelectionDraw.
contract SelectionDraw is ISelectionDraw {
    uint16 private constant WHOLE = 10_000;
    uint32 private constant LEAST_BLOCKS = 8;
    uint32 private constant MOST_BLOCKS = 50_000;
    /// @dev For how many blocks the chain knows a hash.
    uint256 private constant HASHES_KNOWN = 256;

    /// @inheritdoc ISelectionDraw
    uint48 public constant hashDelay = 8;
    /// @inheritdoc ISelectionDraw
    uint48 public constant revealWindow = 1 days;
    /// @inheritdoc ISelectionDraw
    IParticipantRegistry public immutable registry;

    /// @inheritdoc ISelectionDraw
    mapping(uint16 district => uint32) public roundCountOf;
    mapping(uint16 district => mapping(uint32 number => Round)) private _rounds;
    mapping(bytes32 commitment => bool) private _used;

    constructor(IParticipantRegistry registry_) {
        registry = registry_;
    }

    // ------------------------------------------------------------------------------------------------------------
    // The life of a round

    /// @inheritdoc ISelectionDraw
    function openRound(
        bytes32 commitment,
        uint32 length,
        uint16 directRate,
        uint16 reviewRate,
        uint16 inspectRate
    ) external returns (uint32 number) {
        (uint32 customsNo, uint32 roles, uint16 district) = registry.authorityOf(msg.sender);
        require(
            (roles >> uint8(Role.Customs)) & 1 != 0, IParticipantRegistry.RoleMissing(customsNo, Role.Customs)
        );
        require(commitment != 0, CommitmentMissing());
        require(!_used[commitment], CommitmentUsed(commitment));
        require(
            length >= LEAST_BLOCKS && length <= MOST_BLOCKS,
            RoundLengthInvalid(length, LEAST_BLOCKS, MOST_BLOCKS)
        );
        require(
            directRate <= reviewRate && reviewRate <= inspectRate && inspectRate <= WHOLE,
            RatesInvalid(directRate, reviewRate, inspectRate)
        );
        uint48 opensAt = _nextOpening(district);

        number = ++roundCountOf[district];
        _used[commitment] = true;
        Round storage entry = _rounds[district][number];
        entry.commitment = commitment;
        (entry.customsNo, entry.opensAt, entry.closesAt) = (customsNo, opensAt, opensAt + length);
        (entry.directRate, entry.reviewRate, entry.inspectRate) = (directRate, reviewRate, inspectRate);

        emit RoundOpened(
            district,
            number,
            customsNo,
            commitment,
            opensAt,
            entry.closesAt,
            directRate,
            reviewRate,
            inspectRate
        );
    }

    /// @inheritdoc ISelectionDraw
    function recordBlockHash(uint16 district, uint32 number) external {
        Round storage entry = _known(district, number);
        RoundState state = _stateOf(entry);
        uint48 hashBlock = entry.closesAt + hashDelay;
        require(
            state == RoundState.Open || state == RoundState.Closed, RoundStateUnfit(district, number, state)
        );
        require(block.number > hashBlock, HashNotReady(district, number, hashBlock));

        entry.blockHash = blockhash(hashBlock);
        entry.revealBy = uint48(block.timestamp) + revealWindow;

        emit BlockHashRecorded(district, number, entry.blockHash, entry.revealBy);
    }

    /// @inheritdoc ISelectionDraw
    function revealSeed(uint16 district, uint32 number, bytes32 seed) external {
        Round storage entry = _known(district, number);
        RoundState state = _stateOf(entry);
        require(state == RoundState.Mixed, RoundStateUnfit(district, number, state));
        bytes32 commitment = keccak256(abi.encode(seed));
        require(seed != 0 && commitment == entry.commitment, SeedWrong(district, number, commitment));

        entry.seed = seed;

        emit SeedRevealed(district, number, seed);
    }

    /// @inheritdoc ISelectionDraw
    function declareFailed(uint16 district, uint32 number) external {
        Round storage entry = _known(district, number);
        RoundState state = _stateOf(entry);
        require(
            state == RoundState.Void || state == RoundState.Withheld, RoundStateUnfit(district, number, state)
        );
        require(!entry.failed, FailureAlreadyDeclared(district, number));

        entry.failed = true;

        emit RoundFailed(district, number, state);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc ISelectionDraw
    function drawOf(uint16 district, uint32 number, bytes32 manifest, uint8 index)
        external
        view
        returns (uint16)
    {
        return _drawOf(_revealed(district, number), manifest, index);
    }

    /// @inheritdoc ISelectionDraw
    function isSelected(uint16 district, uint32 number, bytes32 manifest, uint8 index, Tier tier)
        external
        view
        returns (bool)
    {
        Round storage entry = _revealed(district, number);
        uint16 rate = entry.directRate;
        if (tier == Tier.Review) rate = entry.reviewRate;
        if (tier == Tier.Inspect) rate = entry.inspectRate;
        return _drawOf(entry, manifest, index) < rate;
    }

    /// @inheritdoc ISelectionDraw
    function roundOf(uint16 district, uint32 number) external view returns (Round memory) {
        return _known(district, number);
    }

    /// @inheritdoc ISelectionDraw
    function stateOf(uint16 district, uint32 number) external view returns (RoundState) {
        return _stateOf(_known(district, number));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    /// @dev Where the round before ends, so that rounds leave no block to choose; now, where it has ended already.
    function _nextOpening(uint16 district) private view returns (uint48) {
        uint32 before = roundCountOf[district];
        if (before == 0) return uint48(block.number);
        Round storage last = _rounds[district][before];
        require(last.opensAt <= block.number, RoundAhead(district, before, last.opensAt));
        return last.closesAt > block.number ? last.closesAt : uint48(block.number);
    }

    function _drawOf(Round storage entry, bytes32 manifest, uint8 index) private view returns (uint16) {
        return uint16(uint256(keccak256(abi.encode(entry.seed, entry.blockHash, manifest, index))) % WHOLE);
    }

    function _stateOf(Round storage entry) private view returns (RoundState) {
        if (entry.seed != 0) return RoundState.Revealed;
        if (entry.blockHash != 0) {
            return block.timestamp < entry.revealBy ? RoundState.Mixed : RoundState.Withheld;
        }
        if (block.number <= entry.closesAt) return RoundState.Open;
        return block.number <= entry.closesAt + hashDelay + HASHES_KNOWN ? RoundState.Closed : RoundState.Void;
    }

    function _known(uint16 district, uint32 number) private view returns (Round storage entry) {
        entry = _rounds[district][number];
        require(entry.commitment != 0, RoundUnknown(district, number));
    }

    function _revealed(uint16 district, uint32 number) private view returns (Round storage entry) {
        entry = _known(district, number);
        RoundState state = _stateOf(entry);
        require(state == RoundState.Revealed, RoundStateUnfit(district, number, state));
    }
}
