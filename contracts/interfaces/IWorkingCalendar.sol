// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";

/// @title The working days of the People's Republic, year by year
/// @notice Legal clocks run in working days, and the State Council moves some of those every year: weekends become
/// working days, weekdays become holidays. So each year is published as a list of days and no weekday is guessed. Days
/// are those of China time, UTC+8 all year.
/// @dev Warning: the owner of the registry publishes the calendar and is trusted to publish the State Council's. A
/// deadline that was reckoned before a correction stays as it was reckoned.
interface IWorkingCalendar {
    /// @notice Emitted when a year is published, and again when it is corrected.
    /// @param firstDays Bit n is day n of the year, for the days 0 to 255: set where it is a working day.
    /// @param lastDays Bit n is day 256 + n.
    event YearPublished(uint16 indexed year, uint256 firstDays, uint256 lastDays);

    /// @notice Thrown when a clock runs into a year that nobody has published.
    error CalendarMissing(uint16 year);
    /// @notice Thrown when a year has working days beyond its end, or fewer than any year has.
    error CalendarInvalid(uint16 year, uint256 workingDays);
    /// @notice Thrown when a correction changes one of the first `daysBegun` days of a year, which have begun.
    error CalendarPast(uint16 year, uint256 daysBegun);
    /// @notice Thrown when a clock is of no working day or of more than a clock may have.
    error WorkingDaysInvalid(uint16 workingDays, uint16 most);

    /// @notice Publishes a year, or corrects those of its days that have not begun. Owner of the registry only.
    function publishYear(uint16 year, uint256 firstDays, uint256 lastDays) external;

    /// @notice The end of the `workingDays`-th working day after the day of `at`: its midnight, China time. What is done
    /// before that instant is in time. Reverts with CalendarMissing or WorkingDaysInvalid.
    function addWorkingDays(uint48 at, uint16 workingDays) external view returns (uint48);

    /// @notice Whether the day of `at` is a working day. Reverts with CalendarMissing.
    function isWorkingDay(uint48 at) external view returns (bool);

    /// @notice A year as it was published; two zeros where it was not.
    function workingDaysOf(uint16 year) external view returns (uint256 firstDays, uint256 lastDays);

    /// @notice The registry whose owner publishes.
    function registry() external view returns (IParticipantRegistry);
}
