"""Listings and what the owner set for them, folded from the blacklist's events one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from backend.store.database import Connection
from backend.store.tables import dated_facts, listing_rules, listings

Apply = Callable[[Connection, Mapping[str, Any], int], None]

HEARING_WINDOW = "hearing_window"


def confirmations_name(level: int) -> str:
    return f"confirmations.{level}"


def urgency_name(grounds: str) -> str:
    """The name under which it stands whether grounds (their hash, as hex) are urgent."""
    return f"urgent.{grounds}"


def add_fact(
    connection: Connection,
    subject: str,
    subject_id: int,
    name: str,
    at: int,
    *,
    participant_no: int | None = None,
    evidence: str | None = None,
    **said: Any,
) -> None:
    """Puts an event among the dated facts of a case or a listing; `evidence` as hex."""
    row = {
        "subject": subject,
        "subject_id": subject_id,
        "name": name,
        "participant_no": participant_no,
        "evidence": None if evidence is None else bytes.fromhex(evidence),
        "said": said,
        "at": at,
    }
    connection.execute(sa.insert(dated_facts), row)


def _add(
    connection: Connection, name: str, a: Mapping[str, Any], at: int, by: str = "authority_no", **said: Any
) -> None:
    evidence = a.get("evidence", a.get("statement"))
    add_fact(connection, "listing", a["listing_id"], name, at, participant_no=a.get(by), evidence=evidence, **said)


def _update(connection: Connection, listing_id: int, **values: Any) -> None:
    connection.execute(sa.update(listings).where(listings.c.listing_id == listing_id).values(**values))


def _imposed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    urgent = sa.select(listing_rules.c.value).where(listing_rules.c.name == urgency_name(a["grounds"]))
    connection.execute(
        sa.insert(listings),
        {
            "listing_id": a["listing_id"],
            "participant_no": a["participant_no"],
            "level": a["level"],
            "grounds": bytes.fromhex(a["grounds"]),
            "evidence": bytes.fromhex(a["evidence"]),
            "imposed_by": a["authority_no"],
            "imposed_at": at,
            "until": a["until"],
            "confirmed_by": [],
            "hearing_until": at,
            "urgent": bool(connection.execute(urgent).scalar()),
        },
    )
    _add(connection, "ListingImposed", a, at)


def _hearing_opened(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], hearing_until=a["until"])
    _add(connection, "HearingOpened", a, at, until=a["until"])


def _statement_made(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _add(connection, "StatementMade", a, at, "speaker_no")


def _confirmed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    query = sa.select(listings.c.confirmed_by).where(listings.c.listing_id == a["listing_id"])
    confirmed_by = [*connection.execute(query).scalar_one(), a["authority_no"]]
    _update(connection, a["listing_id"], confirmed_by=confirmed_by)
    _add(connection, "ListingConfirmed", a, at)


def _in_force(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], in_force_at=at)
    _add(connection, "ListingInForce", a, at)


def _lifted(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], lifted_by=a["authority_no"], lifted_at=at)
    _add(connection, "ListingLifted", a, at)


def _appealed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], appealed_at=at)
    _add(connection, "ListingAppealed", a, at, "speaker_no")


def _appeal_decided(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], appeal_decided_at=at, appeal_upheld=a["upheld"])
    _add(connection, "ListingAppealDecided", a, at, upheld=a["upheld"])


def _repair_asked(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], repair_asked_at=at)
    _add(connection, "RepairAsked", a, at, "speaker_no")


def _repair_decided(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["listing_id"], repair_asked_at=None)
    _add(connection, "RepairDecided", a, at, granted=a["granted"])


def _set(connection: Connection, name: str, value: int) -> None:
    changed = connection.execute(sa.update(listing_rules).where(listing_rules.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(sa.insert(listing_rules), {"name": name, "value": value})


def _hearing_window_set(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _set(connection, HEARING_WINDOW, a["hearing_window"])


def _confirmations_set(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _set(connection, confirmations_name(a["level"]), a["confirmations"])


def _urgency_set(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _set(connection, urgency_name(a["grounds"]), int(a["urgent"]))


APPLY: dict[str, Apply] = {
    "ListingImposed": _imposed,
    "HearingOpened": _hearing_opened,
    "StatementMade": _statement_made,
    "ListingConfirmed": _confirmed,
    "ListingInForce": _in_force,
    "ListingLifted": _lifted,
    "ListingAppealed": _appealed,
    "ListingAppealDecided": _appeal_decided,
    "RepairAsked": _repair_asked,
    "RepairDecided": _repair_decided,
    "HearingWindowSet": _hearing_window_set,
    "ConfirmationsSet": _confirmations_set,
    "UrgencySet": _urgency_set,
}
