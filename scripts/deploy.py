"""Deploys the contracts and writes the deployment file that a gateway starts from.

    brownie run deploy [--network ID]
    python -m scripts.deploy --rpc URL --out deployment.json

The deployer's key comes from `GUANLIAN_DEPLOYER_KEY` (hexadecimal), from a file with a mnemonic
(`--mnemonic-file`) or from a keystore (`--keystore`, `--password-file`). The deployment file is written in one go
or not at all, and an existing one is replaced only when asked; the new one then names its predecessor.

Exit status: 0 deployed; 2 wrong usage; 3 the node does not answer; 4 the chain refused; 5 the file exists.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # `brownie run` executes this file by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eth_account import Account

from backend.domain.commitments import keccak
from backend.domain.participants import Role, role_set
from backend.domain.working_days import arranged_years, words_of
from scripts.brownie_project import CONTRACTS, import_brownie, load_project

WRONG_USAGE, NO_NODE, REFUSED, FILE_EXISTS = 2, 3, 4, 5

#: How many authorities besides the imposing one each level of listing needs: Watch, Inspect, Barred.
CONFIRMATIONS = (1, 1, 1)
#: How long a listed party is heard before anybody confirms.
HEARING_DAYS = 5
DAY = 86_400

#: What the case contract is registered as: it is nobody's legal entity.
CASE_CONTRACT = keccak(b"InfringementCases")
#: And the consignment contract.
CARRIAGE_CONTRACT = keccak(b"Consignments")

#: What only an owner can do, and this script has not done.
FOR_ANOTHER_OWNER = (
    "deploy: the owner still has to register InfringementCases with the role CaseRegister and Consignments with "
    "the role Carriage, publish the calendar's years and name headquarters"
)

NETWORK = "guanlian-deployment"


def deploy(
    deployer: Any,
    confirmations: Sequence[int] = CONFIRMATIONS,
    owner: str | None = None,
    hearing: int = HEARING_DAYS * DAY,
) -> dict[str, Any]:
    """The contracts, freshly deployed on the connected chain, by name.

    `deployer` is a brownie account; it becomes the registry's owner unless `owner` names another address.
    What only an owner can do is done where deployer and owner are one: the contracts of cases and of
    consignments get their roles, the calendar its years, the blacklist its confirmations and its hearing (in
    seconds). Another owner does that itself; numbers other than the contract's own then raise ValueError. Raises
    what brownie raises where the chain refuses.
    """
    owned = owner in (None, deployer.address)
    unlike = tuple(confirmations) != CONFIRMATIONS or hearing != HEARING_DAYS * DAY
    if unlike and not owned:
        raise ValueError("only the owner may set confirmations and hearings: let it do so after the deployment")
    project = load_project()
    sender = {"from": deployer}
    registry = deployer.deploy(project["ParticipantRegistry"], owner or deployer.address)
    blacklist = deployer.deploy(project["Blacklist"], registry.address)
    ledger = deployer.deploy(project["ParcelLedger"], blacklist.address)
    calendar = deployer.deploy(project["WorkingCalendar"], registry.address)
    rights = deployer.deploy(project["RightsRegistry"], calendar.address)
    cases = deployer.deploy(project["InfringementCases"], ledger.address, rights.address)
    draw = deployer.deploy(project["SelectionDraw"], registry.address)
    carriage = deployer.deploy(project["Consignments"], ledger.address)
    if owned:
        registry.register(CASE_CONTRACT, role_set([Role.CaseRegister]), 0, cases.address, sender)
        registry.register(CARRIAGE_CONTRACT, role_set([Role.Carriage]), 0, carriage.address, sender)
        for year, number in arranged_years().items():
            calendar.publishYear(year, *words_of(number), sender)
    if tuple(confirmations) != CONFIRMATIONS:
        for level, needed in enumerate(confirmations):
            blacklist.setConfirmations(level, needed, sender)
    if hearing != HEARING_DAYS * DAY:
        blacklist.setHearingWindow(hearing, sender)
    return dict(zip(CONTRACTS, (registry, blacklist, ledger, calendar, rights, cases, draw, carriage), strict=True))


def describe(contracts: Mapping[str, Any], deployer: Any, previous: Mapping[str, Any] | None) -> dict[str, Any]:
    """The deployment file's content: an indexer begins at `block`; the hashes are keccak-256 of the code."""
    import_brownie()
    from brownie import chain, web3

    return {
        "chain_id": chain.id,
        "deployer": deployer.address,
        "block": min(contracts[name].tx.block_number for name in CONTRACTS),
        "contracts": {name: contracts[name].address for name in CONTRACTS},
        "bytecode_hashes": {
            name: web3.to_hex(web3.keccak(web3.eth.get_code(contracts[name].address))) for name in CONTRACTS
        },
        "previous": previous,
    }


