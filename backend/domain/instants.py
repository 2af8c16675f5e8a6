"""Instants: Unix seconds inside, ISO 8601 in UTC with `Z` at the edges."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.domain.errors import InvalidInput


def iso(at: int) -> str:
    """`2026-11-22T19:00:00Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str, field: str) -> int:
    """Unix seconds of an ISO 8601 instant that says its time zone. Raises InvalidInput naming the field."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        raise InvalidInput(field=field, value=text[:40], rule="an ISO 8601 instant with its time zone") from None
