"""Declared goods screened against recorded marks.

    index = MarkIndex.of(marks)
    hits = index.screen(lines)                        # every hit says which text, which mark, and how
    judgements = judge(hits, licences, seller_no, at) # backend.domain.licences

An index is built once and shared between threads; `with_changes` gives a new one for a few marks more or less
without building it all again.
"""

from backend.screening.index import MarkIndex
from backend.screening.rules import is_ordinary_word, is_single_character

__all__ = ["MarkIndex", "is_ordinary_word", "is_single_character"]
