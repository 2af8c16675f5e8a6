"""What bodies about rights, licences and working days may hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field, StringConstraints

from backend.api.schemas import MOST_NUMBER, Body, Evidence, InstantText, Named, sound
from backend.domain.marks import MarkKind
from backend.domain.recordals import MOST_HEADINGS, MOST_MARKS, Asked, Goods, RecordedMark
from backend.domain.rights import RightKind
from backend.services.rights_writing import LONGEST_GROUNDS

RightKindName = Annotated[RightKind, Named(RightKind)]
RightId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
SellerNo = Annotated[int, Path(ge=1, le=MOST_NUMBER)]

MarkText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$"), AfterValidator(sound)]
SellerCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{10}([0-9A-Z]{8})?$")]
HeadingText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
NiceClass = Annotated[int, Field(ge=1, le=45)]
Headings = Annotated[list[HeadingText], Field(min_length=1, max_length=MOST_HEADINGS)]
Grounds = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_GROUNDS, pattern=r"^[^\x00]*$"), AfterValidator(sound)
]


class MarkBody(Body):
    """A mark: its words, forms of it in other scripts or spellings, and whether it has a device beside."""

    text: MarkText
    variants: Annotated[list[MarkText], Field(default_factory=list, max_length=50)]
    with_device: bool = False
    well_known: bool = False

    @property
    def mark(self) -> RecordedMark:
        kind = MarkKind.WordAndDevice if self.with_device else MarkKind.Word
        return RecordedMark(self.text.strip(), tuple(each.strip() for each in self.variants), kind, self.well_known)


class ProtectedBody(Body):
    """Marks with the goods that they protect: HS headings of four digits, and Nice classes for the reader."""

    marks: Annotated[list[MarkBody], Field(min_length=1, max_length=MOST_MARKS)]
    headings: Headings
    nice_classes: Annotated[list[NiceClass], Field(default_factory=list, max_length=45)]
    evidence: Evidence

    @property
    def asked(self) -> Asked:
        """Raises what the marks and goods break."""
        return Asked.checked([each.mark for each in self.marks], Goods.checked(self.headings, self.nice_classes))


class RecordalBody(ProtectedBody):
    """A recordal to apply for; `valid_until` is when the trademark, patent, copyright or design itself ends."""

    kind: RightKindName
    valid_until: InstantText


class RenewalBody(Body):
    valid_until: InstantText
    evidence: Evidence


class RefusalBody(Body):
    grounds: Grounds
    evidence: Evidence


class LicenceBody(Body):
    """Whom a holder permits what: a seller by its number or a code of it; without headings all goods of the right."""

    seller: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | SellerCode
    headings: Headings | None = None
    until: InstantText
    evidence: Evidence


class HeadquartersBody(Body):
    participant_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
