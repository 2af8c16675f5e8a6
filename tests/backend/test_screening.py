"""Marks met in declared lines: every disguise by name, and everything that is like a mark and is none."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from importlib import resources
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.marks import Disguise, Hit, Line, LineField, Mark
from backend.screening import MarkIndex
from backend.screening.folding import kept, places, skeleton

SHOES, PHONES, WATCHES, FRUIT = "6404110000", "8517130000", "9102110000", "0808100000"


def mark(id_: str, text: str, *variants: str, goods: str = "6404", **flags: bool) -> Mark:
    return Mark(id_, f"R-{id_}", text, frozenset(goods.split()), variants=variants, **flags)


MARKS = (
    mark("veki", "VEKI", "维琪"),
    mark("zorbeka", "ZORBEKA", "佐贝卡兰"),
    mark("zorbeta", "ZORBETA"),
    mark("quillovar", "quillovar"),
    mark("montelua", "Montelua"),
    mark("dragon", "龍淵"),
    mark("two", "QX"),
    mark("three", "QXW"),
    mark("one", "一"),
    mark("maple", "MAPLE", goods="8517", is_ordinary_word=True),
    mark("famed", "TRUVIANE", goods="8517", is_well_known=True),
    mark("pair", "VAL MORE"),
    mark("more", "MORE"),
    mark("digit", "7ORM"),
)
INDEX = MarkIndex.of(MARKS)

D = Disguise


def hits(gname: str = "", brand: str | None = None, gcode: str = SHOES, index: MarkIndex = INDEX) -> list[Hit]:
    gmodel = "网面|420克/双" if brand is None else f"品牌:{brand}|规格:网面 420克/双"
    return index.screen([Line(gname, "", gmodel, gcode)])


def met(gname: str = "", brand: str | None = None, gcode: str = SHOES) -> list[str]:
    return [hit.mark.id for hit in hits(gname, brand, gcode)]


# ---------------------------------------------------------------------------------------------------
# Disguises


@pytest.mark.parametrize(
    ("brand", "id_", "disguises"),
    [
        ("VEKI", "veki", {D.Exact}),
        ("veki", "veki", {D.Case}),
        ("Veki", "veki", {D.Case}),
        ("ＶＥＫＩ", "veki", {D.Width}),
        ("ｖｅｋｉ", "veki", {D.Width, D.Case}),
        ("𝐕𝐄𝐊𝐈", "veki", {D.Width}),
        ("ⓋⒺⓀⒾ", "veki", {D.Width}),
        ("V E K I", "veki", {D.Spacing}),
        ("V-E.K·I", "veki", {D.Spacing}),
        ("VE　KI", "veki", {D.Spacing}),
        ("VE\u200bKI", "veki", {D.Spacing}),
        ("V\u0332E\u0332K\u0332I\u0332", "veki", {D.Spacing}),
        ("VEK1", "veki", {D.Digit}),
        ("v3k1", "veki", {D.Case, D.Digit}),
        ("VЕКІ", "veki", {D.LookAlike}),
        ("Veκi", "veki", {D.Case, D.LookAlike}),
        ("VÉKI", "veki", {D.LookAlike}),
        ("VE\u0301KI", "veki", {D.Spacing}),
        ("VEKl", "veki", {D.LookAlike}),
        ("quiIIovar", "quillovar", {D.LookAlike}),
        ("rnontelua", "montelua", {D.LookAlike}),
        ("维琪", "veki", {D.Transliteration}),
        ("維琪", "veki", {D.Transliteration, D.Traditional}),
        ("维 琪", "veki", {D.Transliteration, D.Spacing}),
        ("weiqi", "veki", {D.Transliteration}),
        ("唯奇", "veki", {D.Sound}),
        ("龙渊", "dragon", {D.Traditional}),
        ("龍淵", "dragon", {D.Exact}),
        ("VKEI", "veki", {D.Typo}),
        ("VEEKI", "veki", {D.Typo}),
        ("ZORBEKKA", "zorbeka", {D.Typo}),
        ("Zobreka", "zorbeka", {D.Typo}),
        ("佐贝品兰", "zorbeka", {D.Transliteration, D.Typo}),
        ("VALMORE", "pair", {D.Spacing}),
        ("TORM", "digit", {D.Digit}),
        ("QX", "two", {D.Exact}),
        ("q x", "two", {D.Case, D.Spacing}),
        ("qxw", "three", {D.Case}),
        ("一", "one", {D.Exact}),
    ],
)
def test_a_disguised_brand_is_recognised_and_explained(brand: str, id_: str, disguises: set[Disguise]) -> None:
    (hit,) = hits("运动鞋", brand)
    assert (hit.mark.id, set(hit.disguises), hit.field) == (id_, disguises, LineField.Brand)
    assert hit.declared in brand or hit.declared == brand
    assert hit.within_goods is True


def test_typing_errors_are_counted() -> None:
    assert [hit.distance for hit in hits(brand="quilovarr")] == [2]
    assert [hit.distance for hit in hits(brand="quilovar")] == [1]
    assert [hit.distance for hit in hits(brand="quillovar")] == [0]
    assert met(brand="quilavarr") == []


@pytest.mark.parametrize("brand", ["VEKI牌", "VEKI/维琪", "维琪(VEKI)", "VEKI™", "“VEKI”", "VEKI2026", "VEKI Sport"])
def test_a_brand_may_have_something_around_it(brand: str) -> None:
    assert met(brand=brand) == ["veki"]


@pytest.mark.parametrize(
    ("line", "field", "declared"),
    [
        (Line(gname="夏季VEKI运动鞋"), LineField.Name, "VEKI"),
        (Line(item_name="women's V.E.K.I. running shoes"), LineField.ItemName, "V.E.K.I"),
        (Line(gmodel="品牌:无|v3ki 网面"), LineField.Model, "v3ki"),
        (Line(gname="ZORBEKAshoes"), LineField.Name, "ZORBEKA"),
        (Line(gname="zorbekashoes"), LineField.Name, "zorbeka"),
        (Line(gname="新款zorbekka鞋"), LineField.Name, "zorbekka"),
        (Line(item_name="a · ＺorBëkka (new)"), LineField.ItemName, "ＺorBëkka"),
        (Line(gname="QXW 运动鞋"), LineField.Name, "QXW"),
    ],
)
def test_a_hit_shows_the_text_as_declared_and_where(line: Line, field: LineField, declared: str) -> None:
    (hit,) = INDEX.screen([replace(line, gcode=SHOES)])
    assert (hit.field, hit.declared) == (field, declared)


def test_every_line_is_screened_and_named() -> None:
    lines = [Line("VEKI鞋", gcode=SHOES), Line("鞋", gcode=SHOES), Line("佐贝卡兰", gcode=SHOES)]
    assert [(hit.line, hit.mark.id) for hit in INDEX.screen(lines)] == [(0, "veki"), (2, "zorbeka")]


def test_the_plainest_place_speaks_for_a_mark() -> None:
    (hit,) = INDEX.screen([Line("V3KI 鞋", "veki", "品牌:VEKI|规格:x", SHOES)])
    assert hit.disguises == (Disguise.Exact,)


# ---------------------------------------------------------------------------------------------------
# What is no hit


@pytest.mark.parametrize(
    "text",
    [
        "PANVEKIRA shoes",
        "unveki",
        "vekis",
        "love kitten",
        "VE/KI",
        "MEKI",
        "vek15",
        "73K1",
        "V3 K1LO",
        "vekl",
        "VEKL",
        "一次性鞋套",
        "qx",
        "qxw",
        "ZORBEC",
        "maple pattern",
        "运动鞋 网面 420克/双 EU42",
        "",
    ],
)
def test_what_only_resembles_a_mark_is_left_alone(text: str) -> None:
    assert met(text) == []


@pytest.mark.parametrize("brand", ["无", "无品牌", "None", "n/a", "Chapleo", "一品", "maples", "VEKTOR", "MEKI", "VEK"])
def test_other_brands_are_left_alone(brand: str) -> None:
    assert met("运动鞋", brand) == []


def test_an_ordinary_word_is_a_mark_only_as_a_brand_of_its_goods() -> None:
    assert met("maple phone", gcode=PHONES) == []
    assert met(brand="MAPLE", gcode=PHONES) == ["maple"]
    (outside,) = hits(brand="maple", gcode=FRUIT)
    assert outside.within_goods is False
    assert met("fresh maple", gcode=FRUIT) == []


def test_outside_its_goods_only_the_brand_itself_is_told() -> None:
    assert met("VEKI", gcode=PHONES) == []
    assert met(brand="VEKKI", gcode=PHONES) == []
    assert met(brand="唯奇", gcode=PHONES) == []
    (hit,) = hits(brand="v3ki", gcode=PHONES)
    assert (hit.within_goods, hit.heading) == (False, "8517")


def test_a_well_known_mark_is_met_in_all_goods() -> None:
    (hit,) = hits("TRUV1ANE 鞋")
    assert (hit.mark.id, hit.within_goods) == ("famed", False)
    assert met("TRUVIANNE 鞋") == []


def test_goods_without_a_code_may_be_any() -> None:
    (hit,) = hits("VEKI", gcode="")
    assert (hit.heading, hit.within_goods) == (None, None)


@pytest.mark.parametrize("fits", ["适用于", "适配", "兼容 ", "compatible with ", "suitable for "])
def test_goods_made_to_fit_are_not_what_they_fit_if_they_have_a_brand_of_their_own(fits: str) -> None:
    assert met(f"鞋带 {fits}VEKI", brand="Chapleo") == []
    assert met(f"鞋带 {fits}VEKI", brand="无") == ["veki"]
    assert met(f"鞋带 {fits}VEKI", brand="VEKI") == ["veki"]


def test_a_mark_within_another_that_was_met_is_the_others() -> None:
    assert met(brand="VAL MORE") == ["pair"]
    assert met(brand="MORE") == ["more"]
    assert met("MORE 鞋", brand="VAL MORE") == ["pair", "more"]
    assert met(brand="VAL MORE", gcode=PHONES) == ["pair"]


def test_two_recorded_marks_a_letter_apart_are_two_marks() -> None:
    assert met(brand="ZORBETA") == ["zorbeta"]
    assert met(brand="ZORBEKA") == ["zorbeka"]
    assert sorted(met(brand="ZORBEXA")) == ["zorbeka", "zorbeta"]


def test_no_mark_reaches_from_one_text_into_the_next() -> None:
    assert INDEX.screen([Line("VE", "KI", "品牌:无|", SHOES)]) == []


# ---------------------------------------------------------------------------------------------------
# An index that changes


def test_marks_recorded_and_ended_later_count_at_once() -> None:
    later = INDEX.with_changes([mark("new", "PLUVORN")], ["veki"])
    assert [hit.mark.id for hit in hits("VEKI PLUVORN", index=later)] == ["new"]
    assert met("VEKI PLUVORN") == ["veki"], "the index before is as it was"
    assert len(later) == len(INDEX)


def test_a_changed_mark_replaces_the_one_before() -> None:
    changed = INDEX.with_changes([mark("veki", "VEKI", goods="9102")])
    assert hits("VEKI", index=changed) == []
    assert [hit.mark.headings for hit in hits("VEKI", gcode=WATCHES, index=changed)] == [frozenset({"9102"})]
    assert len(changed) == len(INDEX)
    again = changed.with_changes([MARKS[0]]).with_changes(ended=["veki", "never was"])
    assert hits("VEKI", index=again) == []


def test_a_neighbour_recorded_later_is_no_typing_error() -> None:
    later = INDEX.with_changes([mark("near", "QUILLOVAN")])
    assert [hit.mark.id for hit in hits(brand="quillovan", index=later)] == ["near"]


def test_a_mark_that_ended_no_longer_excuses_its_neighbour() -> None:
    assert met(brand="ZORBETA") == ["zorbeta"]
    ended = INDEX.with_changes(ended=["zorbeta"])
    assert [(hit.mark.id, hit.distance) for hit in hits(brand="ZORBETA", index=ended)] == [("zorbeka", 1)]


def test_many_changes_end_like_an_index_built_at_once() -> None:
    names = [f"PLU{a}OR{b}{c}" for a in "BCDFG" for b in "AEIOU" for c in "BCDFGHJKLMNPQRSTVWXZ"]
    marks = [mark(name, name) for name in names]
    index = MarkIndex.of(MARKS)
    for start in range(0, len(marks), 100):
        index = index.with_changes(marks[start : start + 100], [names[start]])
    # Recorded and ended in one change: recorded.
    assert {each.id for each in index.marks} == {each.id for each in (*MARKS, *marks)}
    ended = index.with_changes(ended=names[::2])
    whole = MarkIndex.of([*MARKS, *marks[1::2]])
    lines = [Line(gmodel=f"品牌:{name}|", gcode=SHOES) for name in names[:200]]
    assert ended.screen(lines) == whole.screen(lines)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert hits("VEKI", index=MarkIndex.of([])) == []


# ---------------------------------------------------------------------------------------------------
# Hostile texts


#: Texts near the marks, since plain random ones hardly ever come near.
texts = st.lists(st.sampled_from([*"VEKIvekiZORBAzorba维琪唯奇佐贝1 0-.|/\u200b\x1f™ßĲ", "VEKI", "zorbekka"])).map(
    "".join
)


@settings(max_examples=300)
@given(texts | st.text(max_size=60), texts, texts | st.text(max_size=60), st.sampled_from([SHOES, "", "x"]))
def test_any_text_is_screened(gname: str, item_name: str, brand: str, gcode: str) -> None:
    line = Line(gname, item_name, f"品牌:{brand}", gcode)
    for hit in INDEX.screen([line]):
        assert hit.declared
        assert hit.declared in dict(line.texts)[hit.field]


@given(st.text())
def test_a_place_in_a_skeleton_leads_back_to_its_character(text: str) -> None:
    letters = kept(text)
    assert [letter.at for letter in letters] == places(text)
    assert len(skeleton(text)) == len(letters)


@given(st.sampled_from(["VEKI", "ZORBEKA", "Montelua"]), st.sampled_from(" -.·\u200b_"), st.randoms())
def test_separators_and_case_never_hide_a_mark(text: str, joiner: str, random: Random) -> None:
    written = joiner.join(random.choice([char.lower(), char.upper()]) for char in text)
    assert text.lower() in met(brand=written)


@pytest.mark.parametrize(
    "text", ["VEKI" * 2000, "V E K I " * 2000, "l" * 5000, "\u0301" * 5000, "维" * 5000, "a-" * 4000]
)
def test_a_long_text_is_screened_without_end(text: str) -> None:
    INDEX.screen([Line(text, text, f"品牌:{text}", SHOES)])


def test_every_look_alike_is_another_character_than_its_letter() -> None:
    table = json.loads(resources.files("backend.screening").joinpath("lookalikes.json").read_bytes())["letters"]
    letters = [each for row in table.values() for each in row]
    assert len(letters) == len(set(letters))
    assert [each for each in letters if each.isascii() or unicodedata.normalize("NFKC", each) != each] == []
    assert all(letter.isascii() and letter.isalpha() and len(letter) == 1 for letter in table)
