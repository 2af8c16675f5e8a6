"""Give py-solc-x, and so brownie, the pinned Solidity compiler: npm's `solc` behind `scripts/solc`.

py-solc-x looks for `solc-v<version>` in `~/.solcx`, or in `$SOLCX_BINARY_PATH` where that is set, and
would download a missing one from a host that only some networks reach. The script and its npm package
are *copied* there, so that the compiler goes on working when this checkout is moved or deleted, and
serves several checkouts at once.

Guarantees: a compiler that somebody else put there is never touched, working or not; one of ours that is
broken or out of date is replaced; running it again changes nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from solcx.install import get_solcx_install_folder

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = ROOT / "scripts" / "solc"
MODULES = ROOT / "node_modules"
# A line of scripts/solc that no other compiler has: the launcher is known as ours by it.
MARK = b"guanlian-solc"
PACKAGE_FOLDER = "guanlian-solc"


def main() -> int:
    """Install the launcher where it is needed. Returns the exit status: 1 for a broken foreign one."""
    version = str(json.loads((MODULES / "solc" / "package.json").read_text("utf-8"))["version"])
    folder = get_solcx_install_folder()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"solc-v{version}"

    if os.path.lexists(target) and not _is_ours(target):
        if _reported_version(target) == version:
            return 0
        print(
            f"{target} does not run as solc {version} and is not Guanlian's: it is left as it is.\n"
            "Remove it, or set SOLCX_BINARY_PATH to another folder, and run `make setup` again.",
            file=sys.stderr,
        )
        return 1

    current = target.is_file() and target.read_bytes() == LAUNCHER.read_bytes()
    if current and _reported_version(target) == version:
        return 0
    _install_package(folder)
    _install_launcher(target)
    if _reported_version(target) != version:
        print(f"solc {version} was installed as {target} but does not run: is Node 20 on PATH?", file=sys.stderr)
        return 1
    print(f"solc {version} (npm) installed as {target}")
    return 0


def _is_ours(target: Path) -> bool:
    """Whether an earlier run of this script wrote the file; a dangling link is somebody else's."""
    return target.is_file() and MARK in target.read_bytes()[:8192]


def _reported_version(executable: Path) -> str | None:
    """The version the compiler says it has, without its commit; None where it does not run."""
    try:
        answer = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0 or "Version: " not in answer.stdout:
        return None
    return answer.stdout.split("Version: ")[1].split("+")[0].strip()


def _install_package(folder: Path) -> None:
    """Copy npm's `solc` and what it depends on; the whole new folder takes the old one's place at once."""
    home = folder / PACKAGE_FOLDER
    with tempfile.TemporaryDirectory(dir=folder, prefix=".guanlian-") as scratch:
        fresh = Path(scratch) / "fresh"
        for name in _with_dependencies("solc"):
            shutil.copytree(MODULES / name, fresh / "node_modules" / name)
        if home.exists():
            home.rename(Path(scratch) / "old")
        fresh.rename(home)


def _install_launcher(target: Path) -> None:
    """Copy the launcher beside the package, in one step: a compilation meanwhile sees the old or the new."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copy(LAUNCHER, scratch)
    scratch.chmod(0o755)
    scratch.replace(target)


def _with_dependencies(package: str) -> set[str]:
    """The package and all packages below it, by name, as npm laid them flat in node_modules."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        manifest = json.loads((MODULES / name / "package.json").read_text("utf-8"))
        waiting.extend(manifest.get("dependencies", {}))
    return found


if __name__ == "__main__":
    sys.exit(main())
