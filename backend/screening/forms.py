"""The forms of marks that are looked for, each with what a comparison needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from backend.domain.marks import Mark
from backend.screening.folding import Kept, is_han, kept, plain, skeleton
from backend.screening.sound import sound_of

#: Two small letters that together look like one.
_PAIRS = (("m", "rn"), ("w", "vv"))
#: Latin forms below this length are looked up as whole words; in running text they would be everywhere.
SHORTEST_SEARCHED = 4


class Manner(IntEnum):
    """Where and how freely a form is looked for."""

    #: One character: a brand of nothing else.
    WholeBrand = 0
    #: Two or three Latin letters: a word of the brand, or exactly as recorded.
    Word = 1
    Searched = 2


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one mark."""

    mark: Mark
    text: str
    kept: tuple[Kept, ...]
    skeleton: str
    plain: str
    #: Places in `kept` before which the form itself has a blank, a dash or the like.
    gaps: frozenset[int]
    is_variant: bool
    #: `rn` written for `m`: the text differs from every form on record.
    is_paired: bool = False

    @property
    def is_han(self) -> bool:
        return all(is_han(each.char) for each in self.kept)

    @property
    def is_latin(self) -> bool:
        return self.plain.isascii()

    @property
    def manner(self) -> Manner:
        if len(self.kept) == 1:
            return Manner.WholeBrand
        if self.is_latin and len(self.kept) < SHORTEST_SEARCHED:
            return Manner.Word
        return Manner.Searched

    @property
    def sound(self) -> str | None:
        """The pinyin of a form of two or more Chinese characters."""
        return sound_of(self.text) if self.is_han and len(self.kept) > 1 else None


def gaps_of(letters: list[Kept] | tuple[Kept, ...]) -> frozenset[int]:
    """The places before which something was dropped."""
    return frozenset(n for n in range(1, len(letters)) if letters[n].at > letters[n - 1].at + 1)


def forms_of(mark: Mark) -> Iterator[Form]:
    """Every form of a mark, those that differ from an earlier one in folding only left out."""
    seen: set[str] = set()
    for number, text in enumerate(mark.forms):
        for written in (text, *_paired(text)):
            letters = tuple(kept(written))
            folded = skeleton(written)
            if not letters or folded in seen:
                continue
            seen.add(folded)
            yield Form(mark, text, letters, folded, plain(written), gaps_of(letters), number > 0, written != text)


def _paired(text: str) -> Iterator[str]:
    small = text.lower()
    for letter, pair in _PAIRS:
        if letter in small and len(small) >= SHORTEST_SEARCHED:
            yield small.replace(letter, pair)
