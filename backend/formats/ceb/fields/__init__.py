"""The field tables: the one source for reading, checking, writing and documenting messages.

Written from the facts of specification 202205 of the unified CBEC system; where its text and its schema
differ, the schema counts. Another message is another row: its fields here, its meaning in
`backend.domain.documents.MESSAGES` or `backend.domain.notices.NOTICES`.
"""

from __future__ import annotations

from backend.formats.ceb.fields.declarations import DECLARATIONS
from backend.formats.ceb.fields.layout import (
    MOST_LINES,
    NAMESPACE,
    SIGNATURE_NAMESPACE,
    Field,
    Form,
    MessageLayout,
    ReceiptLayout,
)
from backend.formats.ceb.fields.notices_export import EXPORT_NOTICES
from backend.formats.ceb.fields.notices_import import IMPORT_NOTICES
from backend.formats.ceb.fields.orders import ORDERS
from backend.formats.ceb.fields.payments import PAYMENTS
from backend.formats.ceb.fields.receipts_export import EXPORT_RECEIPTS
from backend.formats.ceb.fields.receipts_import import IMPORT_RECEIPTS
from backend.formats.ceb.fields.waybills import WAYBILLS

#: Request messages by type ("311" …).
LAYOUTS: dict[str, MessageLayout] = {
    layout.type: layout for layout in (*ORDERS, *PAYMENTS, *WAYBILLS, *DECLARATIONS, *IMPORT_NOTICES, *EXPORT_NOTICES)
}

#: Receipts by their own type ("312" …).
RECEIPTS: dict[str, ReceiptLayout] = {layout.type: layout for layout in (*IMPORT_RECEIPTS, *EXPORT_RECEIPTS)}

#: Receipts by the type of the request they answer.
RECEIPTS_FOR: dict[str, ReceiptLayout] = {
    layout.answers: layout for layout in RECEIPTS.values() if layout.answers is not None
}

__all__ = [
    "LAYOUTS",
    "MOST_LINES",
    "NAMESPACE",
    "RECEIPTS",
    "RECEIPTS_FOR",
    "SIGNATURE_NAMESPACE",
    "Field",
    "Form",
    "MessageLayout",
    "ReceiptLayout",
]
