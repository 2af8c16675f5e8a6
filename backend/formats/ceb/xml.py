"""Bytes from strangers into an element tree, without doing anything they ask for.

Only UTF-8, no document type, no entities, nothing fetched, everything bounded before it is built.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cache

from lxml import etree

from backend.domain.errors import DtdForbidden, MessageMalformed, MessageTooLarge

_DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How large a message may be. The largest a sender can need (100 lists of 99 lines) fits."""

    bytes: int = 8 * 1024 * 1024
    tags: int = 600_000
    depth: int = 32
    attributes: int = 64


DEFAULT_LIMITS = XmlLimits()


def parse_xml(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> etree._Element:
    """The root element, comments and processing instructions left out.

    Raises MessageTooLarge, DtdForbidden, or MessageMalformed with the parser's reason. A `<!DOCTYPE` or
    `<!ENTITY` is refused wherever it stands, in a comment too: no honest message has one.
    """
    if len(data) > limits.bytes:
        raise MessageTooLarge(what="bytes", most=limits.bytes)
    if not data.strip():
        raise MessageMalformed(reason="empty body")
    if b"\x00" in data:
        raise MessageMalformed(reason="NUL byte (only UTF-8 is read)")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DtdForbidden()
    if data.count(b"<") > limits.tags:
        raise MessageTooLarge(what="tags", most=limits.tags)
    _require_utf8(data)
    # A parser of its own for each message: lxml's parsers hold per-document state and a lock.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MessageMalformed(reason=_reason(error)) from None
    _require_bounded(root, limits)
    return root


def decode_base64(text: str, limits: XmlLimits = DEFAULT_LIMITS) -> bytes:
    """The bytes of an envelope's Data element; white space between the characters is allowed."""
    if len(text) > limits.bytes * 3 // 2:
        raise MessageTooLarge(what="bytes", most=limits.bytes)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise MessageMalformed(reason="Data is not base64") from None


def _require_utf8(data: bytes) -> None:
    declared = _DECLARED_ENCODING.match(data.removeprefix(_UTF8_BOM).lstrip()[:200])
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise MessageMalformed(reason="declared encoding is not UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MessageMalformed(reason=f"byte {error.start} is not UTF-8") from None


def _require_bounded(root: etree._Element, limits: XmlLimits) -> None:
    """Depth and attributes, counted by the C library; the parser itself stops at a depth of 256."""
    if _at_depth(limits.depth + 1)(root):
        raise MessageTooLarge(what="levels", most=limits.depth)
    if _with_attributes(limits.attributes + 1)(root):
        raise MessageTooLarge(what="attributes", most=limits.attributes)


@cache
def _at_depth(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * depth})")


@cache
def _with_attributes(count: int) -> etree.XPath:
    return etree.XPath(f"boolean(//*[@*[{count}]])")


def _reason(error: etree.XMLSyntaxError) -> str:
    """The parser's words without the text it quotes, which may be personal."""
    where = f"line {error.lineno}" if error.lineno else "start"
    message = re.sub(r"\s+", " ", (error.msg or "not well-formed").split(":")[0]).strip()
    return f"{message[:80]} ({where})"
