"""The go-ethereum program that a consortium's validators run: found, or built once from its published source.

Clique seals last in release 1.13.15; later ones only follow it. Newer Go toolchains build it where the linker is
told to let its old use of runtime names pass.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from backend.domain.errors import GethMissing

#: The release that is built, and the last that seals.
RELEASE = "1.13.15"

_MODULE = f"github.com/ethereum/go-ethereum/cmd/geth@v{RELEASE}"
_CHECKOUT = Path(__file__).resolve().parents[2]

#: Seconds that a build may take on a small machine, its downloads included.
_BUILD_TIME = 1_800


def geth_executable(building: Callable[[], None] = lambda: None) -> Path:
    """A geth that seals Clique: the one that `GUANLIAN_GETH` names, the one on PATH, one built before, or a new build.

    `building` is called before a build, which takes some minutes. Raises GethMissing where there is neither such a
    geth nor a Go toolchain, or where the build fails.
    """
    named = os.environ.get("GUANLIAN_GETH")
    if named:
        if not _seals(Path(named)):
            raise GethMissing(release=RELEASE, reason=f"GUANLIAN_GETH={named} does not run or is another release")
        return Path(named)
    on_path = shutil.which("geth")
    if on_path and _seals(Path(on_path)):
        return Path(on_path)
    built = _CHECKOUT / ".cache" / f"geth-{RELEASE}" / "geth"
    if not built.exists():
        building()
        _build(built)
    return built


def can_have_geth() -> bool:
    """Whether `geth_executable` has something to start from; a build may still fail."""
    return any(shutil.which(name) for name in ("geth", "go")) or bool(os.environ.get("GUANLIAN_GETH"))


def _seals(program: Path) -> bool:
    try:
        told = subprocess.run(  # noqa: S603 - the operator's own program
            [str(program), "version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.search(r"^Version: (\d+)\.(\d+)\.", told, re.M)
    return found is not None and (int(found[1]), int(found[2])) == (1, 13)


def _build(target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise GethMissing(release=RELEASE, reason="neither geth nor a Go toolchain is on PATH")
    aside = target.parent / f"build-{os.getpid()}"
    aside.mkdir(parents=True, exist_ok=True)
    command = [go, "install", "-ldflags=-checklinkname=0", _MODULE]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env=os.environ | {"GOBIN": str(aside)},
            cwd=aside,
            capture_output=True,
            text=True,
            timeout=_BUILD_TIME,
            check=False,
        )
        if done.returncode != 0:
            raise GethMissing(release=RELEASE, reason=f"the build failed: {done.stderr.strip()[-400:]}")
        (aside / "geth").replace(target)
    except subprocess.TimeoutExpired:
        raise GethMissing(release=RELEASE, reason=f"the build took longer than {_BUILD_TIME} s") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
