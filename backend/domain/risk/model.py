"""What an assessment is made of: the facts, the settings, the parts of the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from backend.domain.draw import Rates, Tier
from backend.domain.events import Level
from backend.domain.participants import CreditGrade

#: Scores reach from 0 to this.
HIGHEST = 100

#: What keeps a score within its bounds, as a contribution of its own.
BOUND = "bound"

USUAL_RATES = Rates(500, 2_000, 10_000)


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of one declared parcel and of those who handle it. None is not known: nothing is made of it."""

    seller_grade: CreditGrade = CreditGrade.Regular
    #: Credit records, 0 to 100.
    seller_record: Decimal = Decimal(0)
    declarant_record: Decimal | None = None
    carrier_record: Decimal | None = None
    #: Parcels of the seller that were declared in the last twelve months before this manifest.
    seller_declared: int = 0
    #: The highest level at which the seller is listed now.
    listing: Level | None = None
    #: Warnings of the comparison of documents, with their weights.
    warnings: tuple[tuple[str, int], ...] = ()
    #: Recorded rights that the declared goods are suspected to infringe.
    suspected_rights: int | None = None
    #: The dutiable value of an import as a share of the limit for one transaction, and of the buyer's year with it.
    value_share: Decimal | None = None
    year_share: Decimal | None = None
    #: The HS heading of the goods worth most, and what inspections of such goods found here.
    heading: str = ""
    heading_inspected: int = 0
    heading_found: int = 0
    #: How far the declared gross weight lies from the waybill's, as a share of the waybill's.
    weight_deviation: Decimal | None = None
    #: Parcels that the same buyer bought in thirty days. Who that is does not enter here.
    buyer_parcels: int | None = None


@dataclass(frozen=True, slots=True)
class FactorSetting:
    """What a district sets for one factor; None leaves what the factor's row says."""

    enabled: bool = True
    #: The most points that it adds or takes away.
    most: int | None = None


@dataclass(frozen=True)
class RiskConfig:
    """What a district may set. `version` is part of every assessment made under it.

    With the usual bounds and rates about one parcel in ten is opened where 84 of a hundred are released directly, 12
    are reviewed and 4 inspected.
    """

    version: str = "1"
    #: Whether tiers decide what happens to parcels that the district accepts by itself, and rounds are drawn.
    draw: bool = False
    #: Scores from which on a parcel is reviewed, and inspected.
    review_from: int = 30
    inspect_from: int = 60
    rates: Rates = USUAL_RATES
    #: Blocks in which a round's manifests are declared.
    round_blocks: int = 60
    #: Factor id → setting, for those that differ from the rows.
    factors: Mapping[str, FactorSetting] = field(default_factory=dict)

    def of(self, factor: str) -> FactorSetting:
        return self.factors.get(factor, _AS_THE_ROW_SAYS)

    def tier_of(self, score: int) -> Tier:
        if score >= self.inspect_from:
            return Tier.Inspect
        return Tier.Review if score >= self.review_from else Tier.Direct


_AS_THE_ROW_SAYS = FactorSetting()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one factor adds to the score (negative: takes away), with the values that its sentences name."""

    factor: str
    points: int
    values: Mapping[str, str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """`score` is the sum of the contributions' points, 0 to 100."""

    score: int
    tier: Tier
    contributions: tuple[Contribution, ...]
    #: Factors that put the parcel in a stricter tier than its score does.
    forced_by: tuple[str, ...]
    #: Factors about which nothing was known, and those that the district switched off.
    unknown: tuple[str, ...]
    switched_off: tuple[str, ...]
    config_version: str
