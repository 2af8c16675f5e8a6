"""The demo and the simulator."""

from __future__ import annotations

import signal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from backend.commands.common import DEFAULT_HOME, HomeOption, JsonOption, answer, explained, print_json, table, words
from backend.commands.installing import BlockTimeOption, progress, show_running
from backend.formats.qr_terminal import qr_for_terminal
from backend.services import installation
from backend.services.demo.run import Demo, run_demo
from backend.services.processes import gateway_runs
from backend.services.simulation import simulate as simulated_set
from backend.settings import Settings

ParcelsOption = Annotated[int, typer.Option("--parcels", "-n", min=1, max=100_000, help="How many parcels.")]
SeedOption = Annotated[int, typer.Option("--seed", "-s", min=0, help="The same seed, the same parcels.")]


class Direction(StrEnum):
    """Which way simulated goods go."""

    Import = "import"
    Export = "export"


class _Bars:
    """One bar a phase of the story, in the order in which the phases begin."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def report(self, what: str, done: int, total: int) -> None:
        # Every phase begins with nothing done; one that comes again has a bar of its own.
        if done == 0:
            self.tasks[what] = self.bars.add_task(what, total=total)
        self.bars.update(self.tasks[what], completed=done, total=total)


def demo(
    home: HomeOption = DEFAULT_HOME,
    parcels: ParcelsOption = 200,
    seed: SeedOption = 7,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Stay up until Ctrl-C, then stop what was started.")
    ] = True,
    block_time: BlockTimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let simulated parcels live: documents, decisions, transit, a barred seller. Again: new parcels."""
    was_running = gateway_runs(home.resolve())
    columns = (TextColumn("{task.description:>32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with explained(), Progress(*columns, console=words) as bars:
        done = run_demo(
            home.resolve(), parcels, seed, progress=progress, report=_Bars(bars).report, block_time=block_time
        )
    if as_json:
        print_json(done.as_json())
    else:
        _show(done)
    if wait:
        _stay(done, stop=not was_running)


def _show(done: Demo) -> None:
    told = done.as_json()
    rows = table("state", "parcels")
    for state, count in told["by_state"].items():
        rows.add_row(state, str(count))
    answer.print(rows)
    refused = table("refused", "why", "in words")
    for item in told["refused"][:20]:
        refused.add_row(*(escape(str(item[name])) for name in ("what", "title", "en")))
    answer.print(refused)
    answer.print(f"{len(told['parcels'])} parcels, {told['documents']} documents, {told['seconds']} s\n")
    show_running(done.running)
    public = Settings.load(done.running.home).public
    answer.print(f"\neach role by hand: {public}/console, signed in with its key", soft_wrap=True)
    answer.print(f"who is barred: {public}/blacklist", soft_wrap=True)
    if parcel := done.parcel_to_show():
        url = f"{public}/p/{parcel}"
        answer.print(f"what a buyer sees: {url}", soft_wrap=True)
        typer.echo(qr_for_terminal(url))


def _stay(done: Demo, *, stop: bool) -> None:
    """Waits for Ctrl-C or SIGTERM; stops only what this command started. Everything stored stays."""
    words.print("\nrunning; Ctrl-C stops it and keeps everything" if stop else "\nrunning; Ctrl-C leaves it so")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        if stop:
            words.print("stopping")
            installation.down(done.running.home)


def simulate(
    parcels: ParcelsOption = 200,
    seed: SeedOption = 7,
    mode: Annotated[Direction, typer.Option("--mode", help="import or export")] = Direction.Import,
    anomalies: Annotated[
        float, typer.Option("--anomalies", min=0, max=1, help="Share of parcels with one thing wrong, labelled.")
    ] = 0.0,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and labels.json.")] = Path(
        "simulated"
    ),
    as_json: JsonOption = False,
) -> None:
    """Write matched sets of customs messages as files; the same seed gives the same bytes."""
    made = simulated_set(parcels, seed, mode.value, anomalies)
    paths = made.write_set(out)
    if as_json:
        print_json({"out": str(out), "parcels": len(made.parcels), "files": [path.name for path in paths]})
    else:
        words.print(f"{len(made.messages)} messages of {parcels} parcels in {escape(str(out))}")
