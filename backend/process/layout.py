"""Where each activity of a model stands in its picture: layers from top to bottom, few crossings, the same every time.

Layered drawing after Sugiyama, Tagawa and Toda (1981): turn back edges round, give each node the layer of its longest
way from the start, order each layer by the barycentres of its neighbours, and lead long edges through every layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from backend.process.discovery import Flow, Model, Node

WIDTH, HEIGHT = 188, 46
_GAP_X, _GAP_Y = 40, 62
#: A long edge needs room to pass, not a box.
_PASSING = 46
_SWEEPS = 12
_MARGIN = 24

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A flow's way through the layers, from the edge of one box to that of another; `is_back`: against the order."""

    flow: Flow
    points: tuple[Point, ...]
    is_back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of the boxes and ways of the flows, in pixels."""

    width: float
    height: float
    centres: Mapping[Node, Point]
    curves: tuple[Curve, ...]
    activities: Mapping[Node, int]


#: A node of the layered graph: an activity, or a place where an edge passes a layer (its two ends and the layer).
_Dot = tuple[str, ...]


def arrange(model: Model) -> Layout:
    """Places everything. Flows from an activity to itself become loops at its side."""
    forward, back = _directions(model)
    layers_of = _layers(model, forward, back)
    chains: dict[tuple[Node, Node], list[_Dot]] = {}
    layers: dict[int, list[_Dot]] = {}
    for node in model.activities:
        if node in layers_of:
            layers.setdefault(layers_of[node], []).append((node,))
    for flow in (*forward, *back):
        upper, lower = (flow.source, flow.target) if flow in forward else (flow.target, flow.source)
        dots: list[_Dot] = [
            (flow.source, flow.target, str(level)) for level in range(layers_of[upper] + 1, layers_of[lower])
        ]
        for dot in dots:
            layers.setdefault(int(dot[2]), []).append(dot)
        chains[flow.source, flow.target] = [(upper,), *dots, (lower,)]
    ordered = _untangled([layers[level] for level in sorted(layers)], list(chains.values()))
    spots = _spots(ordered, list(chains.values()))
    shift = _MARGIN - min((x - _width(dot) / 2 for dot, (x, _) in spots.items()), default=0.0)
    spots = {dot: (x + shift, y) for dot, (x, y) in spots.items()}
    curves = [_curve(flow, chains, spots, is_back=flow in back) for flow in (*forward, *back)]
    curves += [_loop(flow, spots) for flow in model.flows if flow.source == flow.target]
    right = max((x + _width(dot) / 2 for dot, (x, _) in spots.items()), default=0.0)
    right = max([right, *(x for curve in curves for x, _ in curve.points)])
    bottom = max((y for _, y in spots.values()), default=0.0) + HEIGHT / 2
    centres = {dot[0]: place for dot, place in spots.items() if len(dot) == 1}
    return Layout(right + _MARGIN, bottom + _MARGIN, centres, tuple(curves), model.activities)


def _directions(model: Model) -> tuple[list[Flow], list[Flow]]:
    """The flows that go on, and those that go back: in an order of the activities in which few parcels go back."""
    flows = [flow for flow in model.flows if flow.source != flow.target]
    rank = {node: place for place, node in enumerate(_order(list(model.activities), flows))}
    forward = [flow for flow in flows if rank[flow.source] < rank[flow.target]]
    return forward, [flow for flow in flows if rank[flow.source] > rank[flow.target]]


def _order(nodes: list[Node], flows: list[Flow]) -> list[Node]:
    """After Eades, Lin and Smyth (1993): what nothing enters first, what nothing leaves last, else who gives most."""
    left: list[Node] = []
    right: list[Node] = []
    while nodes:
        within = [flow for flow in flows if flow.source in nodes and flow.target in nodes]
        gives = dict.fromkeys(nodes, 0)
        gets = dict.fromkeys(nodes, 0)
        for flow in within:
            gives[flow.source] += flow.parcels
            gets[flow.target] += flow.parcels
        sources = [node for node in nodes if not gets[node]]
        sinks = [node for node in nodes if not gives[node] and gets[node]]
        if sources:
            left += sources
            gone = sources
        elif sinks:
            right = sinks + right
            gone = sinks
        else:
            gone = [max(nodes, key=lambda node: gives[node] - gets[node])]
            left += gone
        nodes = [node for node in nodes if node not in gone]
    return left + right


def _layers(model: Model, forward: list[Flow], back: list[Flow]) -> dict[Node, int]:
    """The layer of each node that a flow touches: the longest way to it from where nothing leads."""
    graph = nx.DiGraph()
    for flow in forward:
        graph.add_edge(flow.source, flow.target)
    for flow in back:
        graph.add_edge(flow.target, flow.source)
    for flow in model.flows:
        graph.add_node(flow.source)
    layers = {node: level for level, nodes in enumerate(nx.topological_generations(graph)) for node in nodes}
    return dict(sorted(layers.items()))


def _untangled(layers: list[list[_Dot]], chains: list[list[_Dot]]) -> list[list[_Dot]]:
    """The layers with their nodes in the order that crosses least of all orders that the sweeps came by."""
    above, below = _neighbours(chains)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    now = [list(layer) for layer in layers]
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for level in range(len(now)) if downwards else reversed(range(len(now))):
            beside = level - 1 if downwards else level + 1
            if not 0 <= beside < len(now):
                continue
            place = {dot: at for at, dot in enumerate(now[beside])}
            near = above if downwards else below
            was = {dot: at for at, dot in enumerate(now[level])}
            now[level].sort(key=lambda dot: (_mean([place[one] for one in near.get(dot, ())], was[dot]), was[dot]))
        crossed = _crossings(now, below)
        if crossed < fewest:
            best, fewest = [list(layer) for layer in now], crossed
    return best


def _neighbours(chains: list[list[_Dot]]) -> tuple[dict[_Dot, list[_Dot]], dict[_Dot, list[_Dot]]]:
    above: dict[_Dot, list[_Dot]] = {}
    below: dict[_Dot, list[_Dot]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    return above, below


def _mean(values: list[int], otherwise: int) -> float:
    return sum(values) / len(values) if values else float(otherwise)


def _crossings(layers: list[list[_Dot]], below: Mapping[_Dot, list[_Dot]]) -> int:
    found = 0
    for upper, lower in pairwise(layers):
        place = {dot: at for at, dot in enumerate(lower)}
        ends = [(at, place[one]) for at, dot in enumerate(upper) for one in below.get(dot, ())]
        found += sum(a < c and b > d for a, b in ends for c, d in ends)
    return found


def _spots(layers: list[list[_Dot]], chains: list[list[_Dot]]) -> dict[_Dot, Point]:
    """Centres: each layer in its order, every node as near to the middle of its neighbours as the others let it."""
    above, below = _neighbours(chains)
    x: dict[_Dot, float] = {}
    for layer in layers:
        at = 0.0
        for dot in layer:
            x[dot] = at + _width(dot) / 2
            at += _width(dot) + _GAP_X
        for dot in layer:
            x[dot] -= (at - _GAP_X) / 2
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wished = []
            for dot in layer:
                near = [*above.get(dot, ()), *below.get(dot, ())]
                wished.append(sum(x[one] for one in near) / len(near) if near else x[dot])
            x.update(zip(layer, _apart(layer, wished), strict=True))
    rounded = {dot: round(place, 1) for dot, place in x.items()}
    return {
        dot: (rounded[dot], _MARGIN + HEIGHT / 2 + level * (HEIGHT + _GAP_Y))
        for level, layer in enumerate(layers)
        for dot in layer
    }


def _apart(layer: list[_Dot], wished: list[float]) -> list[float]:
    """The wished places moved apart so that no two overlap: the mean of pushing from the left and from the right."""
    left, right = list(wished), list(wished)
    for at in range(1, len(layer)):
        left[at] = max(left[at], left[at - 1] + _least(layer[at - 1], layer[at]))
    for at in range(len(layer) - 2, -1, -1):
        right[at] = min(right[at], right[at + 1] - _least(layer[at], layer[at + 1]))
    return [(one + other) / 2 for one, other in zip(left, right, strict=True)]


def _least(one: _Dot, other: _Dot) -> float:
    return (_width(one) + _width(other)) / 2 + _GAP_X


def _width(dot: _Dot) -> float:
    return WIDTH if len(dot) == 1 else _PASSING


def _curve(
    flow: Flow, chains: Mapping[tuple[Node, Node], list[_Dot]], spots: Mapping[_Dot, Point], *, is_back: bool
) -> Curve:
    dots = chains[flow.source, flow.target]
    points = [spots[dot] for dot in dots]
    points[0] = (points[0][0], points[0][1] + HEIGHT / 2)
    points[-1] = (points[-1][0], points[-1][1] - HEIGHT / 2)
    return Curve(flow, tuple(reversed(points)) if is_back else tuple(points), is_back)


def _loop(flow: Flow, spots: Mapping[_Dot, Point]) -> Curve:
    x, y = spots[(flow.source,)]
    side, out = x + WIDTH / 2, x + WIDTH / 2 + _GAP_X
    return Curve(flow, ((side, y - HEIGHT / 4), (out, y), (side, y + HEIGHT / 4)), True)
