"""QR codes as SVG, drawn on the server so that a page needs neither script nor a foreign image."""

from __future__ import annotations

import io
import re

import segno

#: The quiet zone that ISO/IEC 18004 asks for, in modules.
QUIET_ZONE = 4


#: What an address ends in, where a QR code can hold that in fewer bits than bytes have.
_DENSE_END = re.compile(r"(?<=/)[0-9A-Z]{20,}$")


def code_of(text: str) -> segno.QRCode:
    """The text's QR code; a dense end in alphanumeric mode makes it smaller, to be scanned from farther."""
    end = _DENSE_END.search(text)
    parts = text if end is None else (text[: end.start()], end[0])
    # segno takes segments, as its documentation of `prepare_data` says; its types lack them.
    return segno.make(parts, error="m", micro=False)  # type: ignore[arg-type]


def qr_svg(text: str, *, title: str = "") -> bytes:
    """An SVG of the text's QR code, scalable, dark on white whatever the page's colours.

    Error correction M (15 %): the labels it is printed on get scratched. `title` is its accessible name.
    """
    code = code_of(text)
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
