"""The process for other tools: event logs in which nobody is named."""

from __future__ import annotations

import hmac

import orjson

from backend.domain.errors import InvalidInput
from backend.formats.event_logs import NamedLog, Names, ocel, xes
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.mining import Period, read_log
from backend.services.sight import sight_of
from backend.store import process_log

#: Steps of parcels in one file: about 80 MB of XES.
MOST_STEPS = 200_000
#: Between a kind and a value, as in a parcel's id: no kind runs into a value.
SEPARATOR = b"\x1f"


def export_ocel(gateway: Gateway, caller: Caller, period: Period) -> bytes:
    """OCEL 2.0 as JSON. Raises InvalidInput for a log that is too large."""
    return orjson.dumps(ocel(_named_log(gateway, caller, period)))


def export_xes(gateway: Gateway, caller: Caller, period: Period) -> bytes:
    """XES as XML. Raises InvalidInput for a log that is too large."""
    return xes(_named_log(gateway, caller, period))


def _named_log(gateway: Gateway, caller: Caller, period: Period) -> NamedLog:
    wanted, sight = period.as_filter(), sight_of(caller)
    with gateway.database.read() as connection:
        _, steps = process_log.count_records(connection, wanted, sight)
        if steps > MOST_STEPS:
            rule = "a shorter period: at most 200,000 steps of parcels at a time"
            raise InvalidInput(field="since", value=str(steps), rule=rule)
        log = read_log(connection, caller, period)
        rows = {row.id: bytes(row.manifest) for row in process_log.headers(connection, wanted, sight)}
        ids = process_log.parcel_ids_of(connection, list(rows))
    return NamedLog(log, {rows[row]: found for row, found in ids.items()}, _names(gateway.consortium_key))


def _names(consortium_key: bytes) -> Names:
    """The same thing has the same name in every file of this consortium, and nobody outside can test a guess."""
    secret = hmac.digest(consortium_key, b"event log pseudonyms", "sha256")

    def name(kind: str, value: bytes) -> str:
        return f"{kind}-{hmac.digest(secret, kind.encode() + SEPARATOR + value, 'sha256').hex()[:20]}"

    return name
