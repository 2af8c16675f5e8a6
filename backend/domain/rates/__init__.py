"""Tax rates and statutory units by ten-digit HS code, as an operator loads them.

The table that comes with the project covers the simulator's goods and is an example from general knowledge:
it is no official tariff, and no tax is to be computed from it in earnest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from backend.domain.checked_json import CheckedJson

_CODE = re.compile(r"[0-9]{10}")
_UNIT = re.compile(r"[0-9]{3}")

#: Duties above a thousand per cent are slips of the pen.
_HIGHEST_DUTY = Decimal(10)
_HIGHEST_CONSUMPTION = Decimal("0.95")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one HS code costs and how it is counted. Rates are shares: 13 % is `0.13`.

    Ad valorem rates only: goods taxed by quantity (beer, fuel) have no row in this form.
    """

    hs: str
    name: str
    #: The import duty that is due beyond the limits; within them it is 0.
    duty: Decimal
    vat: Decimal
    consumption: Decimal
    #: Consumption tax is due only from this dutiable value per `unit1` (CNY): high-end cosmetics, watches.
    consumption_from: Decimal | None
    unit1: str
    unit2: str | None
    #: Whether the goods stand in the positive list (正面清单) of cross-border retail imports.
    listed: bool


@dataclass(frozen=True)
class RateTable:
    """The rates of one day. `version` stands in every tax bill and match report made with it."""

    version: str
    as_of: date
    source: str
    rates: Mapping[str, Rate]

    def rate(self, hs: str) -> Rate | None:
        """The row of a ten-digit code, None where the table has none."""
        return self.rates.get(hs.strip())


def load_rates(text: str | bytes) -> RateTable:
    """A rate table from its JSON: `version`, `as_of`, `source`, `rates`.

    Each rate has `hs`, `name`, `vat`, `unit1`, and may have `duty`, `consumption`, `consumption_from`, `unit2`
    and `listed` (default true). Raises InvalidInput that names every wrong field, `rates[3].vat` say.
    """
    whole = CheckedJson.of_text(text)
    version, source, day = whole.label("version", 60), whole.text("source"), _date(whole)
    rates: dict[str, Rate] = {}
    for row in whole.children("rates"):
        rate = _rate(row)
        if rate.hs in rates:
            row.fault("hs", rate.hs, "one row per code")
        rates[rate.hs] = rate
    whole.finish()
    return RateTable(version, day, source, rates)


def rates_as_json(table: RateTable) -> dict[str, Any]:
    """The table with every field spelled out; read again it is the same table."""
    return {
        "version": table.version,
        "as_of": table.as_of.isoformat(),
        "source": table.source,
        "rates": [_rate_as_json(rate) for rate in table.rates.values()],
    }


def _rate_as_json(rate: Rate) -> dict[str, Any]:
    told: dict[str, Any] = {"hs": rate.hs, "name": rate.name, "unit1": rate.unit1, "listed": rate.listed}
    told |= {name: f"{getattr(rate, name):f}" for name in ("duty", "vat", "consumption")}
    if rate.unit2 is not None:
        told["unit2"] = rate.unit2
    if rate.consumption_from is not None:
        told["consumption_from"] = f"{rate.consumption_from:f}"
    return told


@cache
def example_rates() -> RateTable:
    """The table that comes with the project, for the simulator's goods."""
    return load_rates(resources.files(__package__).joinpath("example.json").read_bytes())


def _date(whole: CheckedJson) -> date:
    text = whole.text("as_of")
    try:
        return date.fromisoformat(text)
    except ValueError:
        whole.fault("as_of", text, "a date as YYYY-MM-DD")
        return date.min


def _rate(row: CheckedJson) -> Rate:
    since = row.decimal("consumption_from", high=Decimal(10**9)) if row.has("consumption_from") else None
    return Rate(
        _matching(row, "hs", _CODE, "ten digits"),
        row.text("name"),
        row.decimal("duty", high=_HIGHEST_DUTY, default=Decimal(0)),
        row.decimal("vat"),
        row.decimal("consumption", high=_HIGHEST_CONSUMPTION, default=Decimal(0)),
        since,
        _matching(row, "unit1", _UNIT, "three digits"),
        _matching(row, "unit2", _UNIT, "three digits") if row.has("unit2") else None,
        row.flag("listed", True),
    )


def _matching(row: CheckedJson, name: str, pattern: re.Pattern[str], rule: str) -> str:
    text = row.text(name)
    if text and not pattern.fullmatch(text):
        row.fault(name, text, rule)
    return text
