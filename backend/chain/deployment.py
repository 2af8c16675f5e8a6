"""Where the contracts are: the deployment file, and the check that a node's chain is the one it speaks of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from backend.chain.client import ChainClient
from backend.chain.interfaces import CONTRACTS
from backend.domain.errors import ContractsMissing, WrongChain


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment: address by contract name, the chain it is on, the block from which its logs begin."""

    chain_id: int
    contracts: dict[str, str]
    block: int
    deployer: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """The contracts' addresses, for a query of their logs."""
        return tuple(self.contracts[name] for name in CONTRACTS)

    def verify(self, client: ChainClient) -> None:
        """Raises WrongChain where the node is on another chain, ContractsMissing where an address is empty.

        A gateway that checks this before it sends never plays an old transaction into a strange chain.
        """
        found = client.chain_id()
        if found != self.chain_id:
            raise WrongChain(found=found, expected=self.chain_id)
        for name in CONTRACTS:
            if not client.code(self.contracts[name]):
                raise ContractsMissing(contract=name, address=self.contracts[name])


def load_deployment(path: Path) -> Deployment:
    """Reads a deployment file. Raises FileNotFoundError, or ValueError where it is incomplete."""
    try:
        found = json.loads(path.read_bytes())
        contracts = {name: str(found["contracts"][name]) for name in CONTRACTS}
        return Deployment(int(found["chain_id"]), contracts, int(found["block"]), str(found["deployer"]))
    except (KeyError, TypeError, json.JSONDecodeError) as fault:
        raise ValueError(f"{path} is no complete deployment file: {fault!r}") from fault
