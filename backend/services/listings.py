"""The blacklist: proposing, confirming and ending listings, and reading them, which anyone may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from backend.chain import calls
from backend.domain.errors import (
    ConfirmationRepeated,
    GroundsMissing,
    ListingAlreadyLifted,
    ListingNotOpen,
    ListingTermInvalid,
    ListingUnknown,
    ParticipantUnknown,
    RoleMissing,
    SelfListing,
)
from backend.domain.events import Level
from backend.domain.grounds import GROUND_NAMES, Ground, ground_hash, ground_of
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.domain.reference.blacklist import LONGEST_TERM
from backend.services.access import Caller
from backend.services.evidence import commit_alone
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcel_documents import fields_of
from backend.services.parcels import completeness, participant_json
from backend.store import listing_queries as queries
from backend.store.database import Connection
from backend.store.participant_queries import participant_row
from backend.store.profiles import ParticipantName, names_of

AUTHORITIES = (Role.Customs, Role.MarketRegulator)
#: Who may confirm what another proposed.
CO_SIGNERS = (*AUTHORITIES, Role.TaxAuthority, Role.ForeignExchangeAuthority)
#: In the order in which a listing passes through them; a lifted or expired one stays readable.
STATUSES = ("proposed", "in_force", "expired", "lifted")

Evidence = Mapping[str, Any]


def impose(
    gateway: Gateway,
    authority_no: int,
    *,
    participant_no: int,
    level: Level,
    ground: Ground,
    until: int,
    evidence: Evidence,
) -> str:
    """Proposes a listing; it takes effect when enough other authorities have confirmed it. Operation id.

    `until` in Unix seconds. Raises RoleMissing, ParticipantUnknown, SelfListing, ListingTermInvalid and
    GroundsMissing as the contract would; the contract decides anew.
    """
    now = gateway.now()
    with gateway.database.write() as connection:
        require_role(connection, authority_no, *AUTHORITIES)
        if participant_row(connection, participant_no) is None:
            raise ParticipantUnknown(participant_no=participant_no)
        if participant_no == authority_no:
            raise SelfListing(participant_no=participant_no)
        if not now < until <= now + LONGEST_TERM:
            raise ListingTermInvalid(until=iso(max(until, 0)), latest=iso(now + LONGEST_TERM))
        summary = {
            "participant_no": participant_no,
            "level": level.name,
            "ground": ground.value,
            "until": iso(until),
        }
        operation_id = new_operation(connection, "Listing", authority_no, summary, now)
        committed = _committed(connection, gateway, operation_id, authority_no, {"ground": ground.value}, evidence)
        calldata = calls.impose(participant_no, level, ground_hash(ground), committed, until)
        _queue(connection, operation_id, authority_no, calldata, now)
    return operation_id


def confirm(gateway: Gateway, authority_no: int, listing_id: int, evidence: Evidence) -> str:
    """Confirms another authority's listing. Raises ConfirmationRepeated, ListingNotOpen, ListingUnknown, …"""
    now = gateway.now()
    with gateway.database.write() as connection:
        require_role(connection, authority_no, *CO_SIGNERS)
        row = _known(connection, listing_id)
        if _status(row, now) != "proposed":
            raise ListingNotOpen(listing_id=listing_id)
        if row.participant_no == authority_no:
            raise SelfListing(participant_no=authority_no)
        if authority_no in (row.imposed_by, *row.confirmed_by):
            raise ConfirmationRepeated(listing_id=listing_id, participant_no=authority_no)
        operation_id = new_operation(connection, "Confirmation", authority_no, {"listing_id": listing_id}, now)
        committed = _committed(connection, gateway, operation_id, authority_no, {"listing_id": listing_id}, evidence)
        _queue(connection, operation_id, authority_no, calls.confirm(listing_id, committed), now)
    return operation_id


def lift(gateway: Gateway, authority_no: int, listing_id: int, evidence: Evidence) -> str:
    """Ends a listing at once: the authority that imposed it, or an appeal body that took no part in it."""
    now = gateway.now()
    with gateway.database.write() as connection:
        row = _known(connection, listing_id)
        if row.lifted_at is not None:
            raise ListingAlreadyLifted(listing_id=listing_id)
        if authority_no == row.imposed_by:
            require_role(connection, authority_no, *AUTHORITIES)
        elif authority_no in row.confirmed_by:
            raise RoleMissing(participant_no=authority_no, role=Role.AppealBody.name)
        else:
            require_role(connection, authority_no, Role.AppealBody)
        operation_id = new_operation(connection, "Lifting", authority_no, {"listing_id": listing_id}, now)
        committed = _committed(connection, gateway, operation_id, authority_no, {"listing_id": listing_id}, evidence)
        _queue(connection, operation_id, authority_no, calls.lift(listing_id, committed), now)
    return operation_id


