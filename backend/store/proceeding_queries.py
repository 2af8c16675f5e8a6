"""Questions about cases, the dated facts of cases and listings, and what the owner set for both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.domain.rights import CaseState, Outcome, Route
from backend.store.database import Connection
from backend.store.documents import chunks
from backend.store.tables import (
    accounts,
    cases,
    dated_facts,
    governance_events,
    listing_rules,
    manifests,
    participants,
)

#: Sorts behind every clock.
NEVER = 2**62

_IN_COURT_OR_OVER = (int(CaseState.InCourt), int(CaseState.Infringing), int(CaseState.Closed))


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are asked for; None asks for nothing.

    `of_customs`, `of_holder`, `of_accused`: whose cases; `of_accused` are those who declared or sell the goods, or
    registered a seller that has no key.
    """

    of_customs: int | None = None
    of_holder: int | None = None
    of_accused: int | None = None
    states: tuple[CaseState, ...] | None = None
    right_id: int | None = None
    manifest: bytes | None = None
    overdue_at: int | None = None


def case_row(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """A case with seller, declarant and places of its manifest, as `find_cases` has it."""
    return connection.execute(_joined().where(cases.c.case_id == case_id)).one_or_none()


def newest_case(connection: Connection) -> int:
    """The highest number of a case; zero before the first."""
    return connection.execute(sa.select(sa.func.max(cases.c.case_id))).scalar() or 0


def find_cases(
    connection: Connection,
    wanted: CaseFilter,
    *,
    by_deadline: bool,
    after: tuple[int, int] | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Cases with a `due_at`, the nearest deadline first, or the newest first. `after`: `due_at` and number before."""
    query = _joined().limit(limit)
    due, case_id = _due_at(), cases.c.case_id
    if by_deadline:
        query = query.order_by(due, case_id)
        if after is not None:
            query = query.where(sa.or_(due > after[0], sa.and_(due == after[0], case_id > after[1])))
    else:
        query = query.order_by(case_id.desc())
        if after is not None:
            query = query.where(case_id < after[1])
    if wanted.of_customs is not None:
        query = query.where(cases.c.customs_no == wanted.of_customs)
    if wanted.of_holder is not None:
        query = query.where(cases.c.holder_no == wanted.of_holder)
    if wanted.of_accused is not None:
        query = query.where(_accused(wanted.of_accused))
    if wanted.states is not None:
        query = query.where(cases.c.state.in_([int(state) for state in wanted.states]))
    if wanted.right_id is not None:
        query = query.where(cases.c.right_id == wanted.right_id)
    if wanted.manifest is not None:
        query = query.where(cases.c.manifest == wanted.manifest)
    if wanted.overdue_at is not None:
        query = query.where(due <= wanted.overdue_at)
    return list(connection.execute(query))


def findings_against(connection: Connection, seller_no: int, since: int) -> list[sa.Row[Any]]:
    """The cases in which goods of a seller were found infringing for good from an instant on, oldest first."""
    query = _joined().where(
        manifests.c.seller_no == seller_no,
        cases.c.outcome == int(Outcome.Infringing),
        cases.c.decided_at >= since,
    )
    return list(connection.execute(query.order_by(cases.c.decided_at, cases.c.case_id)))


def facts_of(connection: Connection, subject: str, subject_id: int) -> list[sa.Row[Any]]:
    """What happened in a case or to a listing, in order."""
    query = sa.select(dated_facts).where(dated_facts.c.subject == subject, dated_facts.c.subject_id == subject_id)
    return list(connection.execute(query.order_by(dated_facts.c.id)))


def listing_rule_values(connection: Connection) -> dict[str, int]:
    """What the owner ever set for listings, by its name in `listing_folding`."""
    return {row.name: row.value for row in connection.execute(sa.select(listing_rules))}


def events_named(connection: Connection, name: str, after: int = -1, up_to: int | None = None) -> list[sa.Row[Any]]:
    """The governance events of a name that stand behind one block and up to another, in order."""
    query = sa.select(governance_events).where(governance_events.c.name == name, governance_events.c.block > after)
    if up_to is not None:
        query = query.where(governance_events.c.block <= up_to)
    return list(connection.execute(query.order_by(governance_events.c.block, governance_events.c.log_index)))


def events_in(connection: Connection, block: int, transaction_hash: bytes) -> list[sa.Row[Any]]:
    """The governance events of one transaction, in order."""
    query = sa.select(governance_events).where(
        governance_events.c.block == block, governance_events.c.transaction_hash == transaction_hash
    )
    return list(connection.execute(query.order_by(governance_events.c.log_index)))


def participant_rows(connection: Connection, numbers: Collection[int]) -> list[sa.Row[Any]]:
    """Participants as the registry has them, in the order of their numbers."""
    query = sa.select(participants).where(participants.c.participant_no.in_(sorted(set(numbers))))
    return list(connection.execute(query.order_by(participants.c.participant_no)))


def addresses_of(connection: Connection, numbers: Collection[int]) -> dict[str, int]:
    """The accounts that act for these participants, each with its number."""
    query = sa.select(accounts.c.address, accounts.c.participant_no).where(
        accounts.c.participant_no.in_(sorted(set(numbers)))
    )
    return {row.address: row.participant_no for row in connection.execute(query)}


def number_of_address(connection: Connection, address: str) -> int | None:
    return connection.execute(sa.select(accounts.c.participant_no).where(accounts.c.address == address)).scalar()


def sellers_registered_by(connection: Connection, registrar_no: int, numbers: Sequence[int]) -> set[int]:
    """Of these participants, those that a registrar speaks for: it registered them, and they have no key."""
    found: set[int] = set()
    for part in chunks(list(numbers)):
        query = sa.select(participants.c.participant_no).where(
            participants.c.participant_no.in_(part), _mute(registrar_no)
        )
        found.update(connection.execute(query).scalars())
    return found


def _mute(registrar_no: int) -> sa.ColumnElement[bool]:
    keyed = sa.exists().where(accounts.c.participant_no == participants.c.participant_no)
    return sa.and_(participants.c.registrar_no == registrar_no, ~keyed)


def _accused(participant_no: int) -> sa.ColumnElement[bool]:
    spoken_for = sa.select(participants.c.participant_no).where(_mute(participant_no))
    return sa.or_(
        manifests.c.seller_no == participant_no,
        manifests.c.declarant_no == participant_no,
        manifests.c.seller_no.in_(spoken_for),
    )


def _due_at() -> sa.ColumnElement[int]:
    """The clock that runs now: first for the finding, then for the court; NEVER where none does."""
    finding = sa.and_(
        cases.c.state == int(CaseState.Detained), cases.c.route == int(Route.ExOfficio), cases.c.find_by > 0
    )
    return sa.case(
        (cases.c.state.in_(_IN_COURT_OR_OVER), NEVER),
        (finding, cases.c.find_by),
        (cases.c.lapses_at > 0, cases.c.lapses_at),
        else_=NEVER,
    )


def _joined() -> sa.Select[Any]:
    of_manifest = ("id", "seller_no", "declarant_no", "declaring_district", "port_district", "direction")
    return sa.select(
        cases,
        _due_at().label("due_at"),
        *(manifests.c[name].label("manifest_row" if name == "id" else name) for name in of_manifest),
    ).outerjoin(manifests, manifests.c.manifest == cases.c.manifest)
