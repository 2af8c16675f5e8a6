"""Where time is lost: what the ledger's own records say of how parcels really went.

A log is made of traces; everything else is computed from it and from the lifecycle's table:

    log = Log(traces_of(header, records), ...)
    conformance_of(log).fitting == log.parcels     # every life is one that the table allows
    redundancies_of(log)                           # what was done twice, each named
    waits_of(log)                                  # how long each step was waited for, by district

All instants are the times of blocks, in Unix seconds.
"""

from backend.domain.process.conformance import Conformance, NamedMisfit, conformance_of
from backend.domain.process.costing import DEFAULT_COSTS, Cost, CostedKind, costed
from backend.domain.process.log import Log
from backend.domain.process.model import Activity, Header, Place, Recording, Trace, traces_of
from backend.domain.process.redundancies import Redundancy, RedundancyKind, redundancies_of
from backend.domain.process.replaying import Misfit, MisfitKind, replay
from backend.domain.process.waiting import Wait, quantile, waits_of

__all__ = [
    "DEFAULT_COSTS",
    "Activity",
    "Conformance",
    "Cost",
    "CostedKind",
    "Header",
    "Log",
    "Misfit",
    "MisfitKind",
    "NamedMisfit",
    "Place",
    "Recording",
    "Redundancy",
    "RedundancyKind",
    "Trace",
    "Wait",
    "conformance_of",
    "costed",
    "quantile",
    "redundancies_of",
    "replay",
    "traces_of",
    "waits_of",
]
