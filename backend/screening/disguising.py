"""How infringers write a mark, for the labelled corpus: each way gives a text, or None where it does not apply.

The ways below `Beyond` are known to lie beyond what screening recognises. They are measured all the same, so that
the report says what is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import cache
from random import Random

import opencc

from backend.domain.marks import Disguise, Mark
from backend.screening.folding import is_han
from backend.screening.sound import sound_of

#: Cyrillic, Greek and accented letters as a keyboard gives them.
_LOOK_ALIKES = dict(zip("ABCEHKMNOPTXYaceiopxyv", "АВСЕНКМΝОРТХΥасеіорхуν", strict=True))
_ACCENTS = dict(zip("aeiouAEIOU", "àéíöüÀÉÍÖÜ", strict=True))
_DIGITS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8", "z": "2"}
_JOINERS = (" ", "-", ".", "·", "\u200b", "_", "　")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Characters that names are made of, for invented marks and for others of the same sound.
NAME_CHARACTERS = (
    "维唯微薇柯科克可客澜兰岚蓝霁计季纪禾河和荷疾吉集级川穿云芸耘晴青清情弧湖胡炉鹿路露麦迈屿雨语宇榛真珍臻里力丽莉"
    "栎谷古绯飞菲非序叙雾务物泉全权篱离梨白百屿声升生垣元源原锐瑞睿汀听庭风丰枫峰栈站稻道恒衡渚竹朵多罗洛络诺萝"
)

Way = Callable[[Random, Mark], str | None]


class Mixed(StrEnum):
    """Several disguises at once."""

    CaseAndDigit = "case_and_digit"
    WidthAndSpacing = "width_and_spacing"
    LookAlikeAndSpacing = "look_alike_and_spacing"


class Beyond(StrEnum):
    """Disguises that are not recognised, or only by chance."""

    #: Written together with the goods: `zorbekashoes`.
    RunTogether = "run_together"
    #: Parted by what ends a word: `Z/O/R/B/E/K/A`.
    PartedBySlashes = "parted_by_slashes"
    Reversed = "reversed"
    #: Spelt as it sounds: c for k, y for i.
    Respelt = "respelt"
    #: Half Chinese characters, half pinyin.
    HalfPinyin = "half_pinyin"
    #: One letter replaced in a mark of four.
    ShortTypo = "short_typo"


def ways() -> dict[Disguise | Mixed | Beyond, Way]:
    """Every way to write a mark, those that are recognised first."""
    return {
        Disguise.Exact: lambda _, mark: mark.text,
        Disguise.Width: lambda _, mark: _changed(_wide(mark.text), mark.text),
        Disguise.Case: lambda random, mark: _changed(random.choice((mark.text.lower(), mark.text.title())), mark.text),
        Disguise.Spacing: _spaced,
        Disguise.Traditional: lambda random, mark: _traditional(random, mark),
        Disguise.LookAlike: _look_alike,
        Disguise.Digit: _with_digits,
        Disguise.Transliteration: lambda random, mark: random.choice(mark.variants) if mark.variants else None,
        Disguise.Sound: _sounding_alike,
        Disguise.Typo: _misspelt,
        Mixed.CaseAndDigit: _in_turn(lambda _, mark: mark.text.lower(), _with_digits),
        Mixed.WidthAndSpacing: _in_turn(_spaced, lambda _, mark: _wide(mark.text)),
        Mixed.LookAlikeAndSpacing: _in_turn(_look_alike, _spaced),
        Beyond.RunTogether: _run_together,
        Beyond.PartedBySlashes: lambda _, mark: "/".join(mark.text) if _is_word(mark) else None,
        Beyond.Reversed: lambda _, mark: _changed(mark.text[::-1], mark.text) if _is_word(mark) else None,
        Beyond.Respelt: _respelt,
        Beyond.HalfPinyin: _half_pinyin,
        Beyond.ShortTypo: lambda random, mark: _replaced(random, mark.text) if _is_word(mark, 4, 4) else None,
    }


def _in_turn(first: Way, second: Way) -> Way:
    def both(random: Random, mark: Mark) -> str | None:
        once = first(random, mark)
        return None if once is None else second(random, replace(mark, text=once))

    return both


def _is_word(mark: Mark, shortest: int = 4, longest: int = 100) -> bool:
    return mark.text.isascii() and mark.text.isalpha() and shortest <= len(mark.text) <= longest


def _chinese(mark: Mark) -> str | None:
    return next((form for form in mark.forms if len(form) > 1 and all(map(is_han, form))), None)


def _changed(text: str, before: str) -> str | None:
    return text if text != before else None


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _spaced(random: Random, mark: Mark) -> str | None:
    if len(mark.text) < 2:
        return None
    joiner = random.choice(_JOINERS)
    if random.random() < 0.5:
        return joiner.join(mark.text)
    place = random.randrange(1, len(mark.text))
    return mark.text[:place] + joiner + mark.text[place:]


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _traditional(random: Random, mark: Mark) -> str | None:
    form = _chinese(mark)
    return None if form is None else _changed(_to_traditional().convert(form), form)


def _look_alike(random: Random, mark: Mark) -> str | None:
    if not _is_word(mark):
        return None
    table = random.choice((_LOOK_ALIKES, _LOOK_ALIKES, _ACCENTS))
    return _some_replaced(random, mark.text, lambda char: table.get(char))


def _with_digits(random: Random, mark: Mark) -> str | None:
    if not _is_word(mark):
        return None
    return _some_replaced(random, mark.text, lambda char: _DIGITS.get(char.lower()), most=len(mark.text) // 2)


def _some_replaced(random: Random, text: str, other: Callable[[str], str | None], most: int = 100) -> str | None:
    places = [place for place, char in enumerate(text) if other(char)]
    if not places:
        return None
    chosen = set(random.sample(places, random.randint(1, min(len(places), most))))
    return "".join((other(char) or char) if place in chosen else char for place, char in enumerate(text))


def _sounding_alike(random: Random, mark: Mark) -> str | None:
    form = _chinese(mark)
    if form is None:
        return None
    others = {
        place: [each for each in NAME_CHARACTERS if each != char and sound_of(each) == sound_of(char)]
        for place, char in enumerate(form)
    }
    places = [place for place, found in others.items() if found]
    if not places:
        return None
    place = random.choice(places)
    return form[:place] + random.choice(others[place]) + form[place + 1 :]


def _misspelt(random: Random, mark: Mark) -> str | None:
    if not _is_word(mark, 5):
        return None
    text, place = mark.text, random.randrange(1, len(mark.text) - 1)
    match random.randrange(4):
        case 0:
            return _changed(text[:place] + text[place + 1 :], text)
        case 1:
            return text[:place] + text[place] + text[place:]
        case 2:
            return _changed(text[:place] + text[place + 1] + text[place] + text[place + 2 :], text)
        case _:
            return _replaced(random, text)


def _replaced(random: Random, text: str) -> str:
    place = random.randrange(1, len(text))
    letter = random.choice([each for each in _LETTERS if each != text[place].lower()])
    return text[:place] + (letter.upper() if text[place].isupper() else letter) + text[place + 1 :]


def _run_together(random: Random, mark: Mark) -> str | None:
    if not _is_word(mark):
        return None
    return mark.text.lower() + random.choice(("shoes", "watch", "official", "style", "store", "toys"))


def _respelt(random: Random, mark: Mark) -> str | None:
    if not _is_word(mark):
        return None
    heard = {"k": "c", "i": "y", "v": "w", "z": "s", "u": "oo", "e": "ee"}
    small = mark.text.lower()
    text = "".join(heard.get(char, char) for char in small)
    return text if sum(char in heard for char in small) > 1 else None


def _half_pinyin(random: Random, mark: Mark) -> str | None:
    form = _chinese(mark)
    return None if form is None else form[0] + sound_of(form[1:])
