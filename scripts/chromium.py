"""Find a Chromium that runs here, for the browser tests.

`python -m scripts.chromium` prints its path.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
NAMES_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Unpacks the package's browser, fonts and software renderer, and beside them the system libraries (NSS and
# others) that a bare server lacks. `inflate` writes below the directory for temporary files, which we name.
UNPACK = """
import { join } from 'node:path';
import { inflate } from '%(package)s/build/esm/lambdafs.js';
for (const name of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br', 'chromium.br']) {
  await inflate(join('%(package)s/bin', name));
}
"""

# The machine's own libraries and fonts are used where it has them; the unpacked ones stand in elsewhere.
LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
if ! "$here/chromium" --version >/dev/null 2>&1; then
  export LD_LIBRARY_PATH="$here/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
if [ ! -e /etc/fonts/fonts.conf ]; then
  printf '<fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>' "$here/fonts" "$here/fonts-cache" \\
    > "$here/fonts/fonts.conf"
  export FONTCONFIG_PATH="$here/fonts"
fi
exec "$here/chromium" --no-sandbox "$@"
"""


class ChromiumNotFound(Exception):
    """There is no browser on PATH, and the one from npm does not run: the message says what is missing."""


def chromium_executable() -> str:
    """Return the path of a Chromium that starts on this machine.

    The first of: `$CHROMIUM`; a browser on PATH; the one that npm brought, unpacked once below
    `node_modules/.cache`. One on PATH is preferred: whoever installed it installed Chinese fonts as
    well, while npm's draws Latin letters only (the text of a page is the same in both).
    Raises ChromiumNotFound where none of them runs.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in NAMES_ON_PATH:
        if found := shutil.which(name):
            return found
    return str(_from_npm())


def _from_npm() -> Path:
    """Unpack npm's Chromium where this is not done yet, and return a launcher that gives it its libraries."""
    if not PACKAGE.is_dir():
        raise ChromiumNotFound("no Chromium on PATH and none in node_modules: run `make setup`, or set CHROMIUM")
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise ChromiumNotFound("npm's Chromium is for Linux on x86-64 only: install Chromium, or set CHROMIUM")
    version = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    folder = ROOT / "node_modules" / ".cache" / f"chromium-{version}"
    launcher = folder / "chromium-headless"
    if not launcher.exists():
        _unpack(folder)
        _check(launcher)
    return launcher


def _unpack(folder: Path) -> None:
    """Unpack into a folder of our own and move it into place whole: two runs do not disturb each other."""
    scratch = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    script = UNPACK % {"package": PACKAGE.as_posix()}
    subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        env={**os.environ, "TMPDIR": str(scratch)},
        check=True,
        timeout=120,
    )
    launcher = scratch / "chromium-headless"
    launcher.write_text(LAUNCHER, "utf-8")
    launcher.chmod(0o755)
    try:
        scratch.rename(folder)
    except OSError:
        # Another run finished first; its copy is as good as ours.
        shutil.rmtree(scratch)


def _check(launcher: Path) -> None:
    """Start the browser once, so that a missing library is named here and not as a time-out of some test."""
    answer = subprocess.run([launcher, "--version"], capture_output=True, text=True, timeout=60)
    if answer.returncode != 0:
        shutil.rmtree(launcher.parent, ignore_errors=True)
        raise ChromiumNotFound(f"npm's Chromium does not start here: {answer.stderr.strip() or answer.returncode}")


if __name__ == "__main__":
    print(chromium_executable())
