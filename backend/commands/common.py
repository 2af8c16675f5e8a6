"""What every command shares: its options, where it writes, and what its exit code says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
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

DEFAULT_HOME = Path(".guanlian")


def print_json(value: Any) -> None:
    """Writes one JSON value to stdout, as UTF-8 whatever the terminal's locale."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(*columns: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


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
