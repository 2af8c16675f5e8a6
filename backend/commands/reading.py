"""Looking things up: parcels, the blacklist, participants."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from backend.commands.asking import ask
from backend.commands.common import DEFAULT_HOME, HomeOption, JsonOption, answer, print_json, table


def parcel(
    parcel_id: Annotated[str, typer.Argument(help="64 hexadecimal digits, as on the QR code.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Print a parcel's state and its whole history."""
    found = ask(home, f"/v1/parcels/{parcel_id.strip().lower()}")
    if as_json:
        print_json(found)
        return
    answer.print(f"[bold]{found['state']}[/] {escape(' '.join(found['flags']))}")
    seller = found["seller"]
    answer.print(f"seller {escape(seller.get('name_zh') or '')} ({seller['participant_no']})")
    rows = table("at", "step", "state", "by", "block", "transaction")
    for entry in found["history"]:
        who = entry.get("participant") or {}
        rows.add_row(
            entry["at"],
            entry["step"],
            str(entry.get("state") or ""),
            escape(who.get("name_zh") or str(entry["participant_no"])),
            str(entry["block"]),
            entry["transaction"],
        )
    answer.print(rows)
    answer.print(f"[dim]complete to block {found['complete_to_block']}[/]")


def blacklist(
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
    search: Annotated[str, typer.Option("--search", "-s", help="Name, code or number.")] = "",
) -> None:
    """Print the listings: whom, how far, since and until when."""
    found = ask(home, "/v1/blacklist", {"search": search} if search else None)
    if as_json:
        print_json(found)
        return
    rows = table("listing", "participant", "level", "status", "until", "imposed by")
    for item in found["items"]:
        rows.add_row(*(escape(str(_of(item, name))) for name in _LISTING))
    answer.print(rows)
    answer.print(f"[dim]complete to block {found['complete_to_block']}[/]")


_LISTING = ("listing_id", "participant", "level", "status", "until", "imposed_by")


def participants(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Print who is registered, with roles, district and standing."""
    found = ask(home, "/v1/participants", {"limit": "200"})
    if as_json:
        print_json(found)
        return
    rows = table("no", "name", "roles", "district", "standing")
    for item in found["items"]:
        rows.add_row(
            str(item["participant_no"]),
            escape(item.get("name_zh") or ""),
            " ".join(item["roles"]),
            str(item.get("district") or ""),
            "suspended" if item.get("suspended") else "",
        )
    answer.print(rows)


def _of(item: dict[str, Any], name: str) -> Any:
    """A field's value; of a participant, its name."""
    value = item.get(name, "")
    if isinstance(value, dict):
        return value.get("name_zh") or value.get("participant_no", "")
    return value
