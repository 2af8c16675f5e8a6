"""What the page of statistics says in English.

Every key stands in `zh_statistics.py` too; a test compares them.
"""

from __future__ import annotations

EN_STATISTICS: dict[str, str] = {
    "console.nav.statistics": "Statistics",
    "statistics.title": "Statistics",
    "statistics.lead": "Counted anew from the ledger at each look, never from a counter; true up to the "
    "block named below.",
    "statistics.recompute": "Anyone can count again, from the chain and the document store:",
    "statistics.by": "By",
    "statistics.by.day": "Day",
    "statistics.by.month": "Month",
    "statistics.by.district": "Declaring district",
    "statistics.by.port": "Port district",
    "statistics.by.mode": "Supervision mode",
    "statistics.by.direction": "Direction",
    "statistics.by.chapter": "HS chapter",
    "statistics.by.origin": "Origin",
    "statistics.by.destination": "Destination",
    "statistics.by.platform": "Platform",
    "statistics.direction.Import": "Imports",
    "statistics.direction.Export": "Exports",
    "statistics.unstated": "not stated",
    "statistics.parcels": "Parcels",
    "statistics.inspected": "Inspected",
    "statistics.detained": "Detained",
    "statistics.returned": "Returned",
    "statistics.weight": "Gross kg",
    "statistics.values": "Value",
    "statistics.unknown": "Weight / value unknown",
    "statistics.more": "{count} more groups stand in the file.",
    "statistics.chart": "Parcels, inspected, detained and returned, by group",
    "statistics.times": "Time in each state",
    "statistics.times.lead": "Of stays that have ended; the chart counts hours.",
    "statistics.times.chart": "Hours in each state: median, 90 and 99 of 100",
    "statistics.state": "State",
    "statistics.stays": "Stays",
    "statistics.oddities": "What does not add up",
    "statistics.duplicates": "Declared more than once",
    "statistics.duplicates.lead": "Parcels that stand in more than one declaration.",
    "statistics.never_arrived": "Declared, never arrived",
    "statistics.never_arrived.lead": "Lists without an arrival three days after they were declared.",
    "statistics.never_declared": "Arrived, never declared",
    "statistics.never_declared.lead": "Goods that a site operator or carrier reported and nobody declared.",
}
