"""CEB messages, the XML that enterprises and customs exchange (unified CBEC system, specification 202205).

Reading, checking and answering one message:

    message = parse_message(body)                       # raises what is wrong with the whole
    for document in message.documents:
        faults = (*document.faults, *check_document(document))
        if any(fault.level == "error" for fault in faults):
            continue
        if document.is_notice:
            follow(document.to_notice())                # backend.domain.notices.Notice: a step, its subjects
        else:
            store(document.to_document())               # backend.domain.documents.Document
    answer = write_receipt(message.type, rows, guid)    # 312 for 311, 622 for 621 …

And what customs answers:

    for row in read_receipt(body).rows:
        print(row.status, row.at, row.codes, row.fields)

`fields` holds the one table that reading, checking, writing and the reference in `docs/messages.md` share.
"""

from __future__ import annotations

from backend.formats.ceb.checks import check_document
from backend.formats.ceb.faults import Fault
from backend.formats.ceb.messages import Envelope, Message, ParsedDocument, Transfer, parse_message
from backend.formats.ceb.receipt_reading import InnerCode, ReceiptMessage, ReceiptRowRead, read_receipt
from backend.formats.ceb.receipts import (
    ReceiptRow,
    RowValues,
    write_receipt,
    write_rows,
    write_unreadable,
)
from backend.formats.ceb.statuses import ReturnStatus
from backend.formats.ceb.writer import wrap_dxp, write_message
from backend.formats.ceb.xml import XmlLimits

__all__ = [
    "Envelope",
    "Fault",
    "InnerCode",
    "Message",
    "ParsedDocument",
    "ReceiptMessage",
    "ReceiptRow",
    "ReceiptRowRead",
    "ReturnStatus",
    "RowValues",
    "Transfer",
    "XmlLimits",
    "check_document",
    "parse_message",
    "read_receipt",
    "wrap_dxp",
    "write_message",
    "write_receipt",
    "write_rows",
    "write_unreadable",
]
