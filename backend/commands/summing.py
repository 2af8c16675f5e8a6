"""Summaries of a month's lists, checked by nobody but this program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.commands.common import JsonOption, answer, explained, print_json
from backend.domain.errors import InvalidInput
from backend.domain.summaries import check_file

#: A statement and 32 sister nodes are some ten thousand bytes.
MOST_BYTES = 1 << 16


def check_summary(
    file: Annotated[Path, typer.Argument(help="The proof file; - reads stdin.", allow_dash=True, dir_okay=False)],
    as_json: JsonOption = False,
) -> None:
    """Check a summary's proof file with no network: 0 where sums and proof fit together, 1 where anything does not."""
    with explained():
        anchor, said, proven = check_file(_read(file))
    if as_json:
        print_json({"anchor": "0x" + anchor.hex(), "statement": said, "list_proven": proven})
        return
    figures = said["figures"]
    answer.print(f"[green]✓[/] month {said['month']}, district {said['district']}, currency {said['currency']}")
    answer.print(
        f"  {figures['count']} lists, {figures['gross_g']} g gross, {figures['net_g']} g net, "
        f"{figures['value']} hundredths"
    )
    answer.print("  one list is proven to be in these sums" if proven else "  no list is proven here")
    answer.print(f"  anchor to look for on the chain: 0x{anchor.hex()}", soft_wrap=True)


def _read(file: Path) -> bytes:
    try:
        if str(file) == "-":
            text = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with file.open("rb") as stream:
                text = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise InvalidInput(field="FILE", value=str(file), rule="a file that can be read") from fault
    if len(text) > MOST_BYTES:
        raise InvalidInput(field="FILE", value=str(file), rule="at most 65536 bytes")
    return text
