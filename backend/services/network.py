"""A consortium network in one folder: made, started, watched, broken on purpose, and changed by vote.

    home/network.json      chain id, seconds between blocks, and who sealed from which block on; genesis.json, the
                           first block
    home/validators/N/     one validator each (see chain/validators.py); `N.left` once it was voted out
    home/deployment.json   where the contracts are, once a gateway has deployed them; home/consortium.key beside it

In life each validator stands in another organisation's house; here one folder holds all of them, for trying and for
tests. Every operation may be repeated: what is there already is kept.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.chain import validators as nodes
from backend.chain.client import ChainClient
from backend.chain.geth import geth_executable
from backend.chain.processes import write_whole
from backend.chain.validators import Validator
from backend.domain.errors import NetworkRefused, NotFound
from backend.services.network_agreement import await_agreement, meet
from backend.services.processes import locked, wait_until

#: Seconds between blocks, and the fewest validators of which one may fail without the chain standing still.
PERIOD = 2
VALIDATORS = 4
MOST_VALIDATORS = 16

#: How long a start or a vote may take, in blocks and in seconds at least: validators dial each other every half minute.
_PATIENCE = 30
_LEAST_PATIENCE = 90

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class Network:
    """A network as its folder describes it; `validators` are those that were not voted out."""

    home: Path
    chain_id: int
    period: int
    validators: tuple[Validator, ...]
    #: Who may seal, by the block from which on: `from_block` and `validators` (addresses), ascending.
    validator_sets: list[dict[str, Any]]

    @property
    def rpc_urls(self) -> str:
        """Where a gateway asks, every validator in its order, as the setting `rpc_url` takes them."""
        return ",".join(validator.rpc_url for validator in self.validators)

    @property
    def confirmations(self) -> int:
        """Blocks, its own included, after which a block is final: a majority has sealed it or upon it.

        Clique lets each of N signers seal once in N/2+1 blocks, so as many blocks in a row have as many signers.
        Two halves that lost each other can each seal N/2 at most: what they may differ in is never final.
        """
        return len(self.validators) // 2 + 1

    @property
    def deployment_path(self) -> Path:
        return self.home / "deployment.json"

    @property
    def consortium_key_path(self) -> Path:
        return self.home / "consortium.key"

    def folder(self, number: int) -> Path:
        return self.home / "validators" / str(number)


def load(home: Path) -> Network:
    """Reads a network's folder. Raises NotFound where it holds none."""
    home = home.resolve()
    try:
        described = json.loads((home / "network.json").read_bytes())
    except FileNotFoundError:
        raise NotFound(what="network", value=str(home)) from None
    folders = [path for path in (home / "validators").iterdir() if path.name.isdigit()]
    found = sorted((nodes.load_validator(path) for path in folders), key=lambda validator: validator.number)
    sets = described.get("validator_sets") or [_validator_set(0, found)]
    return Network(home, int(described["chain_id"]), int(described["period"]), tuple(found), sets)


def create(geth: Path, home: Path, count: int, period: int) -> None:
    """Makes the folder of a network with fresh keys and a first block, and starts nothing.

    Raises NetworkRefused where the number of validators is not one that it can have.
    """
    if not 1 <= count <= MOST_VALIDATORS:
        raise NetworkRefused(reason=f"from 1 to {MOST_VALIDATORS} validators, not {count}")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    made = [nodes.create_validator(home / "validators" / str(number), number) for number in range(1, count + 1)]
    chain_id = 7_000_000 + secrets.randbelow(1_000_000)
    first_block = nodes.genesis(chain_id, period, [validator.address for validator in made])
    for validator in made:
        nodes.prepare_chain(geth, home / "validators" / str(validator.number), first_block)
    write_whole(home / "genesis.json", first_block)
    _describe(home, chain_id, period, [_validator_set(0, made)])


