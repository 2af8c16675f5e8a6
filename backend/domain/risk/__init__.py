"""How closely to look at a parcel, and why: credit records, risk scores, tiers.

    record = credit_record(declared, events)            # a participant's last twelve months, line by line
    assessment = assess(facts, load_risk_config(text))  # a score from 0 to 100, factor by factor, and a tier
    assessment.score == sum(each.points for each in assessment.contributions)

Everything is a sum of named parts, so that whoever is looked at closely can be told why. No score bars anybody; it
decides how closely customs look, and the draw (`backend.domain.draw`) decides which parcels of a tier are opened.
"""

from __future__ import annotations

from backend.domain.risk.config import load_risk_config, risk_config_as_json
from backend.domain.risk.credit import CreditEntry, CreditEvent, CreditKind, CreditRecord, credit_record
from backend.domain.risk.factors import FACTORS, Factor
from backend.domain.risk.model import (
    HIGHEST,
    Assessment,
    Contribution,
    FactorSetting,
    RiskConfig,
    RiskFacts,
)
from backend.domain.risk.scoring import assess, contribution_as_json, contribution_from_json

__all__ = [
    "FACTORS",
    "HIGHEST",
    "Assessment",
    "Contribution",
    "CreditEntry",
    "CreditEvent",
    "CreditKind",
    "CreditRecord",
    "Factor",
    "FactorSetting",
    "RiskConfig",
    "RiskFacts",
    "assess",
    "contribution_as_json",
    "contribution_from_json",
    "credit_record",
    "load_risk_config",
    "risk_config_as_json",
]
