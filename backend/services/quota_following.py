"""Bringing what counts to buyers' years where the chain has their parcels.

A parcel's state decides, not the step that led to it: after a reorganisation, a restart or a second reading every
entry ends where it would have ended without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import structlog

from backend.domain.documents import Document
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Direction, State, Step
from backend.domain.quota import USUAL_LIMITS, EntryState, Limits, QuotaEntry, is_return_in_time, quota_year
from backend.domain.returns import returned_shares, returned_value, shares_of
from backend.domain.tax import dutiable_value
from backend.services.quota import buyer_of
from backend.services.stored_documents import stored_document, stored_notice
from backend.store import quota as store
from backend.store.database import Connection
from backend.store.declarations import import_lists, return_applications
from backend.store.parcel_queries import instants_of_steps, sets_of
from backend.store.quota import KeptEntry
from backend.store.readmodel import places_of
from backend.store.returns import freed_by_finding

log = structlog.get_logger("quota")

#: Where an entry belongs by its parcel's state; in every other state (Declared, Confiscated …) it stays as it is.
ENTRY_IN = {
    State.Accepted: EntryState.Reserved,
    State.Released: EntryState.Committed,
    State.Delivered: EntryState.Committed,
    State.Closed: EntryState.Committed,
    State.Returning: EntryState.Committed,
    # if it was in time, and committed as before if not
    State.Returned: EntryState.Returned,
    State.Rejected: EntryState.Released,
    State.Cancelled: EntryState.Released,
    State.ReturnedAbroad: EntryState.Released,
}

#: What a return is called whose application (625) this gateway does not hold: all of the parcel came back.
WHOLE = "whole"
#: What a return is called of which customs found what came back.
FOUND = "found"

_INSTANTS = (Step.Acceptance, Step.Release, Step.ReturnRequested, Step.ReturnArrived)


@dataclass(frozen=True, slots=True)
class Followed:
    """What following changed. `overdrawn`: entries made beyond their year's limit, since the chain had decided.

    `unvalued`: accepted imports without an entry, since their declarations name no value or no buyer.
    """

    changed: tuple[bytes, ...] = ()
    overdrawn: tuple[bytes, ...] = ()
    unvalued: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Purchase:
    """What a declaration says of its buyer's year."""

    declaration: Document
    person: bytes
    amount: Decimal


def follow(
    connection: Connection,
    consortium_key: bytes,
    touched: Mapping[bytes, State],
    at: int,
    limits: Limits = USUAL_LIMITS,
) -> Followed:
    """Brings the entries of these imports where the states of their newest manifests say; exports have none.

    A parcel without an entry gets one once it is accepted, if its declaration is held here: in the year of its
    Acceptance, above the limit too. `at` is the time of the change and stands for instants that no record tells.
    """
    moving = [parcel for parcel, state in touched.items() if state in ENTRY_IN]
    known = store.entries_of(connection, moving)
    purchases, unvalued = _purchases(connection, consortium_key, moving)
    instants = _instants(connection, moving, touched, known, purchases)
    returned = [parcel for parcel in moving if touched[parcel] is State.Returned]
    back, freed = return_applications(connection, returned), freed_by_finding(connection, returned)
    changed: dict[bytes, KeptEntry] = {}
    fresh: list[bytes] = []
    for parcel in moving:
        kept, purchase = known.get(parcel), purchases.get(parcel)
        belongs = ENTRY_IN[touched[parcel]]
        if belongs is EntryState.Released:
            if kept is not None and kept.entry.state is not EntryState.Released:
                changed[parcel] = replace(kept, entry=QuotaEntry(kept.entry.amount).release())
            continue
        base = kept
        if purchase is not None and _is_another(kept, purchase):
            year = quota_year(instants[parcel].get(Step.Acceptance, at))
            base = KeptEntry(parcel, purchase.person, year, QuotaEntry(purchase.amount))
            fresh.append(parcel)
        if base is None:
            continue
        entry = QuotaEntry(base.entry.amount)
        if belongs is not EntryState.Reserved:
            entry = entry.commit()
        if belongs is EntryState.Returned and _is_in_time(instants[parcel]):
            entry = _taken_back(entry, purchase, freed.get(parcel), back.get(parcel, ()))
        if kept is None or base is not kept or entry != kept.entry:
            changed[parcel] = replace(base, entry=entry)
    store.save_entries(connection, changed.values(), at)
    missing = tuple(parcel for parcel in unvalued if parcel not in known and _counts(touched[parcel]))
    overdrawn = _overdrawn(connection, [changed[parcel] for parcel in fresh], limits)
    # A parcel's id is public; what was bought, and by whom, is not, and stays out.
    for parcel in missing:
        log.warning("quota not counted", parcel=parcel.hex())
    for parcel in overdrawn:
        log.warning("quota overdrawn", parcel=parcel.hex(), year=changed[parcel].year)
    return Followed(tuple(changed), overdrawn, missing)


