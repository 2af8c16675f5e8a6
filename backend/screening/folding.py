"""Characters reduced to what they look like, one by one, so that a place found leads back to the text declared.

Each character of a text becomes none, if it only separates or is not seen at all, or one or more characters of
two forms: *plain* (one letter for all that look like it, small, simplified, without accents) and *skeleton*, in
which digits are also the letters that they stand for. Folding a character never depends on its neighbours.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import opencc

#: Stands between texts that are searched as one. It folds to itself and is part of no mark.
SEPARATOR = "\x1f"

#: Not of a letter category, but shown as nothing or as a blank.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: What people write between the letters of a word. Commas, colons, slashes and brackets end one instead.
_JOINERS = frozenset("\t\r\n.·•・‧∙․'’‘`´^~*™®©℠")
_JOINING_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Pd", "Pc"})
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Mn", "Me"})

#: Letter → what is written for it; within a row all have one skeleton.
_ALIKE = {"o": "0", "i": "1l!", "z": "2", "e": "3€", "a": "4@", "s": "5$", "b": "68", "t": "7", "g": "9"}
_SKELETON = {ord(each): letter for letter, row in _ALIKE.items() for each in row}

#: Above this code point nothing is remembered, so that hostile texts cannot fill the memory.
_REMEMBERED = 0x30000


class Kept(NamedTuple):
    """A character that counts, and where the text has it."""

    at: int
    #: As declared, and with full width and style taken off.
    raw: str
    char: str


def is_invisible(char: str) -> bool:
    return char in _BLANKS or unicodedata.category(char) in _INVISIBLE_CATEGORIES


def is_dropped(char: str) -> bool:
    """Whether a character only separates, or is not seen."""
    return char in _JOINERS or unicodedata.category(char) in _JOINING_CATEGORIES or is_invisible(char)


def is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U000323af" or char in "々〇"


def continues_word(char: str) -> bool:
    """Whether a character continues a word of letters: any alphabet's, but no Chinese character or kana."""
    return char.isalnum() and not is_han(char) and not "\u3040" <= char <= "\u30ff"


@lru_cache(maxsize=4096)
def widths_off(char: str) -> str:
    """A character without full width, style or ligature: one or more, none if it only separates."""
    if is_dropped(char):
        return ""
    return "".join(each for each in unicodedata.normalize("NFKC", char) if not is_dropped(each))


@lru_cache(maxsize=4096)
def look_of(char: str) -> str:
    """The Latin letter that a character looks like, its case kept; any other as it is."""
    char = _lookalikes().get(char, char)
    if ord(char) < 128:
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if ord(base) < 128 else char


@lru_cache(maxsize=4096)
def plain_of(char: str) -> str:
    small = look_of(char).lower()[:1]
    return _simplified().get(small, small)


@lru_cache(maxsize=4096)
def skeleton_of(char: str) -> str:
    return plain_of(char).translate(_SKELETON)


class _Skeleton(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = "".join(skeleton_of(char) for char in widths_off(chr(code)))
        if code < _REMEMBERED:
            self[code] = folded
        return folded


class _Words(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        blank = " " if is_dropped(char) and not is_invisible(char) else ""
        folded = "".join(plain_of(each) for each in widths_off(char)) or blank
        if code < _REMEMBERED:
            self[code] = folded
        return folded


_SKELETONS, _WORDS = _Skeleton(), _Words()


def skeleton(text: str) -> str:
    """The skeleton of a text, without anything that separates: one character for each of `kept`."""
    return text.translate(_SKELETONS)


def words(text: str) -> str:
    """The plain form of a text, with blanks where it has something that separates."""
    return text.translate(_WORDS)


def plain(text: str) -> str:
    """The plain form of a text, without anything that separates."""
    return text.translate(_WORDS).replace(" ", "")


def kept(text: str) -> list[Kept]:
    """The characters that count."""
    return [Kept(at, raw, char) for at, raw in enumerate(text) for char in widths_off(raw)]


def places(text: str) -> list[int]:
    """Where in a text each character of its skeleton comes from."""
    lengths = map(len, map(_SKELETONS.__getitem__, map(ord, text)))
    return [at for at, length in enumerate(lengths) for _ in range(length)]


@cache
def _lookalikes() -> dict[str, str]:
    table = json.loads(resources.files(__package__).joinpath("lookalikes.json").read_bytes())
    return {each: letter for letter, row in table["letters"].items() for each in row}


@cache
def _simplified() -> dict[str, str]:
    """Traditional character → simplified, for each that has one by itself; words are not looked at."""
    every = [chr(code) for code in (*range(0x3400, 0xA000), *range(0x20000, 0x2A6E0))]
    simple = opencc.OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {old: new for old, new in zip(every, simple, strict=True) if old != new and len(new) == 1}
