"""The score of the comparing: counts, and what they say when a label or a rule is wrong."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.cli import app
from backend.domain.matching import RULES
from backend.services.simulation import KINDS, Anomaly, Expected, SimulatedParcel
from backend.services.simulation.judging import Finding, judge_set
from backend.services.simulation.scoring import RuleScore, Score, score_findings, score_simulation
from tests.support.simulated import MODES, SETS

Pairs = list[tuple[SimulatedParcel, Finding]]

PAIRS: Pairs = [pair for mode in MODES for pair in zip(SETS[mode].parcels, judge_set(SETS[mode]), strict=True)]
SCORE = score_findings(PAIRS)


def test_every_parcel_is_found_to_be_what_its_label_says() -> None:
    assert SCORE.misses == ()
    assert (SCORE.total.precision, SCORE.total.recall) == (1, 1)
    assert all(expected is found for expected, found in SCORE.outcomes)
    assert sum(SCORE.outcomes.values()) == SCORE.parcels == 1600


def test_every_rule_is_scored_or_named_with_the_fact_that_nobody_has() -> None:
    assert SCORE.not_judged == {"M09": ("real_name",), "M20": ("signatures",), "M22": ("stock",)}
    assert {each.rule for each in SCORE.rules} == {rule.id for rule in RULES}
    labelled = {rule for kinds in KINDS.values() for kind in kinds.values() for rule in kind.rules}
    assert labelled == {rule.id for rule in RULES} - {"M09", "M20"}
    assert {each.rule for each in score_simulation(1200, 3, 0.8).rules if each.found == 0} == {"M09", "M20"}


def test_precision_and_recall_are_shares_of_counts() -> None:
    rule = RuleScore("M06", expected=8, found=5, true_positives=4)
    assert (rule.false_positives, rule.false_negatives) == (1, 4)
    assert (rule.precision, rule.recall) == (0.8, 0.5)
    nothing = RuleScore("M09", 0, 0, 0)
    assert (nothing.precision, nothing.recall) == (None, None)


def relabelled(anomaly: Anomaly, **label: object) -> Score:
    """The score where every parcel with this anomaly bears another label."""
    return score_findings([(replace(p, **label) if p.anomaly is anomaly else p, found) for p, found in PAIRS])


def test_a_wrong_label_makes_the_figures_fall() -> None:
    count = SCORE.anomalies[Anomaly.PayerIsNotBuyer]
    assert count > 0
    score = relabelled(Anomaly.PayerIsNotBuyer, expected_rules=frozenset({"M10"}))
    assert score.rule("M07").false_positives == score.rule("M10").false_negatives == count
    assert score.rule("M07").precision == 0
    assert score.rule("M10").recall == (score.rule("M10").expected - count) / score.rule("M10").expected
    assert score.total.precision is not None
    assert score.total.precision < 1
    assert {(miss.missed, miss.surplus) for miss in score.misses} == {(("M10",), ("M07",))}
    assert len(score.misses) == count


def test_a_wrong_outcome_stands_beside_the_diagonal() -> None:
    count = SCORE.anomalies[Anomaly.MissingWaybill]
    score = relabelled(Anomaly.MissingWaybill, expected=Expected.Matched)
    assert score.outcomes[Expected.Matched, Expected.Incomplete] == count == len(score.misses)


def test_a_rule_that_finds_nothing_is_a_rule_that_is_missed() -> None:
    blind = [(p, replace(found, rules=found.rules - {"M06"})) for p, found in PAIRS]
    rule = score_findings(blind).rule("M06")
    assert (rule.found, rule.recall, rule.precision) == (0, 0, None)
    assert rule.false_negatives == rule.expected > 0


def test_documents_are_read_from_the_messages_that_are_sent() -> None:
    """A message that never came leaves its parcels without that document."""
    simulated = SETS["import"]
    lost = next(message for message in simulated.messages if message.type == "411")
    found = judge_set(replace(simulated, messages=tuple(each for each in simulated.messages if each is not lost)))
    ordinary = [index for index in lost.parcels if simulated.parcels[index].anomaly is None]
    assert Counter((found[index].outcome, found[index].rules) for index in ordinary) == {
        (Expected.Incomplete, frozenset({"M01"})): len(ordinary)
    }


def test_where_documents_are_found_by_their_numbers_one_that_names_others_is_missing() -> None:
    seen = Counter()
    for mode in MODES:
        found = judge_set(SETS[mode], by_reference=True)
        for parcel, finding in zip(SETS[mode].parcels, found, strict=True):
            joined = parcel.joined_rules
            assert finding.rules == (parcel.expected_rules if joined is None else joined), parcel.anomaly
            seen[parcel.anomaly] += joined is not None
    assert {anomaly for anomaly, count in seen.items() if count} == {
        Anomaly.OrderNumberDiffers,
        Anomaly.PlatformDiffers,
        Anomaly.WaybillNumberDiffers,
        Anomaly.CarrierDiffers,
    }


def test_without_the_reports_of_arrivals_every_direct_import_and_export_is_held() -> None:
    for mode in MODES:
        found = judge_set(replace(SETS[mode], arrivals=()))
        for parcel, finding in zip(SETS[mode].parcels, found, strict=True):
            if parcel.anomaly is None:
                travels = parcel.journey is not None
                assert finding.outcome is (Expected.Held if travels else Expected.Matched)


def test_progress_begins_at_nothing_and_ends_at_all() -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    score_simulation(250, 1, 0.2, lambda what, done, total: told.setdefault(what, []).append((done, total)))
    assert len(told) == 6
    for steps in told.values():
        assert steps[0][0] == 0 < steps[-1][0] == steps[-1][1]


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_scores_and_writes_nothing(as_json: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["simulate", "--score", "--parcels", "200", "--seed", "5", *(["--json"] if as_json else [])]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert list(tmp_path.iterdir()) == []
    if as_json:
        told = json.loads(done.stdout)
        assert (told["seed"], told["parcels"], told["misses"]) == (5, 200, [])
    else:
        assert "real_name" in done.stdout
