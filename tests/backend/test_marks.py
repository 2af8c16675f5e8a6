"""Marks as holders record them, lines as sellers declare them, and what a licence makes of a hit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backend.domain.calendar import CHINA
from backend.domain.errors import InvalidInput
from backend.domain.licences import Finding, Judgement, Licence, Reason, judge
from backend.domain.marks import DISGUISE_NAMES, Disguise, Hit, Line, LineField, Mark
from backend.domain.wording import has_chinese

SELLER, OTHER_SELLER = 21, 22
AT = int(datetime(2026, 3, 2, 12, tzinfo=CHINA).timestamp())
DAY = 24 * 3600

SHOES_AND_BAGS = frozenset({"6404", "4202"})


def mark(**changes: Any) -> Mark:
    return Mark(**({"id": "M1", "right": "R1", "text": "ZORBEKA", "headings": SHOES_AND_BAGS} | changes))


def hit(heading: str | None = "6404", **changes: Any) -> Hit:
    met = mark(**changes)
    within = None if heading is None else heading in met.headings
    return Hit(0, met, met.text, LineField.Brand, "Z0RBEKA", (Disguise.Digit,), 0, heading, within)


def licence(**changes: Any) -> Licence:
    usual = {"seller_no": SELLER, "right": "R1", "headings": frozenset(), "from_at": AT - DAY, "until": AT + DAY}
    return Licence(**(usual | changes))


def judged(met: Hit, *licences: Licence, at: int = AT, seller_no: int = SELLER) -> Judgement:
    (judgement,) = judge([met], licences, seller_no, at)
    return judgement


# ---------------------------------------------------------------------------------------------------
# Marks and lines


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "·—"}, "text"),
        ({"text": "Z" * 101}, "text"),
        ({"variants": ("佐贝卡", " ")}, "variants[1]"),
        ({"variants": tuple(f"Z{n}" for n in range(51))}, "variants"),
        ({"headings": frozenset()}, "headings"),
        ({"headings": frozenset({"640411"})}, "headings"),
        ({"headings": frozenset({"64０4"})}, "headings"),
        ({"nice_classes": frozenset({46})}, "nice_classes"),
    ],
)
def test_a_wrong_mark_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        mark(**changes)
    assert [fault["field"] for fault in refused.value.details["faults"]] == [field]
    assert all(has_chinese(fault["rule"]) for fault in refused.value.details["faults"])


def test_a_mark_of_one_character_may_be_recorded() -> None:
    assert mark(text="一", variants=("一",)).forms == ("一",)


@pytest.mark.parametrize(
    ("gmodel", "brand"),
    [
        ("品牌:ZORBEKA|规格:网面", "ZORBEKA"),
        ("规格:网面|品牌：佐贝卡；型号:A1", "佐贝卡"),
        ("品 牌 : Z O|x", "Z O"),
        ("Brand: Zorbeka, mesh", "Zorbeka"),
        ("品牌:", ""),
        ("网面 420克/双", ""),
    ],
)
def test_the_brand_is_read_from_the_specification(gmodel: str, brand: str) -> None:
    assert Line(gmodel=gmodel).brand == brand


def test_every_text_is_screened_once() -> None:
    line = Line("名称", "品名", "前|品牌:ZORBEKA|后", "6404110000")
    assert line.texts == (
        (LineField.Brand, "ZORBEKA"),
        (LineField.Name, "名称"),
        (LineField.ItemName, "品名"),
        (LineField.Model, "前|||后"),
    )


@pytest.mark.parametrize(("gcode", "heading"), [("6404110000", "6404"), ("6404", "6404"), ("640", None), ("", None)])
def test_a_line_has_the_heading_of_its_code(gcode: str, heading: str | None) -> None:
    assert Line(gcode=gcode).heading == heading


def test_every_disguise_has_its_name_in_both_languages() -> None:
    assert set(DISGUISE_NAMES) == set(Disguise)


# ---------------------------------------------------------------------------------------------------
# Licences


@pytest.mark.parametrize(
    ("licences", "finding", "reason"),
    [
        ((), Finding.Suspected, Reason.NoLicence),
        ((licence(),), Finding.Licensed, Reason.InForce),
        ((licence(headings=frozenset({"6404"})),), Finding.Licensed, Reason.InForce),
        ((licence(headings=frozenset({"4202"})),), Finding.Suspected, Reason.LicenceForOtherGoods),
        ((licence(seller_no=OTHER_SELLER),), Finding.Suspected, Reason.NoLicence),
        ((licence(right="R2"),), Finding.Suspected, Reason.NoLicence),
        # In force from its first second until before its last.
        ((licence(from_at=AT),), Finding.Licensed, Reason.InForce),
        ((licence(from_at=AT + 1),), Finding.Suspected, Reason.LicenceNotYet),
        ((licence(until=AT + 1),), Finding.Licensed, Reason.InForce),
        ((licence(until=AT),), Finding.Suspected, Reason.LicenceEnded),
        # Of several, one that is in force is enough.
        ((licence(until=AT), licence(headings=frozenset({"6404"}))), Finding.Licensed, Reason.InForce),
        ((licence(headings=frozenset({"4202"})), licence(until=AT)), Finding.Suspected, Reason.LicenceEnded),
    ],
)
def test_a_hit_passes_by_a_licence_for_that_seller_those_goods_and_that_time(
    licences: tuple[Licence, ...], finding: Finding, reason: Reason
) -> None:
    judgement = judged(hit(), *licences)
    assert (judgement.finding, judgement.reason) == (finding, reason)


def test_goods_that_the_right_leaves_out_are_no_infringement() -> None:
    assert judged(hit("8517")).finding is Finding.OutsideGoods
    assert judged(hit("8517"), licence()).finding is Finding.OutsideGoods


def test_a_well_known_mark_is_protected_beyond_its_goods_and_licensed_only_for_those_named() -> None:
    met = hit("8517", is_well_known=True)
    assert judged(met).reason is Reason.NoLicence
    assert judged(met, licence()).reason is Reason.LicenceForOtherGoods
    assert judged(met, licence(headings=frozenset({"8517"}))).finding is Finding.Licensed


def test_goods_without_a_code_need_a_licence_for_all_goods() -> None:
    assert judged(hit(None)).finding is Finding.Suspected
    assert judged(hit(None), licence(headings=frozenset({"6404"}))).finding is Finding.Suspected
    assert judged(hit(None), licence(headings=SHOES_AND_BAGS)).finding is Finding.Licensed
    assert judged(hit(None), licence()).finding is Finding.Licensed


def test_a_judgement_says_what_how_and_why_in_both_languages() -> None:
    suspected = judged(hit(), licence(until=AT))
    assert suspected.zh == (
        "第 1 项品牌中的“Z0RBEKA”与备案标识“ZORBEKA”相符（以数字代字母）：该商家的许可最后一日为 2026-03-02"
    )
    assert suspected.en == (
        "Line 1, brand: “Z0RBEKA” reads as the mark “ZORBEKA” (with digits for letters): "
        "the last day of the seller's licence was 2026-03-02"
    )
    assert "6404" in judged(hit(), licence(headings=frozenset({"4202"}))).zh


def test_hits_are_judged_in_their_order() -> None:
    hits = [hit("4202"), hit("8517"), hit("6404")]
    findings = [each.finding for each in judge(hits, [licence(headings=frozenset({"4202"}))], SELLER, AT)]
    assert findings == [Finding.Licensed, Finding.OutsideGoods, Finding.Suspected]
    assert judge([], [licence()], SELLER, AT) == []
