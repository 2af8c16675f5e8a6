"""Instants: Unix seconds inside, ISO 8601 in UTC with `Z` at the edges, and what customs messages write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from backend.domain.errors import InvalidInput


def iso(at: int) -> str:
    """`2026-11-22T19:00:00Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(at_ms: int) -> str:
    """Of milliseconds since the epoch: `2026-11-22T19:00:00.123Z`."""
    return f"{iso(at_ms // 1000)[:-1]}.{at_ms % 1000:03d}Z"


#: Seconds, minutes, hours, days as every reader of figures knows them.
UNITS = ("s", "min", "h", "d")


def short_time(seconds: int, units: Sequence[str] = UNITS) -> str:
    """A duration in one unit: `45 s`, `12 min`, `3.5 h`, `2.1 d`; whole from ten on. `units` as in `UNITS`."""
    for unit, size in ((units[3], 86_400), (units[2], 3600), (units[1], 60)):
        if seconds >= size:
            tenths = (seconds * 10 + size // 2) // size
            whole = tenths >= 100 or tenths % 10 == 0
            return f"{(tenths + 5) // 10 if whole else tenths / 10} {unit}"
    return f"{seconds} {units[0]}"


def instant(text: str, field: str) -> int:
    """Unix seconds of an ISO 8601 instant that says its time zone. Raises InvalidInput naming the field."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        raise InvalidInput(field=field, value=text[:40], rule="an ISO 8601 instant with its time zone") from None


#: Where year, month, day, hour, minute and second stand in YYYYMMDDhhmmss.
_PLACES = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))


def wire_time(text: str) -> datetime | None:
    """The time in a field of the form YYYYMMDDhhmmss, None where it is none.

    All wire times are China's; only their differences are used.
    """
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return None
    try:
        year, month, day, hour, minute, second = (int(text[start:end]) for start, end in _PLACES)
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
