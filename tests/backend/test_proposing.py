"""The rule by which findings propose listings: how it counts, what founds nothing twice, and how it is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
import pytest

from backend.domain.calendar import CHINA
from backend.domain.errors import InvalidInput
from backend.domain.events import Level
from backend.domain.proposing import (
    USUAL_RULE,
    Finding,
    Proposal,
    ProposalRule,
    load_rule,
    months_before,
    proposal_for,
    rule_as_json,
)
from backend.domain.reference.blacklist import Listing


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


def findings(*days: str) -> list[Finding]:
    return [Finding(number, at(day)) for number, day in enumerate(days, 1)]


def listing(level: Level, imposed: str, until: str = "2030-01-01", **more: Any) -> Listing:
    return Listing(9, 1, at(imposed), at(until), level, at(imposed), **more)


def proposed(found: Proposal | None) -> tuple[Level, list[int]] | None:
    return None if found is None else (found.level, [each.case_id for each in found.findings])


NOW = at("2026-11-02")

INSPECTED = listing(Level.Inspect, "2026-02-02")


@pytest.mark.parametrize(
    ("days", "listings", "pending", "wanted"),
    [
        # one finding: every parcel is inspected
        (("2026-11-01",), [], [], (Level.Inspect, [1])),
        # a second one while that stands: nothing new
        (("2026-02-01", "2026-11-01"), [INSPECTED], [], None),
        # the third within twelve months: barred, on all three
        (("2026-02-01", "2026-05-01", "2026-11-01"), [INSPECTED], [], (Level.Barred, [1, 2, 3])),
        # twelve months to the day
        (("2025-11-01", "2026-05-01", "2026-11-01"), [], [], (Level.Barred, [1, 2, 3])),
        # a day too long ago
        (("2025-10-31", "2026-05-01", "2026-11-01"), [], [], (Level.Inspect, [2, 3])),
        # barred already: nothing to add
        (("2026-02-01", "2026-05-01", "2026-11-01"), [listing(Level.Barred, "2026-01-01")], [], None),
        # a listing that expired or was lifted no longer stands, and its findings found no second one
        (
            ("2026-02-01", "2026-03-01", "2026-04-01", "2026-11-01"),
            [listing(Level.Barred, "2026-04-02", lifted_at=at("2026-05-01"))],
            [],
            (Level.Inspect, [4]),
        ),
        (
            ("2026-02-01", "2026-11-01"),
            [listing(Level.Inspect, "2026-02-02", until="2026-08-01")],
            [],
            (Level.Inspect, [2]),
        ),
        # of a lower level it does not found a graver one: they were not weighed for it
        (
            ("2026-02-01", "2026-05-01", "2026-11-01"),
            [listing(Level.Watch, "2026-06-01")],
            [],
            (Level.Barred, [1, 2, 3]),
        ),
        # one on its way counts as there
        (("2026-11-01",), [], [Level.Inspect], None),
        (("2026-11-01",), [], [Level.Barred], None),
        (("2026-11-01",), [], [Level.Watch], (Level.Inspect, [1])),
    ],
)
def test_how_findings_are_counted(
    days: tuple[str, ...], listings: list[Listing], pending: list[Level], wanted: tuple[Level, list[int]] | None
) -> None:
    assert proposed(proposal_for(USUAL_RULE, findings(*days), listings, pending, NOW)) == wanted


def test_a_rule_without_steps_proposes_nothing() -> None:
    assert proposal_for(ProposalRule("off", ()), findings("2026-11-01"), [], [], NOW) is None


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 11, 1), 12, date(2025, 11, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_end_where_the_calendar_has_them(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier


def test_a_rule_read_again_is_the_same_rule() -> None:
    assert load_rule(orjson.dumps(rule_as_json(USUAL_RULE))) == USUAL_RULE


def test_the_gravest_step_comes_first_whatever_the_order_of_the_text() -> None:
    text = rule_as_json(USUAL_RULE) | {"steps": rule_as_json(USUAL_RULE)["steps"][::-1]}
    assert load_rule(orjson.dumps(text)) == USUAL_RULE


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": ""}, "version"),
        ({"steps": [{"level": "Execution", "findings": 1, "months": 1, "days": 1}]}, "steps[0].level"),
        ({"steps": [{"level": "Barred", "findings": 0, "months": 1, "days": 1}]}, "steps[0].findings"),
        ({"steps": [{"level": "Barred", "findings": 1, "months": 61, "days": 1}]}, "steps[0].months"),
        ({"steps": [{"level": "Barred", "findings": 1, "months": 1, "days": 4_000}]}, "steps[0].days"),
        ({"steps": [{"level": "Barred"}, {"level": "Barred"}]}, "steps[1].level"),
        ({"more": 1}, "more"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_rule(orjson.dumps(rule_as_json(USUAL_RULE) | change))
    assert field in {fault["field"] for fault in refused.value.details["faults"]}
