"""Comparing the three documents with the declaration (三单对碰): every rule, every difference.

The rules are rows (`RULES`): M01 to M23 for imports, X01 to X09 for exports, each with its level, its basis, the
fields it compares and the code that customs' receipts were seen to carry. What a rule cannot know from the
documents comes in as a `Context`; a fact that is absent leaves its rules unjudged, and the report says so.

    report = match(declaration, order, payment, waybill, load_config(text), Context(real_name=True))
    report.outcome, report.failures, report.holds, report.warnings, report.unjudged, report.route
"""

from __future__ import annotations

from backend.domain.matching.checks import Rule
from backend.domain.matching.config import config_as_json, load_config
from backend.domain.matching.facts import enterprise_codes, goods_facts, tax_expected
from backend.domain.matching.judging import RULES, match
from backend.domain.matching.model import (
    Basis,
    Context,
    GoodsFacts,
    MatchingConfig,
    MatchOutcome,
    RuleLevel,
    RuleSetting,
    SignatureFact,
    Tolerance,
)
from backend.domain.matching.report import Comparison, MatchReport, RuleFailure, Unjudged

__all__ = [
    "RULES",
    "Basis",
    "Comparison",
    "Context",
    "GoodsFacts",
    "MatchOutcome",
    "MatchReport",
    "MatchingConfig",
    "Rule",
    "RuleFailure",
    "RuleLevel",
    "RuleSetting",
    "SignatureFact",
    "Tolerance",
    "Unjudged",
    "config_as_json",
    "enterprise_codes",
    "goods_facts",
    "load_config",
    "match",
    "tax_expected",
]
