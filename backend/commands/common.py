"""What every command shares: its options, where it writes, and what its exit code says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from backend.domain.errors import (
    ChainUnavailable,
    GuanlianError,
    NotRunning,
    WrongChain,
)
from backend.settings import Settings


class Exit(IntEnum):
    """Exit codes of every command."""

    Done = 0
    Refused = 1
    Usage = 2
    NotRunning = 3
    ChainUnreachable = 4
    CannotTell = 5


#: Words for people. stdout belongs to the answer alone, so that a pipe never receives a progress line.
words = Console(stderr=True, highlight=False)
answer = Console(highlight=False)


HomeOption = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="GUANLIAN_HOME",
        help="Folder that holds everything of one installation.",
        show_default="./.guanlian",
        file_okay=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on stdout.")]
SeedOption = Annotated[int, typer.Option("--seed", "-s", min=0, help="The same seed, the same parcels.")]

DEFAULT_HOME = Path(".guanlian")


def print_json(value: Any) -> None:
    """Writes one JSON value to stdout, as UTF-8 whatever the terminal's locale."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(*columns: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


class Bars:
    """One bar a phase, in the order in which the phases begin; shown while the block under `with` runs."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:>32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=words)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def report(self, what: str, done: int, total: int) -> None:
        # Every phase begins with nothing done; one that comes again has a bar of its own.
        if done == 0:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


@contextmanager
def explained() -> Iterator[None]:
    """Turns a refusal into words on stderr and the exit code that stands for it."""
    try:
        yield
    except GuanlianError as error:
        words.print(f"[bold red]{error.title}[/]: {_plain(error.message_en)}")
        words.print(_plain(error.message_zh))
        raise typer.Exit(exit_code_of(error)) from None


def exit_code_of(error: GuanlianError) -> Exit:
    match error:
        case NotRunning():
            return Exit.NotRunning
        case ChainUnavailable() | WrongChain():
            return Exit.ChainUnreachable
        case _:
            return Exit.Refused


def _plain(text: str) -> str:
    """The text with its square brackets as they are: rich would read them as markup."""
    return text.replace("[", r"\[")


def settings_of(home: Path) -> Settings:
    """The settings of an installation that exists. Raises NotRunning where there is none."""
    home = home.resolve()
    if not (home / "config.json").exists():
        raise NotRunning(home=str(home))
    return Settings.load(home)
