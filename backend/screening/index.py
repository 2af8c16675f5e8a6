"""The index of recorded marks: built once, changed at the cost of the change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Self

from backend.domain.marks import Disguise, Hit, Line, LineField, Mark
from backend.screening.declared import Declared
from backend.screening.rules import Found, Span, found_in
from backend.screening.segment import Segment

#: How many marks may have changed before the whole is built anew; or a tenth of it, where that is more.
_FEW = 500


class MarkIndex:
    """Marks that lines are screened against. It never changes; every method is safe in any thread.

    Most marks lie in one large part. Those recorded later lie in a small one, and what they replace, or what has
    ended, is passed over in the large one.
    """

    def __init__(self, large: Segment, small: Segment | None = None, passed_over: frozenset[str] = frozenset()) -> None:
        self._large = large
        self._small = small
        self._passed_over = passed_over

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> Self:
        """An index of these marks; of several with one id the last counts."""
        return cls(Segment(list({mark.id: mark for mark in marks}.values())))

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that are screened for."""
        large = [mark for mark in self._large.marks if mark.id not in self._passed_over]
        return (*large, *(self._small.marks if self._small else ()))

    def __len__(self) -> int:
        return len(self.marks)

    def with_changes(self, recorded: Iterable[Mark] = (), ended: Iterable[str] = ()) -> MarkIndex:
        """The index with marks recorded or changed, and others ended by their ids; unknown ids are no fault."""
        fresh = {mark.id: mark for mark in recorded}
        gone = {*ended, *fresh}
        before = self._small.marks if self._small else ()
        few = [*(mark for mark in before if mark.id not in gone), *fresh.values()]
        passed_over = self._passed_over | (gone & self._large.ids)
        if len(few) + len(passed_over) > max(_FEW, len(self._large.marks) // 10):
            return MarkIndex.of([*(mark for mark in self._large.marks if mark.id not in passed_over), *few])
        return MarkIndex(self._large, Segment(few) if few else None, passed_over)

    def screen(self, lines: Iterable[Line]) -> list[Hit]:
        """Every hit of every line: of one mark in one line the plainest, in the order of lines and letters."""
        return [hit for number, line in enumerate(lines) for hit in self._screened(number, line)]

    def _screened(self, number: int, line: Line) -> list[Hit]:
        declared = Declared(line)
        found = [each for each in found_in(number, declared, self._large, self._knows) if self._counts(each[0])]
        if self._small is not None:
            found += found_in(number, declared, self._small, self._knows)
        return _plainest(_whole(found)) if found else []

    def _counts(self, hit: Hit) -> bool:
        return hit.mark.id not in self._passed_over

    def _knows(self, word: str) -> bool:
        if self._small is not None and self._small.named(word):
            return True
        return not self._passed_over.issuperset(self._large.named(word))


def _whole(found: Sequence[Found]) -> list[Found]:
    """What was found, without what lies within the letters of another mark, where the other's goods are these."""
    outermost: list[tuple[int, int]] = []
    spans = {span for hit, span in found if span is not None and hit.within_goods is not False}
    for span in sorted(spans, key=lambda each: (each[0], -each[1])):
        if not outermost or span[1] > outermost[-1][1]:
            outermost.append(span)

    def stands(span: Span) -> bool:
        # Both ends of the outermost ones rise, so only the last that begins no later can hold the span.
        place = 0 if span is None else bisect_right(outermost, span[0], key=lambda each: each[0])
        return span is None or place == 0 or outermost[place - 1] == span or outermost[place - 1][1] < span[1]

    return [(hit, span) for hit, span in found if stands(span)]


def _plainest(found: Sequence[Found]) -> list[Hit]:
    """One hit for each mark, in the order of their letters."""
    best: dict[str, Found] = {}
    for each in found:
        before = best.setdefault(each[0].mark.id, each)
        if _plainness(each[0]) < _plainness(before[0]):
            best[each[0].mark.id] = each
    return [hit for hit, _ in sorted(best.values(), key=lambda each: (each[1] or (0, 0), each[0].mark.id))]


def _plainness(hit: Hit) -> tuple[int, int, bool]:
    return hit.distance, sum(each is not Disguise.Exact for each in hit.disguises), hit.field is not LineField.Brand
