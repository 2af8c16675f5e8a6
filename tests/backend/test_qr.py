"""The QR code of a page: a picture that needs nothing but itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from backend.domain.scans import scan_link
from backend.formats.qr import QUIET_ZONE, qr_svg

ADDRESS = scan_link("https://ledger.example", bytes(range(32)))


def test_the_picture_is_plain_svg_with_a_quiet_zone_and_no_style_or_script() -> None:
    image = qr_svg(ADDRESS, title="the page <of> a parcel")
    root = ET.fromstring(image)  # noqa: S314 - our own output

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title").text == "the page <of> a parcel"  # type: ignore[union-attr]
    assert b"style" not in image
    assert b"script" not in image
    # version 4 (33 modules) holds the address at error correction M, at four pixels a module
    assert int(root.get("width", "0")) == (33 + 2 * QUIET_ZONE) * 4


def test_the_same_address_gives_the_same_picture() -> None:
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)
    assert qr_svg(ADDRESS) != qr_svg(ADDRESS + "0")
