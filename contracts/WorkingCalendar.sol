// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IParticipantRegistry} from "./interfaces/IParticipantRegistry.sol";
import {IWorkingCalendar} from "./interfaces/IWorkingCalendar.sol";

/// @title The working days of the People's Republic, year by year
/// @dev The specification is IWorkingCalendar.
contract WorkingCalendar is IWorkingCalendar {
    uint256 private constant AHEAD_OF_UTC = 8 hours;
    /// @dev Bounds the loop over days, with FEWEST_A_YEAR, to two years.
    uint16 private constant MOST_WORKING_DAYS = 250;
    /// @dev Fewer than any year has had, so that an empty or half-filled list is seen at once.
    uint256 private constant FEWEST_A_YEAR = 200;

    /// @inheritdoc IWorkingCalendar
    IParticipantRegistry public immutable registry;

    mapping(uint16 year => uint256[2]) private _years;

    constructor(IParticipantRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc IWorkingCalendar
    function publishYear(uint16 year, uint256 firstDays, uint256 lastDays) external {
        require(
            msg.sender == Ownable(address(registry)).owner(), Ownable.OwnableUnauthorizedAccount(msg.sender)
        );
        uint256 workingDays = _count(firstDays) + _count(lastDays);
        require(
            year >= 1970 && lastDays >> (_lengthOf(year) - 256) == 0 && workingDays >= FEWEST_A_YEAR,
            CalendarInvalid(year, workingDays)
        );
        uint256[2] storage kept = _years[year];
        if (kept[0] != 0) {
            uint256 begun = _daysBegun(year);
            bool past = _meets(kept[0] ^ firstDays, begun)
                || (begun > 256 && _meets(kept[1] ^ lastDays, begun - 256));
            require(!past, CalendarPast(year, begun));
        }

        (kept[0], kept[1]) = (firstDays, lastDays);

        emit YearPublished(year, firstDays, lastDays);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IWorkingCalendar
    function addWorkingDays(uint48 at, uint16 workingDays) external view returns (uint48) {
        require(
            workingDays != 0 && workingDays <= MOST_WORKING_DAYS,
            WorkingDaysInvalid(workingDays, MOST_WORKING_DAYS)
        );
        (uint16 year, uint256 first, uint256 day) = _dayOf(at);
        uint256[2] memory days_ = _published(year);
        uint256 length = _lengthOf(year);
        while (workingDays != 0) {
            if (++day == length) {
                (first, day) = (first + length, 0);
                days_ = _published(++year);
                length = _lengthOf(year);
            }
            if (_isSet(days_, day)) --workingDays;
        }
        return uint48((first + day + 1) * 1 days - AHEAD_OF_UTC);
    }

    /// @inheritdoc IWorkingCalendar
    function isWorkingDay(uint48 at) external view returns (bool) {
        (uint16 year,, uint256 day) = _dayOf(at);
        return _isSet(_published(year), day);
    }

    /// @inheritdoc IWorkingCalendar
    function workingDaysOf(uint16 year) external view returns (uint256 firstDays, uint256 lastDays) {
        return (_years[year][0], _years[year][1]);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Days and years

    function _published(uint16 year) private view returns (uint256[2] memory days_) {
        days_ = _years[year];
        require(days_[0] != 0, CalendarMissing(year));
    }

    /// @dev How many days of a year have begun in China.
    function _daysBegun(uint16 year) private view returns (uint256) {
        uint256 today = (block.timestamp + AHEAD_OF_UTC) / 1 days;
        uint256 first = _firstDayOf(year);
        return today < first ? 0 : today - first + 1;
    }

    /// @dev The year of an instant, that year's first day since 1970, and the day within it.
    function _dayOf(uint48 at) private pure returns (uint16 year, uint256 first, uint256 day) {
        uint256 today = (at + AHEAD_OF_UTC) / 1 days;
        // Too early by a year in most of them: no year is longer than 366 days.
        uint256 guess = 1970 + today / 366;
        while (_firstDayOf(guess + 1) <= today) ++guess;
        first = _firstDayOf(guess);
        return (uint16(guess), first, today - first);
    }

    /// @dev Days from 1970 to a year's first, by the Gregorian rule; 477 leap years came before.
    function _firstDayOf(uint256 year) private pure returns (uint256) {
        uint256 before = year - 1;
        return 365 * (year - 1970) + before / 4 - before / 100 + before / 400 - 477;
    }

    function _lengthOf(uint256 year) private pure returns (uint256) {
        return _firstDayOf(year + 1) - _firstDayOf(year);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Bits

    function _isSet(uint256[2] memory days_, uint256 day) private pure returns (bool) {
        return (days_[day >> 8] >> (day & 255)) & 1 != 0;
    }

    /// @dev Whether one of the lowest `width` bits is set.
    function _meets(uint256 word, uint256 width) private pure returns (bool) {
        return width >= 256 ? word != 0 : word & ((1 << width) - 1) != 0;
    }

    function _count(uint256 word) private pure returns (uint256 set) {
        for (; word != 0; word &= word - 1) {
            ++set;
        }
    }
}
