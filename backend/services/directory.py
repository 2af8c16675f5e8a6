"""Reading who is registered."""

from __future__ import annotations

from typing import Any

from backend.domain.errors import ParticipantUnknown
from backend.domain.events import Level
from backend.domain.instants import iso
from backend.domain.participants import CreditGrade, Role, roles_in
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import STANDINGS, completeness
from backend.store import participant_queries as queries
from backend.store.listing_queries import levels_in_force


def list_participants(
    gateway: Gateway,
    *,
    role: Role | None = None,
    district: int | None = None,
    code: str | None = None,
    text: str | None = None,
    cursor: str | None = None,
    limit: int = USUAL_ITEMS,
) -> dict[str, Any]:
    """A page of the participants, by number. `code` is a whole USCC or customs code, `text` part of a name."""
    wanted = queries.ParticipantFilter(role, district, code, text)
    after = numbers_of(cursor, 1)[0] if cursor else 0
    with gateway.database.read() as connection:
        complete = completeness(connection)
        rows = queries.find_participants(connection, wanted, after, limit + 1)
        page = rows[:limit]
        levels = levels_in_force(connection, [row.participant_no for row in page], gateway.now())
    return {
        "items": [_participant_json(row, levels) for row in page],
        "next": cursor_of(page[-1].participant_no) if len(rows) > limit else None,
        **complete,
    }


def participant_view(gateway: Gateway, participant_no: int) -> dict[str, Any]:
    """One participant with the accounts that act for it. Raises ParticipantUnknown."""
    with gateway.database.read() as connection:
        complete = completeness(connection)
        row = queries.participant_row(connection, participant_no)
        if row is None:
            raise ParticipantUnknown(participant_no=participant_no)
        levels = levels_in_force(connection, [participant_no], gateway.now())
        accounts = queries.accounts_of(connection, participant_no)
    return _participant_json(row, levels) | {
        "accounts": [{"address": one.address, "hosted": one.signer is not None} for one in accounts],
        **complete,
    }


def _participant_json(row: Any, levels: dict[int, Level]) -> dict[str, Any]:
    level = levels.get(row.participant_no)
    return {
        "participant_no": row.participant_no,
        "name_zh": row.name_zh or "",
        "name_en": row.name_en or "",
        "uscc": row.uscc,
        "customs_code": row.customs_code,
        "roles": [role.name for role in roles_in(row.roles)],
        "district": f"{row.district:04d}" if row.district else None,
        "credit_grade": CreditGrade(row.credit_grade).name,
        "suspended": row.suspended,
        "standing": STANDINGS[level],
        "barred": level == Level.Barred,
        "registrar_no": row.registrar_no,
        "registered_at": iso(row.registered_at),
        "legal_identity": "0x" + row.legal_identity.hex(),
    }
