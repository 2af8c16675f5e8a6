"""A laid-out model as an SVG picture. No script, no style sheet, nothing from elsewhere: it may stand in any page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from backend.domain.instants import short_time
from backend.process.discovery import END, START, Node
from backend.process.layout import HEIGHT, WIDTH, Curve, Layout, Point

_FONT = "system-ui, 'Noto Sans SC', 'PingFang SC', sans-serif"
_INK, _QUIET, _LINE, _BOX, _SLOW = "#1b2733", "#52606d", "#5b7fa6", "#eef4fa", "#b4540a"
_THICKEST = 7.0


def draw(
    layout: Layout,
    name_of: Callable[[Node], str],
    title: str,
    description: str,
    time_of: Callable[[int], str] = short_time,
) -> str:
    """The picture as one `<svg>` element. Lines are as thick as their flow is travelled; the slowest are coloured.

    A line says how many parcels took it and the median time between; dashed lines go back.
    """
    width, height = round(layout.width), round(layout.height)
    most = max((curve.flow.parcels for curve in layout.curves), default=1)
    slow = _slowest(layout.curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="process-title process-words" font-family="{escape(_FONT)}">',
        f'<title id="process-title">{escape(title)}</title><desc id="process-words">{escape(description)}</desc>',
        "<defs>",
        *(_arrow(name, colour) for name, colour in (("flow", _LINE), ("slow", _SLOW))),
        "</defs>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [_line(curve, most, is_slow=curve.flow.median >= slow) for curve in layout.curves]
    parts += [_box(node, centre, name_of(node), layout.activities[node]) for node, centre in layout.centres.items()]
    parts += [_label(curve, time_of(curve.flow.median), is_slow=curve.flow.median >= slow) for curve in layout.curves]
    return "\n".join([*parts, "</svg>"])


def _slowest(curves: Sequence[Curve]) -> int:
    """From which median on a flow is among the slowest tenth, and takes any time at all."""
    medians = sorted(curve.flow.median for curve in curves)
    return max(1, medians[len(medians) * 9 // 10]) if medians else 1


def _arrow(name: str, colour: str) -> str:
    return (
        f'<marker id="process-{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
    )


def _line(curve: Curve, most: int, *, is_slow: bool) -> str:
    name, colour = ("slow", _SLOW) if is_slow else ("flow", _LINE)
    thick = 1.2 + (_THICKEST - 1.2) * curve.flow.parcels / most
    dashes = ' stroke-dasharray="6 5"' if curve.is_back else ""
    flow = f"{escape(curve.flow.source)} {escape(curve.flow.target)}"
    return (
        f'<path d="{_path(curve.points)}" data-flow="{flow}" fill="none" stroke="{colour}" '
        f'stroke-width="{thick:.1f}" stroke-opacity="0.75"{dashes} marker-end="url(#process-{name})"/>'
    )


def _path(points: Sequence[Point]) -> str:
    """Through all points, upright at each: half-way between two layers a curve changes from one column to the other."""
    (x, y), *rest = points
    words = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        words.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return " ".join(words)


def _box(node: Node, centre: Point, name: str, count: int) -> str:
    x, y = centre[0] - WIDTH / 2, centre[1] - HEIGHT / 2
    is_edge = node in (START, END)
    shape = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="{HEIGHT / 2 if is_edge else 8:.0f}" '
        f'fill="{"#ffffff" if is_edge else _BOX}" stroke="{_QUIET if is_edge else _LINE}"/>'
    )
    return (
        f'<g data-activity="{escape(node)}">{shape}'
        f'<text x="{centre[0]:.1f}" y="{centre[1] - 3:.1f}" text-anchor="middle" font-size="14" fill="{_INK}">'
        f"{escape(name)}</text>"
        f'<text x="{centre[0]:.1f}" y="{centre[1] + 15:.1f}" text-anchor="middle" font-size="12" fill="{_QUIET}">'
        f"{count:,}</text></g>"
    )


def _label(curve: Curve, time: str, *, is_slow: bool) -> str:
    """Beside the line, half-way; white behind it, so that a line below does not strike it through."""
    at = (len(curve.points) - 1) // 2
    (x, y), (to_x, to_y) = curve.points[at], curve.points[min(at + 1, len(curve.points) - 1)]
    return (
        f'<text x="{(x + to_x) / 2:.1f}" y="{(y + to_y) / 2 + 4:.1f}" text-anchor="middle" font-size="11.5" '
        f'fill="{_SLOW if is_slow else _QUIET}" stroke="#ffffff" stroke-width="4" paint-order="stroke" '
        f'stroke-linejoin="round">{curve.flow.parcels:,} · {escape(time)}</text>'
    )
