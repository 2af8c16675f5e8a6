"""What became of sent rows: read from the chain's own events once their transaction is final."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.chain.refusals import refusal_from_event
from backend.domain.errors import GuanlianError
from backend.domain.events import DeclarationRefused, RecordRefused, Refusal
from backend.domain.lifecycle import Step
from backend.formats.ceb import standings
from backend.services import decisions, notices
from backend.services.answers import Answers
from backend.store import documents, examinations, outbox, readmodel
from backend.store.database import Connection
from backend.store.readmodel import number, word

#: How often a row that came too early is sent again.
MOST_REPLAYS = 5

_MATTERS_OF_ORDER = frozenset({"ManifestUnknown", "StepNotAllowed", "FlagsMissing", "FlagsBlocking"})


def refusal_json(error: GuanlianError) -> dict[str, Any]:
    """A refusal as it is kept and shown."""
    return {
        "title": error.title,
        "zh": error.message_zh,
        "en": error.message_en,
        "details": {key: str(value) for key, value in error.details.items()},
    }


def is_due(connection: Connection, head: int, confirmations: int) -> bool:
    return bool(outbox.mined_up_to(connection, head - confirmations + 1))


def settle(connection: Connection, head: int, confirmations: int, now: int) -> None:
    """Ends every row whose transaction has enough blocks on it; the read model must be complete up to `head`.

    Parcels that a `try…` call refused are split off into a row of their own, quarantined with the reason.
    """
    due = {row.id: row for row in outbox.mined_up_to(connection, head - confirmations + 1)}
    if not due:
        return
    refused: dict[tuple[bytes, bytes, int], list[Any]] = {}
    for refusal in readmodel.refusals_of_transactions(connection, [row.hash for row in due.values()]):
        key = (refusal.transaction_hash, refusal.manifest, refusal.step)
        refused.setdefault(key, []).append(refusal)
    confirmed: list[int] = []
    early: list[int] = []
    for row in outbox.rows_of_transactions(connection, list(due)):
        if row.status != "sent":
            continue
        step = Step.Declaration if row.action == "declare" else row.step
        found = refused.get((due[row.transaction_id].hash, row.manifest, step), ())
        if not found:
            confirmed.append(row.id)
        elif _came_too_early(due[row.transaction_id], row, found):
            early.append(row.id)
        elif row.action == "declare":
            quarantine(connection, [row], refusal_json(_error(found[0])), now)
        else:
            _divide(connection, row, found, confirmed, now)
    outbox.set_status(connection, confirmed, "confirmed", now)
    notices.confirmed(connection, confirmed, now)
    outbox.send_again(connection, early, now, smaller=True)
    for transaction in due.values():
        outbox.set_transaction(connection, transaction.id, "final", transaction.block)


def quarantine(connection: Connection, rows: Sequence[Any], refusal: Mapping[str, Any] | None, now: int) -> None:
    """Sets rows aside that the chain refused, and tells the senders of the documents that they carry, in words."""
    outbox.set_status(connection, [row.id for row in rows], "quarantined", now, refusal)
    for row in rows:
        if row.action == "record":
            decisions.take_back(connection, row, number(row.parcels), now)
    _look_again(connection, rows)
    told = refusal or {"title": "ContractRefused", "zh": "原因未知", "en": "unknown"}
    answers = Answers(connection, now)
    lists = documents.light(connection, [row.document_id for row in rows if row.action == "declare"])
    for row in rows:
        if row.action == "declare" and (document := lists.get(row.document_id)) is not None:
            standing = standings.not_sent(str(told["title"]), str(told["zh"]))
            about = ("refused", row.id, row.attempts)
            answers.add(
                document.id, document.participant_no, document.parcel_id, document.message_type, standing, *about
            )
        elif row.action == "record":
            notices.refused(connection, row.id, row.manifest, number(row.parcels), told, now)
    answers.store()


def unsettle(connection: Connection, ancestor: int, now: int) -> None:
    """Takes back what was mined after a block: those transactions are sent again, with the same bytes."""
    ids = outbox.unmine_after(connection, ancestor)
    rows = outbox.rows_of_transactions(connection, ids)
    outbox.set_status(connection, [row.id for row in rows], "sent", now)


def _came_too_early(transaction: Any, row: Any, found: list[Any]) -> bool:
    """Whether a refusal is only the order in which blocks came back.

    After a reorganisation every account sends anew by itself, and a step may overtake another account's step that
    it builds on. By the time this is looked at all of them are mined, so such a row simply goes again.
    """
    if transaction.replays == 0 or row.action != "record" or row.attempts >= MOST_REPLAYS:
        return False
    refused = 0
    for refusal in found:
        if refusal.reason in _MATTERS_OF_ORDER:
            refused |= number(refusal.parcels)
    return refused & number(row.parcels) == number(row.parcels)


def _divide(connection: Connection, row: Any, found: list[Any], confirmed: list[int], now: int) -> None:
    """Quarantines what of a row was refused, cause by cause; the rest is confirmed."""
    rest = number(row.parcels)
    parts: list[tuple[int, Mapping[str, Any]]] = []
    for refusal in found:
        part = rest & number(refusal.parcels)
        if part:
            parts.append((part, refusal_json(_error(refusal))))
            rest &= ~part
    refused_parts = tuple(parts)
    if rest:
        outbox.narrow(connection, row.id, word(rest))
        confirmed.append(row.id)
    else:
        part, refusal_found = parts.pop()
        outbox.narrow(connection, row.id, word(part))
        outbox.set_status(connection, [row.id], "quarantined", now, refusal_found)
        notices.refused(connection, row.id, row.manifest, part, refusal_found, now)
    for part, refusal in parts:
        notices.refused(connection, row.id, row.manifest, part, refusal, now)
    columns = {key: value for key, value in row._mapping.items() if key != "id"}
    outbox.insert_rows(
        connection,
        [
            columns | {"parcels": word(part), "status": "quarantined", "refusal": refusal, "updated_at": now}
            for part, refusal in parts
        ],
    )
    for part, _ in refused_parts:
        decisions.take_back(connection, row, part, now)
    _look_again(connection, [row])


def _look_again(connection: Connection, rows: Sequence[Any]) -> None:
    """A decision about a parcel may have waited for what was refused."""
    examinations.look_again(connection, manifests={bytes(row.manifest) for row in rows if row.action == "record"})


def _error(row: Any) -> GuanlianError:
    reason = Refusal[row.reason]
    if row.step == Step.Declaration:
        return refusal_from_event(DeclarationRefused(row.manifest, row.participant_no, row.seller_no, reason))
    event = RecordRefused(row.manifest, row.participant_no, Step(row.step), number(row.parcels), reason, row.flags)
    return refusal_from_event(event)
