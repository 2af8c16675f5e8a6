"""Screenshots as pixels, and QR codes in them read by a decoder that is not ours."""

from __future__ import annotations

import struct
import zlib

import zxingcpp

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}


def qr_texts(png: bytes) -> list[str]:
    """What the QR codes in a PNG say."""
    width, height, grey = grey_pixels(png)
    image = memoryview(grey).cast("B", shape=[height, width])
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.text for one in found]


def grey_pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and one byte a pixel of a PNG as browsers write them: 8 bits, colour, not interlaced."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    at, packed, header = len(_SIGNATURE), b"", b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = data
        elif kind == b"IDAT":
            packed += data
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in _CHANNELS or interlaced:
        raise ValueError("another kind of PNG")
    step = _CHANNELS[colour]
    lines, stride, grey = zlib.decompress(packed), width * step, bytearray()
    above = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        line = _unfiltered(lines[start], bytearray(lines[start + 1 : start + 1 + stride]), above, step)
        grey += bytes(
            (red * 299 + green * 587 + blue * 114) // 1000
            for red, green, blue in zip(line[0::step], line[1::step], line[2::step], strict=True)
        )
        above = line
    return width, height, bytes(grey)


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """A line of pixels without its filter (ISO/IEC 15948 clause 9)."""
    for i, value in enumerate(line):
        left = line[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        match kind:
            case 0:
                return line
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case _:
                distances = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
                guess = (left, up, corner)[distances.index(min(distances))]
        line[i] = (value + guess) & 255
    return line
