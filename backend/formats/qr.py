"""QR codes as SVG, drawn on the server so that a page needs neither script nor a foreign image."""

from __future__ import annotations

import io

import segno

#: The quiet zone that ISO/IEC 18004 asks for, in modules.
QUIET_ZONE = 4


def qr_svg(text: str, *, title: str = "") -> bytes:
    """An SVG of the text's QR code, scalable, dark on white whatever the page's colours.

    Error correction M (15 %): the labels it is printed on get scratched. `title` is its accessible name.
    """
    code = segno.make(text, error="m", micro=False)
    out = io.BytesIO()
    code.save(
        out,
        kind="svg",
        scale=4,
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        title=title or None,
        xmldecl=True,
        svgns=True,
        omitsize=False,
    )
    return out.getvalue()
