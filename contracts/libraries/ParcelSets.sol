// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParcelLedger, State} from "../interfaces/IParcelLedger.sol";

/// @title The sets of one manifest and their algebra
/// @notice Set 0 to 15 is a state, 16 to 31 a flag; bit n of a set is the parcel with index n.
/// @dev A set that holds every parcel or none has no slot of its own: a bit of the header says which. A slot is read
/// only while its set is partial, so what it held before is left in it, which spares the clearing and the refilling.
library ParcelSets {
    /// @dev Where the flags begin among the sets.
    uint256 internal constant FLAGS = 16;

    /// @notice The sets of one manifest while a call works on them.
    /// @param every The set of all parcels.
    /// @param full Which sets hold every parcel.
    /// @param partially Which sets hold some of them; the rest hold none.
    struct Work {
        uint256 every;
        uint256 full;
        uint256 partially;
    }

    /// @notice The sets as the header tells them.
    function open(IParcelLedger.Header memory header) internal pure returns (Work memory work) {
        work.every = type(uint256).max >> (255 - header.lastIndex);
        work.full = header.fullSets;
        work.partially = header.partialSets;
    }

    /// @notice The parcels in a set.
    function read(uint256[32] storage words, Work memory work, uint256 set) internal view returns (uint256) {
        if ((work.full >> set) & 1 != 0) return work.every;
        if ((work.partially >> set) & 1 != 0) return words[set];
        return 0;
    }

    /// @notice The parcels in at least one of `sets`.
    function inAny(uint256[32] storage words, Work memory work, uint256 sets)
        internal
        view
        returns (uint256 found)
    {
        if (sets & work.full != 0) return work.every;
        sets &= work.partially;
        for (uint256 set; sets >> set != 0; ++set) {
            if ((sets >> set) & 1 != 0) found |= words[set];
        }
    }

    /// @notice The parcels in each of `sets`.
    function inAll(uint256[32] storage words, Work memory work, uint256 sets)
        internal
        view
        returns (uint256 found)
    {
        sets &= ~work.full;
        if (sets & ~work.partially != 0) return 0;
        found = work.every;
        for (uint256 set; sets >> set != 0; ++set) {
            if ((sets >> set) & 1 != 0) found &= words[set];
        }
    }

    /// @notice Puts parcels into each of `sets`.
    function put(uint256[32] storage words, Work memory work, uint256 sets, uint256 parcels) internal {
        for (uint256 set; sets >> set != 0; ++set) {
            if ((sets >> set) & 1 != 0) _write(words, work, set, read(words, work, set) | parcels);
        }
    }

    /// @notice Takes parcels out of each of `sets`.
    function take(uint256[32] storage words, Work memory work, uint256 sets, uint256 parcels) internal {
        sets &= work.full | work.partially;
        for (uint256 set; sets >> set != 0; ++set) {
            if ((sets >> set) & 1 != 0) _write(words, work, set, read(words, work, set) & ~parcels);
        }
    }

    /// @notice Does to parcels what a rule says.
    function move(
        uint256[32] storage words,
        Work memory work,
        IParcelLedger.Rule memory rule,
        uint256 parcels
    ) internal {
        if (rule.moves) {
            take(words, work, rule.origins, parcels);
            put(words, work, 1 << uint256(rule.leadsTo), parcels);
        }
        put(words, work, uint256(rule.raises) << FLAGS, parcels);
        take(words, work, uint256(rule.clears) << FLAGS, parcels);
    }

    /// @notice Of `flags`, those whose set meets `parcels`.
    function flagsThatSomeHave(uint256[32] storage words, Work memory work, uint16 flags, uint256 parcels)
        internal
        view
        returns (uint16 found)
    {
        for (uint256 flag; flags >> flag != 0; ++flag) {
            uint256 bit = flags & (1 << flag);
            if (bit != 0 && read(words, work, FLAGS + flag) & parcels != 0) found |= uint16(bit);
        }
    }

    /// @notice Of `flags`, those whose set does not hold all of `parcels`.
    function flagsThatSomeLack(uint256[32] storage words, Work memory work, uint16 flags, uint256 parcels)
        internal
        view
        returns (uint16 found)
    {
        for (uint256 flag; flags >> flag != 0; ++flag) {
            uint256 bit = flags & (1 << flag);
            if (bit != 0 && parcels & ~read(words, work, FLAGS + flag) != 0) found |= uint16(bit);
        }
    }

    function _write(uint256[32] storage words, Work memory work, uint256 set, uint256 parcels) private {
        uint256 bit = 1 << set;
        bool isFull = parcels == work.every;
        bool isPartial = parcels != 0 && !isFull;
        work.full = isFull ? work.full | bit : work.full & ~bit;
        work.partially = isPartial ? work.partially | bit : work.partially & ~bit;
        if (isPartial) words[set] = parcels;
    }
}
