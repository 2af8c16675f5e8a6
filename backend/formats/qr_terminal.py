"""QR codes as text, two modules a character, for a terminal of any colours."""

from __future__ import annotations

import io

from backend.formats.qr import code_of


def qr_for_terminal(text: str) -> str:
    """The text's QR code in half blocks; phones read it from light and dark terminals."""
    out = io.StringIO()
    code_of(text).terminal(out=out, compact=True)
    return out.getvalue().rstrip("\n")
