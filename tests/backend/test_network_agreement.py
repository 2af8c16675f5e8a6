"""Breaking ties between validators: who is led back, and who never is. The validators here are lists of hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.chain import validators as nodes
from backend.services.network_agreement import break_tie

#: Blocks that chains of four validators may differ in: half of them.
LOOSE = 2

COMMON = ["0x00", "0x01", "0x02"]
LEFT, RIGHT = [*COMMON, "0xa3", "0xa4"], [*COMMON, "0xb3", "0xb4"]


class Chains:
    """Each validator's blocks by number; one that is set back and started again has what the first has."""

    def __init__(self, *chains: list[str]) -> None:
        self.of = {Path(str(number)): list(chain) for number, chain in enumerate(chains, 1)}
        self.back: dict[str, int] = {}

    def block_at(self, folder: Path, number: int | None = None) -> Any:
        chain = self.of[folder]
        at = len(chain) - 1 if number is None else number
        return {"number": hex(at), "hash": chain[at]} if at < len(chain) else None

    def ask(self, folder: Path, method: str, height: str) -> None:
        assert method == "debug_setHead"
        self.back[folder.name] = int(height, 16)

    def revive(self, folder: Path) -> None:
        self.of[folder] = list(self.of[Path("1")])


@pytest.mark.parametrize(
    ("chains", "back", "broken"),
    [
        ([LEFT] * 4, {}, False),
        # two and two: one side goes back to where they parted
        ([LEFT, LEFT, RIGHT, RIGHT], {"3": 2, "4": 2}, True),
        # the chain of most is kept
        ([LEFT, LEFT, LEFT, RIGHT], {"4": 2}, True),
        # one that is behind on the same chain follows by itself, and one that is ahead of most keeps what it has
        ([LEFT, LEFT, LEFT, LEFT[:-1]], {}, False),
        ([LEFT, LEFT, LEFT, [*LEFT, "0xa5", "0xa6", "0xa7"]], {}, False),
        # so much that it may be final is never given up
        ([LEFT, LEFT, LEFT, [*COMMON, "0xb3", "0xb4", "0xb5"]], {}, False),
        ([[*COMMON, "0xb3", "0xb4", "0xb5"], LEFT, LEFT, LEFT], {}, False),
        # what is kept may be longer
        ([[*LEFT, "0xa5"], [*LEFT, "0xa5"], RIGHT, RIGHT[:-1]], {"3": 2, "4": 2}, True),
    ],
)
def test_only_what_cannot_be_final_is_given_up(
    monkeypatch: pytest.MonkeyPatch, chains: list[list[str]], back: dict[str, int], broken: bool
) -> None:
    made = Chains(*chains)
    monkeypatch.setattr(nodes, "block_at", made.block_at)
    monkeypatch.setattr(nodes, "ask_validator", made.ask)
    for name in ("rest", "stop_validator", "seal"):
        monkeypatch.setattr(nodes, name, lambda folder: None)
    assert break_tie(list(made.of), LOOSE, made.revive) is broken
    assert made.back == back
