"""The process as it really runs: where its time is lost, its picture, its event log, and a change tried."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from backend.commands.asking import ask, fetch
from backend.commands.common import DEFAULT_HOME, HomeOption, JsonOption, SeedOption, answer, print_json, table, words
from backend.domain.instants import short_time

process = typer.Typer(no_args_is_help=True, help="The process as it really runs, and where its time is lost.")

SinceOption = Annotated[str, typer.Option("--since", help="Declared from then on: ISO 8601 with its time zone.")]
UntilOption = Annotated[str, typer.Option("--until", help="Declared up to then.")]
DistrictOption = Annotated[str, typer.Option("--district", help="Four digits: the declaring or the port district.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", dir_okay=False)]


@process.command()
def show(
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
    since: SinceOption = "",
    until: UntilOption = "",
    district: DistrictOption = "",
    inspection_minutes: Annotated[int | None, typer.Option(help="Of one inspection; 30 unless said.")] = None,
    inspection_cny: Annotated[str, typer.Option(help="Of one inspection; 60.00 unless said.")] = "",
    review_minutes: Annotated[int | None, typer.Option(help="Of one review; 10 unless said.")] = None,
    review_cny: Annotated[str, typer.Option(help="Of one review; 15.00 unless said.")] = "",
    duplicate_minutes: Annotated[int | None, typer.Option(help="Of one declaration; 15 unless said.")] = None,
    duplicate_cny: Annotated[str, typer.Option(help="Of one declaration; 10.00 unless said.")] = "",
) -> None:
    """Print conformance, repeats with what they cost, and waits by step and district."""
    costs = {
        "inspection_minutes": inspection_minutes,
        "inspection_cny": inspection_cny,
        "review_minutes": review_minutes,
        "review_cny": review_cny,
        "duplicate_minutes": duplicate_minutes,
        "duplicate_cny": duplicate_cny,
    }
    query = _query(since, until, district)
    query |= {name: str(value) for name, value in costs.items() if value not in (None, "")}
    found = ask(home, "/v1/process", query)
    if as_json:
        print_json(found)
        return
    fits = found["conformance"]
    answer.print(f"{found['parcels']} parcels, {found['steps']} steps, {found['variants']} ways to go")
    answer.print(f"[bold]{fits['percent'] or '–'} %[/] of their lives fit the lifecycle")
    for one in fits["kinds"]:
        answer.print(f"  [red]{one['kind']}[/] at {one['step']}: {one['parcels']} parcels")
    repeats = found["redundancies"]
    rows = table("repeat", "parcels", "passed", "minutes", "CNY")
    for one in repeats["kinds"]:
        passed = short_time(one["elapsed_seconds"])
        rows.add_row(one["kind"], str(one["parcels"]), passed, str(one["minutes"]), one["cny"])
    answer.print(rows)
    rows = table("waited for", "district", "parcels", "median", "p90", "p99", "in all")
    for one in found["waits"]:
        times = (one[name] for name in ("median_seconds", "p90_seconds", "p99_seconds", "total_seconds"))
        rows.add_row(one["activity"], one["district"], str(one["parcels"]), *(short_time(time) for time in times))
    answer.print(rows)
    _up_to(found)


@process.command()
def picture(
    out: OutOption = Path("process.svg"),
    home: HomeOption = DEFAULT_HOME,
    since: SinceOption = "",
    until: UntilOption = "",
    district: DistrictOption = "",
    share: Annotated[int, typer.Option(min=1, max=100, help="How much of all moves to show, in percent.")] = 95,
) -> None:
    """Write the discovered model as an SVG picture."""
    _write(out, fetch(home, "/v1/process/model.svg", {**_query(since, until, district), "share": str(share)}))


@process.command()
def log(
    out: OutOption,
    as_format: Annotated[str, typer.Option("--format", help="ocel: OCEL 2.0 as JSON; xes: XES as XML.")] = "ocel",
    home: HomeOption = DEFAULT_HOME,
    since: SinceOption = "",
    until: UntilOption = "",
    district: DistrictOption = "",
) -> None:
    """Write the event log for other tools, under pseudonyms."""
    _write(out, fetch(home, "/v1/process/log", {**_query(since, until, district), "format": as_format}))


@process.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="As `guanlian process scenarios` names them.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
    seed: SeedOption = 1,
    replications: Annotated[int, typer.Option(help="20 to 1000.")] = 200,
    parcels: Annotated[int, typer.Option(help="In each replication, 1 to 2000.")] = 100,
    teams: Annotated[int, typer.Option(help="Inspection teams of each district.")] = 4,
    since: SinceOption = "",
    until: UntilOption = "",
    district: DistrictOption = "",
) -> None:
    """Try a change before it is made: what it brings, with a 95 % confidence interval."""
    plan = {"seed": seed, "replications": replications, "parcels": parcels, "teams": teams}
    query = {**_query(since, until, district), "scenario": scenario, **{name: str(n) for name, n in plan.items()}}
    found = ask(home, "/v1/process/simulation", query)
    if as_json:
        print_json(found)
        return
    answer.print(f"[bold]{found['en']}[/] {found['zh']}")
    rows = table("", "present", "changed", "difference", "95 % interval")
    for name, said in (("mean_seconds", "mean time"), ("p90_seconds", "90 % within")):
        change = found["difference"][name]
        rows.add_row(said, *(_signed(found[run][name]["estimate"]) for run in ("present", "changed")), *_told(change))
    answer.print(rows)
    saved = found["difference"]["inspections_saved_per_1000"]
    answer.print(f"inspections saved of 1,000 parcels: {saved['estimate']} ({saved['low']} to {saved['high']})")
    answer.print("[dim]What this takes for granted:[/]")
    for one in found["assumptions"]:
        answer.print(f"[dim]- {escape(one['en'])}[/]")
    _up_to(found)


@process.command()
def scenarios(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Print the changes that can be tried."""
    found = ask(home, "/v1/process/scenarios")
    if as_json:
        print_json(found)
        return
    for one in found["items"]:
        answer.print(f"[bold]{one['scenario']}[/]: {one['en']} {one['zh']}")


def _query(since: str, until: str, district: str) -> dict[str, str]:
    said = {"since": since, "until": until, "district": district}
    return {name: value for name, value in said.items() if value}


def _write(out: Path, data: bytes) -> None:
    out.write_bytes(data)
    words.print(f"{escape(str(out))}: {len(data):,} bytes")


def _told(change: dict[str, float]) -> tuple[str, str]:
    return _signed(change["estimate"]), f"{_signed(change['low'])} to {_signed(change['high'])}"


def _signed(seconds: float) -> str:
    return f"{'-' if seconds < 0 else ''}{short_time(round(abs(seconds)))}"


def _up_to(found: dict[str, Any]) -> None:
    answer.print(f"[dim]complete to block {found['complete_to_block']}[/]")
