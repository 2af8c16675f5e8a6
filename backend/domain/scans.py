"""How often a parcel's code was scanned, and which rules say that it was scanned unusually often.

One code printed on many goods is scanned by many strangers, and no single one of them can know. Counted are *visits*:
one network that scans a code on one day, however often it does. Networks of different days cannot be told apart, so
the rules over several days count *further* visits, all but the first of each day: one network alone never makes a
further visit, not in a thousand scans and not in a year.

A rule that holds says that a code was scanned unusually often and no more. Goods are not called fake for it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.domain.calendar import china_day

#: Visits of a parcel counted on one day, at most: what comes after says nothing new and is not kept.
MOST_VISITS_A_DAY = 1_000

# ---------------------------------------------------------------------------------------------------
# The rules


class ScanRule(StrEnum):
    """A pattern that suggests copies of a code."""

    #: So many networks on one day.
    OneDay = "OneDay"
    #: So many further visits within a window of days.
    ManyDays = "ManyDays"
    #: So many further visits within a window of days that begins after the day of delivery.
    AfterDelivery = "AfterDelivery"


@dataclass(frozen=True, slots=True)
class ScanThresholds:
    """From how many visits on each rule holds; zero switches a rule off. `window` is in days."""

    one_day: int
    many_days: int
    after_delivery: int
    window: int

    def of(self, rule: ScanRule) -> int:
        match rule:
            case ScanRule.OneDay:
                return self.one_day
            case ScanRule.ManyDays:
                return self.many_days
            case ScanRule.AfterDelivery:
                return self.after_delivery


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """How far a rule got: the most it counted, from which day to which, and the number from which on it holds."""

    rule: ScanRule
    threshold: int
    window: int
    most: int
    since: date | None
    until: date | None

    @property
    def holds(self) -> bool:
        return 0 < self.threshold <= self.most

    @property
    def zh(self) -> str:
        return _ZH[self.rule].format(threshold=self.threshold, window=self.window)

    @property
    def en(self) -> str:
        return _EN[self.rule].format(threshold=self.threshold, window=self.window)


_ZH: Mapping[ScanRule, str] = {
    ScanRule.OneDay: "同一天内有 {threshold} 个或更多不同网络扫过此码。",
    ScanRule.ManyDays: "连续 {window} 天内，每天除首个网络外，另有其他网络共扫码 {threshold} 次或更多。",
    ScanRule.AfterDelivery: (
        "签收次日起连续 {window} 天内，每天除首个网络外，另有其他网络共扫码 {threshold} 次或更多。"
    ),
}
_EN: Mapping[ScanRule, str] = {
    ScanRule.OneDay: "{threshold} or more different networks scanned the code on one day.",
    ScanRule.ManyDays: "Within {window} days, not counting the first network of each day, other networks scanned the "
    "code {threshold} times or more.",
    ScanRule.AfterDelivery: "Within {window} days after the day of delivery, not counting the first network of each "
    "day, other networks scanned the code {threshold} times or more.",
}


@dataclass(frozen=True, slots=True)
class ScanStanding:
    """What a parcel's scans come to. `rules` are those that are switched on, in their order."""

    visits: int
    days: int
    rules: tuple[RuleStanding, ...]

    @property
    def is_unusual(self) -> bool:
        return any(rule.holds for rule in self.rules)


def judge_scans(
    visits: Mapping[date, int], thresholds: ScanThresholds, delivered_at: int | None = None
) -> ScanStanding:
    """What the visits of each day come to; `delivered_at` is the instant of delivery, None where there was none yet.

    Days are China's. What held once holds for good: a warning that fades would not reach those who buy later.
    """
    counted = sorted((day, count) for day, count in visits.items() if count > 0)
    further = [(day, count - 1) for day, count in counted]
    delivered = None if delivered_at is None else china_day(delivered_at)
    later = [] if delivered is None else [(day, count) for day, count in further if day > delivered]
    found = {
        ScanRule.OneDay: _most_within(counted, 1),
        ScanRule.ManyDays: _most_within(further, thresholds.window),
        ScanRule.AfterDelivery: _most_within(later, thresholds.window),
    }
    rules = tuple(
        RuleStanding(rule, thresholds.of(rule), thresholds.window, *found[rule])
        for rule in ScanRule
        if thresholds.of(rule) > 0
    )
    return ScanStanding(sum(count for _, count in counted), len(counted), rules)


def _most_within(counts: Iterable[tuple[date, int]], window: int) -> tuple[int, date | None, date | None]:
    """The largest sum over days that lie within a window, with its first and last day. Days come in order."""
    inside: list[tuple[date, int]] = []
    best: tuple[int, date | None, date | None] = (0, None, None)
    total = 0
    for day, count in counts:
        inside.append((day, count))
        total += count
        while (day - inside[0][0]).days >= window:
            total -= inside.pop(0)[1]
        if total > best[0]:
            best = (total, inside[0][0], day)
    return best


# ---------------------------------------------------------------------------------------------------
# The short code

_SHORT_CODE = re.compile(r"[A-Z2-7]{52}")


def short_code(parcel_id: bytes) -> str:
    """A parcel's id in 52 letters and digits (RFC 4648 base 32), which QR codes hold in five and a half bits each."""
    return base64.b32encode(parcel_id).decode().rstrip("=")


def parcel_of_short_code(code: str) -> bytes | None:
    """The parcel id of a short code in letters of either case; None for anything else."""
    tidy = code.upper()
    if not _SHORT_CODE.fullmatch(tidy):
        return None
    parcel_id = base64.b32decode(tidy + "====")
    # Its last character carries one bit of the id: of the 32 that it might be, two are right.
    return parcel_id if short_code(parcel_id) == tidy else None


def scan_link(public: str, parcel_id: bytes) -> str:
    """The address that a parcel's QR code carries. `public` is where buyers reach the gateway."""
    return f"{public}/s/{short_code(parcel_id)}"