def write_atomically(path: Path, content: Mapping[str, Any]) -> None:
    """Replaces a JSON file so that a reader finds the old or the new one whole, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def main() -> dict[str, Any]:
    """What `brownie run deploy` calls: the deployer is the environment's key or the node's first account."""
    from brownie import accounts

    key = os.environ.get("GUANLIAN_DEPLOYER_KEY")
    contracts = deploy(accounts.add(key) if key else accounts[0])
    for name in CONTRACTS:
        print(f"{name:20} {contracts[name].address}")
    return contracts


def command(arguments: list[str] | None = None) -> int:
    """The command line; see the top of the file. Prints the deployment file's path, nothing else."""
    options = _parser().parse_args(arguments)
    with contextlib.redirect_stdout(sys.stderr):
        status = _run(options)
    if status == 0:
        print(options.out)
    return status


def _run(options: argparse.Namespace) -> int:
    if options.out.exists() and not options.replace:
        return _fail(FILE_EXISTS, f"{options.out} exists: --replace makes a new deployment that refers to it")
    key = os.environ.get("GUANLIAN_DEPLOYER_KEY")
    if sum(map(bool, (key, options.mnemonic_file, options.keystore))) != 1:
        return _fail(WRONG_USAGE, "give one of GUANLIAN_DEPLOYER_KEY, --mnemonic-file and --keystore")
    if bool(options.keystore) != bool(options.password_file):
        return _fail(WRONG_USAGE, "--keystore and --password-file go together")
    previous = json.loads(options.out.read_text("utf-8")) if options.out.exists() else None
    load_project()
    try:
        connect(options.rpc, options.gas_price)
    except Exception as error:  # brownie and web3 raise a dozen kinds for a node that is not there
        return _fail(NO_NODE, f"{options.rpc} does not answer: {error}")
    try:
        deployer = _deployer(key, options)
        contracts = deploy(deployer, options.confirmations, options.owner, options.hearing_hours * 3600)
        content = describe(contracts, deployer, previous)
    except Exception as error:  # the chain's reasons are as many; each is told and nothing is written
        return _fail(REFUSED, f"not deployed: {error}")
    write_atomically(options.out, content)
    if options.owner not in (None, deployer.address):
        print(FOR_ANOTHER_OWNER, file=sys.stderr)
    return 0


def connect(rpc: str, gas_price: int | None = None) -> None:
    """Connects brownie to any node, whatever its chain id.

    The network is of brownie's development kind, which never writes deployments into the checkout, and is
    not launched: the node is the caller's. Gas is estimated by the node, and priced by it unless `gas_price`
    (wei) is given.
    """
    from brownie import network
    from brownie._config import CONFIG

    CONFIG.networks[NETWORK] = {
        "id": NETWORK, "name": NETWORK, "host": rpc, "cmd": "anvil", "cmd_settings": {}, "timeout": 30,
    }  # fmt: skip
    network.connect(NETWORK, launch_rpc=False)
    if not network.is_connected():
        raise ConnectionError("no answer")
    network.gas_limit("auto")
    # As text: brownie takes the number 0 for "auto".
    network.gas_price("auto" if gas_price is None else f"{gas_price} wei")


def _deployer(key: str | None, options: argparse.Namespace) -> Any:
    from brownie import accounts

    if options.keystore is not None:
        password = options.password_file.read_text("utf-8").strip()
        return accounts.add(Account.decrypt(json.loads(options.keystore.read_text("utf-8")), password))
    if options.mnemonic_file is None:
        return accounts.add(key)
    mnemonic = options.mnemonic_file.read_text("utf-8").strip()
    return accounts.from_mnemonic(mnemonic, count=1, offset=options.account_index)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts.deploy", description="Deploy Guanlian's contracts.")
    parser.add_argument("--rpc", required=True, help="the node's JSON-RPC address")
    parser.add_argument("--out", required=True, type=Path, help="the deployment file to write")
    parser.add_argument("--mnemonic-file", type=Path, help="file with the deployer's mnemonic")
    parser.add_argument("--keystore", type=Path, help="the deployer's key as a Web3 keystore of version 3")
    parser.add_argument("--password-file", type=Path, help="file with the keystore's password")
    parser.add_argument("--gas-price", type=int, help="wei per gas (default: what the node says)")
    parser.add_argument("--account-index", type=int, default=0, help="which account of the mnemonic (default 0)")
    parser.add_argument("--owner", help="the registry's owner, where it is not the deployer")
    parser.add_argument(
        "--confirmations",
        type=int,
        nargs=3,
        default=CONFIRMATIONS,
        metavar=("WATCH", "INSPECT", "BARRED"),
        help="how many other authorities each level of listing needs",
    )
    parser.add_argument(
        "--hearing-hours",
        type=int,
        default=HEARING_DAYS * 24,
        help="how long a listed party is heard before anybody confirms (default %(default)s)",
    )
    parser.add_argument("--replace", action="store_true", help="deploy anew although the file exists")
    return parser


def _fail(status: int, reason: str) -> int:
    print(f"deploy: {reason}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(command())
