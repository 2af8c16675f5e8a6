"""Risk scores: each factor's points, the sum, the bounds, the tiers, and that nothing bad lowers a score."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.draw import Rates, Tier
from backend.domain.errors import InvalidInput
from backend.domain.events import Level
from backend.domain.participants import CreditGrade
from backend.domain.risk import (
    FACTORS,
    HIGHEST,
    FactorSetting,
    RiskConfig,
    RiskFacts,
    assess,
    contribution_as_json,
    contribution_from_json,
    load_risk_config,
    risk_config_as_json,
)
from backend.domain.risk.factors import GRADE_POINTS, GRADES_ZH

USUAL = RiskConfig()
#: A seller that is known, and nothing else.
KNOWN = RiskFacts(seller_declared=1_000)


def points(facts: RiskFacts, config: RiskConfig = USUAL) -> dict[str, int]:
    return {each.factor: each.points for each in assess(facts, config).contributions}


@pytest.mark.parametrize(
    ("factor", "changes", "expected"),
    [
        ("grade", {"seller_grade": CreditGrade.Regular}, 0),
        ("grade", {"seller_grade": CreditGrade.AdvancedCertified}, -20),
        ("grade", {"seller_grade": CreditGrade.Certified}, -10),
        ("grade", {"seller_grade": CreditGrade.Dishonest}, 60),
        ("grade", {"seller_grade": CreditGrade.SeriouslyDishonest}, 80),
        ("seller_record", {"seller_record": Decimal("37.50")}, 15),
        ("seller_record", {"seller_record": Decimal(100)}, 30),
        ("listing", {"listing": None}, 0),
        ("listing", {"listing": Level.Watch}, 30),
        ("listing", {"listing": Level.Inspect}, 80),
        ("warnings", {"warnings": (("M21", 20), ("M16", 10))}, 30),
        ("warnings", {"warnings": (("M21", 20),) * 4}, 40),
        ("screening", {"suspected_rights": 0}, 0),
        ("screening", {"suspected_rights": 1}, 60),
        ("first_time", {"seller_declared": 0}, 10),
        ("first_time", {"seller_declared": 19}, 5),
        ("first_time", {"seller_declared": 20}, 0),
        ("value", {"value_share": Decimal("0.89"), "year_share": Decimal("0.2")}, 0),
        ("value", {"value_share": Decimal("0.9"), "year_share": Decimal("0.89")}, 6),
        ("value", {"value_share": Decimal("0.95"), "year_share": Decimal("0.99")}, 12),
        ("heading", {"heading": "6404"}, 0),
        ("heading", {"heading": "6404", "heading_inspected": 1, "heading_found": 1}, 5),
        ("heading", {"heading": "6404", "heading_inspected": 90, "heading_found": 90}, 20),
        ("declarant_record", {"declarant_record": Decimal(50)}, 10),
        ("carrier_record", {"carrier_record": Decimal(25)}, 5),
        ("weight", {"weight_deviation": Decimal("0.04")}, 0),
        ("weight", {"weight_deviation": Decimal("0.05")}, 4),
        ("weight", {"weight_deviation": Decimal("0.31")}, 15),
        ("buyer", {"buyer_parcels": 5}, 0),
        ("buyer", {"buyer_parcels": 12}, 10),
        ("buyer", {"buyer_parcels": 500}, 20),
    ],
)
def test_a_factor_adds_what_its_row_says(factor: str, changes: dict[str, Any], expected: int) -> None:
    assert points(replace(KNOWN, **changes))[factor] == expected


def test_what_is_not_known_adds_nothing_and_is_named() -> None:
    unknown = set(assess(RiskFacts(), USUAL).unknown)
    assert unknown == {"screening", "value", "heading", "declarant_record", "carrier_record", "weight", "buyer"}


def test_a_factor_is_switched_off_or_bounded_by_the_district() -> None:
    facts = replace(KNOWN, buyer_parcels=30, warnings=(("M21", 20),))
    config = replace(USUAL, factors={"buyer": FactorSetting(enabled=False), "warnings": FactorSetting(most=7)})
    found = assess(facts, config)
    assert found.switched_off == ("buyer",)
    assert points(facts, config)["warnings"] == 7
    assert found.score == 7


# -- tiers


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        (0, Tier.Direct),
        (29, Tier.Direct),
        (30, Tier.Review),
        (59, Tier.Review),
        (60, Tier.Inspect),
        (100, Tier.Inspect),
    ],
)
def test_the_bounds_part_the_tiers(score: int, tier: Tier) -> None:
    assert USUAL.tier_of(score) is tier


@pytest.mark.parametrize(
    ("changes", "factor"),
    [
        ({"listing": Level.Inspect}, "listing"),
        ({"listing": Level.Barred}, "listing"),
        ({"suspected_rights": 2}, "screening"),
    ],
)
def test_a_listing_to_inspect_and_a_suspected_mark_inspect_whatever_the_score(
    changes: dict[str, Any], factor: str
) -> None:
    trusted = replace(KNOWN, seller_grade=CreditGrade.AdvancedCertified, **changes)
    config = replace(USUAL, factors={factor: FactorSetting(most=0)})
    found = assess(trusted, config)
    assert (found.score, found.tier, found.forced_by) == (0, Tier.Inspect, (factor,))
    off = assess(trusted, replace(USUAL, factors={factor: FactorSetting(enabled=False)}))
    assert (off.tier, off.forced_by) == (Tier.Direct, ())


def test_a_dishonest_seller_is_always_inspected_and_a_certified_one_starts_with_credit() -> None:
    assert assess(replace(KNOWN, seller_grade=CreditGrade.Dishonest), USUAL).tier is Tier.Inspect
    watched = replace(KNOWN, listing=Level.Watch)
    assert assess(watched, USUAL).tier is Tier.Review
    assert assess(replace(watched, seller_grade=CreditGrade.Certified), USUAL).tier is Tier.Direct


def test_about_one_parcel_in_ten_is_opened_with_the_usual_rates() -> None:
    shares = {Tier.Direct: 84, Tier.Review: 12, Tier.Inspect: 4}
    opened = sum(share * USUAL.rates.of(tier) for tier, share in shares.items()) / sum(shares.values())
    assert 900 < opened < 1_150


# -- what holds of every score

_records = st.none() | st.integers(0, 100).map(Decimal)
all_facts = st.builds(
    RiskFacts,
    seller_grade=st.sampled_from(CreditGrade),
    seller_record=st.integers(0, 100).map(Decimal),
    declarant_record=_records,
    carrier_record=_records,
    seller_declared=st.integers(0, 50),
    listing=st.none() | st.sampled_from(Level),
    warnings=st.lists(st.tuples(st.sampled_from(["M05", "M21"]), st.integers(0, 40)), max_size=4).map(tuple),
    suspected_rights=st.none() | st.integers(0, 3),
    value_share=st.none() | st.integers(0, 200).map(lambda n: Decimal(n) / 100),
    year_share=st.none() | st.integers(0, 200).map(lambda n: Decimal(n) / 100),
    heading=st.sampled_from(["", "6404"]),
    heading_inspected=st.integers(20, 40),
    heading_found=st.integers(0, 20),
    weight_deviation=st.none() | st.integers(0, 100).map(lambda n: Decimal(n) / 100),
    buyer_parcels=st.none() | st.integers(0, 40),
)


@given(all_facts)
def test_the_parts_add_up_to_the_score_within_its_bounds(facts: RiskFacts) -> None:
    found = assess(facts, USUAL)
    assert sum(each.points for each in found.contributions) == found.score
    assert 0 <= found.score <= HIGHEST
    named = {each.factor for each in found.contributions} | set(found.unknown) | set(found.switched_off)
    assert named - {"bound"} == {factor.id for factor in FACTORS}


def _worse(facts: RiskFacts, name: str) -> RiskFacts:
    """The same facts with one of them a little worse."""
    value = getattr(facts, name)
    match name:
        case "seller_grade":
            ranked = sorted(CreditGrade, key=GRADE_POINTS.__getitem__)
            return replace(facts, seller_grade=ranked[min(ranked.index(value) + 1, len(ranked) - 1)])
        case "listing":
            return replace(facts, listing=Level.Watch if value is None else Level(min(value + 1, Level.Barred)))
        case "warnings":
            return replace(facts, warnings=(*value, ("M16", 10)))
        case "seller_declared":
            return replace(facts, seller_declared=max(0, value - 10))
        case "heading" | "heading_inspected":
            return facts
        case _:
            return facts if value is None else replace(facts, **{name: value + 1})


@given(all_facts, st.sampled_from([each.name for each in fields(RiskFacts)]))
def test_what_is_worse_never_scores_lower_nor_falls_into_a_milder_tier(facts: RiskFacts, name: str) -> None:
    before, after = assess(facts, USUAL), assess(_worse(facts, name), USUAL)
    assert after.score >= before.score
    assert after.tier >= before.tier


@given(all_facts)
def test_a_stored_assessment_reads_again_in_both_languages(facts: RiskFacts) -> None:
    for each in assess(facts, USUAL).contributions:
        assert contribution_from_json(json.loads(json.dumps(contribution_as_json(each)))) == each
        assert each.zh
        assert each.en
        assert "{" not in each.zh + each.en


def test_every_grade_has_points_and_a_name() -> None:
    assert set(GRADE_POINTS) == set(GRADES_ZH) == set(CreditGrade)


# -- settings


def faults_of(value: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        load_risk_config(json.dumps(value))
    return [fault["field"] for fault in refused.value.details["faults"]]


def test_a_version_alone_gives_the_usual_settings() -> None:
    assert load_risk_config('{"version": "7"}') == RiskConfig("7")


def test_everything_may_be_set_and_reads_again() -> None:
    given_ = {
        "version": "2026-11",
        "draw": True,
        "round_blocks": 120,
        "tiers": {"review": 20, "inspect": 50},
        "rates": {"direct": "0.0125", "review": 0.3, "inspect": 0.9},
        "factors": {"buyer": {"enabled": False}, "listing": {"most": 60}},
    }
    config = load_risk_config(json.dumps(given_))
    assert config == RiskConfig(
        "2026-11",
        True,
        20,
        50,
        Rates(125, 3_000, 9_000),
        120,
        {"buyer": FactorSetting(enabled=False), "listing": FactorSetting(most=60)},
    )
    assert load_risk_config(json.dumps(risk_config_as_json(config))) == config


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rates": {"direct": "0.00001"}}, "rates.direct"),
        ({"rates": {"direct": "0.5", "review": "0.4"}}, "rates.review"),
        ({"rates": {"inspect": "1.2"}}, "rates.inspect"),
        ({"tiers": {"review": 70, "inspect": 60}}, "tiers.review"),
        ({"tiers": {"inspect": 102}}, "tiers.inspect"),
        ({"round_blocks": 7}, "round_blocks"),
        ({"draw": "yes"}, "draw"),
        ({"factors": {"buyer": {"most": 101}}}, "factors.buyer.most"),
        ({"factors": {"shoes": {}}}, "factors.shoes"),
        ({"color": 1}, "color"),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], field: str) -> None:
    assert field in faults_of({"version": "1", **wrong})


def test_random_texts_never_do_anything_but_be_refused() -> None:
    draw = random.Random(5)
    for _ in range(200):
        text = bytes(draw.choices(b'{}[]":,0.1eversionatx ', k=draw.randint(0, 30)))
        with pytest.raises(InvalidInput):
            load_risk_config(text)
