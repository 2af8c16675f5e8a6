"""Checking a parcel's certificate, with no network, no database and nobody to be believed but named validators.

    from backend.certificate import read_trust, verify

    answers = verify(Path("parcel.json").read_bytes(), read_trust(Path("validators.json").read_bytes()), now)
    answers.unchanged.status, answers.final.status, answers.says.status

The format and every check stand in `docs/certificate.md`; the same checks run in a browser from
`backend/web/verifier/`, and a test compares the two. Needs this package, the pure `backend.domain` and three
libraries: safe-pysha3, rlp and coincurve.
"""

from backend.certificate.answers import Answer, Answers, Status
from backend.certificate.model import Trust
from backend.certificate.reading import Malformed, read_trust
from backend.certificate.verifying import verify

__all__ = ["Answer", "Answers", "Malformed", "Status", "Trust", "read_trust", "verify"]
