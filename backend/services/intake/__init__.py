"""Taking in customs messages: parsed once, judged document by document, stored with all that follows from it.

One database transaction stores the documents with their secrets, the receipts, and what is to reach the chain; a
gateway killed at any line has taken the whole message or nothing of it. The same bytes again are answered as
before; the same document in another message is known; another content under its key is a conflict unless the
message says it is a change.
"""

from __future__ import annotations

from backend.services.intake.receiving import receive_message

__all__ = ["receive_message"]
