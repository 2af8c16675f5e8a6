"""Credit records from the ledger's facts: what happened to a participant's parcels, and its listings."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import orjson

from backend.domain.errors import Forbidden, ParticipantUnknown
from backend.domain.events import Level
from backend.domain.instants import iso
from backend.domain.lifecycle import Step
from backend.domain.participants import CreditGrade, Role, has_role
from backend.domain.risk import CreditEvent, CreditKind, CreditRecord, credit_record
from backend.domain.risk.credit import PERIOD, ROWS
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.store import credit, participant_queries
from backend.store.database import Connection
from backend.store.readmodel import number

#: Entries that a view lists; the sums by kind are over all.
MOST_ENTRIES = 200


class Part(StrEnum):
    """As what a participant had to do with the parcels that its record is about."""

    Seller = "seller"
    Declarant = "declarant"
    Carrier = "carrier"


_ROLES = {Part.Seller: Role.Seller, Part.Declarant: Role.Declarant, Part.Carrier: Role.Logistics}

#: Steps whose parcels are counted as they stand. Inspections and what is found in them are followed beside.
_COUNTED = {
    Step.Rejection: CreditKind.Rejected,
    Step.InspectionPassed: CreditKind.InspectionPassed,
    Step.Confiscation: CreditKind.Confiscated,
    Step.ReturnApproved: CreditKind.Returned,
    Step.InfringementFound: CreditKind.InfringementFound,
}
_DETENTIONS = frozenset({Step.Detention, Step.PortDetention})
_STEPS = frozenset({*_COUNTED, *_DETENTIONS, Step.InspectionOrdered})
_LISTINGS = {Level.Watch: CreditKind.Watched, Level.Inspect: CreditKind.Inspected, Level.Barred: CreditKind.Barred}


class CreditBook:
    """The records of participants as they stand at one moment; each is read once."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._since = now - PERIOD
        self._records: dict[tuple[Part, int], CreditRecord] = {}

    def record_of(self, part: Part, participant_no: int) -> CreditRecord:
        key = (part, participant_no)
        if key not in self._records:
            self._records[key] = self._read(part, participant_no)
        return self._records[key]

    def _read(self, part: Part, participant_no: int) -> CreditRecord:
        if part is Part.Carrier:
            handled = credit.carried_by(self._connection, participant_no, self._since)
        else:
            as_seller = part is Part.Seller
            handled = credit.declared_by(self._connection, participant_no, self._since, as_seller=as_seller)
        events = [*self._happened(handled), *self._listed(participant_no)]
        return credit_record(handled.declared, events)

    def _happened(self, handled: credit.Handled) -> Iterator[CreditEvent]:
        inspected: dict[int, int] = {}
        for row in credit.records_on(self._connection, handled.parcels, _STEPS, self._since):
            step, parcels = Step(row.step), number(row.parcels) & handled.parcels[row.manifest_row]
            under_inspection = inspected.get(row.manifest_row, 0)
            if step is Step.InspectionOrdered:
                inspected[row.manifest_row] = under_inspection | parcels
            elif step is Step.InspectionPassed:
                inspected[row.manifest_row] = under_inspection & ~parcels
            reference, at = "0x" + row.manifest.hex(), int(row.at)
            if step in _DETENTIONS:
                found, held = parcels & under_inspection, parcels & ~under_inspection
                kinds = [(CreditKind.InspectionFailed, found), (CreditKind.Detained, held)]
            elif step in _COUNTED:
                kinds = [(_COUNTED[step], parcels)]
            else:
                continue
            for kind, these in kinds:
                if these:
                    yield CreditEvent(kind, at, these.bit_count(), reference)

    def _listed(self, participant_no: int) -> Iterator[CreditEvent]:
        for row in credit.listings_since(self._connection, participant_no, self._since):
            yield CreditEvent(_LISTINGS[Level(row.level)], int(row.in_force_at), 0, str(row.listing_id))


def credit_view(gateway: Gateway, caller: Caller, participant_no: int) -> dict[str, Any]:
    """A participant's grade and its records, one for each part that it plays.

    Raises Forbidden for all but customs, governance and the participant itself, and ParticipantUnknown.
    """
    own = caller.participant_no == participant_no
    if not (own or caller.sees_every_operation or caller.bears(Role.Customs)):
        raise Forbidden(action="read credit records", needed="scope governance or the role Customs")
    now = gateway.now()
    with gateway.database.read() as connection:
        row = participant_queries.participant_row(connection, participant_no)
        if row is None:
            raise ParticipantUnknown(participant_no=participant_no)
        book = CreditBook(connection, now)
        parts = [part for part, role in _ROLES.items() if has_role(row.roles, role)]
        records = {part.value: _record_json(book.record_of(part, participant_no)) for part in parts}
        gradings = [_grading_json(*found) for found in credit.gradings_of(connection, participant_no)]
    return {
        "participant_no": participant_no,
        "credit_grade": CreditGrade(row.credit_grade).name,
        "since": iso(now - PERIOD),
        "until": iso(now),
        "records": records,
        "gradings": gradings,
    }


def _grading_json(row: Any, fields: bytes | None) -> dict[str, Any]:
    """One grading; the reason where it was given here."""
    said = {} if fields is None else dict(orjson.loads(fields))
    return {
        "credit_grade": CreditGrade(row.arguments["credit_grade"]).name,
        "authority_no": row.arguments["authority_no"],
        "at": iso(row.at),
        "block": row.block,
        "reason": said.get("reason"),
    }


def _record_json(record: CreditRecord) -> dict[str, Any]:
    return {
        "declared": record.declared,
        "score": f"{record.score:f}",
        "bound": f"{record.bound:f}",
        "kinds": [
            {
                "kind": kind.value,
                "zh": ROWS[kind].zh,
                "en": ROWS[kind].en,
                "weight": f"{ROWS[kind].weight:f}",
                "by_share": ROWS[kind].by_share,
                "count": record.count_of(kind),
                "points": f"{record.points_of(kind):f}",
            }
            for kind in CreditKind
        ],
        "entries": [
            {
                "kind": entry.event.kind.value,
                "at": iso(entry.event.at),
                "parcels": entry.event.parcels,
                "reference": entry.event.reference,
                "points": f"{entry.points:f}",
            }
            for entry in record.entries[:MOST_ENTRIES]
        ],
        "entries_in_all": len(record.entries),
    }
