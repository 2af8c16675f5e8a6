"""How closely to look at parcels that a district accepts by itself: assessed at acceptance, treated by their tier.

What is released directly waits for its draw alone; what is to be reviewed or inspected is so at once, whatever the
draw says. The tier stands in the acceptance's evidence, and so on the chain before the draw is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from backend.domain.draw import Tier
from backend.domain.errors import GuanlianError
from backend.domain.lifecycle import Step
from backend.domain.matching import MatchingConfig, MatchReport
from backend.domain.risk import Assessment, RiskConfig, assess, contribution_as_json
from backend.services.gateway import Gateway
from backend.services.risk_facts import Facts
from backend.services.risk_settings import config_of
from backend.services.steps import queue_step
from backend.store import draw_rounds, readmodel, risk
from backend.store.database import Connection

log = structlog.get_logger("assessing")

#: What a tier has done to a parcel at once.
_STEPS = {Tier.Review: Step.ReviewOpened, Tier.Inspect: Step.InspectionOrdered}
TREATMENTS = {Step.ReviewOpened: "review", Step.InspectionOrdered: "inspection"}


@dataclass(frozen=True, slots=True)
class Assessed:
    """A parcel's assessment, with its place on the chain and the heading of its goods."""

    parcel_id: bytes
    place: Any
    heading: str
    assessment: Assessment

    def as_evidence(self) -> dict[str, Any]:
        """The assessment in a decision's evidence; nothing in it tells who a buyer is."""
        found = self.assessment
        return {
            "score": found.score,
            "tier": found.tier.name,
            "config_version": found.config_version,
            "forced_by": ", ".join(found.forced_by) or None,
            "factors": {each.factor: each.points for each in found.contributions if each.points},
        }


def in_evidence(assessed: Assessed | None) -> dict[str, Any]:
    """What an acceptance's evidence says of the assessment made with it."""
    if assessed is None:
        return {}
    found = assessed.assessment
    return {"risk": {"score": found.score, "tier": found.tier.name, "config_version": found.config_version}}


def assess_parcels(
    connection: Connection,
    gateway: Gateway,
    district: int,
    matching: MatchingConfig,
    reports: Mapping[bytes, MatchReport],
    now: int,
    suspected: Mapping[bytes, int] | None = None,
) -> dict[bytes, Assessed]:
    """The assessment of each declared parcel with a report.

    `suspected`: how many recorded rights a parcel's goods are suspected to infringe, for those that were screened.
    """
    config, parcels = config_of(connection, district), list(reports)
    places = {parcel: found[0] for parcel, found in readmodel.places_of(connection, parcels).items()}
    facts = Facts(connection, gateway, matching, places, now)
    found: dict[bytes, Assessed] = {}
    for parcel, place in places.items():
        known, heading = facts.of(parcel, place, reports[parcel], (suspected or {}).get(parcel))
        found[parcel] = Assessed(parcel, place, heading, assess(known, config))
    return found


def treat(
    connection: Connection,
    gateway: Gateway,
    district: int,
    customs_no: int,
    assessed: Sequence[Assessed],
    now: int,
    inspected: Collection[bytes] = (),
) -> None:
    """Keeps assessments and queues what their tiers ask for; only kept, where the district does not draw.

    `inspected`: parcels whose inspection was ordered a moment ago for another reason.
    """
    config = config_of(connection, district)
    treatments = dict.fromkeys(inspected, TREATMENTS[Step.InspectionOrdered])
    for tier, step in _STEPS.items() if config.draw else ():
        these = [each for each in assessed if each.assessment.tier is tier and each.parcel_id not in treatments]
        if these and _queue(connection, gateway, district, customs_no, step, these):
            treatments |= dict.fromkeys((each.parcel_id for each in these), TREATMENTS[step])
    risk.keep_assessments(
        connection, [_row(each, district, config, treatments.get(each.parcel_id, "none"), now) for each in assessed]
    )


def _queue(
    connection: Connection, gateway: Gateway, district: int, customs_no: int, step: Step, these: Sequence[Assessed]
) -> bool:
    evidence = {}
    for each in these:
        evidence[each.parcel_id.hex()] = {
            "decision": step.name,
            "by": "risk",
            "risk": each.as_evidence(),
            **_round_of(connection, district, each.place.block),
        }
    parcels = [each.parcel_id for each in these]
    try:
        queue_step(connection, gateway, customs_no, step, parcels, evidence_of=evidence)
    except GuanlianError as fault:
        # What was accepted a moment ago in this transaction: only another step under way can be the reason.
        log.warning("not treated", step=step.name, district=district, reason=fault.title)
        return False
    return True


def _round_of(connection: Connection, district: int, block: int) -> dict[str, Any]:
    """The round that a parcel's draw will come from, as far as it is known by now."""
    found = draw_rounds.round_covering(connection, district, block)
    return {} if found is None else {"draw": {"round": found[0], "commitment": "0x" + found[1].hex()}}


def _row(each: Assessed, district: int, config: RiskConfig, treatment: str, now: int) -> dict[str, Any]:
    found = each.assessment
    return {
        "parcel_id": each.parcel_id,
        "manifest": each.place.manifest,
        "position": each.place.position,
        "district": district,
        "score": found.score,
        "tier": int(found.tier),
        "factors": {
            "contributions": [contribution_as_json(part) for part in found.contributions],
            "forced_by": list(found.forced_by),
            "unknown": list(found.unknown),
            "switched_off": list(found.switched_off),
        },
        "config_version": found.config_version,
        "heading": each.heading,
        "status": "pending" if config.draw else "off",
        "round": None,
        "draw_number": None,
        "selected": None,
        "treatment": treatment,
        "created_at": now,
        "updated_at": now,
    }
