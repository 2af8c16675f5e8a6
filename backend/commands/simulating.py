"""The simulator, and the score of the comparing on what it simulates."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from backend.commands.common import Bars, JsonOption, SeedOption, answer, print_json, table, words
from backend.services.simulation import Season
from backend.services.simulation import simulate as simulated_set
from backend.services.simulation.scoring import RuleScore, Score, score_simulation

#: So many parcels, and such a share of them with something wrong, where nothing is said: files, and the score.
_PARCELS, _PARCELS_SCORED = 200, 10_000
_ANOMALIES, _ANOMALIES_SCORED = 0.0, 0.3

_MISSES_SHOWN = 20


class Direction(StrEnum):
    """Which way simulated goods go."""

    Import = "import"
    Export = "export"


def simulate(
    parcels: Annotated[
        int | None,
        typer.Option(
            "--parcels", "-n", min=1, max=100_000, help=f"How many parcels: {_PARCELS}, or {_PARCELS_SCORED} to score."
        ),
    ] = None,
    seed: SeedOption = 7,
    mode: Annotated[Direction, typer.Option("--mode", help="import or export; the score takes both.")] = (
        Direction.Import
    ),
    anomalies: Annotated[
        float | None,
        typer.Option(
            "--anomalies",
            min=0,
            max=1,
            help=f"Share of parcels with one thing wrong, labelled: {_ANOMALIES:g}, or {_ANOMALIES_SCORED} to score.",
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=366, help="Spread the orders over so many days, as buyers buy."),
    ] = None,
    peak_day: Annotated[
        int | None, typer.Option("--peak-day", min=1, max=366, help="Which of the days is a sales day, such as 11.11.")
    ] = None,
    peak: Annotated[
        float, typer.Option("--peak", min=1, max=100, help="How many ordinary days' orders fall on the sales day.")
    ] = 8.0,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and labels.json.")] = Path(
        "simulated"
    ),
    score: Annotated[
        bool, typer.Option("--score", help="Write nothing: compare the documents and count what is found.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write matched sets of customs messages as files, or score the matching; the same seed gives the same bytes."""
    season = _season(days, peak_day, peak)
    if score:
        with Bars() as bars:
            scored = score_simulation(
                _PARCELS_SCORED if parcels is None else parcels,
                seed,
                _ANOMALIES_SCORED if anomalies is None else anomalies,
                bars.report,
            )
        if as_json:
            print_json({"seed": seed, **scored.as_json()})
        else:
            _show(scored)
        return
    made = simulated_set(
        _PARCELS if parcels is None else parcels,
        seed,
        mode.value,
        _ANOMALIES if anomalies is None else anomalies,
        season=season,
    )
    paths = made.write_set(out)
    if as_json:
        print_json({"out": str(out), "parcels": len(made.parcels), "files": [path.name for path in paths]})
    else:
        count = len(made.messages) + len(made.notices)
        words.print(f"{count} messages of {len(made.parcels)} parcels in {escape(str(out))}")


def _season(days: int | None, peak_day: int | None, peak: float) -> Season | None:
    if peak_day is not None and (days is None or peak_day > days):
        raise typer.BadParameter("the sales day is one of --days", param_hint="--peak-day")
    return None if days is None else Season(days, peak_day, peak)


def _show(score: Score) -> None:
    rules = table("rule", "expected", "found", "true +", "false +", "false -", "precision", "recall", "not judged for")
    for each in (*score.rules, score.total):
        rules.add_row(*_cells(each), ", ".join(score.not_judged.get(each.rule, ())))
    answer.print(rules)
    columns = sorted({found for _, found in score.outcomes})
    outcomes = table("expected \\ found", *(found.value for found in columns))
    for expected in sorted({expected for expected, _ in score.outcomes}):
        counts = (score.outcomes.get((expected, found), 0) for found in columns)
        outcomes.add_row(expected.value, *(str(count) if count else "" for count in counts))
    answer.print()
    answer.print(outcomes)
    if score.misses:
        misses = table("order", "anomaly", "expected", "found", "rules missed", "rules too many")
        for miss in score.misses[:_MISSES_SHOWN]:
            named = (miss.order_no, miss.anomaly or "", miss.expected.value, miss.outcome.value)
            misses.add_row(*named, ", ".join(miss.missed), ", ".join(miss.surplus))
        answer.print()
        answer.print(misses)
    answer.print(
        f"\n{score.parcels} parcels: simulated in {score.seconds_simulating:.1f} s, read and judged in "
        f"{score.seconds_judging:.1f} s, {score.parcels_per_second:.0f} parcels a second"
    )


def _cells(each: RuleScore) -> Sequence[str]:
    counts = (each.expected, each.found, each.true_positives, each.false_positives, each.false_negatives)
    shares = ("-" if share is None else f"{share:.4f}" for share in (each.precision, each.recall))
    return (each.rule, *map(str, counts), *shares)
