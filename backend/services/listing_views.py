"""The blacklist as it is read: by anyone with its grounds, its status and its hearing, by those concerned with more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from backend.domain.errors import Forbidden, ListingUnknown
from backend.domain.events import Level
from backend.domain.grounds import GROUND_NAMES, Ground, ground_hash, ground_of
from backend.domain.instants import iso
from backend.domain.listing_standing import ListingParty, ListingStanding, listing_standing_of
from backend.domain.participants import Role
from backend.domain.reference.blacklist import (
    APPEAL_WINDOW,
    CO_SIGNERS,
    LONGEST_TERM,
    REPAIR_PERIODS,
    Listing,
)
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcel_documents import fields_of
from backend.services.parcels import completeness, participant_json
from backend.services.rehearsal import ListingRules, ledger_now, listing_of_row
from backend.store import listing_queries as queries
from backend.store import proceeding_queries as proceedings
from backend.store.database import Connection
from backend.store.profiles import ParticipantName, names_of

#: In the order in which a listing passes through them; a lifted or expired one stays readable.
STATUSES = ("proposed", "in_force", "expired", "lifted")

_HOUR = 3600
_DAY = 24 * _HOUR


def search_listings(
    gateway: Gateway,
    *,
    text: str | None = None,
    status: str | None = None,
    level: Level | None = None,
    participant_no: int | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
    caller: Caller | None = None,
) -> dict[str, Any]:
    """A page of the blacklist, newest first. Public; to a caller with what it may do about each listing.

    `text` is part of a name, or a whole code or number.
    """
    return _page(gateway, queries.ListingFilter(participant_no, level, status, text), caller, cursor, limit)


def listings_against(
    gateway: Gateway, caller: Caller, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """What is held against the caller, or against sellers that it registered and that have no key: newest first.

    Each with what its party may do now. Raises Forbidden for a key that speaks for no participant.
    """
    speaker_no = caller.speaker_no
    if speaker_no is None:
        raise Forbidden(action="read what is held against it", needed="a key that speaks for a participant")
    return _page(gateway, queries.ListingFilter(spoken_for_by=speaker_no), caller, cursor, limit)


def listing_view(gateway: Gateway, listing_id: int, caller: Caller | None = None) -> dict[str, Any]:
    """One listing with its dated facts. Public; evidence and statements for authorities and for whom it names.

    Raises ListingUnknown.
    """
    with gateway.database.read() as connection:
        row = queries.listing_row(connection, listing_id)
        if row is None:
            raise ListingUnknown(listing_id=listing_id)
        reading = _Reading(connection, gateway, [row])
        facts = proceedings.facts_of(connection, "listing", listing_id)
        names = names_of(connection, {fact.participant_no for fact in facts} - {None})
        evidence = {row.evidence} | {fact.evidence for fact in facts} - {None}
        kept = queries.evidence_fields(connection, evidence)
        # Governance may pass on what a seller without a key has to say, and reads no more than anyone for that.
        may_read = caller is not None and (
            reading.is_authority(caller)
            or (caller.participant_no is not None and ListingParty.Listed in reading.parts(row, caller))
        )
        view = reading.listing_json(row, caller) | completeness(connection)
    view["facts"] = [
        {
            "name": fact.name,
            "at": iso(fact.at),
            "by": None if fact.participant_no is None else participant_json(fact.participant_no, names),
            "evidence": None if fact.evidence is None else "0x" + fact.evidence.hex(),
            "said": {name: iso(value) if name == "until" else value for name, value in fact.said.items()},
        }
        | ({"evidence_fields": _fields(kept.get(fact.evidence or b"", ()))} if may_read else {})
        for fact in facts
    ]
    if may_read:
        view["evidence_fields"] = _fields(kept.get(row.evidence, ()))
    return view


def rules_view(gateway: Gateway) -> dict[str, Any]:
    """How listings come into force: hearing, urgent grounds, confirmations by level; appeal and repair. Public."""
    with gateway.database.read() as connection:
        rules = ListingRules(proceedings.listing_rule_values(connection))
        complete = completeness(connection)
    return {
        "hearing_hours": rules.hearing_window / _HOUR,
        "urgent_grounds": [ground.value for ground in Ground if rules.urgent.get(ground_hash(ground))],
        "confirmations": {level.name: rules.confirmations(level) for level in Level},
        "co_signers": [role.name for role in CO_SIGNERS],
        "longest_days": LONGEST_TERM // _DAY,
        "appeal_days": APPEAL_WINDOW // _DAY,
        "repair_days": {level.name: REPAIR_PERIODS[level] // _DAY for level in Level},
        **complete,
    }


# ---------------------------------------------------------------------------------------------------


def _page(
    gateway: Gateway, wanted: queries.ListingFilter, caller: Caller | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        complete = completeness(connection)
        now = ledger_now(connection, gateway)
        rows = queries.find_listings(connection, wanted, below, limit + 1, now)
        page = rows[:limit]
        reading = _Reading(connection, gateway, page)
        items = [reading.listing_json(row, caller) for row in page]
    return {"items": items, "next": cursor_of(page[-1].listing_id) if len(rows) > limit else None, **complete}


class _Reading:
    """What is needed to show some listings: names, rules, and which were proposed by a rule."""

    def __init__(self, connection: Connection, gateway: Gateway, rows: Collection[Any]) -> None:
        self.connection = connection
        self.now = ledger_now(connection, gateway)
        self.rules = ListingRules(proceedings.listing_rule_values(connection))
        self.names = _names(connection, rows)
        self.by_rule = queries.rules_behind(connection, [row.evidence for row in rows])

    def listing_json(self, row: Any, caller: Caller | None) -> dict[str, Any]:
        entry = listing_of_row(row)
        standing = listing_standing_of(entry, self.now)
        view = _facts_json(row, self.names, standing, self.now)
        given = len(row.confirmed_by)
        view["confirmations"] = {
            "given": given,
            # What was enough then is not changed by what is asked for now.
            "needed": given if entry.in_force_at else self.rules.confirmations(entry.level),
        }
        rule = self.by_rule.get(row.evidence)
        view["proposed_by_rule"] = None if rule is None else {"version": rule.version, "findings": rule.findings}
        if caller is not None:
            parts = self.parts(row, caller)
            view["yours"] = list(dict.fromkeys(each.act.value for each in standing.possible if each.by in parts))
        return view

    def parts(self, row: Any, caller: Caller) -> frozenset[ListingParty]:
        """The parts that a caller has in a listing. Who took part in it is no judge of it and does not speak for it."""
        own = caller.speaker_no
        if own is None:
            return frozenset()
        found: set[ListingParty] = set()
        took_part = own == row.imposed_by or own in row.confirmed_by
        if own == row.imposed_by and any(caller.bears(role) for role in (Role.Customs, Role.MarketRegulator)):
            found.add(ListingParty.Imposer)
        if not took_part and own != row.participant_no:
            found |= {ListingParty.CoSigner} if any(caller.bears(role) for role in CO_SIGNERS) else set()
            found |= {ListingParty.AppealBody} if caller.bears(Role.AppealBody) else set()
        if not took_part and (own == row.participant_no or self._speaks_for(own, row.participant_no)):
            found.add(ListingParty.Listed)
        return frozenset(found)

    def is_authority(self, caller: Caller) -> bool:
        return any(caller.bears(role) for role in (*CO_SIGNERS, Role.AppealBody))

    def _speaks_for(self, speaker_no: int, participant_no: int) -> bool:
        return bool(proceedings.sellers_registered_by(self.connection, speaker_no, [participant_no]))


def _names(connection: Connection, rows: Collection[Any]) -> dict[int, ParticipantName]:
    numbers = {row.participant_no for row in rows}
    for row in rows:
        numbers |= {row.imposed_by, row.lifted_by, *row.confirmed_by} - {None}
    return names_of(connection, numbers)


def _status(entry: Listing, now: int) -> str:
    if entry.lifted_at:
        return "lifted"
    if entry.until <= now:
        return "expired"
    return "in_force" if entry.in_force_at else "proposed"


def _facts_json(row: Any, names: Mapping[int, ParticipantName], standing: ListingStanding, now: int) -> dict[str, Any]:
    ground, known = ground_of(row.grounds), dict(names)
    status = _status(listing_of_row(row), now)
    heard = row.hearing_until > row.imposed_at
    return {
        "listing_id": row.listing_id,
        "participant": participant_json(row.participant_no, known)
        | {"uscc": row.uscc, "customs_code": row.customs_code},
        "level": Level(row.level).name,
        "status": status,
        "stage": standing.stage.value,
        "in_force": status == "in_force",
        "ground": None if ground is None else ground.value,
        "ground_zh": "" if ground is None else GROUND_NAMES[ground].zh,
        "ground_en": "" if ground is None else GROUND_NAMES[ground].en,
        "grounds": "0x" + row.grounds.hex(),
        "evidence": "0x" + row.evidence.hex(),
        "urgent": row.urgent,
        "hearing_until": iso(row.hearing_until) if heard else None,
        "imposed_by": participant_json(row.imposed_by, known),
        "imposed_at": iso(row.imposed_at),
        "confirmed_by": [participant_json(number, known) for number in row.confirmed_by],
        "in_force_at": _iso(row.in_force_at),
        "until": iso(row.until),
        "appeal_until": _iso(standing.appeal_until),
        "appealed_at": _iso(row.appealed_at),
        "appeal_decided_at": _iso(row.appeal_decided_at),
        "appeal_upheld": row.appeal_upheld,
        "repair_from": _iso(standing.repair_from),
        "repair_asked_at": _iso(row.repair_asked_at),
        "lifted_by": None if row.lifted_by is None else participant_json(row.lifted_by, known),
        "lifted_at": _iso(row.lifted_at),
    }


def _iso(at: int | None) -> str | None:
    return iso(at) if at else None


def _fields(documents: Collection[Any]) -> list[dict[str, str]]:
    return [{"path": path, "value": value} for document in documents for path, value in fields_of(document)]
