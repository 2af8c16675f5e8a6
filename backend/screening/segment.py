"""A part of an index that never changes: the forms of some marks and the tables to find them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import ahocorasick_rs

from backend.domain.marks import Mark
from backend.screening.forms import Form, Manner, forms_of
from backend.screening.nearness import Nearness


class Segment:
    """The forms of some marks, by skeleton, by sound and by what typing errors leave of them."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = tuple(marks)
        self.ids = frozenset(mark.id for mark in marks)
        forms = [form for mark in self.marks for form in forms_of(mark)]
        self._by_skeleton: dict[str, list[Form]] = defaultdict(list)
        for form in forms:
            self._by_skeleton[form.skeleton].append(form)
        self._searched = [
            found for found in self._by_skeleton.values() if any(form.manner is Manner.Searched for form in found)
        ]
        self._patterns = ahocorasick_rs.AhoCorasick([found[0].skeleton for found in self._searched])
        self._nearness = Nearness(forms)
        self._by_plain: dict[str, list[str]] = defaultdict(list)
        for form in forms:
            if not form.is_paired:
                self._by_plain[form.plain].append(form.mark.id)
        self._forms = forms

    @cached_property
    def _by_sound(self) -> dict[str, list[Form]]:
        table: dict[str, list[Form]] = defaultdict(list)
        for form in self._forms:
            if (sound := form.sound) is not None:
                table[sound].append(form)
        return dict(table)

    def within(self, skeleton: str) -> Iterator[tuple[Form, int, int]]:
        """Every place in a skeleton where a form's stands: the form, and the letters from and to."""
        for number, start, end in self._patterns.find_matches_as_indexes(skeleton, overlapping=True):
            for form in self._searched[number]:
                yield form, start, end

    def reading(self, skeleton: str) -> Sequence[Form]:
        """The forms of exactly this skeleton."""
        return self._by_skeleton.get(skeleton, ())

    def sounding(self, sound: str) -> Sequence[Form]:
        """The Chinese forms of exactly this pinyin."""
        return self._by_sound.get(sound, ())

    def near(self, word: str, most: int) -> Iterator[tuple[Form, int]]:
        """The forms that a plain word misses by typing errors, at most so many, with their number."""
        return self._nearness.near(word, most)

    def named(self, word: str) -> Sequence[str]:
        """The ids of the marks that have a form of exactly this plain word."""
        return self._by_plain.get(word, ())
