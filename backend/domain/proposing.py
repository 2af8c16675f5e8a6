"""The stated rule by which findings of infringement propose listings. A proposal is all it makes: it confirms nothing.

A rule is a version and its steps: so many findings, final and against the same seller, within so many months propose a
listing of a level for so many days. A finding founds one listing of a level: what became of that listing, lifted on
appeal or expired, is not undone by proposing it again on the same findings.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.domain.calendar import china_day
from backend.domain.checked_json import CheckedJson
from backend.domain.events import Level
from backend.domain.reference.blacklist import LONGEST_TERM, Listing

_DAY = 24 * 3600

MOST_FINDINGS = 100
MOST_MONTHS = 60
MOST_DAYS = LONGEST_TERM // _DAY


@dataclass(frozen=True, slots=True)
class RuleStep:
    """So many findings within so many months propose this level for so many days."""

    level: Level
    findings: int
    months: int
    days: int


@dataclass(frozen=True, slots=True)
class ProposalRule:
    """A version of the rule, the gravest level first. Without steps nothing is proposed."""

    version: str
    steps: tuple[RuleStep, ...]


#: In force where no other was loaded.
USUAL_RULE = ProposalRule(
    "findings-1",
    (
        RuleStep(Level.Barred, findings=3, months=12, days=365),
        RuleStep(Level.Inspect, findings=1, months=12, days=180),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that came out infringing, for good."""

    case_id: int
    decided_at: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule proposes, and the findings that it rests on, oldest first."""

    level: Level
    days: int
    findings: tuple[Finding, ...]


def proposal_for(
    rule: ProposalRule,
    findings: Sequence[Finding],
    listings: Collection[Listing],
    pending: Collection[Level],
    now: int,
) -> Proposal | None:
    """What the newest of a seller's findings proposes, or None.

    `findings` are its final ones, oldest first; `listings` those against it on the ground of infringement, whoever
    proposed them; `pending` the levels of proposals that are still on their way to the chain.
    """
    for step in rule.steps:
        if any(level >= step.level for level in pending) or any(_stands(each, step.level, now) for each in listings):
            return None
        founded_at = max((each.imposed_at for each in listings if each.level >= step.level), default=0)
        earliest = months_before(china_day(findings[-1].decided_at), step.months)
        counted = tuple(
            each for each in findings if each.decided_at > founded_at and china_day(each.decided_at) >= earliest
        )
        if len(counted) >= step.findings:
            return Proposal(step.level, step.days, counted)
    return None


def _stands(listing: Listing, level: Level, now: int) -> bool:
    return listing.level >= level and not listing.lifted_at and listing.until > now


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# ---------------------------------------------------------------------------------------------------
# Reading and telling a rule


def load_rule(text: str | bytes) -> ProposalRule:
    """A rule from its JSON. Raises InvalidInput that names every wrong field."""
    whole = CheckedJson.of_text(text)
    version = whole.label("version", 60)
    steps: list[RuleStep] = []
    for row in whole.children("steps", most=len(Level)):
        level = row.choice("level", [level.name for level in Level])
        counts = (
            row.integer("findings", 1, MOST_FINDINGS, 1),
            row.integer("months", 1, MOST_MONTHS, 12),
            row.integer("days", 1, MOST_DAYS, 365),
        )
        if level is not None:
            if Level[level] in {step.level for step in steps}:
                row.fault("level", level, "each level once")
            steps.append(RuleStep(Level[level], *counts))
    whole.finish()
    return ProposalRule(version, tuple(sorted(steps, key=lambda step: -step.level)))


def rule_as_json(rule: ProposalRule) -> dict[str, Any]:
    """The rule with every field spelled out; read again it is the same rule."""
    return {
        "version": rule.version,
        "steps": [
            {"level": step.level.name, "findings": step.findings, "months": step.months, "days": step.days}
            for step in rule.steps
        ],
    }
