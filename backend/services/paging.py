"""Opaque cursors: where a list goes on, in a form that callers hand back and do not read."""

from __future__ import annotations

import base64
import binascii

from backend.domain.errors import InvalidInput

MOST_ITEMS = 500
USUAL_ITEMS = 50


def cursor_of(*place: int | str) -> str:
    text = ".".join(str(part) for part in place)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str, parts: int) -> tuple[str, ...]:
    """The parts a cursor was made from. Raises InvalidInput for one that no answer gave."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = tuple(base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("."))
    except (binascii.Error, UnicodeError, ValueError):
        place = ()
    if len(place) != parts or not all(place):
        raise InvalidInput(field="cursor", value=cursor[:40], rule="a cursor that an answer gave as `next`")
    return place


def numbers_of(cursor: str, parts: int) -> tuple[int, ...]:
    """As `place_of`, for cursors of numbers that fit a database row."""
    place = place_of(cursor, parts)
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in place):
        raise InvalidInput(field="cursor", value=cursor[:40], rule="a cursor that an answer gave as `next`")
    return tuple(int(part) for part in place)
