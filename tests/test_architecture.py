"""The house's rules about its own code: which way imports point, where libraries live, what none may name."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
BACKEND = ROOT / "backend"

# What each part of `backend` may import of the others. Whoever is not named (app, cli, commands) wires the
# parts together and may import them all; nobody imports the wiring.
INWARD: dict[str, set[str]] = {
    "domain": set(),
    "chain": {"domain"},
    "store": {"domain"},
    "formats": {"domain"},
    "screening": {"domain"},
    "certificate": {"domain"},
    "process": {"domain"},
    "statistics": {"domain"},
    "settings": {"domain"},
    "services": {
        "domain",
        "chain",
        "store",
        "formats",
        "screening",
        "certificate",
        "process",
        "statistics",
        "settings",
    },
    "api": {"domain", "formats", "services", "settings"},
    "web": {"domain", "formats", "services", "settings"},
}

# The only parts that may import each library: what a change of library touches is one folder.
HOME_OF: dict[str, set[str]] = {
    "web3": {"chain"},
    "eth_account": {"chain"},
    "eth_abi": {"chain"},
    "faster_eth_abi": {"chain"},
    "coincurve": {"chain", "certificate"},
    "rlp": {"chain", "certificate"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "lxml": {"formats"},
    "signxml": {"formats"},
    "cryptography": {"formats"},
    "gmalg": {"formats"},
    "segno": {"formats"},
    "httpcore": {"services"},
    "standardwebhooks": {"services"},
    "ahocorasick_rs": {"screening"},
    "rapidfuzz": {"screening"},
    "opencc": {"screening"},
    "pypinyin": {"screening"},
    "networkx": {"process"},
    "simpy": {"process"},
    "polars": {"statistics"},
    "fastapi": {"api", "web", "app"},
    "starlette": {"api", "web", "app"},
    "jinja2": {"web"},
    "typer": {"cli", "commands"},
    "rich": {"cli", "commands"},
}

# Keccak-256 is the one thing that the pure domain needs and the standard library lacks.
DOMAIN_MAY_IMPORT = set(sys.stdlib_module_names) | {"sha3"}


def imports_of(source: str, module: str, *, is_package: bool) -> Iterator[tuple[str, int]]:
    """Yield each imported name, absolute, with its line: at the top, in functions, and by `import_module`.

    `from a import b` yields `a.b`, since b may be a module.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                above = package[: len(package) - (node.level - 1)]
                base = ".".join([*above, base]) if base else ".".join(above)
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
                yield node.args[0].value, node.lineno


def backend_imports() -> Iterator[tuple[str, str, str]]:
    """Yield (part of backend that imports, imported name, place) for every import in `backend`."""
    for path in sorted(BACKEND.rglob("*.py")):
        relative = path.relative_to(ROOT)
        is_package = path.name == "__init__.py"
        parts = relative.with_suffix("").parts[: -1 if is_package else None]
        part = parts[1] if len(parts) > 1 else ""
        for name, line in imports_of(path.read_text("utf-8"), ".".join(parts), is_package=is_package):
            yield part, name, f"{relative}:{line}"


def part_of(name: str) -> str | None:
    """The part of `backend` that an imported name belongs to; None for a library."""
    words = name.split(".")
    return words[1] if words[0] == "backend" and len(words) > 1 else None


def tracked_files() -> list[Path]:
    """Return the text files under version control; skips the test where this is no git checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def test_imports_point_inwards() -> None:
    wrong = []
    for part, name, place in backend_imports():
        target = part_of(name)
        if target is None or target == part or part not in INWARD:
            continue
        is_module = (BACKEND / target).is_dir() or (BACKEND / f"{target}.py").is_file()
        if is_module and target not in INWARD[part]:
            wrong.append(f"{place}: {part} imports {name}")
    assert wrong == []


def test_each_library_is_imported_in_its_own_folder_only() -> None:
    wrong = []
    for part, name, place in backend_imports():
        homes = HOME_OF.get(name.split(".")[0])
        if homes is not None and part not in homes:
            wrong.append(f"{place}: {part} imports {name}, which belongs to {sorted(homes)}")
    assert wrong == []


def test_the_domain_imports_the_standard_library_only() -> None:
    wrong = [
        f"{place}: {name}"
        for part, name, place in backend_imports()
        if part == "domain" and name.split(".")[0] not in DOMAIN_MAY_IMPORT | {"backend"}
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import web3.eth", "web3.eth"),
        ("def later():\n    from web3 import Web3", "web3.Web3"),
        ("from ..chain import client", "backend.chain.client"),
        ("from . import records", "backend.services.records"),
        ("import importlib\nimportlib.import_module('lxml.etree')", "lxml.etree"),
    ],
)
def test_every_way_to_import_is_seen(source: str, expected: str) -> None:
    names = [name for name, _ in imports_of(source, "backend.services.sending", is_package=False)]
    assert expected in names


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Written in pieces, so that this file does not find itself.
    forbidden = re.compile(
        "|".join(
            [
                r"(?<![\w.~$)}])/" + r"(?:work|root|home/\w+|Users/\w+)/",
                r"registry\." + r"npmjs",
                r"registry\." + r"yarnpkg",
                r"//(?:\w+\.)?" + r"pypi\.org",
                r"files\." + r"pythonhosted",
                r"shared/" + r"tools",
            ]
        )
    )
    wrong = []
    for path in tracked_files():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert wrong == []


def test_the_npm_lock_file_names_no_place_to_fetch_from() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_brownie_and_forge_compile_alike() -> None:
    brownie = yaml.safe_load((ROOT / "brownie-config.yaml").read_text("utf-8"))["compiler"]
    forge = tomllib.loads((ROOT / "foundry.toml").read_text("utf-8"))["profile"]["default"]
    npm = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]

    assert brownie["solc"]["version"] == npm["solc"]
    assert forge["solc"] == "scripts/solc"
    assert brownie["evm_version"] == forge["evm_version"] == "paris"
    assert brownie["solc"]["optimizer"] == {"enabled": forge["optimizer"], "runs": forge["optimizer_runs"]}
    assert [mapping.replace("/=", "=").rstrip("/") for mapping in forge["remappings"]] == (
        brownie["solc"]["remappings"]
    )


def test_every_python_package_that_we_name_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = project["dependencies"] + project["optional-dependencies"]["dev"]
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()

    def normal(requirement: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=! ]", requirement)[0]).lower()

    pinned = {normal(line) for line in lock if re.fullmatch(r"[\w.-]+==\S+", line)}
    assert [line for line in lock if not line.startswith("#") and normal(line) not in pinned] == []
    assert [requirement for requirement in named if normal(requirement) not in pinned] == []