def up(home: Path, validators: int | None = None, period: int = PERIOD, progress: Progress = _silent) -> Network:
    """Starts every validator that does not run, making the network on first use, and waits until all seal one chain.

    Raises NetworkRefused where the folder holds a network of another size, GethMissing or ChainUnavailable.
    """
    home = home.resolve()
    with _exclusively(home):
        geth = geth_executable(lambda: progress("geth"))
        if not (home / "network.json").exists():
            progress("network")
            create(geth, home, VALIDATORS if validators is None else validators, period)
        network = load(home)
        size = len(network.validators)
        if validators not in (None, size):
            raise NetworkRefused(reason=f"it has {size} validators, not {validators}: only votes add and remove")
        for validator in network.validators:
            if nodes.running_validator(network.folder(validator.number)) is None:
                progress(f"validator {validator.number}")
                _start(geth, network, validator)
        _seal_together(geth, network)
        return network


def down(home: Path) -> int:
    """Stops every validator; how many ran. What they stored stays."""
    network = load(home)
    with _exclusively(network.home):
        return sum(nodes.stop_validator(network.folder(validator.number)) for validator in network.validators)


def kill(home: Path, number: int) -> bool:
    """Ends a validator at once, as a power cut would. False where it did not run."""
    network = load(home)
    return nodes.stop_validator(network.folder(_known(network, number).number), kill=True)


def restart(home: Path, number: int) -> None:
    """Starts a validator again where it stopped; one that runs is stopped first.

    Where a majority runs then, it waits until all that run seal one chain; raises ChainUnavailable where they do not.
    """
    network = load(home)
    validator = _known(network, number)
    with _exclusively(network.home):
        geth = geth_executable()
        nodes.stop_validator(network.folder(number))
        _start(geth, network, validator)
        _seal_together(geth, network)


def add(home: Path) -> Validator:
    """Makes a further validator, which follows the chain at once and seals when a majority has voted for it.

    Raises NetworkRefused where there are as many as may be, or no majority runs to vote.
    """
    network = load(home)
    with _exclusively(network.home):
        if len(network.validators) >= MOST_VALIDATORS:
            raise NetworkRefused(reason=f"at most {MOST_VALIDATORS} validators")
        _check_majority(network)
        geth = geth_executable()
        number = 1 + max(int(path.name.split(".")[0]) for path in (network.home / "validators").iterdir())
        folder = network.folder(number)
        made = nodes.create_validator(folder, number)
        nodes.prepare_chain(geth, folder, json.loads((network.home / "genesis.json").read_bytes()))
        nodes.start_validator(geth, folder, network.chain_id, network.validators)
        nodes.seal(folder)
        for other in _running(network):
            nodes.ask_validator(network.folder(other.number), "admin_addTrustedPeer", made.enode)
            nodes.ask_validator(network.folder(other.number), "admin_addPeer", made.enode)
        _vote(network, made, joins=True)
        return made


def remove(home: Path, number: int) -> Validator:
    """Votes a validator out, running or not, and stops it. Its folder stays under another name.

    Raises NetworkRefused where it is the last, or no majority runs to vote.
    """
    network = load(home)
    leaving = _known(network, number)
    with _exclusively(network.home):
        if len(network.validators) == 1:
            raise NetworkRefused(reason="it is the last validator")
        _check_majority(network)
        _vote(network, leaving, joins=False)
        nodes.stop_validator(network.folder(number))
        network.folder(number).rename(network.folder(number).with_name(f"{number}.left"))
        return leaving


def status(home: Path) -> dict[str, Any]:
    """What each validator knows, and what they have in common: signers, newest block, newest final block."""
    network = load(home)
    rows = [_standing(network, validator) for validator in network.validators]
    heads = [row["head"] for row in rows if row["head"] is not None]
    signers: list[str] = next((row["signers"] for row in rows if "signers" in row), [])
    for row in rows:
        row.pop("signers", None)
        row["seals"] = row["address"].lower() in signers
    final = None if not heads else max(0, max(heads) - network.confirmations + 1)
    return {
        "home": str(network.home),
        "chain_id": network.chain_id,
        "period": network.period,
        "confirmations": network.confirmations,
        "signers": signers,
        "head": max(heads, default=None),
        "final": final,
        "validators": rows,
    }


# ---------------------------------------------------------------------------------------------------


def _validator_set(from_block: int, validators: Iterable[Validator]) -> dict[str, Any]:
    return {"from_block": from_block, "validators": sorted(validator.address.lower() for validator in validators)}


def _describe(home: Path, chain_id: int, period: int, sets: list[dict[str, Any]]) -> None:
    write_whole(home / "network.json", {"chain_id": chain_id, "period": period, "validator_sets": sets})


