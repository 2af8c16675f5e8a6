"""Changes to the process, simulated on the caller's own log before anybody makes them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from backend.domain.errors import InvalidInput, NotFound
from backend.process import (
    ASSUMPTIONS,
    SCENARIOS,
    Ground,
    Interval,
    Outcome,
    Plan,
    Scenario,
    ground_of,
    simulate_change,
)
from backend.process.simulation import LEAST_REPLICATIONS, MOST_PARCELS, MOST_REPLICATIONS
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.mining import Period, log_of

#: Replications times parcels of one trial: half a minute of work where most are inspected.
MOST_DRAWN = 100_000
USUAL_TEAMS, MOST_TEAMS = 4, 200
USUAL_REPLICATIONS, USUAL_PARCELS = 200, 100

#: One trial at a time: it is all arithmetic, and would keep every other request waiting.
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried, and how. Raises InvalidInput for one that would take too long, or say too little."""

    scenario: str
    seed: int = 1
    replications: int = USUAL_REPLICATIONS
    parcels: int = USUAL_PARCELS
    teams: int = USUAL_TEAMS

    def __post_init__(self) -> None:
        if not LEAST_REPLICATIONS <= self.replications <= MOST_REPLICATIONS:
            raise InvalidInput(field="replications", value=str(self.replications), rule="20 to 1000")
        if not 1 <= self.parcels <= MOST_PARCELS:
            raise InvalidInput(field="parcels", value=str(self.parcels), rule="1 to 2000")
        if (drawn := self.replications * self.parcels) > MOST_DRAWN:
            raise InvalidInput(field="parcels", value=str(drawn), rule="at most 100,000 parcels in all replications")
        if not 1 <= self.teams <= MOST_TEAMS:
            raise InvalidInput(field="teams", value=str(self.teams), rule="1 to 200")


def scenario_named(name: str) -> Scenario:
    """A scenario by name. Raises NotFound."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise NotFound(what="scenario", value=name[:60]) from None


def scenarios_view() -> list[dict[str, str]]:
    """What can be tried, in both languages."""
    return [
        {
            "scenario": one.name,
            "zh": one.zh,
            "en": one.en,
            "assumes_zh": one.assumes_zh,
            "assumes_en": one.assumes_en,
        }
        for one in SCENARIOS.values()
    ]


def trial_view(gateway: Gateway, caller: Caller, period: Period, trial: Trial) -> dict[str, Any]:
    """What a change would bring. Raises NotFound without such a scenario or a finished parcel."""
    scenario = scenario_named(trial.scenario)
    log = log_of(gateway, caller, period)
    ground = ground_of(log, trial.teams)
    if not ground.routes:
        raise NotFound(what="finished parcel", value=f"0/{log.parcels}")
    plan = Plan(trial.seed, trial.replications, trial.parcels)
    with _turn:
        outcome = simulate_change(ground, scenario, plan)
    return {
        **period.as_json(),
        "complete_to_block": log.block,
        **outcome_json(outcome, scenario, ground, plan),
    }


def outcome_json(outcome: Outcome, scenario: Scenario, ground: Ground, plan: Plan) -> dict[str, Any]:
    """An outcome with the plan and the assumptions that it stands on. Times in seconds, to a tenth."""
    return {
        "scenario": scenario.name,
        "zh": scenario.zh,
        "en": scenario.en,
        "plan": {
            "seed": plan.seed,
            "replications": plan.replications,
            "parcels": plan.parcels,
            "teams": ground.teams,
        },
        "ledger": {
            "parcels": ground.parcels,
            "mean_seconds": round(ground.mean, 1),
            "p90_seconds": ground.p90,
        },
        "present": {"mean_seconds": _interval(outcome.present_mean), "p90_seconds": _interval(outcome.present_p90)},
        "changed": {"mean_seconds": _interval(outcome.changed_mean), "p90_seconds": _interval(outcome.changed_p90)},
        "difference": {
            "mean_seconds": _interval(outcome.mean),
            "p90_seconds": _interval(outcome.p90),
            "inspections_saved_per_1000": _interval(outcome.saved),
        },
        "affected_percent": round(outcome.affected, 1),
        "confidence_percent": 95,
        "assumptions": [
            {"zh": scenario.assumes_zh, "en": scenario.assumes_en},
            *({"zh": zh, "en": en} for zh, en in ASSUMPTIONS),
        ],
    }


def _interval(found: Interval) -> dict[str, float]:
    return {"estimate": _tenth(found.mean), "low": _tenth(found.low), "high": _tenth(found.high)}


def _tenth(value: float) -> float:
    """To a tenth; never minus nought."""
    return round(value, 1) + 0.0
