"""The rules by which a place found in a line is a hit. They keep customs from drowning.

A Latin mark is met only as whole words; one of two or three letters only in the brand, or written exactly as
recorded; a mark of one character only as a brand of nothing else; an ordinary word only as a brand. Outside the
right's goods only the brand itself counts, unless the mark is well known. Typing errors and like sounds count
only within the goods. What goods are made to fit is not what they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources

from backend.domain.marks import Disguise, Hit, LineField
from backend.screening.declared import LONGEST_WORD, Declared
from backend.screening.explaining import disguises_of, in_order
from backend.screening.folding import is_han, kept, plain, skeleton
from backend.screening.forms import Form, Manner
from backend.screening.segment import Segment
from backend.screening.sound import sound_of

#: A misspelt form has at least so many letters: fewer in a brand, where it may have two errors as well.
_MISSPELT_BRAND, _MISSPELT_IN_TEXT = 4, 7
_SHORTEST_PINYIN = 5
#: A mark of three Latin letters, in capitals and alone, is met in running text too; one of two only in a brand.
_ALONE_IN_TEXT = 3

#: The letters of a line, from and to, that a hit rests on; None for one that rests on a word or a name.
Span = tuple[int, int] | None

Found = tuple[Hit, Span]

#: Whether a plain word is itself a form of some recorded mark.
Knows = Callable[[str], bool]


def found_in(number: int, declared: Declared, segment: Segment, knows: Knows) -> Iterator[Found]:
    """Every hit of a segment's marks in one line, with the letters that it rests on; a mark may have several."""
    yield from _written(number, declared, segment)
    for hit in (*_short(number, declared, segment), *_misspelt(number, declared, segment, knows)):
        yield hit, None
    for hit in _sounding(number, declared, segment, knows):
        yield hit, None


def _written(number: int, declared: Declared, segment: Segment) -> Iterator[Found]:
    """Forms that stand in the line letter by letter, however disguised."""
    for form, start, end in segment.within(declared.skeleton):
        if form.manner is not Manner.Searched or not _is_free(declared, form, start, end):
            continue
        letters = declared.letters(start, end)
        field = declared.field_at(letters[0].at)
        is_brand = field is LineField.Brand and form.skeleton in declared.brand_skeletons
        if not _counts(declared, form, is_brand) or declared.says_what_it_fits(start):
            continue
        text = declared.whole[letters[0].at : letters[-1].at + 1]
        disguises = disguises_of(text, letters, form)
        if disguises is not None:
            yield _hit(number, declared, form, field, text, disguises), (start, end)


def _short(number: int, declared: Declared, segment: Segment) -> Iterator[Hit]:
    """Forms too short to be searched: as a name of the brand, or as a word of it."""
    words = [word for name in declared.brand_names for word in name.split()]
    for text in dict.fromkeys((*declared.brand_names, *words)):
        for form in segment.reading(skeleton(text)):
            if form.manner is Manner.Searched or (form.manner is Manner.WholeBrand and text != declared.line.brand):
                continue
            disguises = disguises_of(text, kept(text), form)
            allowed = form.manner is Manner.Word or not disguises or disguises <= {Disguise.Width, Disguise.Case}
            if disguises is not None and allowed and _counts(declared, form, text in declared.brand_names):
                yield _hit(number, declared, form, LineField.Brand, text, disguises)
    for field, word in declared.words:
        if len(word) == _ALONE_IN_TEXT and field is not LineField.Brand:
            for form in segment.reading(skeleton(word)):
                if _counts(declared, form, False) and form.text.isupper() and _stands_alone(declared, field, form.text):
                    yield _hit(number, declared, form, field, form.text, set())


def _misspelt(number: int, declared: Declared, segment: Segment, knows: Knows) -> Iterator[Hit]:
    """Words and brands that miss a form by a typing error."""
    names: list[tuple[LineField, str | None, str]] = [
        (LineField.Brand, name, plain(name)) for name in declared.brand_names
    ]
    for field, name, word in (*names, *((field, None, word) for field, word in declared.words)):
        shortest, most = (_MISSPELT_BRAND, 2) if field is LineField.Brand else (_MISSPELT_IN_TEXT, 1)
        if not shortest <= len(word) <= LONGEST_WORD or word in _ordinary_words() or knows(word):
            continue
        for form, distance in segment.near(word, most):
            if declared.line.heading not in form.mark.headings or len(form.plain) < shortest:
                continue
            if form.mark.is_ordinary_word and field is not LineField.Brand:
                continue
            disguises = {Disguise.Typo} | ({Disguise.Transliteration} if form.is_variant else set())
            text = declared.as_declared(field, word) if name is None else name
            yield _hit(number, declared, form, field, text, disguises, distance)


def _sounding(number: int, declared: Declared, segment: Segment, knows: Knows) -> Iterator[Hit]:
    """Brands that sound like a Chinese form: other characters, or its pinyin."""
    for name in declared.brand_names:
        letters = plain(name)
        is_chinese = all(is_han(char) for char in letters)
        if (not is_chinese and len(letters) < _SHORTEST_PINYIN) or len(letters) > LONGEST_WORD:
            continue
        if knows(letters):
            continue
        for form in segment.sounding(sound_of(name)):
            if declared.line.heading in form.mark.headings and letters != form.plain:
                disguise = Disguise.Sound if is_chinese else Disguise.Transliteration
                yield _hit(number, declared, form, LineField.Brand, name, {disguise})


# ---------------------------------------------------------------------------------------------------
# What a mark is by itself


def is_ordinary_word(text: str) -> bool:
    """Whether a mark is a word of everyday declarations, however written."""
    return plain(text) in _ordinary_words()


def is_single_character(text: str) -> bool:
    """Whether nothing is left of a mark but one character."""
    return len(plain(text)) == 1


# ---------------------------------------------------------------------------------------------------


def _is_free(declared: Declared, form: Form, start: int, end: int) -> bool:
    """Whether the letters are the form's own, and no part of other words."""
    if not form.is_han and not declared.is_word(start, end):
        # Written together with the goods, `zorbekashoes`; what is left over must be words itself.
        return _is_left_over(declared.rest_before(start)) and _is_left_over(declared.rest_after(end))
    pieces = declared.pieces(start, end)
    return len(pieces) == 1 or not all(plain(piece) in _ordinary_words() for piece in pieces)


def _is_left_over(rest: str | None) -> bool:
    return rest == "" or rest in _ordinary_words()


def _counts(declared: Declared, form: Form, is_brand: bool) -> bool:
    """Whether the mark matters for these goods, met as their brand or in their description."""
    mark = form.mark
    if mark.is_ordinary_word and not is_brand:
        return False
    heading = declared.line.heading
    return is_brand or mark.is_well_known or heading is None or heading in mark.headings


def _stands_alone(declared: Declared, field: LineField, text: str) -> bool:
    whole = next(each for name, each in declared.line.texts if name is field)
    return any(word == text for word in "".join(c if c.isascii() and c.isalnum() else " " for c in whole).split())


def _hit(
    number: int,
    declared: Declared,
    form: Form,
    field: LineField,
    text: str,
    disguises: set[Disguise],
    distance: int = 0,
) -> Hit:
    heading = declared.line.heading
    within = None if heading is None else heading in form.mark.headings
    return Hit(number, form.mark, form.text, field, text, in_order(disguises), distance, heading, within)


@cache
def _ordinary_words() -> frozenset[str]:
    table = json.loads(resources.files(__package__).joinpath("ordinary_words.json").read_bytes())
    return frozenset(table["words"].split())
