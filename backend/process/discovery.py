"""The directly-follows model of a log: which activity came right after which, how often, after how long.

The most used discovered model, and the most readable; it does not tell parallel from alternative. See van der Aalst,
"A practitioner's guide to process mining: limitations of the directly-follows graph" (2019).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from backend.domain.lifecycle import State, Step
from backend.domain.process import Activity, Log, quantile

#: Where every life begins, and where those that are over end.
START, END = "START", "END"
Node = str

_OVER = frozenset(
    {
        State.Rejected,
        State.Closed,
        State.Cancelled,
        State.Returned,
        State.ReturnedAbroad,
        State.Destroyed,
        State.Disposed,
    }
)


@dataclass(frozen=True, slots=True)
class Flow:
    """One activity right after another: of how many parcels' steps, and the seconds between."""

    source: Node
    target: Node
    parcels: int
    median: int
    p90: int


@dataclass(frozen=True, slots=True)
class Model:
    """Activities by name with how many steps of parcels each had, and the flows, most travelled first."""

    activities: Mapping[Node, int]
    flows: tuple[Flow, ...]
    parcels: int

    def graph(self) -> nx.DiGraph:
        """The model as a graph; edges carry their `flow`."""
        made = nx.DiGraph()
        made.add_nodes_from(self.activities)
        for flow in self.flows:
            made.add_edge(flow.source, flow.target, flow=flow)
        return made

    def thinned(self, percent: int) -> Model:
        """The model without its rarest flows: those kept carry so many percent of all moves, at least.

        No activity is cut off: each keeps the flow by which most parcels come, and that by which most leave.
        """
        wanted, seen = sum(flow.parcels for flow in self.flows) * percent, 0
        kept: set[tuple[Node, Node]] = set()
        reached: set[Node] = set()
        left: set[Node] = set()
        for flow in self.flows:
            if seen * 100 < wanted or flow.target not in reached or flow.source not in left:
                kept.add((flow.source, flow.target))
            seen += flow.parcels
            reached.add(flow.target)
            left.add(flow.source)
        flows = tuple(flow for flow in self.flows if (flow.source, flow.target) in kept)
        return Model(self.activities, flows, self.parcels)


def discover(log: Log) -> Model:
    """The model of a log. A life that is not over yet has no flow to the end."""
    activities: Counter[Node] = Counter()
    between: dict[tuple[Node, Node], list[tuple[int, int]]] = {}
    for trace, found in zip(log.traces, log.replays, strict=True):
        if not trace.events:
            continue
        names = [stage.activity.name for stage in found.stages]
        times = [event.at for event in trace.events]
        if found.state in _OVER:
            names.append(END)
            times.append(times[-1])
        for name in names:
            activities[name] += trace.weight
        for source, target, began, at in zip([START, *names], names, [times[0], *times], times, strict=False):
            between.setdefault((source, target), []).append((max(0, at - began), trace.weight))
    activities[START] = log.parcels
    order = _order()
    flows = [
        Flow(source, target, sum(w for _, w in values), quantile(values, 50), quantile(values, 90))
        for (source, target), values in between.items()
    ]
    flows.sort(key=lambda flow: (-flow.parcels, order[flow.source], order[flow.target]))
    named = {name: activities[name] for name in sorted(activities, key=order.__getitem__)}
    return Model(named, tuple(flows), log.parcels)


def _order() -> dict[Node, int]:
    """Every node there can be, in one order, so that ties never depend on what came first."""
    names = [START, *(Activity(step, port).name for step in sorted(Step) for port in (False, True)), END]
    return {name: place for place, name in enumerate(names)}