def follow_newest(
    connection: Connection,
    consortium_key: bytes,
    parcel_ids: Sequence[bytes],
    at: int,
    limits: Limits = USUAL_LIMITS,
) -> Followed:
    """As `follow`, by the states in which the read model has these parcels now; exports among them are left out."""
    places = {parcel: found[0] for parcel, found in places_of(connection, parcel_ids).items()}
    touched = {
        parcel: sets_of(place).state_of(place.position)
        for parcel, place in places.items()
        if place.direction == int(Direction.Import)
    }
    return follow(connection, consortium_key, touched, at, limits)


def _counts(state: State) -> bool:
    return ENTRY_IN[state] is not EntryState.Released


def _purchases(
    connection: Connection, consortium_key: bytes, parcels: Sequence[bytes]
) -> tuple[dict[bytes, _Purchase], list[bytes]]:
    """What the held declarations say, and the parcels whose declaration does not say it."""
    found: dict[bytes, _Purchase] = {}
    unvalued: list[bytes] = []
    for parcel, row in import_lists(connection, parcels).items():
        if row.fields is None:
            continue
        declaration = stored_document(row.message_type, row.fields)
        try:
            found[parcel] = _Purchase(declaration, buyer_of(consortium_key, declaration), dutiable_value(declaration))
        except InvalidInput:
            unvalued.append(parcel)
    return found, unvalued


def _is_another(kept: KeptEntry | None, purchase: _Purchase) -> bool:
    """Whether an entry is of an earlier declaration, or there is none: what counts is the declaration now held."""
    if kept is None or kept.entry.state is EntryState.Released:
        return True
    return (kept.person, kept.entry.amount) != (purchase.person, purchase.amount)


def _instants(
    connection: Connection,
    parcels: Sequence[bytes],
    touched: Mapping[bytes, State],
    known: Mapping[bytes, KeptEntry],
    purchases: Mapping[bytes, _Purchase],
) -> dict[bytes, dict[Step, int]]:
    """The instants that decide, of the parcels for which any does; nothing for the others."""
    needed = [
        parcel
        for parcel in parcels
        if touched[parcel] is State.Returned
        or (parcel in purchases and _is_another(known.get(parcel), purchases[parcel]))
    ]
    places = {parcel: found[0] for parcel, found in places_of(connection, needed).items()}
    return {parcel: {} for parcel in needed} | instants_of_steps(connection, places, _INSTANTS)


def _is_in_time(instants: Mapping[Step, int]) -> bool:
    steps = (Step.Release, Step.ReturnRequested, Step.ReturnArrived)
    return all(step in instants for step in steps) and is_return_in_time(*(instants[step] for step in steps))


def _taken_back(
    entry: QuotaEntry,
    purchase: _Purchase | None,
    freed: Mapping[Decimal, Decimal] | None,
    applications: Sequence[Any],
) -> QuotaEntry:
    """The entry without what came back: as customs found it, as the newest application says, or all of the parcel."""
    if purchase is not None and freed is not None:
        value = returned_value(purchase.declaration, shares_of(purchase.declaration, freed))
        return entry.take_back(FOUND, value) if value else entry
    for row in reversed(applications):
        application = stored_notice(row.message_type, row.fields)
        if purchase is None or application.is_staged or application.is_withdrawal:
            continue
        value = returned_value(purchase.declaration, returned_shares(purchase.declaration, application))
        return entry.take_back(row.business_key, value) if value or not entry.amount else entry
    return entry.take_back(WHOLE, entry.amount)


def _overdrawn(connection: Connection, entries: Sequence[KeptEntry], limits: Limits) -> tuple[bytes, ...]:
    """Those of these new entries whose year counts more than the limit."""
    sums: dict[store.PersonYear, Decimal] = {}
    for kept in store.entries_in(connection, [(kept.person, kept.year) for kept in entries]):
        of = (kept.person, kept.year)
        sums[of] = sums.get(of, Decimal(0)) + kept.entry.counted
    return tuple(kept.parcel_id for kept in entries if sums[kept.person, kept.year] > limits.year)
