"""The draw: a parcel's own, computed anew from the chain alone, and a district's rounds."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from backend.commands.asking import ask
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
from backend.domain.draw import WHOLE, RoundState, Tier
from backend.domain.errors import InvalidInput
from backend.services.draws import CheckedDraw, verify_draws

draw = typer.Typer(no_args_is_help=True, help="The draw that decides which parcels are opened.")


@draw.command()
def verify(
    parcel_id: Annotated[str, typer.Argument(help="64 hexadecimal digits, as on the QR code.")],
    manifest: Annotated[
        str, typer.Option("--manifest", "-m", help="0x and 64 digits; spares reading every declaration there is.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Compute a parcel's draw anew from the chain alone; exit 1 where something does not fit."""
    with explained():
        where = _hash(manifest.removeprefix("0x"), "--manifest") if manifest else None
        found = verify_draws(settings_of(home), _hash(parcel_id, "PARCEL_ID"), where)
    if as_json:
        print_json({"parcel_id": parcel_id.strip().lower(), "declarations": [each.as_json() for each in found]})
    else:
        for each in found:
            _tell(each)
    if any(each.faults for each in found):
        raise typer.Exit(Exit.Refused)


@draw.command()
def rounds(
    district: Annotated[str, typer.Argument(help="Four digits.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="The newest so many.")] = 20,
) -> None:
    """Print the rounds of a district: commitment, close, block hash, seed, and those that failed."""
    found = ask(home, f"/v1/draws/{district}", {"limit": str(limit)})
    if as_json:
        print_json(found)
        return
    made = table("round", "state", "declared in blocks", "hash of", "commitment", "seed")
    for item in found["items"]:
        made.add_row(
            str(item["number"]),
            item["state"],
            f"{item['opens_at'] + 1}–{item['closes_at']}",
            str(item["hash_block"]),
            item["commitment"],
            item["seed"] or "",
        )
    answer.print(made)
    answer.print(f"[dim]{found['rounds_in_all']} rounds, at block {found['block']}[/]")


_STANDINGS = {
    RoundState.Open: "declarations are still coming in",
    RoundState.Closed: "its block hash is awaited",
    RoundState.Mixed: "its seed is awaited",
    RoundState.Void: "[bold red]void[/]: nobody recorded its block hash in time, so there is no draw",
    RoundState.Withheld: "[bold red]withheld[/]: the district never revealed its seed, so there is no draw",
}


def _tell(checked: CheckedDraw) -> None:
    event, entry = checked.declared.event, checked.entry
    answer.print(f"manifest 0x{event.manifest.hex()}, parcel {checked.index}")
    answer.print(f"declared in block {checked.declared.block} in district {event.declaring_district:04d}")
    if entry is None or checked.state is None:
        answer.print("[bold red]no round[/] of the district was open: there is no draw")
        return
    answer.print(f"round {entry.number}, declarations of blocks {entry.opens_at + 1} to {entry.closes_at}")
    answer.print(f"commitment 0x{entry.commitment.hex()}")
    if checked.number is None:
        answer.print(_STANDINGS[checked.state])
    else:
        answer.print(f"hash of block {entry.hash_block} 0x{entry.block_hash.hex()}")
        answer.print(f"seed       0x{entry.seed.hex()}")
        answer.print(f"[bold]number {checked.number}[/] of {WHOLE}")
        for tier in Tier:
            rate = entry.rates.of(tier)
            answer.print(f"  tier {tier.name:8} selected below {rate}: {'yes' if checked.number < rate else 'no'}")
    if checked.ordered_at is not None:
        answer.print(f"an inspection was ordered in block {checked.ordered_at}")
    for fault in checked.faults:
        words.print(f"[bold red]does not fit[/]: {fault}")


def _hash(text: str, field: str) -> bytes:
    digits = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise InvalidInput(field=field, value=text[:70], rule="64 hexadecimal digits")
    return bytes.fromhex(digits)