def search_listings(
    gateway: Gateway,
    *,
    text: str | None = None,
    status: str | None = None,
    level: Level | None = None,
    participant_no: int | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of the blacklist, newest first. Public. `text` is part of a name, or a whole code or number."""
    wanted = queries.ListingFilter(participant_no, level, status, text)
    now = gateway.now()
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = queries.find_listings(connection, wanted, below, limit + 1, now)
        names = _names(connection, rows)
    page = rows[:limit]
    return {
        "items": [_listing_json(row, names, now) for row in page],
        "next": cursor_of(page[-1].listing_id) if len(rows) > limit else None,
        **complete,
    }


def listing_view(gateway: Gateway, listing_id: int, caller: Caller | None = None) -> dict[str, Any]:
    """One listing. Public; `evidence_fields` for authorities and for whom it names. Raises ListingUnknown."""
    now = gateway.now()
    with gateway.database.read() as connection:
        row = _known(connection, listing_id)
        names = _names(connection, [row])
        kept = queries.evidence_fields(connection, [row.evidence]).get(row.evidence, [])
        view = _listing_json(row, names, now) | completeness(connection)
    if caller is not None and _reads_evidence(caller, row):
        view["evidence_fields"] = [
            {"path": path, "value": value} for document in kept for path, value in fields_of(document)
        ]
    return view


# ---------------------------------------------------------------------------------------------------


def _reads_evidence(caller: Caller, row: Any) -> bool:
    authority = any(caller.bears(role) for role in (*CO_SIGNERS, Role.AppealBody))
    return authority or (caller.participant_no is not None and caller.participant_no == row.participant_no)


def _known(connection: Connection, listing_id: int) -> Any:
    row = queries.listing_row(connection, listing_id)
    if row is None:
        raise ListingUnknown(listing_id=listing_id)
    return row


def _status(row: Any, now: int) -> str:
    if row.lifted_at is not None:
        return "lifted"
    if row.until <= now:
        return "expired"
    return "proposed" if row.in_force_at is None else "in_force"


def _names(connection: Connection, rows: Collection[Any]) -> dict[int, ParticipantName]:
    numbers = {row.participant_no for row in rows}
    for row in rows:
        numbers |= {row.imposed_by, row.lifted_by, *row.confirmed_by} - {None}
    return names_of(connection, numbers)


def _listing_json(row: Any, names: dict[int, ParticipantName], now: int) -> dict[str, Any]:
    ground = ground_of(row.grounds)
    status = _status(row, now)
    return {
        "listing_id": row.listing_id,
        "participant": participant_json(row.participant_no, names)
        | {"uscc": row.uscc, "customs_code": row.customs_code},
        "level": Level(row.level).name,
        "status": status,
        "in_force": status == "in_force",
        "ground": None if ground is None else ground.value,
        "ground_zh": "" if ground is None else GROUND_NAMES[ground].zh,
        "ground_en": "" if ground is None else GROUND_NAMES[ground].en,
        "grounds": "0x" + row.grounds.hex(),
        "evidence": "0x" + row.evidence.hex(),
        "imposed_by": participant_json(row.imposed_by, names),
        "imposed_at": iso(row.imposed_at),
        "confirmed_by": [participant_json(number, names) for number in row.confirmed_by],
        "in_force_at": None if row.in_force_at is None else iso(row.in_force_at),
        "until": iso(row.until),
        "lifted_by": None if row.lifted_by is None else participant_json(row.lifted_by, names),
        "lifted_at": None if row.lifted_at is None else iso(row.lifted_at),
    }


def _committed(
    connection: Connection,
    gateway: Gateway,
    operation_id: str,
    authority_no: int,
    facts: Evidence,
    evidence: Evidence,
) -> bytes:
    if not evidence:
        raise GroundsMissing()
    return commit_alone(
        connection,
        gateway,
        operation_id=operation_id,
        participant_no=authority_no,
        content={**evidence, **facts},
    )


def _queue(connection: Connection, operation_id: str, authority_no: int, calldata: bytes, now: int) -> None:
    enqueue_call(
        connection,
        operation_id=operation_id,
        account=account_of(connection, authority_no),
        participant_no=authority_no,
        contract="Blacklist",
        calldata=calldata,
        now=now,
    )
