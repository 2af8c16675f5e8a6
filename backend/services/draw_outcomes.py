"""What a parcel's round makes of it: the draw, or what follows where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.draw import NO_HASH, Round, Tier
from backend.domain.lifecycle import RULES, Flag, Sets, State, Step, divide
from backend.services.assessing import TREATMENTS
from backend.store import readmodel

#: What a parcel under review or inspection shows of itself.
_INSPECTION_SEEN = frozenset({Flag.Inspection, Flag.Inspected})
#: Where a parcel still waits for what its draw leads to.
_BEFORE_RELEASE = frozenset({State.Declared, State.Accepted})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a parcel: nothing to wait for any more, and the step to take if there is one."""

    row: Any
    values: Mapping[str, Any]
    step: Step | None = None
    evidence: Mapping[str, Any] | None = None


def outcome_of(row: Any, entry: Round | None, place: Any, standing: Sets | None) -> Outcome | None:
    """What a parcel's round makes of it; None where something under way has to end first."""
    number = entry.number if entry is not None else None
    values: dict[str, Any] = {"round": number, "status": "undrawn"}
    step, wanted = Step.ReviewOpened, row.tier == Tier.Direct
    if entry is not None and entry.is_revealed:
        drawn_number = entry.draw_of(row.manifest, row.position)
        wanted = drawn_number < entry.rates.of(Tier(row.tier))
        values |= {"status": "drawn", "draw_number": drawn_number, "selected": wanted}
        step = Step.InspectionOrdered
    if not wanted or row.treatment == TREATMENTS[step]:
        return Outcome(row, values)
    if standing is None or standing.state_of(row.position) not in _BEFORE_RELEASE:
        # A person let it go on, or it was declared anew.
        return Outcome(row, values | {"treatment": "late"})
    flags = frozenset(standing.flags_of(row.position))
    treatment = {"treatment": TREATMENTS[step]}
    if flags & (_INSPECTION_SEEN if step is Step.InspectionOrdered else {Flag.Review, *_INSPECTION_SEEN}):
        return Outcome(row, values | treatment)
    profile = readmodel.profile_of_row(place)
    rule = next(rule for rule in RULES[step] if rule.profiles >> profile & 1)
    if not divide(standing, rule, 1 << row.position).eligible:
        return None
    return Outcome(row, values | treatment, step, _evidence(row, entry, step, values))


def _evidence(row: Any, entry: Round | None, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """Why the draw, or its failure, has a parcel looked at: all that it can be computed from again."""
    said: dict[str, Any] = {
        "decision": step.name,
        "by": "draw",
        "risk": {"score": row.score, "tier": Tier(row.tier).name, "config_version": row.config_version},
    }
    if entry is None:
        return said | {"draw": {"failed": "the district had no round open when the parcel was declared"}}
    told: dict[str, Any] = {"round": entry.number, "commitment": "0x" + entry.commitment.hex()}
    if entry.block_hash != NO_HASH:
        told |= {"hash_block": entry.hash_block, "block_hash": "0x" + entry.block_hash.hex()}
    if values["status"] == "undrawn":
        return said | {"draw": told | {"failed": "no block hash or no seed came in time"}}
    rate = entry.rates.of(Tier(row.tier))
    return said | {"draw": told | {"seed": "0x" + entry.seed.hex(), "number": values["draw_number"], "below": rate}}
