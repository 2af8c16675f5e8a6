"""A declared line as it is searched: its texts as one, and what stands around a place in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from backend.domain.marks import Line, LineField
from backend.screening.folding import (
    SEPARATOR,
    Kept,
    continues_word,
    is_dropped,
    is_invisible,
    places,
    plain_of,
    skeleton,
    widths_off,
    words,
)

#: Between the names of one brand: 维柯/VEKO, VEKO(维柯).
_BETWEEN_NAMES = re.compile(r"[/／\\、()（）\[\]【】&＆+＋“”\"《》]+")
_BRAND_ENDING = re.compile(r"\s*(?:牌|品牌|brand)$", re.IGNORECASE)
_NO_BRAND = frozenset(
    {"", "无", "无品牌", "无牌", "无牌子", "none", "no", "nobrand", "unbranded", "na", "n/a", "无中文品牌"}
)

#: Goods made to go with others name them: 适用于…手机.
_FITS = re.compile(
    r"(?:适用于?|适配于?|兼容|可配|配套用?于?|compatible\s+with|suitable\s+for|fits(?:\s+for)?|for\s+use\s+with)[\s:：“\"'《]*$",
    re.IGNORECASE,
)
_FITS_REACHES = 24

#: Longer runs of letters are no words, and would cost too much to compare.
LONGEST_WORD = 40
_LONGEST_REST = 12
_WORD = re.compile(rf"(?<![a-z])[a-z]{{2,{LONGEST_WORD}}}(?![a-z])")


@dataclass(frozen=True)
class Declared:
    """One line, ready to be searched."""

    line: Line

    @cached_property
    def whole(self) -> str:
        """Every text of the line, the brand first; no mark reaches from one into the next."""
        return SEPARATOR.join(text for _, text in self.line.texts)

    @cached_property
    def skeleton(self) -> str:
        return skeleton(self.whole)

    @cached_property
    def _places(self) -> list[int]:
        """Where in `whole` each letter of `skeleton` comes from."""
        return places(self.whole)

    def letter(self, place: int) -> Kept:
        """The character that counts at a place in `skeleton`."""
        at = self._places[place]
        raw = self.whole[at]
        return Kept(at, raw, widths_off(raw)[place - bisect_left(self._places, at)])

    def letters(self, start: int, end: int) -> list[Kept]:
        """The characters that count, from a place in `skeleton` to before another."""
        return [self.letter(place) for place in range(start, end)]

    @cached_property
    def brand_names(self) -> tuple[str, ...]:
        """The names that the declared brand consists of; none where it says that there is no brand."""
        brand = self.line.brand
        parts = (_BRAND_ENDING.sub("", part.strip()) for part in (brand, *_BETWEEN_NAMES.split(brand)))
        names = tuple(dict.fromkeys(part for part in parts if part))
        return () if "".join(brand.split()).lower() in _NO_BRAND else names

    @cached_property
    def brand_skeletons(self) -> frozenset[str]:
        return frozenset(skeleton(name) for name in self.brand_names)

    @cached_property
    def words(self) -> tuple[tuple[LineField, str], ...]:
        """Every Latin word of the line in its plain form, with its field."""
        return tuple(
            (field, word)
            for field, text in self.line.texts
            if text and not (field is LineField.Brand and not self.brand_names)
            for word in _WORD.findall(words(text))
        )

    def as_declared(self, field: LineField, word: str) -> str:
        """The text of a plain word of `words` as its field has it."""
        text = dict(self.line.texts)[field]
        folded = [words(char) for char in text]
        start = next(found.start() for found in _WORD.finditer("".join(folded)) if found[0] == word)
        sources = [at for at, part in enumerate(folded) for _ in part]
        return text[sources[start] : sources[start + len(word) - 1] + 1]

    def field_at(self, at: int) -> LineField:
        for field, text in self.line.texts:
            if at <= len(text):
                return field
            at -= len(text) + len(SEPARATOR)
        return LineField.Model

    def is_word(self, start: int, end: int) -> bool:
        """Whether letters `start` to `end` are whole words: nothing before or after continues them."""
        return self._is_edge(start, -1) and self._is_edge(end - 1, 1)

    def rest_before(self, start: int) -> str | None:
        """What stands before a letter in its word, plain; None for more than an ordinary word has."""
        before = start
        while not self._is_edge(before, -1):
            before -= 1
            if start - before > _LONGEST_REST:
                return None
        return "".join(plain_of(each.char) for each in self.letters(before, start))

    def rest_after(self, end: int) -> str | None:
        """What stands after the letter before `end` in its word, as above."""
        after = end
        while not self._is_edge(after - 1, 1):
            after += 1
            if after - end > _LONGEST_REST:
                return None
        return "".join(plain_of(each.char) for each in self.letters(end, after))

    def pieces(self, start: int, end: int) -> list[str]:
        """The letters, parted where the text parts them."""
        found = [self.letter(start).char]
        for place in range(start + 1, end):
            if self._is_parted(place - 1, place):
                found.append("")
            found[-1] += self.letter(place).char
        return found

    def says_what_it_fits(self, start: int) -> bool:
        """Whether the text before names what the goods go with, and the goods have a brand of their own."""
        at = self._places[start]
        before = self.whole[max(0, at - _FITS_REACHES) : at]
        return bool(self.brand_names) and _FITS.search(before) is not None

    def _is_edge(self, place: int, step: int) -> bool:
        beside = place + step
        if not 0 <= beside < len(self.skeleton):
            return True
        edge, other = self.letter(place).char, self.letter(beside).char
        if (
            not continues_word(edge)
            or not continues_word(other)
            or self._is_parted(min(place, beside), max(place, beside))
        ):
            return True
        if edge.isdigit() != other.isdigit():
            # VEKO2026, but not the 0 of VEK0 beside a 3.
            return not edge.isdigit()
        first, second = (other, edge) if step < 0 else (edge, other)
        return first.islower() and second.isupper()

    def _is_parted(self, left: int, right: int) -> bool:
        """Whether something that is seen stands between two neighbouring letters."""
        between = self.whole[self._places[left] + 1 : self._places[right]]
        return any(is_dropped(char) and not is_invisible(char) for char in between)
