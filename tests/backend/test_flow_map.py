"""The map of routes: north is up, names keep apart, a truck is as far along as its time has run."""

from __future__ import annotations

from itertools import combinations
from math import hypot
from typing import Any

import pytest

from backend.domain.districts import DISTRICTS
from backend.web.flow_map import HEIGHT, WIDTH, flow_map
from backend.web.texts import Language


def route(origin: str, port: str, parcels: int = 10, **more: Any) -> dict[str, Any]:
    plain = {"origin_district": origin, "port_district": port, "parcels": parcels, "open_anomalies": 0, "moving": []}
    return plain | more


def truck(share: float, *, overdue: bool = False) -> dict[str, Any]:
    return {"share": share, "overdue": overdue, "consignment": "0x" + "11" * 32}


def test_every_district_of_the_table_has_a_place_in_china() -> None:
    for each in DISTRICTS.values():
        assert each.place is not None
        east, north = each.place
        assert 73 < east < 136
        assert 18 < north < 54


def test_north_is_up_and_east_is_right() -> None:
    towns = {
        town.code: town for town in flow_map([route("2303", "2233"), route("2908", "2233")], Language.English).towns
    }
    assert towns["2303"].y < towns["2908"].y
    assert towns["2303"].x < towns["2233"].x
    assert [towns[code].is_port for code in ("2303", "2908", "2233")] == [False, False, True]
    assert towns["2303"].name == "Suzhou customs (2303)"


@pytest.mark.parametrize("codes", [tuple(DISTRICTS), ("2233", "2216", "2210", "2200"), ("2233",), ("9998", "9999")])
def test_districts_stand_on_the_page_and_apart(codes: tuple[str, ...]) -> None:
    towns = flow_map([route(code, codes[0]) for code in codes], Language.Chinese).towns
    assert {town.code for town in towns} == set(codes)
    assert all(0 <= town.x <= WIDTH and town.y >= 0 for town in towns)
    assert all(hypot(one.x - other.x, one.y - other.y) >= 59 for one, other in combinations(towns, 2))
    if len(codes) < 5:
        assert all(town.y <= HEIGHT for town in towns)


def test_a_busy_route_is_wide_and_trouble_shows() -> None:
    busy, calm, late = flow_map(
        [
            route("2303", "2233", 900),
            route("2908", "2233", 9, open_anomalies=1),
            route("2901", "2233", 0, moving=[truck(1.0, overdue=True)]),
        ],
        Language.English,
    ).ways
    assert busy.width > calm.width > late.width
    assert [way.troubled for way in (busy, calm, late)] == [False, True, True]


def test_a_truck_goes_from_the_origin_to_the_port() -> None:
    made = flow_map([route("2303", "2233", moving=[truck(0.0), truck(0.5), truck(1.0)])], Language.English)
    towns, (way,) = {town.code: town for town in made.towns}, made.ways
    start, middle, end = way.trucks
    assert (start.x, start.y) == pytest.approx((towns["2303"].x, towns["2303"].y), abs=0.1)
    assert (end.x, end.y) == pytest.approx((towns["2233"].x, towns["2233"].y), abs=0.1)
    assert (middle.x, middle.y) == (way.x, way.y)


def test_nothing_to_draw_is_an_empty_map() -> None:
    assert flow_map([], Language.English).towns == ()
