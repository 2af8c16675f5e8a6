"""A map of what moves between districts: where they lie, a curve for every route, a mark for every truck under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sqrt
from typing import Any

from backend.domain.districts import district_named
from backend.web.rendering import district_text
from backend.web.texts import Language

WIDTH, HEIGHT, MARGIN = 900, 460, 90

#: Districts nearer to each other than this on the page are drawn so far apart: names must not cover each other.
_APART = 60.0
#: How far a route bends, of its length.
_BEND = 0.16
_NARROWEST, _WIDEST = 2.0, 14.0
#: Half of the room that a long name takes.
_NAME = 130

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Town:
    """A district on the map; its name stands below it, and keeps on the page."""

    code: str
    name: str
    x: float
    y: float
    is_port: bool

    @property
    def anchor(self) -> str:
        return "start" if self.x < _NAME else "end" if self.x > WIDTH - _NAME else "middle"

    @property
    def name_x(self) -> float:
        return self.x + {"start": -10, "end": 10, "middle": 0}[self.anchor]


@dataclass(frozen=True, slots=True)
class Truck:
    x: float
    y: float
    consignment: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A route as an SVG path, as wide as it is busy, and where its figures stand."""

    path: str
    width: float
    x: float
    y: float
    parcels: int
    troubled: bool
    trucks: tuple[Truck, ...]


@dataclass(frozen=True, slots=True)
class FlowMap:
    towns: tuple[Town, ...]
    ways: tuple[Way, ...]
    width: int = WIDTH
    height: int = HEIGHT


def flow_map(routes: Sequence[Mapping[str, Any]], language: Language) -> FlowMap:
    """The map of these routes, as `services.flow` gives them. Districts without a known place stand in a row below."""
    codes = list(dict.fromkeys(route[end] for route in routes for end in ("origin_district", "port_district")))
    at = _places(codes)
    ports = {route["port_district"] for route in routes}
    towns = tuple(Town(code, district_text(language, code), *at[code], code in ports) for code in codes)
    most = max((route["parcels"] for route in routes), default=0)
    return FlowMap(towns, tuple(_way(route, at, most) for route in routes))


# ---------------------------------------------------------------------------------------------------


def _places(codes: Sequence[str]) -> dict[str, Point]:
    """Where each district stands on the page: north is up, a degree is as long both ways."""
    known = {code: place for code in codes if (place := district_named(code).place) is not None}
    found = _fitted(known)
    unknown = [code for code in codes if code not in known]
    for number, code in enumerate(unknown, 1):
        found[code] = (WIDTH * number / (len(unknown) + 1), HEIGHT - MARGIN / 3)
    return _spread(found)


def _fitted(known: Mapping[str, Point]) -> dict[str, Point]:
    if not known:
        return {}
    middle = radians(sum(north for _, north in known.values()) / len(known))
    flat = {code: (east * cos(middle), -north) for code, (east, north) in known.items()}
    least = [min(point[axis] for point in flat.values()) for axis in (0, 1)]
    most = [max(point[axis] for point in flat.values()) for axis in (0, 1)]
    room = (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
    # Never closer than a tenth of a degree across the page: one district alone stands in the middle.
    scale = min(room[axis] / max(most[axis] - least[axis], 0.1) for axis in (0, 1))
    centre = [(least[axis] + most[axis]) / 2 for axis in (0, 1)]
    return {
        code: (WIDTH / 2 + (x - centre[0]) * scale, HEIGHT / 2 + (y - centre[1]) * scale)
        for code, (x, y) in flat.items()
    }


def _spread(points: Mapping[str, Point]) -> dict[str, Point]:
    """The same with those too near to each other moved down, in the order of their codes."""
    found: dict[str, Point] = {}
    for code, (x, y) in sorted(points.items()):
        while any(hypot(x - ax, y - ay) < _APART for ax, ay in found.values()):
            y += _APART / 2
        found[code] = (x, y)
    return found


def _way(route: Mapping[str, Any], at: Mapping[str, Point], most: int) -> Way:
    start, end = at[route["origin_district"]], at[route["port_district"]]
    bend = _bend(start, end)
    share = sqrt(route["parcels"] / most) if most else 0.0
    trucks = tuple(
        Truck(*_along(start, bend, end, each["share"]), each["consignment"], each["overdue"])
        for each in route["moving"]
    )
    x, y = _along(start, bend, end, 0.5)
    path = f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    width = round(_NARROWEST + (_WIDEST - _NARROWEST) * share, 1)
    troubled = bool(route["open_anomalies"]) or any(each["overdue"] for each in route["moving"])
    return Way(path, width, x, y, route["parcels"], troubled, trucks)


def _bend(start: Point, end: Point) -> Point:
    """The control point of a quadratic curve, to the left of the way."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return middle[0] + (end[1] - start[1]) * _BEND, middle[1] - (end[0] - start[0]) * _BEND


def _along(start: Point, bend: Point, end: Point, share: float) -> Point:
    """The point at a share of a quadratic curve's parameter."""
    rest = 1 - share
    x, y = (rest * rest * start[axis] + 2 * rest * share * bend[axis] + share * share * end[axis] for axis in (0, 1))
    return round(x, 1), round(y, 1)
