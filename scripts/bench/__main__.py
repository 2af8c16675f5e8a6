"""Measures documents, parcels and records a second, from HTTP in to indexed out, beside the bare chain.

    python -m scripts.bench [--parcels N] [--stage-parcels N] [--seed S] [--json]

Words and bars go to stderr. The machine is named with the figures: ratios within one run mean more than either.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from backend.services import installation, processes
from backend.services.gateway import open_gateway
from backend.settings import Settings
from scripts.bench.bare_chain import bare_chain
from scripts.bench.end_to_end import end_to_end
from scripts.bench.load import load
from scripts.bench.stages import STAGES, stages

#: The sales peak of one large airport on one machine.
NEEDED = {"documents_per_second": 400, "parcels_per_second": 100, "records_per_second": 1_100}

words = Console(stderr=True, highlight=False)


class Bars:
    """One bar a phase."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def report(self, what: str, done: int, total: int) -> None:
        if what not in self.tasks or (done == 0 and self.bars.tasks[self.tasks[what]].finished):
            self.tasks[what] = self.bars.add_task(what, total=total)
        self.bars.update(self.tasks[what], completed=done, total=total)


def measure(home: Path, parcels: int, stage_parcels: int, seed: int) -> dict[str, Any]:
    """The three measurements on one installation, which is stopped at the end."""
    # The limit protects a gateway from its callers; here it would be what is measured.
    os.environ |= {"GUANLIAN_RATE_PER_SECOND": "1000000", "GUANLIAN_RATE_BURST": "1000000"}
    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=words) as bars:
        report = Bars(bars).report
        running = installation.up(home, progress=lambda part: words.print(f"[dim]· {part}[/]"))
        try:
            whole = end_to_end(running, load(parcels, seed), report)
            processes.stop_gateway(home)
            gateway = open_gateway(Settings.load(home))
            gateway.client.request("anvil_setIntervalMining", 0)
            cost = stages(gateway, load(stage_parcels, seed + 1), report)
            bare = bare_chain(gateway, parcels, report)
            gateway.close()
        finally:
            installation.down(home)
    return {
        "machine": machine(),
        "end_to_end": whole,
        "stages": cost,
        "bare_chain": bare,
        "of_the_bare_chain": {
            "parcels": whole["parcels_per_second"] / bare["parcels_per_second"],
            "records": whole["records_per_second"] / bare["records_per_second"],
        },
        "needed": NEEDED,
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was with other things."""
    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {
        "processor": model or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


def show(found: dict[str, Any]) -> None:
    whole, bare = found["end_to_end"], found["bare_chain"]
    out = Console(highlight=False)
    at = found["machine"]
    out.print(
        f"{at['processor']}, {at['cores']} cores, {at['system']}, Python {at['python']}, load {at['load_average'][0]}"
    )
    rates = Table(box=None, header_style="bold")
    for column in ("a second", "HTTP to indexed", "needed", "bare chain", "ratio"):
        rates.add_column(column, justify="left" if column == "a second" else "right")
    rates.add_row("documents", f"{whole['documents_per_second']:,.0f}", "400", "", "")
    for name in ("parcels", "records"):
        key = f"{name}_per_second"
        rates.add_row(
            name,
            f"{whole[key]:,.0f}",
            f"{NEEDED[key]:,}",
            f"{bare[key]:,.0f}",
            f"{found['of_the_bare_chain'][name]:.1%}",
        )
    out.print(rates)
    if (cpu := whole["gateway_cpu_ms_per_parcel"]) is not None:
        out.print(f"processor time a parcel: gateway {cpu:.1f} ms, node {whole['node_cpu_ms_per_parcel']:.1f} ms")
    cost = Table(box=None, header_style="bold")
    for column in ("stage", "seconds", "share"):
        cost.add_column(column, justify="left" if column == "stage" else "right")
    for name in STAGES:
        cost.add_row(name, f"{found['stages'][name]['seconds']:.2f}", f"{found['stages'][name]['share']:.0%}")
    out.print(cost)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.bench", description="Measure the whole way.")
    parser.add_argument("--parcels", type=int, default=4_000)
    parser.add_argument("--stage-parcels", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="guanlian-bench-") as folder:
        found = measure(Path(folder).resolve() / "home", options.parcels, options.stage_parcels, options.seed)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
