"""The field tables: the one source for reading, checking and writing messages.

Written from the facts of specification 202205 of the unified CBEC system; where its text and its schema
differ, the schema counts. Another message is another row: its fields here, its meaning in
`backend.domain.documents.MESSAGES`.
"""

from __future__ import annotations

from backend.formats.ceb.fields.declarations import DECLARATIONS
from backend.formats.ceb.fields.layout import (
    NAMESPACE,
    SIGNATURE_NAMESPACE,
    Field,
    Form,
    MessageLayout,
    ReceiptLayout,
)
from backend.formats.ceb.fields.orders import ORDERS
from backend.formats.ceb.fields.payments import PAYMENTS
from backend.formats.ceb.fields.receipts import RECEIPTS
from backend.formats.ceb.fields.waybills import WAYBILLS

#: Request messages by type ("311" …).
LAYOUTS: dict[str, MessageLayout] = {layout.type: layout for layout in (*ORDERS, *PAYMENTS, *WAYBILLS, *DECLARATIONS)}

#: Receipts by the type of the request they answer; the receipt for unreadable messages under "".
RECEIPTS_FOR: dict[str, ReceiptLayout] = {layout.answers: layout for layout in RECEIPTS}

__all__ = [
    "LAYOUTS",
    "NAMESPACE",
    "RECEIPTS_FOR",
    "SIGNATURE_NAMESPACE",
    "Field",
    "Form",
    "MessageLayout",
    "ReceiptLayout",
]
