"""Writes the generated parts of the documentation, or checks that they are current.

    python -m scripts.docs            write them
    python -m scripts.docs --check    exit 1 where one differs

What is written twice is generated: errors, settings, commands, routes, messages and rules stand once, in the code.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from typer.main import get_command

from backend import settings
from backend.app import ROUTERS
from backend.cli import app as command_line
from backend.domain.errors import all_errors
from backend.domain.payment_rules import PAYMENT_RULES
from backend.settings import ENVIRONMENT_PREFIX, Settings
from scripts import docs_messages, docs_rules

ROOT = Path(__file__).resolve().parent.parent


# ---------------------------------------------------------------------------------------------------
# What the code says


def errors_table() -> str:
    """Every error by name: its status and its sentences."""
    rows = [
        f"| `{name}` | {error.status} | {_cell(error.zh)} | {_cell(error.en)} |"
        for name, error in all_errors().items()
        if not name.startswith("_") and error.__module__.startswith("backend.domain.")
    ]
    return "\n".join(["| Title | Status | 中文 | English |", "|---|---:|---|---|", *rows])


def settings_table() -> str:
    """Every setting with its variable, its default and the comment above it."""
    said = _comments_above(settings, "Settings")
    rows = []
    for item in fields(Settings):
        if item.name == "home":
            continue
        value = "" if item.default is MISSING else item.default
        variable = ENVIRONMENT_PREFIX + item.name.upper()
        rows.append(f"| `{item.name}` | `{variable}` | `{value!r}` | {_cell(said.get(item.name, ''))} |")
    return "\n".join(["| Setting | Variable | Default | Meaning |", "|---|---|---|---|", *rows])


def commands_table() -> str:
    """Every command in one line."""
    rows = [f"| `guanlian {name}` | {_cell(_first_line(command))} |" for name, command in commands()]
    return "\n".join(["| Command | What it does |", "|---|---|", *rows])


def commands_reference() -> str:
    """Every command with its arguments and options."""
    parts = []
    for name, command in commands():
        rows = [
            f"| {_spelling(parameter)} | {_cell(str(getattr(parameter, 'help', '') or ''))} |"
            for parameter in command.params
            if parameter.name != "help"
        ]
        table = "\n".join(["| Option | Meaning |", "|---|---|", *rows])
        parts.append(f"### `guanlian {name}`\n\n{_first_line(command)}\n\n{table}")
    return "\n\n".join(parts)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command of the command line by its full name, groups taken apart."""

    def inside(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from inside(command, f"{prefix}{name} ")
            else:
                yield prefix + name, command

    return inside(get_command(command_line), "")


def routes_table() -> str:
    """Every route of the API, in the order of the interface description."""
    rows = [f"| `{method} {path}` | {_cell(said)} |" for method, path, said in routes()]
    return "\n".join(["| Route | What it does |", "|---|---|", *rows])


def routes() -> list[tuple[str, str, str]]:
    """(method, path, first sentence) of every JSON route."""
    found = []
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                said = (inspect.getdoc(route.endpoint) or "").split("\n\n")[0].replace("\n", " ")
                found.extend((method, route.path, said) for method in sorted(route.methods - {"HEAD"}))
    return found


def payment_rules_table() -> str:
    """Every rule by which an original payment record is compared."""
    rows = [
        f"| {rule.id} | {rule.level.value} | {_compared(rule.compares)} | {rule.zh} | {_cell(rule.en)} |"
        for rule in PAYMENT_RULES
    ]
    return "\n".join(["| Rule | Level | Compares | 中文 | English |", "|---|---|---|---|---|", *rows])


def _compared(names: Sequence[str]) -> str:
    ours, *theirs = names
    return f"`{ours}` with {', '.join(theirs)}" if theirs else f"`{ours}` is filled"


# ---------------------------------------------------------------------------------------------------
# Where it stands

#: File and mark → what stands between `<!-- generated: mark -->` and `<!-- end -->`.
PARTS: dict[tuple[str, str], Callable[[], str]] = {
    ("README.md", "commands"): commands_table,
    ("README.zh.md", "commands"): commands_table,
    ("docs/errors.md", "errors"): errors_table,
    ("docs/settings.md", "settings"): settings_table,
    ("docs/commands.md", "commands"): commands_reference,
    ("docs/api.md", "routes"): routes_table,
    ("docs/api.md", "payment-rules"): payment_rules_table,
    ("docs/messages.md", "catalogue"): docs_messages.catalogue,
    ("docs/messages.md", "statuses"): docs_messages.statuses,
    ("docs/messages.md", "rules"): docs_messages.rules,
    ("docs/messages.md", "reference"): docs_messages.reference,
    ("docs/receipts.md", "standings"): docs_messages.standings,
    ("docs/rules.md", "levels"): docs_rules.levels,
    ("docs/rules.md", "rules"): docs_rules.rules,
    ("docs/rules.md", "settings"): docs_rules.settings,
    ("docs/rules.md", "rates"): docs_rules.rates,
}


def generated(text: str, mark: str, content: str) -> str:
    """The text with what stands at a mark replaced. Raises ValueError where the mark is missing."""
    pattern = re.compile(rf"(<!-- generated: {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"one mark `generated: {mark}` is needed")
    return pattern.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.docs", description="Generated documentation.")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 where a part is not current")
    check = parser.parse_args(arguments).check
    stale = []
    for (name, mark), content in PARTS.items():
        path = ROOT / name
        before = path.read_text("utf-8")
        after = generated(before, mark, content())
        if after != before:
            stale.append(f"{name} ({mark})")
            if not check:
                path.write_text(after, "utf-8")
    for part in stale:
        print(("not current: " if check else "written: ") + part, file=sys.stderr)
    return 1 if check and stale else 0


# ---------------------------------------------------------------------------------------------------


def _comments_above(module: Any, class_name: str) -> dict[str, str]:
    """The `#:` comment above each annotated name of a class; one comment serves the names that follow it."""
    source = inspect.getsource(module)
    lines = source.splitlines()
    tree = ast.parse(source)
    owner = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == class_name)
    found: dict[str, str] = {}
    last = ""
    for node in owner.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        above: list[str] = []
        number = node.lineno - 2
        while number >= 0 and lines[number].strip().startswith("#:"):
            above.insert(0, lines[number].strip().removeprefix("#:").strip())
            number -= 1
        last = " ".join(above) or last
        found[node.target.id] = last
    return found


def _first_line(command: Any) -> str:
    return str(command.help or "").split("\n\n")[0].replace("\n", " ")


def _spelling(parameter: Any) -> str:
    names = [*parameter.opts, *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ").strip()


if __name__ == "__main__":
    sys.exit(main())
