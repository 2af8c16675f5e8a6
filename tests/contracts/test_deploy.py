"""The deployment script: what it leaves on the chain and on disk, and how it says what went wrong.

Each test that deploys in this process uses an account of its own: brownie knows a transaction by its hash and
waits for ever for one that it has seen before the chain was set back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from brownie import web3

from backend.domain.events import Level
from backend.domain.participants import Role, role_set
from backend.domain.working_days import arranged_years, words_of
from scripts.brownie_project import CONTRACTS, ROOT
from scripts.deploy import (
    DAY,
    FILE_EXISTS,
    HEARING_DAYS,
    NO_NODE,
    REFUSED,
    WRONG_USAGE,
    deploy,
    write_atomically,
)
from tests.contracts.world import World

MNEMONIC = "test test test test test test test test test test test junk"


@pytest.fixture
def mnemonic(tmp_path: Path) -> Path:
    path = tmp_path / "mnemonic"
    path.write_text(MNEMONIC + "\n", "utf-8")
    return path


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own and in a home folder of nobody's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GUANLIAN_")}
    return subprocess.run(
        [sys.executable, "-m", "scripts.deploy", *map(str, arguments)],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_contracts_know_each_other(world: World, accounts) -> None:
    contracts = deploy(accounts[1])
    assert tuple(contracts) == CONTRACTS
    registry, blacklist, ledger, calendar, rights, cases, draw, consignments = contracts.values()
    assert registry.owner() == accounts[1].address
    assert blacklist.registry() == ledger.registry() == registry.address
    assert ledger.blacklist() == blacklist.address
    assert calendar.registry() == rights.registry() == cases.registry() == draw.registry() == registry.address
    assert (rights.calendar(), cases.calendar(), cases.rights()) == (calendar.address, calendar.address, rights.address)
    assert cases.ledger() == ledger.address
    assert tuple(registry.authorityOf(cases.address)) == (1, role_set([Role.CaseRegister]), 0)
    assert consignments.ledger() == ledger.address
    assert consignments.registry() == registry.address
    assert tuple(registry.authorityOf(consignments.address)) == (2, role_set([Role.Carriage]), 0)
    assert all(tuple(calendar.workingDaysOf(year)) == words_of(number) for year, number in arranged_years().items())
    assert blacklist.hearingWindow() == HEARING_DAYS * DAY
    assert [blacklist.confirmationsOf(level) for level in Level] == [1, 1, 1]


def test_confirmations_are_set_while_the_deployer_is_the_owner(world: World, accounts) -> None:
    blacklist = deploy(accounts[2], confirmations=(1, 2, 3), hearing=3 * DAY)["Blacklist"]
    assert [blacklist.confirmationsOf(level) for level in Level] == [1, 2, 3]
    assert blacklist.hearingWindow() == 3 * DAY


def test_another_owner_is_named_at_once_and_sets_confirmations_itself(world: World, accounts) -> None:
    registry = deploy(accounts[3], owner=accounts[1].address)["ParticipantRegistry"]
    assert registry.owner() == accounts[1].address
    assert registry.participantCount() == 0, "the contracts wait for the owner to give them their roles"
    with pytest.raises(ValueError, match="only the owner"):
        deploy(accounts[3], confirmations=(2, 2, 2), owner=accounts[1].address)


def test_the_command_deploys_on_any_node_and_writes_the_file(world: World, mnemonic: Path, tmp_path: Path) -> None:
    out, home = tmp_path / "installation" / "deployment.json", tmp_path / "home"
    home.mkdir()
    arguments = ("--rpc", web3.provider.endpoint_uri, "--mnemonic-file", mnemonic, "--out", out)
    solcx = os.environ.get("SOLCX_BINARY_PATH", str(Path.home() / ".solcx"))
    done = run(*arguments, HOME=str(home), SOLCX_BINARY_PATH=solcx)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}\n"
    assert not list(home.iterdir()), "nothing is left in the caller's home"

    written = json.loads(out.read_text("utf-8"))
    assert written["chain_id"] == 31337
    assert written["deployer"] == world.accounts["owner"]
    assert written["previous"] is None
    assert tuple(written["contracts"]) == CONTRACTS
    for name, address in written["contracts"].items():
        code = web3.eth.get_code(address)
        assert written["bytecode_hashes"][name] == web3.to_hex(web3.keccak(code))
        assert web3.eth.get_code(address, written["block"] - 1) == b"", "nothing to index before that block"

    again = run(*arguments)
    assert again.returncode == FILE_EXISTS
    assert json.loads(out.read_text("utf-8")) == written

    replaced = run(*arguments, "--replace", "--confirmations", 1, 1, 2)
    assert replaced.returncode == 0, replaced.stderr
    assert json.loads(out.read_text("utf-8"))["previous"] == written


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [({}, ()), ({"GUANLIAN_DEPLOYER_KEY": "0x" + "1" * 64}, ("--mnemonic-file", "/nowhere"))],
)
def test_the_command_takes_exactly_one_key(
    tmp_path: Path, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    out = tmp_path / "deployment.json"
    done = run("--rpc", web3.provider.endpoint_uri, "--out", out, *arguments, **environment)
    assert done.returncode == WRONG_USAGE
    assert not out.exists()


def test_the_command_says_that_the_node_does_not_answer(mnemonic: Path, tmp_path: Path) -> None:
    out = tmp_path / "deployment.json"
    done = run("--rpc", "http://127.0.0.1:9", "--mnemonic-file", mnemonic, "--out", out)
    assert done.returncode == NO_NODE
    assert "does not answer" in done.stderr
    assert not out.exists()


def test_the_command_writes_nothing_where_the_chain_refuses(tmp_path: Path) -> None:
    out = tmp_path / "deployment.json"
    arguments = ("--rpc", web3.provider.endpoint_uri, "--out", out, "--confirmations", 0, 1, 1)
    key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
    done = run(*arguments, GUANLIAN_DEPLOYER_KEY=key)
    assert done.returncode == REFUSED
    assert not out.exists()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    write_atomically(path, {"chain_id": 1})
    with pytest.raises(TypeError):
        write_atomically(path, {"chain_id": object()})
    assert json.loads(path.read_text("utf-8")) == {"chain_id": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["deployment.json"]
