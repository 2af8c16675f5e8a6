"""What was typed into a form: read, or refused with the field's name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, UploadFile

from backend.domain.errors import InvalidInput
from backend.services.gateway import Gateway

#: Digits of the largest number that a form takes: every one of them fits a row of the database.
MOST_DIGITS = 17

#: The number of something in an address.
Number = Annotated[int, Path(ge=1, lt=10**MOST_DIGITS)]


def number_in(field: str, text: str) -> int:
    """The whole number in a text. Raises InvalidInput."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise InvalidInput(field=field, value=text[:20], rule="digits")
    return int(digits)


def body_of(gateway: Gateway, file: UploadFile | None, text: str) -> bytes:
    """An uploaded file, or else what was pasted; empty where neither was given.

    Of a file that is larger than a gateway takes there is one byte too many: enough for whoever reads it to refuse.
    """
    uploaded = b"" if file is None else file.file.read(gateway.settings.largest_message + 1)
    return uploaded or text.strip().encode()
