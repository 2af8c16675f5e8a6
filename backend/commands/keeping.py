"""Keys and the read model: what the operator of a gateway looks after."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

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
from backend.services import api_keys, hosting, rebuilding
from backend.services.access import key_as_json
from backend.services.indexer import Progress as Read

accounts = typer.Typer(no_args_is_help=True, help="Accounts that this gateway signs with.")
keys = typer.Typer(no_args_is_help=True, help="API keys of this gateway: create, list, revoke.")


@keys.command()
def create(
    home: HomeOption = DEFAULT_HOME,
    participant: Annotated[
        int | None, typer.Option("--participant", "-p", help="Whom it speaks for; none for governance and operators.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="enterprise, authority, governance or operator; repeatable.")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What the key is for.")] = "made by hand",
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it cannot be shown again."""
    scopes = scope or (["governance"] if participant is None else ["enterprise"])
    with explained():
        made = api_keys.create(settings_of(home), participant, scopes, label)
    if as_json:
        print_json(key_as_json(made.key) | {"key": made.token})
    else:
        answer.print(made.token)


@keys.command("list")
def list_(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Print every key with its last four characters."""
    with explained():
        found = [key_as_json(key) for key in api_keys.every(settings_of(home))]
    if as_json:
        print_json(found)
        return
    rows = table("id", "participant", "scopes", "label", "ends in", "created", "revoked")
    for key in found:
        rows.add_row(
            str(key["key_id"]),
            str(key["participant_no"] or ""),
            " ".join(key["scopes"]),
            escape(key["label"]),
            key["last_four"],
            key["created_at"],
            key["revoked_at"] or "",
        )
    answer.print(rows)


@keys.command()
def revoke(
    key_id: Annotated[int, typer.Argument(help="Its id, from `guanlian keys list`.")], home: HomeOption = DEFAULT_HOME
) -> None:
    """End a key from the next request on."""
    with explained():
        api_keys.revoke(settings_of(home), key_id)
    words.print("revoked")


@accounts.command("create")
def create_account(
    uscc: Annotated[str, typer.Argument(help="The organisation's unified social credit code, or its customs code.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make an account that this gateway signs with for an organisation, and print its address for the registry."""
    with explained():
        address = hosting.create(settings_of(home), uscc)
    if as_json:
        print_json({"uscc": uscc, "account": address})
    else:
        answer.print(address)


def reindex(
    home: HomeOption = DEFAULT_HOME,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the read model that was there; exit 1 where they differ.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Drop the read model and rebuild it from the chain. A running gateway pauses meanwhile."""
    columns = (TextColumn("reading blocks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with explained(), Progress(*columns, console=words, transient=True) as bar:
        task = bar.add_task("blocks", total=None)

        def show(done: Read) -> None:
            bar.update(task, completed=done.block, total=done.block + done.lag)

        rebuilt = rebuilding.reindex(settings_of(home), check=check, progress=show)
    if as_json:
        print_json(rebuilt.as_json())
    else:
        words.print(f"{rebuilt.events} events up to block {rebuilt.block}")
    if rebuilt.differing is not None:
        same = not rebuilt.differing
        words.print("the same as before" if same else f"[red]differing: {', '.join(rebuilt.differing)}[/]")
        if not same:
            raise typer.Exit(Exit.Refused)
