"""What a holder asks customs headquarters to record: marks and goods, checked, and as the chain commits to them.

The chain has two commitments for each recordal, one to its marks and one to its goods, and the goods' HS headings in
clear. Each commits to a document of its own, salted with its own secret, so that nobody finds a pending mark by
trying out words, and whoever is shown the secret can reckon the commitment anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.commitments import document_root, record_evidence
from backend.domain.errors import HeadingInvalid, HeadingsInvalid, InvalidInput
from backend.domain.marks import Mark, MarkKind
from backend.domain.rights import RightKind

MOST_MARKS = 10
#: As the contract bounds them.
MOST_HEADINGS = 64
_LAST_CHAPTER = 97

#: Kinds whose words are looked for in declared goods. A patent or a design has a title and no mark.
SCREENED_KINDS = frozenset({RightKind.Trademark, RightKind.Copyright})

RIGHT_KIND_NAMES: dict[RightKind, tuple[str, str]] = {
    RightKind.Trademark: ("商标权", "trademark"),
    RightKind.Patent: ("专利权", "patent"),
    RightKind.Copyright: ("著作权", "copyright"),
    RightKind.Design: ("外观设计", "design"),
}

_HEADING = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of a right or of a licence: HS headings of four digits, and Nice classes for the reader."""

    headings: tuple[str, ...]
    nice_classes: tuple[int, ...] = ()

    @classmethod
    def checked(cls, headings: Iterable[str], nice_classes: Iterable[int] = ()) -> Goods:
        """In order, each once. Raises HeadingsInvalid, HeadingInvalid, or InvalidInput for a Nice class."""
        found = tuple(sorted(set(headings)))
        if not 1 <= len(found) <= MOST_HEADINGS:
            raise HeadingsInvalid(count=len(found), most=MOST_HEADINGS)
        for heading in found:
            if not (_HEADING.fullmatch(heading) and 1 <= int(heading[:2]) <= _LAST_CHAPTER and heading[2:] != "00"):
                raise HeadingInvalid(heading=heading[:20])
        classes = tuple(sorted(set(nice_classes)))
        if any(not 1 <= each <= 45 for each in classes):
            raise InvalidInput(field="nice_classes", value=str(classes)[:40], rule="Nice classes from 1 to 45")
        return cls(found, classes)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The headings as the chain takes them."""
        return tuple(int(heading) for heading in self.headings)

    def as_json(self) -> dict[str, Any]:
        return {"headings": list(self.headings), "nice_classes": list(self.nice_classes)}


@dataclass(frozen=True, slots=True)
class RecordedMark:
    """One mark of a recordal, as its holder gave it; for a patent or a design, its title."""

    text: str
    variants: tuple[str, ...] = ()
    kind: MarkKind = MarkKind.Word
    #: Protected beyond its goods, by a decision that headquarters has seen.
    is_well_known: bool = False

    @property
    def named_forms(self) -> list[tuple[str, str]]:
        """Every form with the field that gives it."""
        return [("text", self.text)] + [(f"variants[{place}]", each) for place, each in enumerate(self.variants)]

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "variants": list(self.variants),
            "kind": self.kind.value,
            "well_known": self.is_well_known,
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> RecordedMark:
        return cls(content["text"], tuple(content["variants"]), MarkKind(content["kind"]), bool(content["well_known"]))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recordal or a change asks for."""

    marks: tuple[RecordedMark, ...]
    goods: Goods

    @classmethod
    def checked(cls, marks: Iterable[RecordedMark], goods: Goods) -> Asked:
        """Raises InvalidInput that names every wrong field: `marks[1].variants[0]`, say."""
        found = tuple(marks)
        if not 1 <= len(found) <= MOST_MARKS:
            raise InvalidInput(field="marks", value=len(found), rule=f"1 to {MOST_MARKS} marks")
        faults: list[dict[str, Any]] = []
        for number, mark in enumerate(found):
            faults += [
                {"field": f"marks[{number}].{name}", "value": repr(text)[:40], "rule": "printable characters"}
                for name, text in mark.named_forms
                if not text.isprintable()
            ]
            try:
                screened_mark("", 0, mark, goods.headings)
            except InvalidInput as fault:
                faults += [{**each, "field": f"marks[{number}].{each['field']}"} for each in fault.details["faults"]]
        if faults:
            raise InvalidInput(**faults[0], faults=faults)
        return cls(found, goods)


def screened_mark(
    mark_id: str, right_id: int, mark: RecordedMark, headings: Iterable[str], *, is_ordinary: bool = False
) -> Mark:
    """A recorded mark as declared goods are screened for it. Raises InvalidInput."""
    return Mark(
        id=mark_id,
        right=str(right_id),
        text=mark.text,
        headings=frozenset(headings),
        variants=mark.variants,
        kind=mark.kind,
        is_well_known=mark.is_well_known,
        is_ordinary_word=is_ordinary,
    )


# ---------------------------------------------------------------------------------------------------
# Commitments


def marks_fields(marks: Sequence[RecordedMark]) -> list[tuple[str, str]]:
    """The document that the commitment to marks stands for, as (path, text) fields."""
    fields: list[tuple[str, str]] = []
    for number, mark in enumerate(marks, 1):
        path = f"marks.{number}"
        fields += [(f"{path}.text", mark.text), (f"{path}.kind", mark.kind.value)]
        fields += [(f"{path}.variants.{place}", text) for place, text in enumerate(mark.variants, 1)]
        fields.append((f"{path}.well_known", "true" if mark.is_well_known else "false"))
    return fields


def goods_fields(goods: Goods) -> list[tuple[str, str]]:
    """The document that the commitment to goods stands for, as (path, text) fields."""
    fields = [(f"headings.{place}", heading) for place, heading in enumerate(goods.headings, 1)]
    return fields + [(f"nice_classes.{place}", str(each)) for place, each in enumerate(goods.nice_classes, 1)]


def commitment_of(secret: bytes, fields: Sequence[tuple[str, str]]) -> bytes:
    """What the chain has of such a document: as of any evidence of one document."""
    return record_evidence([document_root(secret, fields)])
