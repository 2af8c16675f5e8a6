"""A consortium network of real validators on this machine, for trying and for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from backend.chain.geth import geth_executable
from backend.commands.common import Exit, JsonOption, answer, explained, print_json, table, words
from backend.services import network as networks
from backend.services.trusting import network_trust

network = typer.Typer(no_args_is_help=True, help="A consortium network: go-ethereum validators that seal by Clique.")

NetworkHomeOption = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="GUANLIAN_NETWORK",
        help="Folder that holds the network.",
        show_default="./.guanlian-network",
        file_okay=False,
    ),
]
NumberArgument = Annotated[int, typer.Argument(min=1, help="The validator's number, as `status` shows it.")]

DEFAULT_NETWORK = Path(".guanlian-network")

_PARTS = {
    "geth": "building go-ethereum, once; this takes some minutes",
    "network": "making the validators' keys and the first block",
}

_COLUMNS = ("number", "address", "runs", "seals", "head", "peers", "rpc_url")


@network.command()
def up(
    home: NetworkHomeOption = DEFAULT_NETWORK,
    validators: Annotated[
        int | None, typer.Option(min=1, max=networks.MOST_VALIDATORS, help="How many; four unless it is there already.")
    ] = None,
    period: Annotated[int, typer.Option(min=1, max=60, help="Seconds between blocks.")] = networks.PERIOD,
    as_json: JsonOption = False,
) -> None:
    """Start the validators, making the network on first use; returns when it seals blocks."""
    with explained():
        networks.up(
            home,
            validators,
            period,
            progress=lambda part: words.print(f"[dim]· {_PARTS.get(part, f'starting {part}')}[/]"),
        )
    status(home, as_json)


@network.command()
def build() -> None:
    """Find go-ethereum, or build it once; exit 1 where neither can be done."""
    with explained():
        found = geth_executable(lambda: words.print(f"[dim]· {_PARTS['geth']}[/]"))
    answer.print(str(found), soft_wrap=True)


@network.command()
def down(home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """Stop all validators. What they stored stays."""
    with explained():
        stopped = networks.down(home)
    words.print(f"{stopped} stopped" if stopped else "nothing was running")


@network.command()
def status(home: NetworkHomeOption = DEFAULT_NETWORK, as_json: JsonOption = False) -> None:
    """Say of each validator whether it runs and seals, its newest block and its peers; exit 4 where none runs."""
    with explained():
        found = networks.status(home)
    if as_json:
        print_json(found)
    else:
        rows = table(*_COLUMNS)
        for row in found["validators"]:
            rows.add_row(*(escape(_cell(row[name])) for name in _COLUMNS))
        answer.print(rows)
        answer.print(f"chain {found['chain_id']}, newest final block {_cell(found['final'])}")
    if found["head"] is None:
        raise typer.Exit(Exit.ChainUnreachable)


@network.command()
def kill(number: NumberArgument, home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """End a validator at once, as a power cut would."""
    with explained():
        ran = networks.kill(home, number)
    words.print(f"validator {number} killed" if ran else f"validator {number} was not running")


@network.command()
def restart(number: NumberArgument, home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """Start a validator again; it catches up with the others by itself."""
    with explained():
        networks.restart(home, number)
    words.print(f"validator {number} runs")


@network.command()
def add(home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """Make a further validator and vote for it. Gateways learn of it when they are started anew."""
    with explained():
        made = networks.add(home)
    words.print(f"validator {made.number} seals: {made.address}")


@network.command()
def remove(number: NumberArgument, home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """Vote a validator out and stop it."""
    with explained():
        left = networks.remove(home, number)
    words.print(f"validator {left.number} seals no more: {left.address}")


@network.command()
def trust(home: NetworkHomeOption = DEFAULT_NETWORK) -> None:
    """Print the list of validators that `guanlian verify --trust` takes: who seals, and which contracts count."""
    with explained():
        found = network_trust(home)
    print_json(found)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
