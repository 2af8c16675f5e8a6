"""The set-up keeps its word: the compiler is there, nobody's own is touched, `make` names every command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERSION = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]["solc"]
NAME = f"solc-v{VERSION}"

pytestmark = pytest.mark.skipif(not (ROOT / "node_modules" / "solc").is_dir(), reason="npm's solc is not installed")


def set_up_compiler(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the set-up's step with `folder` in the place of ~/.solcx."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.setup_compiler"],
        cwd=ROOT,
        env={**os.environ, "SOLCX_BINARY_PATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=3000,
    )


def solc(executable: Path, *arguments: str, given: str = "", cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([executable, *arguments], input=given, cwd=cwd, capture_output=True, text=True, timeout=3000)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the set-up has put the compiler in."""
    folder = tmp_path_factory.mktemp("solcx")
    answer = set_up_compiler(folder)
    assert answer.returncode == 0, answer.stderr
    return folder


def test_the_installed_compiler_compiles_as_the_native_one_does(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "Base.sol").write_text("pragma solidity *; contract Base { address a = msg.sender; }")
    given = {
        "language": "Solidity",
        "sources": {"Top.sol": {"content": 'pragma solidity *; import "Base.sol"; contract Top is Base {}'}},
        "settings": {"evmVersion": None, "outputSelection": {"*": {"*": ["abi"], "": ["ast"]}}},
    }

    answer = solc(
        installed / NAME,
        *("--standard-json", "--base-path", ".", "--include-path", "library", "--allow-paths", "."),
        given=json.dumps(given),
        cwd=tmp_path,
    )

    output = json.loads(answer.stdout)
    assert [error for error in output.get("errors", []) if error["severity"] == "error"] == []
    assert set(output["contracts"]) == {"Top.sol", "Base.sol"}
    # msg is a built-in: the native compiler counts those from -1 down.
    assert re.search(r'"referencedDeclaration":-\d+', answer.stdout)


def test_the_installed_compiler_needs_nothing_of_this_checkout(installed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved"
    installed.rename(elsewhere)
    try:
        answer = solc(elsewhere / NAME, "--version", cwd=tmp_path)
    finally:
        elsewhere.rename(installed)

    assert f"Version: {VERSION}+" in answer.stdout
    assert str(ROOT) not in (installed / NAME).read_text("utf-8")


def test_a_use_that_the_compiler_does_not_know_prints_nothing_but_the_fault(installed: Path, tmp_path: Path) -> None:
    answer = solc(installed / NAME, "--combined-json", "abi", cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "--combined-json" in answer.stderr


def test_setting_up_again_changes_nothing(installed: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in installed.rglob("*")}
    answer = set_up_compiler(installed)
    assert (answer.returncode, answer.stdout) == (0, "")
    assert {path: path.stat().st_mtime_ns for path in installed.rglob("*")} == before


def test_our_broken_compiler_is_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("#!/bin/sh\n# guanlian-solc of a checkout that is gone\nexit 1\n")
    answer = set_up_compiler(tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert f"Version: {VERSION}+" in solc(tmp_path / NAME, "--version", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("script", "status"),
    [(f"#!/bin/sh\necho 'Version: {VERSION}+commit.73712a01.Linux.g++'\n", 0), ("#!/bin/sh\nexit 3\n", 1)],
    ids=["working", "broken"],
)
def test_somebody_elses_compiler_is_left_as_it_is(tmp_path: Path, script: str, status: int) -> None:
    (tmp_path / NAME).write_text(script)
    (tmp_path / NAME).chmod(0o755)

    answer = set_up_compiler(tmp_path)

    assert answer.returncode == status
    assert (tmp_path / NAME).read_text() == script
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


LATER = ("lint", "fmt", "abi", "gas", "bench", "month", "check", "clean")


def test_make_alone_lists_the_commands() -> None:
    listing = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert re.findall(r"^  make (\S+) +\S", listing.stdout, re.MULTILINE) == (
        ["setup", "demo", "test", "test-fast", "test-network", "fuzz", *LATER]
    )
