"""Recorded marks, declared goods, and the places where the one was met in the other.

What a right protects is its goods: a word that is a mark for shoes is a fruit in a box of fruit. So every mark
carries the headings of its goods, and every hit says whether the declared goods lie within them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from backend.domain.errors import InvalidInput

_HEADING = re.compile(r"[0-9]{4}")
_BRAND = re.compile(r"(?:品\s*牌|牌子|brand)\s*[:：]\s*([^|;；,，]*)", re.IGNORECASE)
_NICE_CLASSES = range(1, 46)
_LONGEST_FORM = 100
_MOST_VARIANTS = 50


class MarkKind(StrEnum):
    """What was recorded. The words of both are screened alike; a device alone has no words."""

    Word = "word"
    WordAndDevice = "word_and_device"


@dataclass(frozen=True, slots=True)
class Mark:
    """A recorded mark: its words, the other forms that its holder gave, and the goods that it protects.

    Raises InvalidInput that names every wrong field, `variants[2]` say.
    """

    id: str
    #: The right, by its id in the rights registry; a right may have several marks.
    right: str
    text: str
    #: Four-digit HS headings of the right's goods.
    headings: frozenset[str]
    #: For the reader: no official table leads from Nice classes to HS headings.
    nice_classes: frozenset[int] = frozenset()
    #: Forms in other scripts or spellings, as the holder gave them: 维柯 for VEKO.
    variants: tuple[str, ...] = ()
    kind: MarkKind = MarkKind.Word
    #: Protected beyond its goods (驰名商标), by a decision that customs headquarters has seen.
    is_well_known: bool = False
    #: A word of everyday speech: only as a declared brand can it be told from a description.
    is_ordinary_word: bool = False

    def __post_init__(self) -> None:
        faults = [
            {
                "field": field,
                "value": text[:40],
                "rule": f"1 to {_LONGEST_FORM} characters, a letter or digit among them",
            }
            for field, text in self._named_forms()
            if not (0 < len(text) <= _LONGEST_FORM and any(char.isalnum() for char in text))
        ]
        if len(self.variants) > _MOST_VARIANTS:
            rule = f"at most {_MOST_VARIANTS} variants"
            faults.append({"field": "variants", "value": str(len(self.variants)), "rule": rule})
        wrong = sorted(heading for heading in self.headings if not _HEADING.fullmatch(heading))
        if wrong or not self.headings:
            faults.append(
                {"field": "headings", "value": ", ".join(wrong)[:40], "rule": "at least one four-digit heading"}
            )
        if not self.nice_classes <= set(_NICE_CLASSES):
            odd = sorted(self.nice_classes - set(_NICE_CLASSES))
            faults.append({"field": "nice_classes", "value": str(odd)[:40], "rule": "Nice classes from 1 to 45"})
        if faults:
            raise InvalidInput(**faults[0], faults=faults)

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that is looked for, the mark's own text first."""
        return tuple(dict.fromkeys((self.text, *self.variants)))

    def _named_forms(self) -> list[tuple[str, str]]:
        return [("text", self.text)] + [(f"variants[{n}]", text) for n, text in enumerate(self.variants)]


# ---------------------------------------------------------------------------------------------------
# What is declared


class LineField(StrEnum):
    #: What follows `品牌:` in the specification.
    Brand = "brand"
    Name = "gname"
    ItemName = "itemName"
    #: The specification without the brand.
    Model = "gmodel"


@dataclass(frozen=True)
class Line:
    """The texts of one declared article; `gcode` is its HS code, empty where the document has none."""

    gname: str = ""
    item_name: str = ""
    gmodel: str = ""
    gcode: str = ""

    @cached_property
    def heading(self) -> str | None:
        """The four-digit HS heading, None where no code says it."""
        return self.gcode[:4] if _HEADING.fullmatch(self.gcode[:4]) else None

    @cached_property
    def texts(self) -> tuple[tuple[LineField, str], ...]:
        """Every text with the field that it stands in, the brand first."""
        brand = _BRAND.search(self.gmodel)
        model = self.gmodel if brand is None else self.gmodel[: brand.start()] + "|" + self.gmodel[brand.end() :]
        return (
            (LineField.Brand, "" if brand is None else brand[1].strip()),
            (LineField.Name, self.gname),
            (LineField.ItemName, self.item_name),
            (LineField.Model, model),
        )

    @property
    def brand(self) -> str:
        """The declared brand, empty where none is."""
        return self.texts[0][1]


# ---------------------------------------------------------------------------------------------------
# Where the one was met in the other


class Disguise(StrEnum):
    """In what a declared text differs from the mark that it was recognised as."""

    Exact = "exact"
    #: Full width, or letters in another style: Ｎ, 𝐍, Ⓝ.
    Width = "width"
    Case = "case"
    #: Spaces, dashes, dots or invisible characters, more or fewer.
    Spacing = "spacing"
    Traditional = "traditional"
    #: Letters of other alphabets, accents, l for I, rn for m.
    LookAlike = "look_alike"
    Digit = "digit"
    #: Another form that the holder gave, or the mark's pinyin.
    Transliteration = "transliteration"
    #: Other characters that sound the same.
    Sound = "sound"
    Typo = "typo"


DISGUISE_NAMES: dict[Disguise, tuple[str, str]] = {
    Disguise.Exact: ("完全一致", "exactly"),
    Disguise.Width: ("全角或花体字符", "in full width or styled letters"),
    Disguise.Case: ("大小写不同", "in other case"),
    Disguise.Spacing: ("插入或省略空格、符号", "with other spacing"),
    Disguise.Traditional: ("繁简体不同", "in traditional or simplified characters"),
    Disguise.LookAlike: ("形近字母", "in look-alike letters"),
    Disguise.Digit: ("以数字代字母", "with digits for letters"),
    Disguise.Transliteration: ("音译或其他备案形式", "in another recorded form or in pinyin"),
    Disguise.Sound: ("同音字", "in characters of the same sound"),
    Disguise.Typo: ("个别字符不同", "with a typing error"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark met in a declared line."""

    #: The line's place among those screened.
    line: int
    mark: Mark
    #: The form of the mark that was recognised.
    form: str
    field: LineField
    #: The text exactly as declared.
    declared: str
    disguises: tuple[Disguise, ...]
    #: Typing errors, each a letter added, left out, replaced or swapped with its neighbour.
    distance: int
    heading: str | None
    #: None where the line has no HS code.
    within_goods: bool | None

    @property
    def how_zh(self) -> str:
        return "、".join(DISGUISE_NAMES[each][0] for each in self.disguises)

    @property
    def how_en(self) -> str:
        return ", ".join(DISGUISE_NAMES[each][1] for each in self.disguises)
