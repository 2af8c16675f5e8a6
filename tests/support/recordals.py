"""Recordals on a workshop: rights in force, licences, and goods that carry a mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson
import sqlalchemy as sa

from backend.domain.recordals import Asked, Goods, RecordedMark
from backend.domain.rights import RightKind
from backend.services import rights
from backend.services.access import Caller, Scope
from backend.services.rights_reading import right_view
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage, SimulatedParcel, SimulatedSet
from backend.services.working_years import publish
from backend.store.tables import rights as rights_table
from tests.support.clerk import Clerk
from tests.support.rights import arranged

EVIDENCE = {"certificate": "12345678"}
YEAR = 365 * 86_400

#: The brand of the simulator's shoes, declared as `运动鞋` under heading 6404.
SHOES = "疾川"

_seeds = count(7000)


def publish_years(clerk: Clerk) -> None:
    gateway, today = clerk.shop.gateway, datetime.now(UTC).date()
    years = sorted({(today + timedelta(days=days)).year for days in (0, 120)} - set(range(2020, 2027)))
    if years:
        governance = Caller(1, None, frozenset({Scope.governance}), "test")
        text = orjson.dumps({"version": "x", "source": "x", "years": [arranged(year) for year in years]})
        publish(gateway, governance, text)
        clerk.shop.settle()


def record(clerk: Clerk, text: str, *headings: str, **mark: Any) -> int:
    """A right in force."""
    gateway, numbers = clerk.shop.gateway, clerk.shop.numbers
    asked = Asked.checked([RecordedMark(text, **mark)], Goods.checked(headings or ("6404",)))
    until = gateway.now() + 5 * YEAR
    rights.apply(gateway, numbers["rights_holder"], RightKind.Trademark, asked, until, EVIDENCE)
    clerk.shop.settle()
    with gateway.database.read() as connection:
        right = int(connection.execute(sa.select(sa.func.max(rights_table.c.right_id))).scalar_one())
    rights.approve(gateway, numbers["customs_headquarters"], right, EVIDENCE)
    clerk.shop.settle()
    assert right_view(gateway, right)["in_force"]
    return right


def withdraw(clerk: Clerk, right: int) -> None:
    rights.withdraw(clerk.shop.gateway, clerk.shop.numbers["rights_holder"], right, EVIDENCE)
    clerk.shop.settle()


def shoes(brand: str = SHOES) -> tuple[SimulatedSet, SimulatedParcel]:
    """One import parcel of shoes under a brand."""
    for seed in _seeds:
        made = simulate(1, seed, "import", 0.0, barred=())
        (parcel,) = made.parcels
        if [line["gcode"] for line in parcel.documents["621"].lines] == ["6404110000"]:
            return replaced(made, f"品牌:{SHOES}|", f"品牌:{brand}|"), parcel
    raise AssertionError("count does not end")


def replaced(made: SimulatedSet, text: str, other: str) -> SimulatedSet:
    return replace(made, messages=tuple(changed(message, text, other) for message in made.messages))


def changed(message: SimulatedMessage, text: str, other: str) -> SimulatedMessage:
    return replace(message, data=message.data.replace(text.encode(), other.encode()))


def license_seller(clerk: Clerk, right: int, parcel: SimulatedParcel, *, until: int | None = None) -> None:
    gateway = clerk.shop.gateway
    end = until or gateway.now() + YEAR
    holder, seller = clerk.shop.numbers["rights_holder"], clerk.shop.numbers[parcel.seller]
    rights.license_seller(gateway, holder, right, seller, None, end, EVIDENCE)
    clerk.shop.settle()
