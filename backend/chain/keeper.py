"""Runs an anvil whose state survives being killed at any moment. A program of its own: standard library only.

    python keeper.py STATE_LINK PID_FILE COMMAND...

anvil writes its whole state into one file every few seconds, over the old one: killed while it writes, it
leaves neither. So the file it is told to write is a link, and the keeper, its parent, turns the link from one
file to the other after every write. Whatever dies when, one of the two is whole. The keeper ends with anvil.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

#: How often the keeper looks, in seconds: several times between two writes. A file that has not changed from
#: one look to the next is written.
LOOK_EVERY = 0.25

SIDES = (".a", ".b")


def side(link: Path, which: int) -> Path:
    """One of the two files behind a link."""
    return link.with_name(link.name + SIDES[which])


def turn(link: Path, which: int) -> None:
    """Lets the link lead to a side, in one step."""
    aside = link.with_name(link.name + ".turn")
    aside.unlink(missing_ok=True)
    aside.symlink_to(side(link, which).name)
    aside.replace(link)


def _mark(path: Path) -> tuple[int, int]:
    """What changes when a file is written: its size and time, (0, 0) while it does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _keep(link: Path, node: subprocess.Popen[bytes]) -> int:
    """Turns the link after every write until the node ends; gives its exit status."""
    which = SIDES.index(os.readlink(link)[-2:])
    written = last = _mark(side(link, which))
    while True:
        try:
            return node.wait(LOOK_EVERY)
        except subprocess.TimeoutExpired:
            now = _mark(side(link, which))
        if now[0] and now == last and now != written:
            which = 1 - which
            turn(link, which)
            written = now = _mark(side(link, which))
        last = now


def main(arguments: list[str]) -> int:
    link, pid_file, command = Path(arguments[0]), Path(arguments[1]), arguments[2:]
    # A terminal's Ctrl-C or a closed session is for whoever started the node to pass on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    node = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - the command of `start_node`
    signal.signal(signal.SIGTERM, lambda *_: node.terminate())
    aside = pid_file.with_suffix(".new")
    aside.write_text(str(node.pid))
    aside.replace(pid_file)
    status = _keep(link, node)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
