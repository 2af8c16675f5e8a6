"""Statistics: shown, written to a file, and recomputed from the chain and the document store."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

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
from backend.domain.statistics import Dimension
from backend.services import recounting
from backend.services import statistics as service
from backend.services.gateway import open_gateway

statistics = typer.Typer(no_args_is_help=True, help="Statistics that anyone can recompute.")

ByOption = Annotated[list[Dimension] | None, typer.Option("--by", help="What to tell apart; repeatable, at most 4.")]
SinceOption = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Day in Beijing.")]
UntilOption = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Day, included.")]


def _question(by: list[Dimension] | None, since: datetime | None, until: datetime | None) -> service.Question:
    return service.Question(tuple(by or ()), since.date() if since else None, until.date() if until else None)


@statistics.command()
def show(
    home: HomeOption = DEFAULT_HOME,
    by: ByOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write CSV or Parquet there, by the name's ending.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the figures of every group, up to the block that is named; or write them to a file."""
    with explained(), closing(open_gateway(settings_of(home))) as gateway:
        counted = service.count(gateway, _question(by, since, until))
    found = service.as_json(counted)
    if output is not None:
        output.write_bytes(service.as_file(counted, "parquet" if output.suffix == ".parquet" else "csv"))
    if as_json:
        print_json(found)
        return
    made = table(*found["by"], "parcels", "inspected", "detained", "returned", "kg", "values")
    for group in found["groups"]:
        values = " ".join(f"{currency or '?'}:{value}" for currency, value in group["values"].items())
        counts = (str(group[name]) for name in ("parcels", "inspected", "detained", "returned", "weight_kg"))
        made.add_row(*group["group"].values(), *counts, values)
    answer.print(made)
    for name, each in found["oddities"].items():
        answer.print(f"{name}: {each['count']}")
    answer.print(f"[dim]up to block {found['block']['number']} {found['block']['hash']}[/]")


@statistics.command()
def recompute(
    home: HomeOption = DEFAULT_HOME,
    by: ByOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count again from the chain's logs and the documents, without the read model; exit 1 where anything differs."""
    with explained(), closing(open_gateway(settings_of(home))) as gateway:
        found = recounting.recompute(gateway, _question(by, since, until))
    at = found.first.at
    if as_json:
        differences = [{"what": what, "first": one, "second": two} for what, one, two in found.differences]
        print_json({"block": at.block, "hash": "0x" + at.hash.hex(), "differences": differences})
    else:
        words.print(f"up to block {at.block} 0x{at.hash.hex()}")
        for what, one, two in found.differences:
            words.print(f"differs: {what}: {one} / {two}", markup=False)
        words.print("equal" if not found.differences else f"{len(found.differences)} differences")
    if found.differences:
        raise typer.Exit(Exit.Refused)
