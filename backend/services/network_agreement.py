"""Waiting until validators seal one chain, and breaking a tie in which Clique would stand still for ever.

EIP-225 lets two chains of one length and one difficulty stand side by side: each validator keeps the one it has, each
has sealed too recently to go on with it, and nobody moves. It happens where validators sealed before they had found
each other, or where several ended at once. What such chains differ in was sealed by fewer than a majority, so it
never was final: one of them is kept and the others' validators go back to where they parted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from backend.chain import validators as nodes
from backend.domain.errors import ChainUnavailable
from backend.services.processes import wait_until

#: Seconds, and blocks, for which nobody has sealed where a network stands still.
_STILL_SECONDS = 12
_STILL_BLOCKS = 8

#: Seconds in which validators that know where their peers are have found them, on a busy machine too.
_MEETING = 30


def meet(folders: Sequence[Path], peers: int) -> None:
    """Waits until each of these running validators has so many peers; at most half a minute, and then goes on."""
    wait_until(lambda: all(nodes.peers_of(folder) >= peers for folder in folders), _MEETING)


def await_agreement(
    folders: Sequence[Path], loose: int, period: int, patience: float, revive: Callable[[Path], None]
) -> None:
    """Waits until these running validators, a majority of all, share a block that is further on than all they had.

    `loose` is how many blocks two chains may differ in at most, so that more of them are common for good. `revive`
    starts one of them again, not sealing; one that has the kept chain is told to seal here. Raises ChainUnavailable
    where they do not agree within `patience` seconds.
    """
    target = max(_head(folder) for folder in folders) + loose + 1
    deadline = time.monotonic() + patience
    seen, since = -1, time.monotonic()
    while time.monotonic() < deadline:
        heads = [_head(folder) for folder in folders]
        if min(heads) >= target and len({_hash(folder, target) for folder in folders}) == 1:
            return
        if max(heads) > seen:
            seen, since = max(heads), time.monotonic()
        elif time.monotonic() - since > max(_STILL_SECONDS, _STILL_BLOCKS * period):
            break_tie(folders, loose, revive)
            since = time.monotonic()
        time.sleep(0.2)
    raise ChainUnavailable(reason="the network seals no blocks")


def break_tie(folders: Sequence[Path], loose: int, revive: Callable[[Path], None]) -> bool:
    """Leads validators that stand on several chains back to one; False where nobody had to go back.

    The chain that most of them have is kept, then the longest, then the one with the lowest hash. Nobody gives up more
    blocks than `loose`: so many may be final to somebody, and something else is wrong. Then all is left as it is.
    """
    heads = {folder: nodes.block_at(folder) for folder in folders}
    holders = Counter(str(head["hash"]) for head in heads.values())
    if len(holders) == 1:
        return False
    kept = min(heads.values(), key=lambda head: (-holders[head["hash"]], -_number(head), head["hash"]))
    keeper = next(folder for folder, head in heads.items() if head["hash"] == kept["hash"])
    back = {}
    for folder, head in heads.items():
        shorter = parted = min(_number(head), _number(kept))
        while _hash(folder, parted) != _hash(keeper, parted):
            parted -= 1
        if parted == shorter:
            # On one chain: whoever is behind follows by itself, and whoever is ahead keeps what the others may lack.
            continue
        if _number(head) - parted > loose:
            return False
        back[folder] = parted
    if not back:
        return False
    for folder, parted in back.items():
        nodes.rest(folder)
        nodes.ask_validator(folder, "debug_setHead", hex(parted))
        nodes.stop_validator(folder)
        revive(folder)
    for folder in back:
        _await_block(folder, _number(kept), kept["hash"])
        nodes.seal(folder)
    return True


def _head(folder: Path) -> int:
    return _number(nodes.block_at(folder))


def _number(block: Any) -> int:
    return int(block["number"], 16)


def _hash(folder: Path, number: int) -> str | None:
    found = nodes.block_at(folder, number)
    return None if found is None else str(found["hash"])


def _await_block(folder: Path, number: int, wanted: str) -> None:
    wait_until(lambda: _hash(folder, number) == wanted, _MEETING)
