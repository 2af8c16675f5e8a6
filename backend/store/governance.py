"""Participants, accounts, listings and rights, folded one by one from the events of the contracts that govern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import sqlalchemy as sa

from backend.domain.rights_events import RightsEvent
from backend.store.database import Connection
from backend.store.readmodel import governance_history
from backend.store.rights_folding import APPLY_RIGHTS
from backend.store.tables import accounts, licences, listings, participants, rights


def apply_governance(connection: Connection, name: str, arguments: Mapping[str, Any], at: int) -> None:
    """Applies one event, named and with its arguments as `governance_events` keeps them (hashes as hex).

    Raises KeyError for an event this table does not know: a contract newer than this gateway.
    """
    _APPLY[name](connection, arguments, at)


def fold_anew(connection: Connection) -> None:
    """Drops what is folded here and folds it again from the events that are left after a reorganisation."""
    for table in (participants, accounts, listings, rights, licences):
        connection.execute(sa.delete(table))
    for row in governance_history(connection):
        apply_governance(connection, row.name, row.arguments, row.at)


def _registered(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    connection.execute(
        sa.insert(participants),
        {
            "participant_no": a["participant_no"],
            "legal_identity": bytes.fromhex(a["legal_identity"]),
            "roles": a["roles"],
            "district": a["district"],
            "credit_grade": 0,
            "suspended": False,
            "registrar_no": a["registrar_no"],
            "registered_at": at,
        },
    )


def _update_participant(connection: Connection, participant_no: int, **values: Any) -> None:
    connection.execute(sa.update(participants).where(participants.c.participant_no == participant_no).values(**values))


def _roles_changed(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update_participant(connection, a["participant_no"], roles=a["roles"], district=a["district"])


def _credit_graded(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update_participant(connection, a["participant_no"], credit_grade=a["credit_grade"])


def _suspended(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update_participant(connection, a["participant_no"], suspended=True)


def _reinstated(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update_participant(connection, a["participant_no"], suspended=False)


def _account_added(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    connection.execute(sa.insert(accounts), {"address": a["account"], "participant_no": a["participant_no"]})


def _account_revoked(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    connection.execute(sa.delete(accounts).where(accounts.c.address == a["account"]))


def _imposed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
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
        },
    )


def _update_listing(connection: Connection, listing_id: int, **values: Any) -> None:
    connection.execute(sa.update(listings).where(listings.c.listing_id == listing_id).values(**values))


def _confirmed(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    query = sa.select(listings.c.confirmed_by).where(listings.c.listing_id == a["listing_id"])
    confirmed_by = [*connection.execute(query).scalar_one(), a["authority_no"]]
    _update_listing(connection, a["listing_id"], confirmed_by=confirmed_by)


def _in_force(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update_listing(connection, a["listing_id"], in_force_at=at)


def _lifted(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update_listing(connection, a["listing_id"], lifted_by=a["authority_no"], lifted_at=at)


def _nothing(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    """Events that stand in the history and change no row: the level's rule is read from the contract."""


_APPLY = {
    "ParticipantRegistered": _registered,
    "RolesChanged": _roles_changed,
    "CreditGraded": _credit_graded,
    "Suspended": _suspended,
    "Reinstated": _reinstated,
    "AccountAdded": _account_added,
    "AccountRevoked": _account_revoked,
    "ListingImposed": _imposed,
    "ListingConfirmed": _confirmed,
    "ListingInForce": _in_force,
    "ListingLifted": _lifted,
    "ConfirmationsSet": _nothing,
    "HearingOpened": _nothing,
    "StatementMade": _nothing,
    "ListingAppealed": _nothing,
    "ListingAppealDecided": _nothing,
    "RepairAsked": _nothing,
    "RepairDecided": _nothing,
    "HearingWindowSet": _nothing,
    "UrgencySet": _nothing,
}
# Cases stand in the history as they came; what is asked of them is folded from it.
_APPLY |= {event.__name__: _nothing for event in get_args(RightsEvent)}
_APPLY |= APPLY_RIGHTS
