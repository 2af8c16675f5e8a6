"""In what a declared text differs from a form with the same skeleton, or that the likeness is chance.

A skeleton says that two texts can be read alike; whether somebody would read them so depends on the letters. `l`
is `I` only among capitals, and a model number is no word although each of its digits stands for some letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain.marks import Disguise
from backend.screening.folding import Kept, look_of, plain_of, skeleton_of
from backend.screening.forms import SHORTEST_SEARCHED, Form, gaps_of

#: The order in which disguises are named.
_ORDER = {disguise: place for place, disguise in enumerate(Disguise)}


def in_order(disguises: set[Disguise]) -> tuple[Disguise, ...]:
    return tuple(sorted(disguises, key=_ORDER.__getitem__)) or (Disguise.Exact,)


def disguises_of(declared: str, letters: Sequence[Kept], form: Form) -> set[Disguise] | None:
    """What sets the declared letters apart from the form; none for the same text, None for mere chance.

    `letters` are the kept characters of `declared` and have the form's skeleton.
    """
    found = {Disguise.Transliteration} if form.is_variant else set()
    if declared == form.text and not form.is_paired:
        return found
    for ours, theirs in zip(letters, form.kept, strict=True):
        difference = _difference(ours, theirs, letters)
        if difference is None:
            return None
        found |= difference
    if Disguise.Digit in found and not _is_word_with_digits(letters, form):
        return None
    if form.is_paired:
        if not any(pair in declared for pair in ("rn", "vv", "VV")):
            return None
        found = (found - {Disguise.Case}) | {Disguise.LookAlike}
    if gaps_of(list(letters)) != form.gaps or found <= {Disguise.Transliteration}:
        found |= {Disguise.Spacing}
    return found


def _difference(ours: Kept, theirs: Kept, letters: Sequence[Kept]) -> set[Disguise] | None:
    if ours.raw == theirs.raw:
        return set()
    styled = {Disguise.Width} if ours.raw != ours.char and theirs.raw == theirs.char else set()
    mine, other = ours.char, theirs.char
    if mine == other:
        return styled
    if mine.lower() == other.lower():
        return styled | {Disguise.Case}
    if plain_of(mine) == plain_of(other):
        is_letter = look_of(mine) != mine or look_of(other) != other
        return styled | {Disguise.LookAlike if is_letter else Disguise.Traditional}
    seen, meant = look_of(mine), look_of(other)
    if seen.isalpha() == meant.isalpha():
        # One class of letters holds i and l; of digits, 6 and 8, which nobody takes for each other.
        return styled | {Disguise.LookAlike} if _looks_like_the_other(seen, meant, letters) else None
    if skeleton_of(seen) == skeleton_of(meant):
        return styled | {Disguise.Digit} | ({Disguise.LookAlike} if seen != mine else set())
    return None


def _looks_like_the_other(seen: str, meant: str, letters: Sequence[Kept]) -> bool:
    if seen == "l" and meant in "iI":
        return all(each.char.isupper() for each in letters if each.char.isalpha() and each.char != "l")
    if seen == "I" and meant in "lL":
        return all(each.char.islower() for each in letters if each.char.isalpha() and each.char != "I")
    return False


def _is_word_with_digits(letters: Sequence[Kept], form: Form) -> bool:
    pairs = [
        (look_of(ours.char).isalpha(), look_of(theirs.char).isalpha())
        for ours, theirs in zip(letters, form.kept, strict=True)
    ]
    changed = sum(ours != theirs for ours, theirs in pairs)
    real = sum(ours for ours, _ in pairs)
    return len(pairs) >= SHORTEST_SEARCHED and real >= changed and real > 1
