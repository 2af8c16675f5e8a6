"""CEB messages, the XML that enterprises and customs exchange (unified CBEC system, specification 202205).

Reading, checking and answering one message:

    message = parse_message(body)                       # raises what is wrong with the whole
    for document in message.documents:
        faults = (*document.faults, *check_document(document))
        if not any(fault.level == "error" for fault in faults):
            store(document.to_document())               # backend.domain.documents.Document
    answer = write_receipt(message.type, rows, guid)    # 312 for 311, 622 for 621 …

`fields` holds the one table that reading, checking and writing share.
"""

from __future__ import annotations

from backend.formats.ceb.checks import check_document
from backend.formats.ceb.faults import Fault
from backend.formats.ceb.messages import Envelope, Message, ParsedDocument, Transfer, parse_message
from backend.formats.ceb.receipts import ReceiptRow, ReturnStatus, write_receipt, write_unreadable
from backend.formats.ceb.writer import wrap_dxp, write_message
from backend.formats.ceb.xml import XmlLimits

__all__ = [
    "Envelope",
    "Fault",
    "Message",
    "ParsedDocument",
    "ReceiptRow",
    "ReturnStatus",
    "Transfer",
    "XmlLimits",
    "check_document",
    "parse_message",
    "wrap_dxp",
    "write_message",
    "write_receipt",
    "write_unreadable",
]
