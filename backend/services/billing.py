"""Tax on imports as the chain moves: billed at release, void where the goods go back, collected after the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.lifecycle import Step
from backend.formats.ceb import standings
from backend.services import rulebook
from backend.services.answers import Answers
from backend.services.gateway import Gateway
from backend.services.stored_documents import stored_document
from backend.services.tax_bills import Released, is_full_tax, make_bills
from backend.services.tax_settling import BillNews, settle_bills, void_bills
from backend.store import documents
from backend.store.database import Connection
from backend.store.declarations import fields_of_documents

#: The steps that make or void a bill.
STEPS = frozenset({Step.Release, Step.ReturnVerified, Step.ReturnAbroad})


def follow(
    connection: Connection, gateway: Gateway, rows: Sequence[tuple[Any, Sequence[Any]]], answers: Answers, now: int
) -> None:
    """Makes and voids the bills of imports as these records, each with its lists, say; declarants are told."""
    for row, lists in rows:
        if row.step == Step.Release:
            _bill(connection, row, lists, answers, now)
        else:
            parcels = [bytes(document.parcel_id) for document in lists if document.parcel_id]
            tell(connection, void_bills(connection, parcels, now), answers)


def collect(connection: Connection, now: int) -> int:
    """Collects the bills whose goods can no longer come back; how many."""
    answers = Answers(connection, now)
    news = settle_bills(connection, now)
    tell(connection, news, answers)
    answers.store()
    return len(news)


def tell(connection: Connection, news: Sequence[BillNews], answers: Answers) -> None:
    """Gives the receipts 816 and 818 to whoever declared the goods."""
    whose = documents.light(connection, [one.document_id for one in news])
    for one in news:
        if (document := whose.get(one.document_id)) is not None:
            _answer(answers, document, one.receipt_type, one.parcel_id, one.content)


def _bill(connection: Connection, row: Any, lists: Sequence[Any], answers: Answers, now: int) -> None:
    config = rulebook.config_of(connection, row.declaring_district)
    contents = fields_of_documents(connection, [document.id for document in lists])
    released = []
    for document in lists:
        kept = contents.get(document.id)
        if kept is None or kept.fields is None or not document.parcel_id or not document.list_no:
            continue
        declaration = stored_document(kept.message_type, kept.fields)
        full = is_full_tax(declaration, config.limits)
        parcel = bytes(document.parcel_id)
        released.append(
            Released(parcel, bytes(row.manifest), document.id, declaration, document.list_no, int(row.at), full)
        )
    whose = {document.id: document for document in lists}
    for made in make_bills(connection, released, rulebook.rates_of(connection), now, config.consumption_formula):
        if made.content is not None and made.is_new:
            _answer(answers, whose[made.document_id], "816", made.parcel_id, made.content)


def _answer(answers: Answers, document: Any, receipt_type: str, parcel: bytes, content: dict[str, Any]) -> None:
    head = content["head"]
    standing = standings.Standing(str(head["status"]), str(head["taxNo"]))
    about = (receipt_type, head["taxNo"], head["status"])
    answers.add(
        document.id,
        document.participant_no,
        parcel,
        document.message_type,
        standing,
        *about,
        receipt_type=receipt_type,
        content=content,
    )
