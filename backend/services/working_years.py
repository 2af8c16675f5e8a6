"""The working days that the chain counts by: publishing a year, and reckoning a deadline as the contract will."""

from __future__ import annotations

from typing import Any

from backend.chain import rights_calls
from backend.domain.calendar import load_calendar
from backend.domain.errors import Forbidden
from backend.domain.reference.calendar import ReferenceCalendar
from backend.domain.working_days import arranged_years, days_in, words_of, working_days_of
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.outbox import GOVERNANCE, Entry, account_of, enqueue, new_operation
from backend.services.parcels import completeness
from backend.store import right_queries as queries
from backend.store.database import Connection

#: Nobody's account: the model's check of who publishes has no part here.
_OWNER = "owner"


def deadline(connection: Connection, at: int, working_days: int) -> int:
    """When so many working days after the day of `at` are over, in Unix seconds. Raises CalendarMissing."""
    return _published(connection).add_working_days(at, working_days)


def publish(gateway: Gateway, caller: Caller, text: bytes) -> str:
    """Publishes the years of an arrangement, or corrects those of their days that have not begun. Operation id.

    Governance only, as the registry's owner. `text` is JSON as `backend/domain/calendar/arrangements.json`. Raises
    Forbidden, InvalidInput, CalendarInvalid and CalendarPast.
    """
    if not caller.is_governance:
        raise Forbidden(action="publish working days", needed="scope governance")
    years = arranged_years(load_calendar(text))
    now = gateway.now()
    with gateway.database.write() as connection:
        model = _published(connection)
        for year, number in years.items():
            model.publish_year(_OWNER, now, year, *words_of(number))
        account = account_of(connection, GOVERNANCE)
        operation_id = new_operation(connection, "WorkingDays", GOVERNANCE, {"years": sorted(years)}, now)
        entry = Entry(operation_id, account, GOVERNANCE, now)
        enqueue(
            connection,
            [
                entry.call("WorkingCalendar", rights_calls.publish_year(year, number))
                for year, number in sorted(years.items())
            ],
        )
    return operation_id


def years_view(gateway: Gateway) -> dict[str, Any]:
    """The years that the chain has. Public."""
    with gateway.database.read() as connection:
        complete = completeness(connection)
        years = queries.published_years(connection)
    return {
        "years": [
            {
                "year": year,
                "working_days": number.bit_count(),
                "days": "".join("1" if number >> day & 1 else "0" for day in range(days_in(year))),
            }
            for year, number in sorted(years.items())
        ],
        **complete,
    }


def _published(connection: Connection) -> ReferenceCalendar:
    model = ReferenceCalendar(_OWNER)
    model.years = {year: working_days_of(year, number) for year, number in queries.published_years(connection).items()}
    return model
