"""What the contracts that decide about organisations say, folded event by event: participants and accounts here,
listings, rights and cases each in a module of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import sqlalchemy as sa

from backend.domain.rights_events import RightsEvent
from backend.store import case_folding, listing_folding
from backend.store.database import Connection
from backend.store.listing_folding import Apply
from backend.store.readmodel import governance_history
from backend.store.rights_folding import APPLY_RIGHTS
from backend.store.tables import accounts, licences, listings, participants, rights
from backend.store.tables.proceedings import PROCEEDINGS


def apply_governance(connection: Connection, name: str, arguments: Mapping[str, Any], at: int) -> None:
    """Applies one event, named and with its arguments as `governance_events` keeps them (hashes as hex).

    Raises KeyError for an event this table does not know: a contract newer than this gateway.
    """
    _APPLY[name](connection, arguments, at)


def fold_anew(connection: Connection) -> None:
    """Drops what is folded from them and folds it again from the events that are left after a reorganisation."""
    for table in (participants, accounts, listings, rights, licences, *PROCEEDINGS):
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


def _nothing(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    """Events that stand in the history and change no row."""


_APPLY: dict[str, Apply] = {
    "ParticipantRegistered": _registered,
    "RolesChanged": _roles_changed,
    "CreditGraded": _credit_graded,
    "Suspended": _suspended,
    "Reinstated": _reinstated,
    "AccountAdded": _account_added,
    "AccountRevoked": _account_revoked,
}
# What is folded from no table here stands in the history as it came.
_APPLY |= {event.__name__: _nothing for event in get_args(RightsEvent)}
_APPLY |= APPLY_RIGHTS | listing_folding.APPLY | case_folding.APPLY
