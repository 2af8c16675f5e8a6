"""Counting scans of a parcel's code, and saying when they are unusually many."""

from __future__ import annotations

from typing import Any

import structlog

from backend.domain.calendar import china_day
from backend.domain.errors import StoreUnavailable
from backend.domain.scans import RuleStanding, judge_scans
from backend.services.gateway import Gateway
from backend.store import scans
from backend.store.database import Connection

log = structlog.get_logger(__name__)


def count_scan(gateway: Gateway, parcel_id: bytes, address: str) -> None:
    """Counts a scan of a parcel that somebody has declared. What cannot be counted now is not counted.

    Nothing is written here: whoever waits for the page does not wait for the database's writers.
    """
    try:
        with gateway.database.read() as connection:
            if not scans.is_known(connection, parcel_id):
                return
            stored = scans.visits_of(connection, parcel_id)
    except StoreUnavailable as fault:
        log.warning("scan not counted", reason=fault.title)
        return
    day = china_day(gateway.now())
    gateway.scans.count(parcel_id, address, day, stored.get(day, 0))


def store_scans(gateway: Gateway) -> int:
    """Stores the totals that wait in memory; how many. Raises StoreUnavailable, and they wait on."""
    totals = gateway.scans.take()
    if not totals:
        return 0
    try:
        with gateway.database.write() as connection:
            scans.keep_visits(connection, totals)
    except BaseException:
        gateway.scans.put_back(totals)
        raise
    return len(totals)


def scans_json(gateway: Gateway, connection: Connection, parcel_id: bytes, delivered_at: int | None) -> dict[str, Any]:
    """How often a parcel's code was scanned and what each rule makes of it. Public, and about nobody."""
    visits = scans.visits_of(connection, parcel_id)
    for day, total in gateway.scans.today(parcel_id).items():
        visits[day] = max(total, visits.get(day, 0))
    standing = judge_scans(visits, gateway.settings.scan_thresholds, delivered_at)
    return {
        "visits": standing.visits,
        "days": standing.days,
        "unusual": standing.is_unusual,
        "rules": [_rule_json(rule) for rule in standing.rules],
    }


def _rule_json(rule: RuleStanding) -> dict[str, Any]:
    return {
        "rule": rule.rule.value,
        "threshold": rule.threshold,
        "window": rule.window,
        "holds": rule.holds,
        "most": rule.most,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
        "zh": rule.zh,
        "en": rule.en,
    }
