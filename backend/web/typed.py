"""What was typed into a form: read, or refused with the field's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, TypeVar

from fastapi import Depends, Path, Query, UploadFile

from backend.domain.errors import InvalidInput, NotFound
from backend.services.gateway import Gateway

#: Digits of the largest number that a form takes: every one of them fits a row of the database.
MOST_DIGITS = 17

Member = TypeVar("Member", bound=Enum)

#: The number of something in an address.
Number = Annotated[int, Path(ge=1, lt=10**MOST_DIGITS)]


def number_in(field: str, text: str) -> int:
    """The whole number in a text. Raises InvalidInput."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise InvalidInput(field=field, value=text[:20], rule="digits")
    return int(digits)


def number_between(field: str, text: str, least: int, most: int) -> int:
    """The whole number in a text, both bounds included. Raises InvalidInput."""
    number = number_in(field, text)
    if not least <= number <= most:
        raise InvalidInput(field=field, value=text[:20], rule=f"a whole number from {least} to {most}")
    return number


def four_digits_in(field: str, text: str) -> int:
    """A customs district or a heading. Raises InvalidInput."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == 4):
        raise InvalidInput(field=field, value=text[:20], rule="four digits")
    return int(digits)


def one_of(field: str, text: str, allowed: Iterable[str]) -> str:
    """One of some names, as it was chosen. Raises InvalidInput."""
    names = tuple(allowed)
    if text not in names:
        raise InvalidInput(field=field, value=text[:40], rule="one of " + ", ".join(names))
    return text


def member_in(field: str, kind: type[Member], text: str) -> Member:
    """A member of an enum by its name. Raises InvalidInput."""
    return kind[one_of(field, text, kind.__members__)]


def row_in(what: str, number: int) -> int:
    """A number from an address that a row of the database can have. Raises NotFound of what it is the number of."""
    if number >= 2**31:
        raise NotFound(what=what, value=number)
    return number


def parcel_in(field: str, text: str) -> bytes:
    """The parcel id in a text, with or without 0x. Raises InvalidInput."""
    digits = text.strip().removeprefix("0x").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise InvalidInput(field=field, value=text[:40], rule="64 hexadecimal digits")
    return bytes.fromhex(digits)


def day_in(field: str, text: str) -> date | None:
    """The day in a text, None where nothing was typed. Raises InvalidInput."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field=field, value=text, rule="a date as YYYY-MM-DD") from None


def evidence_in(note: str) -> dict[str, str]:
    """What was written as evidence; empty where nothing was: the services then ask for it."""
    return {"note": note.strip()} if note.strip() else {}


def parcels_in(text: str) -> list[bytes]:
    """Parcel ids as typed or pasted, apart by blanks, commas or lines. Raises InvalidInput."""
    return [parcel_in("parcels", word) for word in text.replace(",", " ").split()]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which parcels figures are asked of, as typed: the days of declaration, both included, and the district."""

    since: str
    until: str
    district: str

    @property
    def first_day(self) -> date | None:
        """Raises InvalidInput."""
        return day_in("since", self.since)

    @property
    def last_day(self) -> date | None:
        """Raises InvalidInput."""
        return day_in("until", self.until)

    @property
    def district_no(self) -> int | None:
        """Raises InvalidInput."""
        return number_in("district", self.district) if self.district else None

    def as_dict(self) -> dict[str, str]:
        """For the form and the links of the page that answers."""
        return {"since": self.since, "until": self.until, "district": self.district}


def asked_of(
    since: Annotated[str, Query(max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
    district: Annotated[str, Query(max_length=4)] = "",
) -> Asked:
    """From the address of a page of figures."""
    return Asked(since, until, district)


AskedDep = Annotated[Asked, Depends(asked_of)]


def body_of(gateway: Gateway, file: UploadFile | None, text: str) -> bytes:
    """An uploaded file, or else what was pasted; empty where neither was given.

    Of a file that is larger than a gateway takes there is one byte too many: enough for whoever reads it to refuse.
    """
    uploaded = b"" if file is None else file.file.read(gateway.settings.largest_message + 1)
    return uploaded or text.strip().encode()
