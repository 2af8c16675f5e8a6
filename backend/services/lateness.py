"""Consignments whose limit has passed, put on record without anybody asking: overdue, or not acknowledged.

Anybody may say that a limit has passed. The gateway says it for customs of the origin whose account it holds; where it
holds the port's alone it leaves the origin a while to say it first, since the chain takes each only once.
"""

from __future__ import annotations

import base64

import structlog

from backend.domain.consignments import AnomalyKind
from backend.domain.errors import GuanlianError
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.services.anomalies import raise_anomaly
from backend.services.gateway import Gateway
from backend.services.rehearsal import ledger_now
from backend.store import consignments as store
from backend.store.examinations import hosted_customs

log = structlog.get_logger("lateness")

#: Seconds after a limit until it is said to have passed: the clocks of a gateway and of validators differ a little.
MARGIN = 60

#: Seconds that the port waits for the origin.
GRACE = 600

#: Consignments of one round.
_MOST = 100


class Watch:
    """Looks for consignments past their limits."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        #: What was said or refused since the start; the chain decides meanwhile.
        self._said: set[tuple[bytes, AnomalyKind]] = set()

    def tick(self) -> int:
        """Queues what is to be put on record; how many."""
        with self.gateway.database.read() as connection:
            offices = hosted_customs(connection, 1 << Role.Customs)
            now = ledger_now(connection, self.gateway) - MARGIN
            late = store.late_consignments(connection, offices, now, GRACE, _MOST)
        fresh = [each for each in late if (each.consignment, each.kind) not in self._said]
        for each in fresh:
            self._say(each, offices.get(each.origin_district) or offices[each.port_district], now)
            self._said.add((each.consignment, each.kind))
        return len(fresh)

    def _say(self, late: store.Late, customs_no: int, now: int) -> None:
        evidence = {"limit": iso(late.limit), "found_at": iso(now), "found_by": "clock"}
        # The same consignment is late only once, however often it is looked at.
        reference = f"{late.kind.name}-{base64.urlsafe_b64encode(late.consignment).decode().rstrip('=')}"
        try:
            raise_anomaly(self.gateway, customs_no, late.consignment, late.kind, evidence, reference=reference)
        except GuanlianError as refused:
            log.warning("not recorded", consignment=late.consignment.hex(), kind=late.kind.name, reason=refused.title)
