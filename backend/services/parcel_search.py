"""Lists of parcels: manifests are found by their facts, parcels by the sets that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.domain.instants import iso
from backend.domain.lifecycle import FLAG_SETS, Direction, Flag, Sets, State, indices
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import cursor_of, numbers_of
from backend.services.parcels import completeness, participant_json
from backend.services.sight import parcels_in_sight, sight_of
from backend.store import parcel_queries as queries
from backend.store import readmodel
from backend.store.database import Connection
from backend.store.profiles import names_of

#: Manifests read at a time; a page that needs more reads again.
_MANIFESTS_AT_ONCE = 200


@dataclass(frozen=True)
class ParcelFilter:
    """Which parcels are asked for: any of `states`, all of `flags`, none of `without_flags`."""

    states: tuple[State, ...] = ()
    flags: tuple[Flag, ...] = ()
    without_flags: tuple[Flag, ...] = ()
    parcel_ids: tuple[bytes, ...] = ()
    manifest: bytes | None = None
    seller_no: int | None = None
    declarant_no: int | None = None
    #: The declaring or the port district.
    district: int | None = None
    #: Unix seconds, both included.
    declared_since: int | None = None
    declared_until: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    manifest: Any
    position: int
    sets: Sets


def list_parcels(
    gateway: Gateway, caller: Caller, wanted: ParcelFilter, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page of the parcels a caller may see, newest manifest first, in index order within it.

    Parcels asked for by id come all at once, as their newest manifest has them; ids that are unknown or out
    of the caller's sight are left out.
    """
    with gateway.database.read() as connection:
        complete = completeness(connection)
        if wanted.parcel_ids:
            found, following = _by_id(connection, caller, wanted), None
        else:
            found, following = _scan(connection, caller, wanted, cursor, limit)
        places: dict[int, list[int]] = {}
        for one in found:
            places.setdefault(one.manifest.id, []).append(one.position)
        parcel_ids = queries.parcel_ids_at(connection, places)
        numbers = {one.manifest.seller_no for one in found} | {one.manifest.declarant_no for one in found}
        names = names_of(connection, numbers)
    items = [
        {
            "parcel_id": parcel_ids[one.manifest.id, one.position].hex(),
            "manifest": "0x" + one.manifest.manifest.hex(),
            "index": one.position,
            "state": one.sets.state_of(one.position).name,
            "flags": [flag.name for flag in one.sets.flags_of(one.position)],
            "seller": participant_json(one.manifest.seller_no, names),
            "declarant": participant_json(one.manifest.declarant_no, names),
            "declaring_district": f"{one.manifest.declaring_district:04d}",
            "port_district": f"{one.manifest.port_district:04d}",
            "supervision_mode": f"{one.manifest.supervision_mode:04d}",
            "direction": Direction(one.manifest.direction).name,
            "declared_at": iso(one.manifest.declared_at),
        }
        for one in found
    ]
    return {"items": items, "next": following, **complete}


def _scan(
    connection: Connection, caller: Caller, wanted: ParcelFilter, cursor: str | None, limit: int
) -> tuple[list[_Found], str | None]:
    """One more than the page shows is looked for, so that `next` is there only where something follows."""
    row_id, after = numbers_of(cursor, 2) if cursor else (None, -1)
    sight = sight_of(caller)
    filter_ = _with_occupied(wanted)
    found: list[_Found] = []
    while len(found) <= limit:
        rows = queries.find_manifests(connection, filter_, sight, row_id, _MANIFESTS_AT_ONCE)
        for row, word, sets in _matching(connection, caller, wanted, sight, rows):
            start = after + 1 if row.id == row_id else 0
            found += [_Found(row, position, sets) for position in indices(word >> start << start)]
            if len(found) > limit:
                break
        if len(rows) < _MANIFESTS_AT_ONCE:
            break
        row_id, after = rows[-1].id - 1, -1
    page = found[:limit]
    more = len(found) > limit
    return page, cursor_of(page[-1].manifest.id, page[-1].position) if more else None


def _by_id(connection: Connection, caller: Caller, wanted: ParcelFilter) -> list[_Found]:
    places = readmodel.places_of(connection, list(wanted.parcel_ids))
    newest = [places[parcel][0] for parcel in wanted.parcel_ids if parcel in places]
    matching = {
        row.id: (word, sets) for row, word, sets in _matching(connection, caller, wanted, sight_of(caller), newest)
    }
    return [
        _Found(place, place.position, matching[place.id][1])
        for place in newest
        if matching.get(place.id, (0, None))[0] >> place.position & 1 and _fits(place, wanted)
    ]


def _matching(
    connection: Connection, caller: Caller, wanted: ParcelFilter, sight: queries.Sight, rows: list[Any]
) -> list[tuple[Any, int, Sets]]:
    """Of each manifest the parcels that are in sight and in the sets asked for."""
    own = caller.participant_no
    recorded = {}
    if own is not None and not sight.everything:
        recorded = queries.recorded_by(connection, {row.id for row in rows}, own)
    matching = []
    for row in rows:
        sets = queries.sets_of(row)
        word = parcels_in_sight(row, sight, recorded)
        if wanted.states:
            word &= sets.in_states(sum(1 << state for state in set(wanted.states)))
        if wanted.flags:
            word &= sets.with_all(sum(1 << flag for flag in set(wanted.flags)))
        if wanted.without_flags:
            word &= ~sets.with_any(sum(1 << flag for flag in set(wanted.without_flags)))
        matching.append((row, word, sets))
    return matching


def _with_occupied(wanted: ParcelFilter) -> queries.ManifestFilter:
    """The manifest filter with what the sets asked for say about which sets cannot be empty."""
    words = []
    if wanted.states:
        words.append(sum(1 << state for state in set(wanted.states)))
    words += [1 << (FLAG_SETS + flag) for flag in wanted.flags]
    return queries.ManifestFilter(
        manifest=wanted.manifest,
        seller_no=wanted.seller_no,
        declarant_no=wanted.declarant_no,
        district=wanted.district,
        declared_since=wanted.declared_since,
        declared_until=wanted.declared_until,
        occupied=tuple(words),
    )


def _fits(row: Any, wanted: ParcelFilter) -> bool:
    return (
        (wanted.manifest is None or row.manifest == wanted.manifest)
        and (wanted.seller_no is None or row.seller_no == wanted.seller_no)
        and (wanted.declarant_no is None or row.declarant_no == wanted.declarant_no)
        and (wanted.district is None or wanted.district in (row.declaring_district, row.port_district))
        and (wanted.declared_since is None or row.declared_at >= wanted.declared_since)
        and (wanted.declared_until is None or row.declared_at <= wanted.declared_until)
    )
