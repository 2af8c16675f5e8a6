"""Making, starting, stopping and watching an installation."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from backend.commands.common import (
    DEFAULT_HOME,
    Exit,
    HomeOption,
    JsonOption,
    answer,
    explained,
    print_json,
    settings_of,
    table,
    words,
)
from backend.domain.errors import NotRunning
from backend.services import diagnosis, installation
from backend.services.installation import Running
from backend.services.processes import gateway_lock, locked

BlockTimeOption = Annotated[
    float | None,
    typer.Option("--block-time", min=0.1, max=60, help="Seconds between blocks of the embedded node."),
]

_PARTS = {
    "node": "starting the node",
    "contracts": "deploying the contracts",
    "gateway": "starting the gateway",
    "participants": "registering the participants",
    "keys": "making their API keys",
}


def progress(part: str) -> None:
    words.print(f"[dim]· {_PARTS.get(part, part)}[/]")


def show_running(found: Running) -> None:
    """Addresses, contracts and keys, for a person."""
    rows = table("", "")
    rows.show_header = False
    for name, value in (("gateway", found.api_url), ("node", found.rpc_url), ("home", str(found.home))):
        rows.add_row(name, escape(value))
    for name, address in found.contracts.items():
        rows.add_row(name, address)
    for role, key in found.keys.items():
        rows.add_row(f"key of {role}", key)
    answer.print(rows)


def up(
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
    bare: Annotated[bool, typer.Option("--bare", help="Chain and gateway only: no demo participants.")] = False,
    network: Annotated[
        Path | None,
        typer.Option("--network", help="Folder of the consortium network it joins on first use.", file_okay=False),
    ] = None,
    block_time: BlockTimeOption = None,
    hearing_hours: Annotated[
        int | None,
        typer.Option(min=0, max=720, help="How long listed parties are heard, where this deploys: 120, embedded 0."),
    ] = None,
) -> None:
    """Start the installation, making it on first use; returns when it answers."""
    with explained():
        found = installation.up(
            home, network=network, bare=bare, block_time=block_time, hearing_hours=hearing_hours, progress=progress
        )
    if as_json:
        print_json(found.as_json())
    else:
        show_running(found)


def down(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Stop gateway and node. Everything stored stays."""
    with explained():
        gateway, node = installation.down(home)
    if as_json:
        print_json({"gateway_stopped": gateway, "node_stopped": node})
    elif gateway or node:
        words.print("stopped")
    else:
        words.print("nothing was running")


def reset(
    home: HomeOption = DEFAULT_HOME,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop the installation and delete its chain, database, keys and logs."""
    if not yes:
        question = f"Delete the chain, the database, the keys and the logs in {home.resolve()}?"
        typer.confirm(question, abort=True, err=True)
    with explained():
        installation.reset(home)
    words.print("deleted")


def status(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Say what runs, how far the read model is, and what waits or is blocked."""
    with explained():
        settings = settings_of(home)
        found = installation.running(settings.home)
        if found is None:
            raise NotRunning(home=str(settings.home))
        state = diagnosis.gateway_status(found.api_url, found.keys.get("governance"))
    if as_json:
        print_json(found.as_json() | {"status": state})
        return
    show_running(found)
    for name, value in _flat(state):
        answer.print(f"[dim]{escape(name)}[/] {escape(str(value))}")


def _flat(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [row for key, inner in value.items() for row in _flat(inner, f"{prefix}{key}.")]
    return [(prefix.rstrip("."), value)]


def logs(
    home: HomeOption = DEFAULT_HOME,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 40,
    node: Annotated[bool, typer.Option("--node", help="The node's log, not the gateway's.")] = False,
) -> None:
    """Print the end of the gateway's log."""
    with explained():
        settings = settings_of(home)
    path = settings.home / ("chain/node.log" if node else "logs/gateway.log")
    if not path.exists():
        words.print(f"no log yet: {escape(str(path))}")
        raise typer.Exit(Exit.Refused)
    with path.open(errors="replace") as handle:
        for line in handle.readlines()[-lines:]:
            typer.echo(line.rstrip("\n"))
        while follow:
            line = handle.readline()
            if line:
                typer.echo(line.rstrip("\n"))
            else:
                time.sleep(0.25)


def doctor(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Check tools, ports, key files, chain, contracts, read model and outbox; exit 1 where something is wrong."""
    findings = diagnosis.examine(home.resolve())
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        marks = {True: "[green]ok[/]   ", False: "[red]wrong[/]", None: "[dim]-[/]    "}
        for finding in findings:
            answer.print(f"{marks[finding.holds]} {escape(finding.what)}: {escape(finding.words)}")
    if any(finding.holds is False for finding in findings):
        raise typer.Exit(Exit.Refused)


def deploy(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Deploy the contracts on the chain of config.json and write deployment.json; refuses a second time."""
    with explained():
        deployment = installation.deploy_once(home)
    if as_json:
        print_json({"chain_id": deployment.chain_id, "contracts": dict(deployment.contracts)})
    else:
        for name, address in deployment.contracts.items():
            answer.print(f"{name} {address}")


def serve(home: HomeOption = DEFAULT_HOME) -> None:
    """Run the gateway in the foreground: requests and everything beside them. One gateway a home folder."""
    # The web framework takes a second to load, and no other command needs it.
    from backend.commands.serving import serve_forever

    with explained():
        settings = settings_of(home)
        with locked(gateway_lock(settings.home), "gateway"):
            serve_forever(settings)
