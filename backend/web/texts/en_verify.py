"""The words about certificates, in English."""

from __future__ import annotations

from collections.abc import Mapping

EN_VERIFY: Mapping[str, str] = {
    "nav.verify": "Verify a certificate",
    "verify.title": "Check a certificate",
    "verify.lead": (
        "A certificate is a file with a parcel's whole history and what proves it. Your browser checks it"
        " here by itself: the file is not sent anywhere, and once this page is open it works without a "
        "network."
    ),
    "verify.how": "The file",
    "verify.file": "Certificate",
    "verify.drop": "Choose the file, or drop it on this card.",
    "verify.list": "List of validators whose word you take (optional)",
    "verify.list.hint": (
        "Get it from somebody you trust, say your customs authority, and not from whoever gave you the "
        "certificate. Without it, nobody's word can be checked."
    ),
    "verify.check": "Check",
    "verify.noscript": "The check needs a script of this page. On a computer with the program it is:",
    "verify.what": "The three questions",
    "verify.what.unchanged": "Unchanged? The records are all there are, in their order, as the ledger held them.",
    "verify.what.final": (
        "Final, and on whose word? Enough of the validators that you trust have sealed that state of the ledger."
    ),
    "verify.what.says": (
        "What does it say? The records are a possible life of a parcel, and lead to the state that is shown."
    ),
    "verify.what.not": (
        "No file can show that the goods in your hand are those of the label: compare what is in the box."
    ),
    "verify.question.unchanged": "Unchanged?",
    "verify.question.final": "Final, and on whose word?",
    "verify.question.says": "What does it say?",
    "verify.status.valid": "valid",
    "verify.status.invalid": "invalid",
    "verify.status.cannot_tell": "cannot tell",
    "verify.label.state": "State",
    "verify.label.flags": "Also",
    "verify.label.seller": "Seller no.",
    "verify.label.right": "Recorded right",
    "verify.label.participant": "participant",
    "verify.label.history": "History (Beijing time)",
    "verify.label.revealed": "Out of its documents, in their writers' words",
    "verify.standing.clear": "in good standing",
    "verify.standing.watched": "watched",
    "verify.standing.inspected": "its parcels are inspected",
    "verify.standing.suspended": "suspended",
    "verify.standing.barred": "barred",
    "verify.standing.unregistered": "not registered",
    "verify.right.usable": "the seller may use it",
    "verify.right.unusable": "the seller may not use it",
    "verify.right.over": "not in force",
    "verify.by_this_browser": "This browser did the check itself; no server was asked for the result.",
    "verify.list_unreadable": "The list of validators cannot be read.",
    "verify.file_unreadable": "The file cannot be read.",
    "verify.gateways_list": (
        "The validators are those that this gateway names. To rely on nobody here, download the "
        "certificate and check it with a list from elsewhere."
    ),
    "verify.contradiction": (
        "The certificate contradicts this page or fails its check. Do not rely on either; tell customs."
    ),
    "verify.relation.earlier": (
        "This page shows a record that the certificate does not reach yet: the newest blocks are not final. "
        "What is proved is where the parcel stood before it. Check again in a few minutes."
    ),
    "verify.relation.later": (
        "The parcel has moved on since this page was opened: the certificate is newer. Open the page anew."
    ),
    "verify.not_now": "The certificate cannot be fetched now. Nothing was checked.",
    "verify.comma": ", ",
    "verify.parcel": "Check it yourself",
    "verify.parcel.lead": "What this page says is proved by a certificate. Your browser can check it itself.",
    "verify.parcel.check": "Check in this browser",
    "verify.parcel.download": "Download the certificate",
    "verify.parcel.elsewhere": "Check a file",
}
