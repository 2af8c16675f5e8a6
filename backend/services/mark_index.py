"""The recorded marks in force as an index, kept until rights change; and what a new mark meets in it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domain.marks import Hit, Line, Mark
from backend.domain.recordals import SCREENED_KINDS, RecordedMark, screened_mark
from backend.domain.rights import Application, RightKind
from backend.screening import MarkIndex, is_ordinary_word, is_single_character
from backend.store import right_queries as queries
from backend.store.database import Connection

#: Forms of a new mark times its headings that are looked up among recorded marks.
MOST_LOOKED_UP = 2_000


@dataclass(frozen=True, slots=True)
class Book:
    """The index of one state of the register. `version` names that state: the same marks give the same version."""

    version: str
    index: MarkIndex
    #: Right → its row in the register.
    rights: dict[int, Any]
    #: Right → what makes its marks what they are.
    contents: dict[int, tuple[bytes, tuple[int, ...]]]


@dataclass
class Bookshelf:
    """The newest book of one gateway, shared by its threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _book: Book | None = None

    def book(self, connection: Connection, now: int) -> Book:
        """The book of the register as this transaction sees it; changed marks only are read anew."""
        rows = queries.rights_in_force(connection, now)
        screened = {int(row.right_id): row for row in rows if RightKind(row.kind) in SCREENED_KINDS}
        contents = {right: (bytes(row.marks), tuple(row.headings)) for right, row in screened.items()}
        version = _version(contents)
        with self._lock:
            before = self._book
            if before is not None and before.version == version:
                return Book(version, before.index, screened, before.contents)
            index, old = (MarkIndex.of(()), {}) if before is None else (before.index, before.contents)
            changed = [right for right, content in contents.items() if old.get(right) != content]
            gone = {right for right, content in old.items() if contents.get(right) != content}
            ended = [mark.id for mark in index.marks if int(mark.right) in gone] if gone else []
            fresh = list(_marks(connection, [screened[right] for right in changed]))
            index = MarkIndex.of(fresh) if not old else index.with_changes(fresh, ended)
            self._book = Book(version, index, screened, contents)
            return self._book


def _version(contents: dict[int, tuple[bytes, tuple[int, ...]]]) -> str:
    digest = hashlib.sha256()
    for right, (marks, headings) in sorted(contents.items()):
        digest.update(b"%d %b %b;" % (right, marks, ",".join(map(str, headings)).encode()))
    return digest.hexdigest()[:32]


def _marks(connection: Connection, rows: Sequence[Any]) -> Iterable[Mark]:
    """The marks of rights in force; those of rights recorded through other gateways are not known here."""
    found = queries.opened(connection, [row.marks for row in rows])
    for row in rows:
        kept = found.get(bytes(row.marks))
        if kept is not None:
            headings = [f"{heading:04d}" for heading in row.headings]
            yield from marks_of(row.right_id, [RecordedMark.of_json(each) for each in kept.content["marks"]], headings)


def marks_of(right_id: int, marks: Sequence[RecordedMark], headings: Sequence[str]) -> Iterable[Mark]:
    """A right's marks as they are screened for."""
    for number, mark in enumerate(marks):
        ordinary = is_ordinary_word(mark.text)
        yield screened_mark(f"{right_id}.{number}", right_id, mark, headings, is_ordinary=ordinary)


# ---------------------------------------------------------------------------------------------------
# What headquarters is warned of


def flags_of(marks: Iterable[RecordedMark]) -> list[dict[str, str]]:
    """The marks that say little by themselves: of one character, or a word of everyday speech."""
    found: list[dict[str, str]] = []
    for mark in marks:
        for form in dict.fromkeys((mark.text, *mark.variants)):
            if is_single_character(form):
                found.append({"mark": form, "flag": "one_character"})
            elif is_ordinary_word(form):
                found.append({"mark": form, "flag": "ordinary_word"})
    return found


def overlaps_with(connection: Connection, shelf: Bookshelf, row: Any, now: int) -> list[dict[str, Any]]:
    """The recordals in force that the marks asked for (or, where nothing is asked, recorded) for a right meet.

    By the same rules by which declared brands are screened. Nothing where the marks are not held here.
    """
    asked = row.pending in (Application.Recordal, Application.Change)
    commitment, headings = (row.asked_marks, row.asked_headings) if asked else (row.marks, row.headings)
    kept = queries.opened(connection, [commitment]).get(bytes(commitment)) if commitment else None
    if kept is None:
        return []
    book = shelf.book(connection, now)
    marks = [RecordedMark.of_json(each) for each in kept.content["marks"]]
    lines = _lines(marks, [f"{heading:04d}" for heading in headings])
    best: dict[str, tuple[Hit, int]] = {}
    for hit in book.index.screen(lines):
        if int(hit.mark.right) == row.right_id:
            continue
        before = best.get(hit.mark.id)
        if before is None or _closeness(hit) < _closeness(before[0]):
            best[hit.mark.id] = (hit, book.rights[int(hit.mark.right)].holder_no)
    return [
        {
            "right_id": int(hit.mark.right),
            "mark": hit.mark.text,
            "asked": hit.declared,
            "how_zh": hit.how_zh,
            "how_en": hit.how_en,
            "same_goods": bool(hit.within_goods),
            "same_holder": holder_no == row.holder_no,
        }
        for hit, holder_no in sorted(best.values(), key=lambda each: (not each[0].within_goods, each[0].mark.id))
    ]


def _lines(marks: Sequence[RecordedMark], headings: Sequence[str]) -> list[Line]:
    forms = list(dict.fromkeys(form for mark in marks for form in (mark.text, *mark.variants)))
    places = [(form, heading) for form in forms for heading in headings][:MOST_LOOKED_UP]
    return [Line(gmodel=f"品牌:{form}", gcode=heading) for form, heading in places]


def _closeness(hit: Hit) -> tuple[bool, int, int]:
    return not hit.within_goods, hit.distance, len(hit.disguises)
