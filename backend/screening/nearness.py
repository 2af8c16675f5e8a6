"""Words within a typing error or two of a form, found without comparing it with every form.

Two words that differ by one letter added, left out, replaced or swapped have a word in common when each may
lose one letter (symmetric deletion). So all words that a form becomes by losing letters are kept in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from backend.screening.forms import Form

#: From these lengths on a Latin form may have one error, or two; four letters may only be swapped or doubled.
_SLIPS, _ONE_ERROR, _TWO_ERRORS = 4, 5, 9
#: A Chinese form of four characters may have one wrong.
_ONE_WRONG_CHARACTER = 4


def errors_allowed(form: Form) -> int:
    """How many typing errors a form may be recognised through."""
    length = len(form.plain)
    if form.is_han:
        return int(length >= _ONE_WRONG_CHARACTER)
    if not form.plain.isalpha() or not form.is_latin:
        return 0
    return (length >= _SLIPS) + (length >= _TWO_ERRORS)


class Nearness:
    """The table of shortened forms."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms
        self._table: dict[str, int | tuple[int, ...]] = {}
        self._most = 0
        for place, form in enumerate(forms):
            allowed = 0 if form.is_paired else errors_allowed(form)
            self._most = max(self._most, allowed)
            for short in _shortened(form.plain, allowed) if allowed else ():
                before = self._table.get(short)
                if before is None:
                    self._table[short] = place
                else:
                    self._table[short] = (*(before if isinstance(before, tuple) else (before,)), place)

    def near(self, word: str, most: int) -> Iterator[tuple[Form, int]]:
        """Every form that the plain word differs from by one error to `most`, if the form allows so many."""
        found: set[int] = set()
        # A form that allows two errors has lost no more than two letters in the word.
        for short in _shortened(word, min(self._most, most if len(word) >= _TWO_ERRORS - 2 else 1)):
            places = self._table.get(short)
            if places is not None:
                found.update(places if isinstance(places, tuple) else (places,))
        for place in found:
            form = self._forms[place]
            allowed = min(most, errors_allowed(form))
            distance = OSA.distance(word, form.plain, score_cutoff=allowed)
            if 0 < distance <= allowed and (len(form.plain) >= _ONE_ERROR or form.is_han or _is_slip(word, form.plain)):
                yield form, distance


def _shortened(word: str, losses: int) -> set[str]:
    """The word, and every word that it becomes by losing up to so many letters."""
    found = last = {word}
    for _ in range(losses):
        last = {each[:place] + each[place + 1 :] for each in last for place in range(len(each))}
        found = found | last
    return found


def _is_slip(word: str, form: str) -> bool:
    """Whether the fingers slipped: two neighbours swapped, or one letter twice."""
    if len(word) == len(form):
        return sorted(word) == sorted(form)
    return len(word) == len(form) + 1 and any(
        word[:place] + word[place + 1 :] == form and word[place] in word[place + 1 : place + 2]
        for place in range(len(word))
    )
