"""The log: one JSON object a line on standard error; never a body, a key, or anybody's data."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog


def configure(level: str, file: TextIO | None = None) -> None:
    """Sets up the log of this process, once; whoever has set it up already keeps their way."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=file or sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A fault as its class and the lines it went through: its text may quote what somebody sent."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    fault = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if fault is not None:
        event["fault"] = type(fault).__name__
        event["through"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)
        ]
    return event


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