def _start(geth: Path, network: Network, validator: Validator) -> None:
    others = [other for other in network.validators if other is not validator]
    nodes.start_validator(geth, network.folder(validator.number), network.chain_id, others)


def _known(network: Network, number: int) -> Validator:
    for validator in network.validators:
        if validator.number == number:
            return validator
    raise NotFound(what="validator", value=str(number))


def _running(network: Network) -> list[Validator]:
    return [
        validator
        for validator in network.validators
        if nodes.running_validator(network.folder(validator.number)) is not None
    ]


def _check_majority(network: Network) -> None:
    running, all_of_them = len(_running(network)), len(network.validators)
    if running <= all_of_them // 2:
        raise NetworkRefused(reason=f"{running} of {all_of_them} validators run, a vote needs a majority")


def _vote(network: Network, whom: Validator, *, joins: bool) -> None:
    """Lets every running validator vote until the vote has carried; then the votes are taken back.

    A vote is cast in the header of a block that its validator seals. One that stayed behind would be cast again.
    """
    address = whom.address.lower()
    before = _head(network)
    voters = [validator for validator in _running(network) if validator.number != whom.number]
    for voter in voters:
        nodes.ask_validator(network.folder(voter.number), "clique_propose", whom.address, joins)

    def carried() -> bool:
        signers = [nodes.ask_validator(network.folder(voter.number), "clique_getSigners") for voter in voters]
        return all((address in found) is joins for found in signers)

    try:
        if not wait_until(carried, _patience(network)):
            raise NetworkRefused(reason=f"the vote on validator {whom.number} has not carried")
    finally:
        for voter in voters:
            nodes.ask_validator(network.folder(voter.number), "clique_discard", whom.address)
    _note_validators(network, voters[0], address, joins=joins, before=before)


def _note_validators(network: Network, voter: Validator, address: str, *, joins: bool, before: int) -> None:
    """Adds the set of validators that a vote made to the network's description, with the block from which it holds.

    Clique counts a vote with the block whose header holds it: the new set seals the block after that one.
    """

    def signers(block: int) -> list[str]:
        found = nodes.ask_validator(network.folder(voter.number), "clique_getSigners", hex(block))
        return sorted(str(signer).lower() for signer in found)

    low, high = before, _head(network)
    while low < high:
        middle = (low + high) // 2
        if (address in signers(middle)) is joins:
            high = middle
        else:
            low = middle + 1
    sets = [*network.validator_sets, {"from_block": low + 1, "validators": signers(low)}]
    _describe(network.home, network.chain_id, network.period, sets)


def _head(network: Network) -> int:
    client = ChainClient(network.rpc_urls, timeout=2)
    try:
        return client.head().number
    finally:
        client.close()


def _patience(network: Network) -> int:
    return max(_PATIENCE * network.period, _LEAST_PATIENCE)


def _seal_together(geth: Path, network: Network) -> None:
    """Lets all that run find each other first and seal then; waits until they agree where they are a majority."""
    running = _running(network)
    folders = [network.folder(validator.number) for validator in running]
    meet(folders, len(running) - 1)
    for folder in folders:
        nodes.seal(folder)
    if len(running) > len(network.validators) // 2:

        def revive(folder: Path) -> None:
            _start(geth, network, _known(network, int(folder.name)))

        await_agreement(folders, len(network.validators) // 2, network.period, _patience(network), revive)


def _standing(network: Network, validator: Validator) -> dict[str, Any]:
    folder = network.folder(validator.number)
    row: dict[str, Any] = {"number": validator.number, "address": validator.address, "rpc_url": validator.rpc_url}
    if nodes.running_validator(folder) is None:
        return row | {"runs": False, "head": None, "hash": None, "peers": None}
    newest = nodes.block_at(folder)
    return row | {
        "runs": True,
        "head": int(newest["number"], 16),
        "hash": newest["hash"],
        "peers": nodes.peers_of(folder),
        "signers": nodes.ask_validator(folder, "clique_getSigners"),
    }


@contextmanager
def _exclusively(home: Path) -> Iterator[None]:
    with locked(home / "network.lock", "guanlian network", wait_seconds=240):
        yield
