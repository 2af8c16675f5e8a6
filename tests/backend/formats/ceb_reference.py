"""Customs' published schemas and samples, read where they lie beside the repository; nothing is copied.

Where that folder is absent the tests that need it are skipped and say so.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from backend.domain.errors import GuanlianError
from backend.formats.ceb import messages
from backend.formats.ceb.faults import Fault

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "ceb"

#: The documents of parcels, which the simulator makes.
IMPORT_DOCUMENTS = ("311", "411", "511", "621")
EXPORT_DOCUMENTS = ("303", "403", "505", "603")
DOCUMENTS = IMPORT_DOCUMENTS + EXPORT_DOCUMENTS

#: Every request of specification 202205, and every receipt.
IMPORT_TYPES = (*IMPORT_DOCUMENTS, "513", "623", "625", "711")
EXPORT_TYPES = (*EXPORT_DOCUMENTS, "507", "509", "605", "607", "213", "215", "701")
TYPES = IMPORT_TYPES + EXPORT_TYPES
NOTICES = tuple(each for each in TYPES if each not in DOCUMENTS)
IMPORT_RECEIPTS = ("312", "412", "512", "514", "622", "624", "626", "712", "816", "818", "900")
EXPORT_RECEIPTS = ("304", "404", "506", "508", "510", "604", "606", "608", "214", "216", "702", "792")
RECEIPTS = IMPORT_RECEIPTS + EXPORT_RECEIPTS

needs_reference = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="customs' published schemas and samples (../shared/data/ceb) are not here"
)

_SECOND_TRANSFER = re.compile(
    rb"(<(?:ceb:)?BaseTransfer>.*?</(?:ceb:)?BaseTransfer>)\s*<(?:ceb:)?BaseTransfer>.*?</(?:ceb:)?BaseTransfer>",
    re.DOTALL,
)


def direction_of(message_type: str) -> str:
    return "import" if message_type in (*IMPORT_TYPES, *IMPORT_RECEIPTS) else "export"


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(FOLDER / "xsd" / f"{name}.xsd")))


def schema_accepts(data: bytes, message_type: str) -> bool:
    return schema(direction_of(message_type)).validate(etree.fromstring(data))


def sample(message_type: str) -> bytes:
    """The official sample of a message type, as published."""
    return (FOLDER / "samples" / direction_of(message_type) / f"CEB{message_type}Message.xml").read_bytes()


def single(message_type: str) -> etree._Element:
    """The official sample with one document and, on exports, without its surplus second BaseTransfer."""
    root = etree.fromstring(_SECOND_TRANSFER.sub(rb"\1", sample(message_type)))
    documents = [child for child in root if child.tag == root[0].tag]
    for extra in documents[1:]:
        root.remove(extra)
    return root


def faults_of(data: bytes) -> list[Fault] | None:
    """Every fault of the message's documents, or None where the message is refused as a whole."""
    try:
        message = messages.parse_message(data)
    except GuanlianError:
        return None
    return [found for document in message.documents for found in document.faults]


def frame_rules(data: bytes) -> set[str]:
    """The rules that the frame of a refused message breaks."""
    try:
        messages.parse_message(data)
    except GuanlianError as error:
        return {found["rule"] for found in error.details.get("faults", [])}
    return set()
