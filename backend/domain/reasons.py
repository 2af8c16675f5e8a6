"""Why somebody decided as they did, in their own words."""

from __future__ import annotations

from backend.domain.errors import InvalidInput

LONGEST_REASON = 500


def reason_in(text: str, most: int = LONGEST_REASON, *, lines: bool = True) -> str:
    """The reason without what surrounds it. Raises InvalidInput for none, for one too long or not to be printed.

    `lines`: whether it may have several.
    """
    said = text.strip()
    if not said or len(said) > most or not (said.replace("\n", " ") if lines else said).isprintable():
        raise InvalidInput(field="reason", value=said[:40], rule=f"1 to {most} printable characters")
    return said
