"""The demo."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from backend.commands.common import (
    DEFAULT_HOME,
    Bars,
    HomeOption,
    JsonOption,
    SeedOption,
    answer,
    explained,
    print_json,
    words,
)
from backend.commands.demo_tables import show_told
from backend.commands.installing import BlockTimeOption, progress, show_running
from backend.domain.scans import scan_link
from backend.formats.qr_terminal import qr_for_terminal
from backend.services import installation
from backend.services.demo.run import Demo, run_demo
from backend.services.processes import gateway_runs
from backend.settings import Settings

ParcelsOption = Annotated[int, typer.Option("--parcels", "-n", min=1, max=100_000, help="How many parcels.")]


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
    """Let simulated parcels live: documents, decisions, receipts, returns, a barred seller. Again: new parcels."""
    was_running = gateway_runs(home.resolve())
    with explained(), Bars() as bars:
        done = run_demo(home.resolve(), parcels, seed, progress=progress, report=bars.report, block_time=block_time)
    if as_json:
        print_json(done.as_json())
    else:
        _show(done)
    if wait:
        _stay(done, stop=not was_running)


def _show(done: Demo) -> None:
    told = done.as_json()
    show_told(told)
    counts = f"{len(told['parcels'])} parcels, {told['documents']} documents, {told['notices']} notices and requests"
    answer.print(f"\n{counts}, {told['seconds']} s\n")
    show_running(done.running)
    public = Settings.load(done.running.home).public
    answer.print(f"\neach role by hand: {public}/console, signed in with its key", soft_wrap=True)
    answer.print(f"who is barred: {public}/blacklist", soft_wrap=True)
    for case in told["cases"]:
        answer.print(f"case {case['case_id']}: {public}/console/cases/{case['case_id']}", soft_wrap=True)
        answer.print(f"its parcel: {public}/p/{case['parcel_id']}", soft_wrap=True)
    if parcel := done.parcel_to_show():
        url = f"{public}/p/{parcel}"
        answer.print(f"what a buyer sees: {url}", soft_wrap=True)
        typer.echo(qr_for_terminal(scan_link(public, bytes.fromhex(parcel))))


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
