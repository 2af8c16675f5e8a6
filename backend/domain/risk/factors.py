"""The factors of a risk score, row by row (customs-domain notes §11): how many points, and in which words.

A factor never falls when what it looks at gets worse. Nothing in it tells who a buyer is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.domain.draw import Tier
from backend.domain.events import Level
from backend.domain.participants import CreditGrade
from backend.domain.risk.model import RiskFacts

#: Points, and the values that the sentences name; None where the facts say nothing about it.
Measured = tuple[int, Mapping[str, str]] | None


@dataclass(frozen=True, slots=True)
class Factor:
    """One row. `most` bounds what it adds or takes away; `forces` is the tier below which it lets no parcel be."""

    id: str
    most: int
    measure: Callable[[RiskFacts], Measured]
    zh: str
    en: str
    forces: Callable[[RiskFacts], Tier] = lambda _: Tier.Direct


GRADE_POINTS: Mapping[CreditGrade, int] = {
    CreditGrade.AdvancedCertified: -20,
    CreditGrade.Certified: -10,
    CreditGrade.Regular: 0,
    CreditGrade.Dishonest: 60,
    CreditGrade.SeriouslyDishonest: 80,
}
GRADES_ZH: Mapping[CreditGrade, str] = {
    CreditGrade.AdvancedCertified: "高级认证企业",
    CreditGrade.Certified: "认证企业",
    CreditGrade.Regular: "常规企业",
    CreditGrade.Dishonest: "失信企业",
    CreditGrade.SeriouslyDishonest: "严重失信企业",
}
LISTING_POINTS: Mapping[Level | None, int] = {None: 0, Level.Watch: 30, Level.Inspect: 80, Level.Barred: 80}
_LISTINGS_ZH = {None: "未列入", Level.Watch: "关注", Level.Inspect: "必查", Level.Barred: "禁止申报"}

#: Parcels declared before which a seller is new.
NEW_SELLER = 20
#: Share of a limit from which on a value is near it.
NEAR = Decimal("0.9")
#: Inspections that are not yet a history: the share of finds is taken as if so many more had found nothing.
FEW_INSPECTIONS = 10
#: Shares of the waybill's weight, parcels of one buyer in thirty days, and their points: the last that is reached.
WEIGHT_STEPS = ((Decimal("0.05"), 4), (Decimal("0.15"), 8), (Decimal("0.3"), 15))
BUYER_STEPS = ((Decimal(6), 5), (Decimal(12), 10), (Decimal(24), 20))


def _grade(facts: RiskFacts) -> Measured:
    grade = facts.seller_grade
    return GRADE_POINTS[grade], {"grade": grade.name, "grade_zh": GRADES_ZH[grade]}


def _record(share: Decimal, of: Callable[[RiskFacts], Decimal | None]) -> Callable[[RiskFacts], Measured]:
    def measure(facts: RiskFacts) -> Measured:
        record = of(facts)
        return None if record is None else (int(record * share), {"record": f"{record:f}"})

    return measure


def _listing(facts: RiskFacts) -> Measured:
    level = facts.listing
    name = "none" if level is None else level.name
    return LISTING_POINTS[level], {"level": name, "level_zh": _LISTINGS_ZH[level]}


def _listing_forces(facts: RiskFacts) -> Tier:
    return Tier.Inspect if facts.listing in (Level.Inspect, Level.Barred) else Tier.Direct


def _warnings(facts: RiskFacts) -> Measured:
    rules = ", ".join(dict.fromkeys(rule for rule, _ in facts.warnings)) or "–"
    return sum(weight for _, weight in facts.warnings), {"rules": rules}


def _screening(facts: RiskFacts) -> Measured:
    if facts.suspected_rights is None:
        return None
    return (60 if facts.suspected_rights else 0), {"rights": str(facts.suspected_rights)}


def _screening_forces(facts: RiskFacts) -> Tier:
    return Tier.Inspect if facts.suspected_rights else Tier.Direct


def _first_time(facts: RiskFacts) -> Measured:
    declared = facts.seller_declared
    return (10 if declared == 0 else 5 if declared < NEW_SELLER else 0), {"declared": str(declared)}


def _value(facts: RiskFacts) -> Measured:
    if facts.value_share is None:
        return None
    year = facts.year_share or Decimal(0)
    points = 6 * (facts.value_share >= NEAR) + 6 * (year >= NEAR)
    return points, {"value": _percent(facts.value_share), "year": _percent(year)}


def _heading(facts: RiskFacts) -> Measured:
    if not facts.heading:
        return None
    share = Decimal(facts.heading_found) / (facts.heading_inspected + FEW_INSPECTIONS)
    found, inspected = str(facts.heading_found), str(facts.heading_inspected)
    return int(share * 60), {"heading": facts.heading, "found": found, "inspected": inspected}


def _weight(facts: RiskFacts) -> Measured:
    if facts.weight_deviation is None:
        return None
    return _reached(WEIGHT_STEPS, facts.weight_deviation), {"share": _percent(facts.weight_deviation)}


def _buyer(facts: RiskFacts) -> Measured:
    if facts.buyer_parcels is None:
        return None
    return _reached(BUYER_STEPS, Decimal(facts.buyer_parcels)), {"parcels": str(facts.buyer_parcels)}


def _reached(steps: Sequence[tuple[Decimal, int]], value: Decimal) -> int:
    return max((points for least, points in steps if value >= least), default=0)


def _percent(share: Decimal) -> str:
    return f"{min(share, Decimal(100)) * 100:.0f} %"


# fmt: off
FACTORS: tuple[Factor, ...] = (
    Factor("grade", 80, _grade, "商家信用等级：{grade_zh}", "The seller's credit grade is {grade}"),
    Factor("seller_record", 30, _record(Decimal("0.4"), lambda facts: facts.seller_record),
           "商家近十二个月信用记录 {record} 分（满分 100，越高越差）",
           "The seller's record of twelve months is {record} of 100, which is the worst"),
    Factor("listing", 80, _listing, "商家黑名单状态：{level_zh}", "The seller's listing on the blacklist: {level}",
           _listing_forces),
    Factor("warnings", 40, _warnings, "三单比对提示：{rules}", "Warnings of the comparison of documents: {rules}"),
    Factor("screening", 60, _screening, "疑似侵犯备案权利 {rights} 项", "Recorded rights suspected infringed: {rights}",
           _screening_forces),
    Factor("first_time", 10, _first_time, "商家此前十二个月申报 {declared} 件",
           "The seller declared {declared} parcels in the twelve months before"),
    Factor("value", 12, _value, "完税价格为单次限值的 {value}，连同买家全年为年度限值的 {year}",
           "The value is {value} of the limit for one purchase, and {year} of the year's with the buyer's others"),
    Factor("heading", 20, _heading, "税目 {heading} 已查验 {inspected} 件，其中 {found} 件发现问题",
           "Of {inspected} parcels inspected under heading {heading}, {found} had something wrong"),
    Factor("declarant_record", 10, _record(Decimal("0.2"), lambda facts: facts.declarant_record),
           "申报企业近十二个月信用记录 {record} 分", "The declarant's record of twelve months is {record} of 100"),
    Factor("carrier_record", 10, _record(Decimal("0.2"), lambda facts: facts.carrier_record),
           "物流企业近十二个月信用记录 {record} 分", "The carrier's record of twelve months is {record} of 100"),
    Factor("weight", 15, _weight, "申报毛重与运单重量相差 {share}",
           "The declared gross weight is {share} away from the waybill's"),
    Factor("buyer", 20, _buyer, "同一买家三十天内购买 {parcels} 件",
           "The same buyer bought {parcels} parcels in thirty days"),
)
# fmt: on

FACTOR_NAMED: Mapping[str, Factor] = {factor.id: factor for factor in FACTORS}
