"""The process as it really runs, drawn; and what a change to it would bring, simulated before it is made.

    model = discover(log)
    picture = draw(arrange(model.thinned(95)), label_of)      # SVG, the same for the same log
    outcome = simulate_change(ground_of(log), SCENARIOS["recognise-origin-inspections"], Plan(seed=1))

Everything here is computed from an event log (`backend.domain.process`) alone: no database, no network, no clock.
"""

from backend.process.discovery import END, START, Flow, Model, discover
from backend.process.drawing import draw
from backend.process.ground import Ground, Route, ground_of
from backend.process.layout import Layout, arrange
from backend.process.scenarios import ASSUMPTIONS, SCENARIOS, Scenario
from backend.process.simulation import Interval, Outcome, Plan, simulate_change

__all__ = [
    "ASSUMPTIONS",
    "END",
    "SCENARIOS",
    "START",
    "Flow",
    "Ground",
    "Interval",
    "Layout",
    "Model",
    "Outcome",
    "Plan",
    "Route",
    "Scenario",
    "arrange",
    "discover",
    "draw",
    "ground_of",
    "simulate_change",
]
