"""What documents are judged by: printed, or loaded from a file as a new version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from backend.commands.asking import ask
from backend.commands.common import DEFAULT_HOME, HomeOption, JsonOption, answer, print_json, table, words

FileArgument = Annotated[
    Path | None,
    typer.Argument(help="JSON to load as a new version; none prints what is in force.", exists=True, dir_okay=False),
]


def matching(
    file: FileArgument = None,
    district: Annotated[str, typer.Option("--district", "-d", help="Four digits; 0000 is every district.")] = "0000",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Print the rules that documents are compared by with a district's settings, or load settings from a file."""
    path = f"/v1/matching/{district}"
    if file is not None:
        _loaded(ask(home, path, method="PUT", body=file.read_bytes()), as_json)
        return
    found = ask(home, path) | {"rules": ask(home, "/v1/matching")["rules"]}
    if as_json:
        print_json(found)
        return
    settings = found["settings"]
    rows = table("rule", "level", "settings", "code", "broken when")
    for rule in found["rules"]:
        own = settings["rules"].get(rule["rule"], {})
        rows.add_row(
            rule["rule"],
            rule["level"],
            ", ".join(f"{name} {value}" for name, value in own.items()),
            rule["inner_code"] or "",
            escape(rule["en"]),
        )
    answer.print(rows)
    answer.print(f"[dim]version {escape(found['version'])} ({found['source']}), district {found['district']}[/]")


def rates(file: FileArgument = None, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Print the rates of tax by HS code, or load them from a file."""
    if file is not None:
        _loaded(ask(home, "/v1/rates", method="PUT", body=file.read_bytes()), as_json)
        return
    found = ask(home, "/v1/rates")
    if as_json:
        print_json(found)
        return
    rows = table(*_RATE)
    for rate in found["rates"]:
        rows.add_row(*(escape(str(rate.get(name) or "")) for name in _RATE))
    answer.print(rows)
    answer.print(f"[dim]version {escape(found['version'])} of {found['as_of']}: {escape(found['source'])}[/]")


_RATE = ("hs", "name", "duty", "vat", "consumption", "consumption_from", "unit1", "unit2")


def _loaded(view: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(view)
    else:
        words.print(f"version {escape(view['version'])} in force")
